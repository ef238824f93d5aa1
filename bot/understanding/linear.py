"""What a linear machine learned: how much each piece of a text, and each part of its meaning, speaks for each name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from bot.understanding.encoder import WIDTH, Meanings
from bot.understanding.features import Places, Vector

Learned = dict[str, npt.NDArray[Any]]
Weights = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Linear:
    """A column a name. ``meaning`` has no row where it was learned from pieces alone."""

    pieces: Weights
    meaning: Weights
    bias: Weights

    @classmethod
    def of(cls, weights: npt.NDArray[Any], bias: npt.NDArray[Any], many: int) -> Linear:
        """``many``: how many of the rows are pieces. What is kept is half as exact as what was learned."""
        half = weights.astype(np.float16).astype(np.float32)
        return cls(half[:many], half[many:], bias.astype(np.float32))

    @classmethod
    def from_learned(cls, learned: Learned, name: str) -> Linear | None:
        if f"{name}_pieces" not in learned:
            return None
        pieces, meaning, bias = (learned[f"{name}_{part}"] for part in ("pieces", "meaning", "bias"))
        return cls(pieces.astype(np.float32), meaning.astype(np.float32), bias)

    def learned(self, name: str) -> Learned:
        return {
            f"{name}_pieces": self.pieces.astype(np.float16),
            f"{name}_meaning": self.meaning.astype(np.float16),
            f"{name}_bias": self.bias,
        }

    @property
    def reads_meaning(self) -> bool:
        return len(self.meaning) == WIDTH

    def scores(self, places: Places, values: Vector, meaning: Meanings | None) -> Vector:
        scores = values @ self.pieces[places] + self.bias
        if meaning is not None and self.reads_meaning:
            scores = scores + meaning @ self.meaning
        return scores.astype(np.float64)
