"""A text cut into the pieces of words that the encoder knows: BERT's way, uncased (Devlin and others, 2019)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

_LONGEST_WORD = 100
_IDEOGRAPHS = (
    (0x4E00, 0x9FFF),
    (0x3400, 0x4DBF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F),
    (0x2B920, 0x2CEAF),
    (0xF900, 0xFAFF),
    (0x2F800, 0x2FA1F),
)
_ASCII_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")


class WordPiece:
    def __init__(self, pieces: list[str], longest: int) -> None:
        """``longest``: pieces that are read, with the mark at either end."""
        self._places = {piece: place for place, piece in enumerate(pieces)}
        self._longest = longest
        self._unknown, self._first, self._last = (self._places[m] for m in ("[UNK]", "[CLS]", "[SEP]"))

    def cut(self, text: str) -> list[int]:
        places: list[int] = []
        for word in _words(text):
            places += self._pieces(word)
            if len(places) >= self._longest - 2:
                break
        return [self._first, *places[: self._longest - 2], self._last]

    def _pieces(self, word: str) -> list[int]:
        """The longest known beginning, then the longest that goes on from there; unknown where one is missing."""
        if len(word) > _LONGEST_WORD:
            return [self._unknown]
        found: list[int] = []
        start = 0
        while start < len(word):
            mark = "##" if start else ""
            ends = range(len(word), start, -1)
            end = next((end for end in ends if mark + word[start:end] in self._places), None)
            if end is None:
                return [self._unknown]
            found.append(self._places[mark + word[start:end]])
            start = end
        return found


def _words(text: str) -> Iterator[str]:
    spaced = "".join(f" {c} " if _ideograph(c) else c for c in map(_cleaned, text))
    bare = (c for c in unicodedata.normalize("NFD", spaced) if unicodedata.category(c) != "Mn")
    for word in "".join(bare).lower().split():
        yield from _apart(word)


def _cleaned(c: str) -> str:
    if c in "\t\n\r" or c.isspace():
        return " "
    return "" if c in "\x00\ufffd" or unicodedata.category(c)[0] == "C" else c


def _ideograph(c: str) -> bool:
    return c > "\u33ff" and any(first <= ord(c) <= last for first, last in _IDEOGRAPHS)


def _apart(word: str) -> Iterator[str]:
    """Each mark of punctuation is a word."""
    start = 0
    for n, c in enumerate(word):
        if c in _ASCII_PUNCTUATION or unicodedata.category(c)[0] == "P":
            if start < n:
                yield word[start:n]
            yield c
            start = n + 1
    if start < len(word):
        yield word[start:]
