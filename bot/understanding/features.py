"""A text as weighted pieces: single words, pairs of words, and runs of 2 to 5 letters that forgive a typo."""

from __future__ import annotations

import math
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

LONGEST_TEXT = 1_000  # characters that are read; the rest changes nothing
_RUNS = (2, 3, 4, 5)
_WORDS_WEIGHT = 0.5  # the share of words in the square of a text's length; letters have the rest
_APOSTROPHES = str.maketrans({"'": None, "’": None, "‘": None, "`": None})

Vector = npt.NDArray[np.float64]
Square = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]


def words_of(text: str) -> list[str]:
    """Lower case, no accents, no punctuation; ``I'm`` is ``im``, ``sooooo`` is ``soo``."""
    plain = unicodedata.normalize("NFKD", text[:LONGEST_TEXT].casefold()).translate(_APOSTROPHES)
    kept = "".join(c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return [_shortened(word) for word in kept.split()]


def _shortened(word: str) -> str:
    return "".join(c for n, c in enumerate(word) if n < 2 or not c == word[n - 1] == word[n - 2])


def _word_pieces(words: Sequence[str]) -> list[str]:
    # The edges are words too: "stop" alone is another message than "stop the reminders".
    pairs = pairwise(("", *words, ""))
    return [f"w {word}" for word in words] + [f"w {first} {second}" for first, second in pairs]


def _letter_pieces(words: Sequence[str]) -> list[str]:
    padded = [f" {word} " for word in words]
    return [word[n : n + run] for word in padded for run in _RUNS for n in range(len(word) - run + 1)]


@dataclass(frozen=True)
class Pieces:
    """Each piece of a text with its count, words apart from runs of letters."""

    words: Counter[str]
    letters: Counter[str]


def pieces_of(words: Sequence[str]) -> Pieces:
    return Pieces(Counter(_word_pieces(words)), Counter(_letter_pieces(words)))


class Vocabulary:
    """The pieces of the training texts and how telling each is: the rarer, the more."""

    def __init__(self, pieces: Sequence[str], telling: Vector) -> None:
        """``telling`` has one more at its end, for pieces that no training text has: place -1."""
        self._place = {piece: n for n, piece in enumerate(pieces)}
        self.telling = telling

    @classmethod
    def of(cls, texts: Sequence[Pieces], fewest: int = 1) -> Vocabulary:
        """``fewest``: texts that must have a piece for it to be known."""
        seen: Counter[str] = Counter()
        for text in texts:
            seen.update(text.words.keys())
            seen.update(text.letters.keys())
        known = {piece: many for piece, many in seen.items() if many >= fewest}
        held_by = np.array([*known.values(), 0])
        return cls(tuple(known), np.log((1 + len(texts)) / (1 + held_by)) + 1)

    @property
    def pieces(self) -> tuple[str, ...]:
        return tuple(self._place)

    def __len__(self) -> int:
        return len(self._place)

    def vector(self, text: Pieces) -> tuple[Places, Vector]:
        """Places and values. The text's length is 1 with its unknown pieces, so less where there are some."""
        blocks = (text.words, _WORDS_WEIGHT), (text.letters, 1 - _WORDS_WEIGHT)
        weighed = [self._weighed(pieces, share) for pieces, share in blocks]
        places, values = (np.concatenate(column) for column in zip(*weighed, strict=True))
        return places[places >= 0], values[places >= 0]

    def _weighed(self, pieces: Counter[str], share: float) -> tuple[Places, Vector]:
        places = np.array([self._place.get(piece, -1) for piece in pieces], dtype=np.int64)
        counts = np.array(list(pieces.values()), dtype=np.float64)
        values = (1 + np.log(counts)) * self.telling[places]
        length = math.sqrt(float(values @ values)) or 1.0
        return places, values * (math.sqrt(share) / length)
