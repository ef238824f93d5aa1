"""A text as weighted pieces: single words, pairs of words, and runs of 2 to 5 letters that forgive a typo."""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

LONGEST_TEXT = 1_000  # characters that are read; the rest changes nothing
_RUNS = (2, 3, 4, 5)
_WORDS_WEIGHT = 0.5  # the share of words in the square of a text's length; letters have the rest
_APOSTROPHES = str.maketrans({"'": None, "’": None, "‘": None, "`": None})

Vector = npt.NDArray[np.float64]
Places = npt.NDArray[np.int64]


def words_of(text: str) -> list[str]:
    """Lower case, no accents, no punctuation; ``I'm`` is ``im``, ``sooooo`` is ``soo``."""
    plain = unicodedata.normalize("NFKD", text[:LONGEST_TEXT].casefold()).translate(_APOSTROPHES)
    kept = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return [_shortened(word) for word in kept.split()]


def _shortened(word: str) -> str:
    return "".join(c for n, c in enumerate(word) if n < 2 or not c == word[n - 1] == word[n - 2])


def _word_pieces(words: Sequence[str]) -> Iterator[str]:
    yield from (f"w {word}" for word in words)
    # The edges are words too: "stop" alone is another message than "stop the reminders".
    edged = ("", *words, "")
    yield from (f"w {first} {second}" for first, second in zip(edged, edged[1:], strict=False))


def _letter_pieces(words: Sequence[str]) -> Iterator[str]:
    for word in words:
        padded = f" {word} "
        for run in _RUNS:
            yield from (f"c{padded[n : n + run]}" for n in range(len(padded) - run + 1))


def pieces_of(text: str) -> tuple[dict[str, float], dict[str, float]]:
    """Words and letters, each piece with a count whose growth is dampened."""
    words = words_of(text)
    return _dampened(_word_pieces(words)), _dampened(_letter_pieces(words))


def _dampened(pieces: Iterator[str]) -> dict[str, float]:
    return {piece: 1 + math.log(count) for piece, count in Counter(pieces).items()}


class Vocabulary:
    """The pieces of the training texts and how telling each is."""

    def __init__(self, texts: Sequence[tuple[dict[str, float], dict[str, float]]]) -> None:
        self._total = len(texts)
        seen = Counter(piece for text in texts for block in text for piece in block)
        self.place = {piece: n for n, piece in enumerate(seen)}
        self._telling = {piece: self._idf(count) for piece, count in seen.items()}
        self._unseen = self._idf(0)

    def _idf(self, count: int) -> float:
        return math.log((1 + self._total) / (1 + count)) + 1

    def __len__(self) -> int:
        return len(self.place)

    def vector(self, text: tuple[dict[str, float], dict[str, float]]) -> tuple[Places, Vector]:
        """Places and values of a text whose length is 1 with its unknown pieces, so less where there are some."""
        places: list[int] = []
        values: list[float] = []
        for block, share in zip(text, (_WORDS_WEIGHT, 1 - _WORDS_WEIGHT), strict=True):
            weighed = {p: count * self._telling.get(p, self._unseen) for p, count in block.items()}
            length = math.sqrt(sum(value * value for value in weighed.values()))
            for piece, value in weighed.items():
                if piece in self.place:
                    places.append(self.place[piece])
                    values.append(value / length * math.sqrt(share))
        return np.array(places, dtype=np.int64), np.array(values, dtype=np.float64)
