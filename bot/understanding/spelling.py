"""A slip of one letter, put right where the training texts know the word that was meant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

_SHORTEST = 4
_LONG_ENOUGH = (
    6  # shorter words are too near to one another ("goat", "goal"): only swapped letters are put right
)
_LONGEST = 20


def ranked(words: Iterable[str]) -> list[str]:
    """Each word once, the more common ones first."""
    counted = Counter(words)
    return sorted(counted, key=lambda known: (-counted[known], known))


class Spelling:
    """Knows the words it was given; the one that stands first wins where two are as near."""

    def __init__(self, ranked: Sequence[str]) -> None:
        self.ranked = tuple(ranked)
        self._known = frozenset(ranked)
        # Words with a space between them: a list for each of so many forms would take as much memory again.
        self._near: dict[str, str] = {}
        for word in ranked:
            if _SHORTEST <= len(word) <= _LONGEST:
                for form in dict.fromkeys((word, *_without_one(word))):
                    self._near[form] = f"{self._near[form]} {word}" if form in self._near else word

    def mended(self, words: Sequence[str]) -> list[str]:
        return [self._mended(word) for word in words]

    def _mended(self, word: str) -> str:
        if word in self._known or not _SHORTEST <= len(word) <= _LONGEST:
            return word
        forms = dict.fromkeys((word, *_without_one(word)))
        near = (
            known for form in forms for known in self._near.get(form, "").split() if _one_slip(word, known)
        )
        return next(near, word)


def _without_one(word: str) -> Iterator[str]:
    return (word[:n] + word[n + 1 :] for n in range(len(word)))


def _one_slip(one: str, other: str) -> bool:
    """Two neighbours that changed places, or, in a long word, a letter too many, too few or wrong.

    The first letter is hardly ever the one that slips, and often makes another word: "mothers", "others".
    """
    long = min(len(one), len(other)) >= _LONG_ENOUGH and one[0] == other[0]
    if len(one) != len(other):
        shorter, longer = sorted((one, other), key=len)
        return long and shorter in _without_one(longer)
    wrong = [n for n, (a, b) in enumerate(zip(one, other, strict=True)) if a != b]
    match wrong:
        case [_]:
            return long
        case [first, second]:
            return second == first + 1 and one[first] == other[second] and one[second] == other[first]
        case _:
            return False
