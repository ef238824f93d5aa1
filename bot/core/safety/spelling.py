"""Corrects a word only towards the words that the safety phrases use; every other word stays as it was typed."""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import product

_LEET = str.maketrans("03457892@$|€£+", "oeastbgzaslelt")
_EITHER = {"1": "il", "!": "il"}
_MOST_EITHERS = 4
_LONG_RUN = re.compile(r"(.)\1{2,}")
_DOUBLED = re.compile(r"(.)\1+")
_SHORTEST = 4
_STEM = 3
_MOST_PARTS = 5
_LONGEST = 24
_MOST_READINGS = 3
_LITTLE = frozenset(
    ["of", "on", "in", "up", "at", "me", "my", "to", "it", "is", "do", "be", "no", "so", "go", "he", "we", "am", "if", "or", "by", "an", "as", "us", "i", "a"]
)  # fmt: skip
_USUAL_ENDINGS = frozenset(
    ["", "s", "es", "d", "ed", "r", "er", "rs", "ers", "ing", "ings", "y", "ly", "ily", "ful", "less", "lessness", "ness", "able", "al", "ment", "tion", "ation", "ations", "ion", "ions", "ive", "ic", "ics", "ical", "es", "e", "en", "ling", "ped", "ping", "ting", "ning", "ned", "t"]
)  # fmt: skip
_FAINTEST, _ANY_COST = 1, 2
_ENDINGS = ("", "s", "y", "ed", "ing")
_BESIDE = {
    "q": "wa", "w": "qeas", "e": "wrsd", "r": "etdf", "t": "ryfg", "y": "tugh", "u": "yihj", "i": "uojk", "o": "ipkl",
    "p": "ol", "a": "qwsz", "s": "awedzx", "d": "serfxc", "f": "drtgcv", "g": "ftyhvb", "h": "gyujbn", "j": "huiknm",
    "k": "jiolm", "l": "kop", "z": "asx", "x": "zsdc", "c": "xdfv", "v": "cfgb", "b": "vghn", "n": "bhjm", "m": "njk",
}  # fmt: skip
"""What lies around a key on a British keyboard."""


def _without_one(word: str) -> Iterable[str]:
    return (word[:i] + word[i + 1 :] for i in range(len(word)))


def slip_cost(typed: str, meant: str) -> int | None:
    """How unlikely one slip is: a letter missing, too many or swapped 0, the key beside 1, another key 2; else None."""
    if abs(len(typed) - len(meant)) > 1:
        return None
    start = 0
    while start < min(len(typed), len(meant)) and typed[start] == meant[start]:
        start += 1
    left, right = typed[start:], meant[start:]
    if len(left) != len(right):
        return 0 if (left[1:] == right if len(left) > len(right) else left == right[1:]) else None
    if left[:2] == right[1::-1] and left[2:] == right[2:]:
        return 0
    if left[1:] != right[1:]:
        return None
    return 1 if not left or right[0] in _BESIDE.get(left[0], "") else 2


def _plausible(typed: str, meant: str) -> bool:
    """Short words have so many neighbours that only the likeliest slips count."""
    if len(meant) > _SHORTEST:
        return True
    if len(meant) == _SHORTEST:
        return typed[0] == meant[0] or len(typed) == _SHORTEST or typed == meant[1:]
    return len(typed) == _SHORTEST and typed[0] == meant[0]


def _thinkable(typed: str, meant: str) -> bool:
    """Of very short words: a letter missed, or the key beside the right one."""
    return len(typed) < len(meant) <= _SHORTEST or (len(typed) == len(meant) and typed[0] == meant[0])


class Speller:
    """`known` are the safety words, gravest first; `leave` real words that look like them, of which `figures` (numbers
    in words) are never taken for anything else, not even faintly."""

    def __init__(
        self,
        known: Iterable[str],
        stems: Collection[str],
        leave: Collection[str],
        figures: Collection[str] = (),
    ) -> None:
        known = list(known)
        self._known = frozenset(word for word in known if word.isalpha())
        self._stems = frozenset(stems)
        self._stem_starts = frozenset(stem[:_STEM] for stem in self._stems)
        self._real = self._known | frozenset(leave)
        self._figures = frozenset(figures)
        self._guesses: dict[str, str | None] = {}
        """Of real words, which come again in every text."""
        self._beginnings = frozenset(word[:_STEM] for word in self._known)
        self._pairs = frozenset(word[:2] for word in self._known if len(word) > 1)
        self._pairs |= frozenset(letter + word[0] for letter in "ia" for word in self._known)
        # Words with a space between them: a list for each of so many keys would take as much memory again.
        self._near: dict[str, str] = {}
        formed = [stem + ending for stem in self._stems for ending in _ENDINGS]
        for word in dict.fromkeys([*filter(self._known.__contains__, known), *formed]):
            if len(word) >= _STEM and word.isascii():
                for key in dict.fromkeys((word, *_without_one(word))):
                    self._near[key] = f"{self._near[key]} {word}" if key in self._near else word

    def knows(self, word: str) -> bool:
        return word in self._real or (
            word[self._stem_of(word) :] in _USUAL_ENDINGS
            and self._has_stem(word)
            and not _LONG_RUN.search(word)
        )

    def is_safety_word(self, word: str) -> bool:
        return word in self._known

    def _has_stem(self, word: str) -> bool:
        return bool(self._stem_of(word))

    def _stem_of(self, word: str) -> int:
        """The length of the longest stem that it begins with."""
        if word[:_STEM] not in self._stem_starts:
            return 0
        return next((length for length in range(len(word), _STEM - 1, -1) if word[:length] in self._stems), 0)

    def correct(self, word: str) -> tuple[tuple[str, ...], ...]:
        """What may have been meant, at most three readings, each a word or words; the word itself if nothing fits."""
        if len(word) > _LONGEST * 2 or self.knows(word):
            return ((word,),)
        shorter = [*self._unstretched(word)]
        for known in (self._known.__contains__, self._real.__contains__, self._has_stem):
            for word_as_meant in filter(known, shorter):
                return ((word_as_meant,),)
        if not word.isascii() or len(word) < _STEM:
            return ((word,),)
        slips: list[tuple[str, ...]] = [(meant,) for meant in self._slipped(word)]
        parts = [run] if (run := self._run_together(word)) else []
        # "vomitingblood" begins with a stem, and may still be two words.
        whole = [(word,)] if self._has_stem(word) else []
        likely = whole + parts + slips if whole else slips[:1] + parts + slips[1:]
        return tuple(dict.fromkeys(likely))[:_MOST_READINGS] or ((word,),)

    def _unstretched(self, word: str) -> Iterable[str]:
        if _LONG_RUN.search(word):
            yield _LONG_RUN.sub(r"\1\1", word)
            yield _LONG_RUN.sub(r"\1", word)
            yield _DOUBLED.sub(r"\1", word)

    def faintly(self, word: str) -> str | None:
        """What a real word, or one too short to tell, may have been meant for: a weak guess, or None."""
        if word not in self._real:
            return self._guess(word) if len(word) <= _STEM else None
        if word not in self._guesses:
            self._guesses[word] = self._guess(word)
        return self._guesses[word]

    def _guess(self, word: str) -> str | None:
        if (
            not word.isascii()
            or word in self._known
            or word in self._figures
            or not _STEM - 1 <= len(word) <= _LONGEST
        ):
            return None
        thinkable = _thinkable if len(word) <= _STEM else _plausible
        slips = self._slipped(word, thinkable, _FAINTEST)
        return slips[0] if slips else None

    def _slipped(
        self, word: str, plausible: Callable[[str, str], bool] = _plausible, most: int = _ANY_COST
    ) -> Sequence[str]:
        if len(word) > _LONGEST:
            return ()
        near = self._near
        found: dict[str, int] = {}
        for key in (word, *_without_one(word)):
            if key in near:
                for meant in near[key].split():
                    if meant not in found and plausible(word, meant):
                        cost = slip_cost(word, meant)
                        if cost is not None and cost <= most:
                            # People rarely miss a word's first letter.
                            found[meant] = cost + 3 * (meant[0] != word[0])
        return sorted(found, key=found.__getitem__)

    def _run_together(self, word: str) -> tuple[str, ...] | None:
        if len(word) < _SHORTEST or word[:2] not in self._pairs:
            return None
        parts = self.segment(word)
        if not parts or len(parts) > _MOST_PARTS:
            return None
        if not all(len(part) >= _STEM or part in _LITTLE for part in parts):
            return None
        return parts if max(map(len, parts)) >= _STEM or len(parts) == 2 else None

    def segment(self, letters: str) -> tuple[str, ...] | None:
        """Cut letters without spaces into safety words, longest first from the end; None if they do not divide."""
        if len(letters) > _LONGEST * 2:
            return None
        best: list[tuple[str, ...] | None] = [(), *([None] * len(letters))]
        for start in range(len(letters)):
            before = best[start]
            if before is None:
                continue
            for end in range(start + 1, min(start + 14, len(letters)) + 1):
                if end - start == _STEM and letters[start:end] not in self._beginnings:
                    break
                piece = letters[start:end]
                if piece not in self._known or (len(piece) == 1 and piece not in "ia"):
                    continue
                held = best[end]
                if held is None or len(before) + 1 < len(held):
                    best[end] = (*before, piece)
        return best[-1]

    def unleet(self, word: str) -> str | None:
        """`k1ll`, `su!c1de`, `k*ll` → the safety word, or None."""
        letters = word.strip("0123456789")
        if letters != word and len(letters) >= _SHORTEST and self.knows(letters):
            # "ketones5", "30tablets": a figure that stands for itself.
            return None
        plain = word.translate(_LEET)
        if sum(map(plain.count, _EITHER)) <= _MOST_EITHERS:
            candidates = ["".join(signs) for signs in product(*(_EITHER.get(sign, sign) for sign in plain))]
            for likely in (self._known.__contains__, self.knows):
                for candidate in candidates:
                    if candidate.isalpha() and len(candidate) >= _STEM and likely(candidate):
                        return candidate
        if plain.count("*") == 1:
            hidden = plain.index("*")
            bare = plain.replace("*", "")
            for whole in self._near.get(bare, "").split():
                if len(whole) == len(plain) and whole[:hidden] + whole[hidden + 1 :] == bare:
                    return whole
            if plain in ("d*e", "di*", "*ie"):
                return "die"
        return None
