"""The training texts as rows of weighted pieces, and how alike any text is to each of them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from bot.understanding.features import Places, Square, Vector, Vocabulary, pieces_of, words_of
from bot.understanding.spelling import Spelling, ranked


class Index(NamedTuple):
    """For each piece, one after the other: which texts have it, and with what weight."""

    owners: Places
    values: Vector
    starts: Places


Learned = dict[str, npt.NDArray[Any]]


class Examples:
    def __init__(self, many: int, spelling: Spelling, vocabulary: Vocabulary, index: Index) -> None:
        self._many = many
        self._spelling = spelling
        self._vocabulary = vocabulary
        self._owners, self._values, self._starts = index

    @classmethod
    def of(cls, texts: Sequence[str]) -> Examples:
        words = [words_of(text) for text in texts]
        pieces = [pieces_of(text) for text in words]
        vocabulary = Vocabulary.of(pieces)
        rows = [vocabulary.vector(text) for text in pieces]
        places = np.concatenate([row[0] for row in rows])
        order = np.argsort(places, kind="stable")
        owners = np.repeat(np.arange(len(texts)), [len(row[0]) for row in rows])[order]
        values = np.concatenate([row[1] for row in rows])[order]
        starts = np.searchsorted(places[order], np.arange(len(vocabulary) + 1))
        spelling = Spelling(ranked(chain.from_iterable(words)))
        return cls(len(texts), spelling, vocabulary, Index(owners, values, starts))

    @classmethod
    def from_learned(cls, learned: Learned) -> Examples:
        """From what ``learned`` gave: the same examples, without reading their texts."""
        vocabulary = Vocabulary(_told(learned["pieces"]), learned["telling"])
        index = Index(learned["owners"], learned["values"], learned["starts"])
        return cls(int(learned["many"]), Spelling(_told(learned["words"])), vocabulary, index)

    @property
    def learned(self) -> Learned:
        return {
            "many": np.array(self._many),
            "words": _written(self._spelling.ranked),
            "pieces": _written(self._vocabulary.pieces),
            "telling": self._vocabulary.telling,
            "owners": self._owners,
            "values": self._values,
            "starts": self._starts,
        }

    def likeness(self, text: str) -> Vector:
        """The cosine of a text with every example: from 0, nothing shared, to 1, the same."""
        places, values = self._vocabulary.vector(pieces_of(self._spelling.mended(words_of(text))))
        if not len(places):
            return np.zeros(self._many)
        spans = [np.arange(self._starts[place], self._starts[place + 1]) for place in places]
        at = np.concatenate(spans)
        weights = np.repeat(values, [len(span) for span in spans]) * self._values[at]
        return np.bincount(self._owners[at], weights=weights, minlength=self._many).astype(np.float64)

    def likenesses(self) -> Square:
        """Every example with every other."""
        held_by = np.diff(self._starts)
        # A piece that only one text has adds nothing between two of them.
        shared = held_by > 1
        column = np.cumsum(shared) - 1
        kept = np.repeat(shared, held_by)
        dense = np.zeros((self._many, int(shared.sum())), dtype=np.float32)
        dense[self._owners[kept], np.repeat(column, held_by)[kept]] = self._values[kept]
        square = dense @ dense.T
        np.fill_diagonal(square, 1.0)
        return square


def _written(pieces: Sequence[str]) -> npt.NDArray[np.uint8]:
    """No piece holds a line end: words are cut at every white space."""
    return np.frombuffer("\n".join(pieces).encode(), dtype=np.uint8)


def _told(written: npt.NDArray[np.uint8]) -> list[str]:
    return written.tobytes().decode().split("\n")
