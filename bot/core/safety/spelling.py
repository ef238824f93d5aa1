"""Corrects a word only towards the words that the safety phrases use; every other word stays as it was typed."""

import re
from collections.abc import Collection, Iterable

_LEET = str.maketrans("01345789@$!|€£+", "oieastbgasilelt")
_LONG_RUN = re.compile(r"(.)\1{2,}")
_DOUBLED = re.compile(r"(.)\1+")
_SHORTEST = 4
_STEM = 3
_MOST_PARTS = 5
_LONGEST = 24


def _without_one(word: str) -> Iterable[str]:
    return (word[:i] + word[i + 1 :] for i in range(len(word)))


def one_slip(typed: str, meant: str) -> bool:
    """One letter missing, too many, wrong, or two neighbours swapped."""
    if abs(len(typed) - len(meant)) > 1:
        return False
    start = 0
    while start < min(len(typed), len(meant)) and typed[start] == meant[start]:
        start += 1
    left, right = typed[start:], meant[start:]
    if len(left) == len(right):
        return left[1:] == right[1:] or (left[:2] == right[1::-1] and left[2:] == right[2:])
    return left[1:] == right if len(left) > len(right) else left == right[1:]


def _plausible(typed: str, meant: str) -> bool:
    """Short words have so many neighbours that only the likeliest slips count."""
    if len(meant) > _SHORTEST:
        return True
    if len(meant) == _SHORTEST:
        return typed[0] == meant[0] or len(typed) == _SHORTEST
    return len(typed) == _SHORTEST and typed[0] == meant[0]


class Speller:
    """`known` are the safety words, gravest first; `leave` real words that look like them."""

    def __init__(self, known: Iterable[str], stems: Collection[str], leave: Collection[str]) -> None:
        known = list(known)
        self._known = frozenset(word for word in known if word.isalpha())
        self._stems = frozenset(stems)
        self._stem_starts = frozenset(stem[:_STEM] for stem in self._stems)
        self._real = self._known | frozenset(leave)
        self._pairs = frozenset(word[:2] for word in self._known if len(word) > 1)
        self._pairs |= frozenset(letter + word[0] for letter in "ia" for word in self._known)
        # Words with a space between them: a list for each of so many keys would take as much memory again.
        self._near: dict[str, str] = {}
        for word in filter(self._known.__contains__, known):
            if len(word) >= _STEM and word.isascii():
                for key in dict.fromkeys((word, *_without_one(word))):
                    self._near[key] = f"{self._near[key]} {word}" if key in self._near else word

    def knows(self, word: str) -> bool:
        return word in self._real or (self._has_stem(word) and not _LONG_RUN.search(word))

    def _has_stem(self, word: str) -> bool:
        if word[:_STEM] not in self._stem_starts:
            return False
        return any(word[:length] in self._stems for length in range(_STEM, len(word) + 1))

    def correct(self, word: str) -> tuple[tuple[str, ...], ...]:
        """What may have been meant, at most two readings, each a word or words; the word itself if nothing fits."""
        if len(word) > _LONGEST * 2 or self.knows(word):
            return ((word,),)
        shorter = [*self._unstretched(word)]
        for known in (self._known.__contains__, self._real.__contains__, self._has_stem):
            for word_as_meant in filter(known, shorter):
                return ((word_as_meant,),)
        if not word.isascii() or len(word) < _STEM:
            return ((word,),)
        slips = tuple((meant,) for meant in self._slipped(word))
        return slips[:2] or (self._run_together(word) or (word,),)

    def _unstretched(self, word: str) -> Iterable[str]:
        if _LONG_RUN.search(word):
            yield _LONG_RUN.sub(r"\1\1", word)
            yield _LONG_RUN.sub(r"\1", word)
            yield _DOUBLED.sub(r"\1", word)

    def _slipped(self, word: str) -> list[str]:
        if len(word) > _LONGEST:
            return []
        found: dict[str, None] = {}
        for key in (word, *_without_one(word)):
            for meant in self._near.get(key, "").split():
                if _plausible(word, meant) and one_slip(word, meant):
                    found[meant] = None
        # People rarely miss a word's first letter.
        return sorted(found, key=lambda meant: meant[0] != word[0])

    def _run_together(self, word: str) -> tuple[str, ...] | None:
        if len(word) < _SHORTEST or word[:2] not in self._pairs:
            return None
        parts = self.segment(word)
        return parts if parts and len(parts) <= _MOST_PARTS and max(map(len, parts)) >= _STEM else None

    def segment(self, letters: str) -> tuple[str, ...] | None:
        """Cut letters without spaces into safety words, longest first from the end; None if they do not divide."""
        if len(letters) > _LONGEST * 2:
            return None
        best: list[tuple[str, ...] | None] = [(), *([None] * len(letters))]
        for end in range(1, len(letters) + 1):
            for start in range(max(0, end - 14), end):
                before, piece = best[start], letters[start:end]
                if before is None or piece not in self._known or (len(piece) == 1 and piece not in "ia"):
                    continue
                held = best[end]
                if held is None or len(before) + 1 < len(held):
                    best[end] = (*before, piece)
        return best[-1]

    def unleet(self, word: str) -> str | None:
        """`k1ll`, `su!c1de`, `k*ll` → the safety word, or None."""
        plain = word.translate(_LEET)
        for candidate in (
            plain,
            word.translate(_LEET).replace("i", "l"),
            word.replace("1", "l").translate(_LEET),
        ):
            if (
                candidate.isalpha()
                and len(candidate) >= 3
                and (candidate in self._known or self._has_stem(candidate))
            ):
                return candidate
        if plain.count("*") == 1:
            hidden = plain.index("*")
            bare = plain.replace("*", "")
            for meant in self._near.get(bare, "").split():
                if len(meant) == len(plain) and meant[:hidden] + meant[hidden + 1 :] == bare:
                    return meant
            if plain in ("d*e", "di*", "*ie"):
                return "die"
        return None
