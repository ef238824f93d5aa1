"""The training texts as rows of weighted pieces, and how alike any text is to each of them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from bot.understanding.encoder import Meanings
from bot.understanding.features import Pieces, Places, Vector, Vocabulary
from bot.understanding.linear import Learned
from bot.understanding.spelling import Spelling, ranked

_STEPS = 127  # a meaning is kept in whole numbers of a byte


class Index(NamedTuple):
    """For each piece, one after the other: which texts have it, and with what weight."""

    owners: Places
    values: Vector
    starts: Places


class Examples:
    """``spelling``: of the words in them. ``near``: their meanings, where they were taken."""

    def __init__(
        self, many: int, spelling: Spelling, vocabulary: Vocabulary, index: Index, near: Meanings | None
    ) -> None:
        self._many = many
        self.spelling = spelling
        self.vocabulary = vocabulary
        self._index = index
        self._near = near

    @classmethod
    def of(
        cls,
        words: Sequence[Sequence[str]],
        pieces: Sequence[Pieces],
        vocabulary: Vocabulary,
        meanings: Meanings | None,
    ) -> Examples:
        rows = [vocabulary.vector(text) for text in pieces]
        places = np.concatenate([row[0] for row in rows])
        order = np.argsort(places, kind="stable")
        owners = np.repeat(np.arange(len(rows)), [len(row[0]) for row in rows])[order]
        values = np.concatenate([row[1] for row in rows])[order]
        starts = np.searchsorted(places[order], np.arange(len(vocabulary) + 1))
        near = None if meanings is None else _stepped(meanings)
        spelling = Spelling(ranked(chain.from_iterable(words)))
        return cls(len(rows), spelling, vocabulary, Index(owners, values, starts), near)

    @classmethod
    def from_learned(cls, learned: Learned) -> Examples:
        """From what ``learned`` gave: the same examples, without reading their texts."""
        index = Index(
            learned["owners"].astype(np.int64), learned["values"].astype(np.float64), learned["starts"]
        )
        spelling = Spelling(told(learned["words"]))
        return cls(int(learned["many"]), spelling, vocabulary_from(learned), index, learned.get("near", None))

    @property
    def learned(self) -> Learned:
        owners, values, starts = self._index
        kept = {
            "many": np.array(self._many),
            "words": written(self.spelling.ranked),
            "owners": owners.astype(np.uint16 if self._many < 1 << 16 else np.uint32),
            "values": values.astype(np.float16),
            "starts": starts,
        }
        near = {} if self._near is None else {"near": self._near}
        return vocabulary_learned(self.vocabulary) | kept | near

    def nearest(self, places: Places, values: Vector) -> float:
        """The greatest cosine with an example, in pieces: from 0, nothing shared, to 1, the same."""
        return float(self._likeness(places, values).max(initial=0.0))

    def nearest_meaning(self, meaning: Meanings) -> float:
        """The greatest cosine with an example, in what it means."""
        assert self._near is not None
        return float((self._near @ meaning).max()) / _STEPS

    def _likeness(self, places: Places, values: Vector) -> Vector:
        if not len(places):
            return np.zeros(self._many)
        owners, held, starts = self._index
        spans = [np.arange(starts[place], starts[place + 1]) for place in places]
        at = np.concatenate(spans)
        weights = np.repeat(values, [len(span) for span in spans]) * held[at]
        return np.bincount(owners[at], weights=weights, minlength=self._many).astype(np.float64)


def _stepped(meanings: Meanings) -> Any:
    return np.rint(meanings * _STEPS).astype(np.int8)


def vocabulary_learned(vocabulary: Vocabulary) -> Learned:
    return {"pieces": written(vocabulary.pieces), "telling": vocabulary.telling.astype(np.float32)}


def vocabulary_from(learned: Learned) -> Vocabulary:
    return Vocabulary(told(learned["pieces"]), learned["telling"].astype(np.float64))


def written(pieces: Sequence[str]) -> npt.NDArray[np.uint8]:
    """No piece holds a line end: words are cut at every white space."""
    return np.frombuffer("\n".join(pieces).encode(), dtype=np.uint8)


def told(kept: npt.NDArray[np.uint8]) -> list[str]:
    return kept.tobytes().decode().split("\n")
