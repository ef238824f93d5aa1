"""The training texts as rows of weighted pieces, and how alike any text is to each of them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

import numpy as np

from bot.understanding.features import Square, Vector, Vocabulary, pieces_of, words_of
from bot.understanding.spelling import Spelling


class Examples:
    def __init__(self, texts: Sequence[str]) -> None:
        words = [words_of(text) for text in texts]
        pieces = [pieces_of(text) for text in words]
        self._spelling = Spelling(chain.from_iterable(words))
        self._vocabulary = Vocabulary(pieces)
        self._rows = [self._vocabulary.vector(text) for text in pieces]
        places = np.concatenate([row[0] for row in self._rows])
        order = np.argsort(places, kind="stable")
        # For each piece, one after the other: which texts have it, and with what weight.
        self._owners = np.repeat(np.arange(len(texts)), [len(row[0]) for row in self._rows])[order]
        self._values = np.concatenate([row[1] for row in self._rows])[order]
        self._starts = np.searchsorted(places[order], np.arange(len(self._vocabulary) + 1))

    def __len__(self) -> int:
        return len(self._rows)

    def likeness(self, text: str) -> Vector:
        """The cosine of a text with every example: from 0, nothing shared, to 1, the same."""
        places, values = self._vocabulary.vector(pieces_of(self._spelling.mended(words_of(text))))
        if not len(places):
            return np.zeros(len(self._rows))
        spans = [np.arange(self._starts[place], self._starts[place + 1]) for place in places]
        at = np.concatenate(spans)
        weights = np.repeat(values, [len(span) for span in spans]) * self._values[at]
        return np.bincount(self._owners[at], weights=weights, minlength=len(self._rows)).astype(np.float64)

    def likenesses(self) -> Square:
        """Every example with every other."""
        # A piece that only one text has adds nothing between two of them.
        shared = np.flatnonzero(np.diff(self._starts) > 1)
        column = np.full(len(self._vocabulary), -1)
        column[shared] = np.arange(len(shared))
        dense = np.zeros((len(self._rows), len(shared)), dtype=np.float32)
        for row, (places, values) in zip(dense, self._rows, strict=True):
            kept = column[places] >= 0
            row[column[places][kept]] = values[kept]
        square = dense @ dense.T
        np.fill_diagonal(square, 1.0)
        return square
