"""The second net's own way of reading: the encoder's upper layers, changed a little by what worries and what does not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from bot.understanding.encoder import WIDTH, Change, Changes, Meanings
from bot.understanding.features import Vector
from bot.understanding.linear import Learned, Weights
from bot.understanding.reading import Reading

CLASSES = ("ordinary", "risk", "emergency", "safeguarding")
PRODUCTS = Changes._fields


class Head(NamedTuple):
    """From the mean of a text's pieces to a score for each of the classes."""

    weight: Weights
    bias: Weights


@dataclass(frozen=True)
class Adapted:
    """``changes``: to each of the encoder's upper layers."""

    changes: tuple[Changes, ...]
    head: Head

    @classmethod
    def from_learned(cls, learned: Learned) -> Adapted:
        """Raises KeyError or ValueError where it is not what ``learned`` gave."""
        plain = {name: numbers.astype(np.float32) for name, numbers in learned.items() if name != "mark"}
        many = int(learned["layers"])
        changes = tuple(
            Changes(*(Change(plain[f"{n}_{name}_down"], plain[f"{n}_{name}_up"]) for name in PRODUCTS))
            for n in range(many)
        )
        head = Head(plain["head_weight"].reshape(WIDTH, len(CLASSES)), plain["head_bias"])
        return cls(changes, head)

    @property
    def learned(self) -> Learned:
        """Half as exact as what was learned."""
        changes = {
            f"{n}_{name}_{side}": getattr(change, side).astype(np.float16)
            for n, layer in enumerate(self.changes)
            for name, change in zip(PRODUCTS, layer, strict=True)
            for side in Change._fields
        }
        head = {"head_weight": self.head.weight.astype(np.float16), "head_bias": self.head.bias}
        return {"layers": np.array(len(self.changes)), **changes, **head}

    def scores(self, reading: Reading) -> Vector | None:
        """For each class the logarithm of its chance, up to what they share; None without an encoder."""
        means = reading.with_changes(self.changes)
        return None if means is None else scores(self.head, means)


def scores(head: Head, means: Meanings) -> Vector:
    return (means @ head.weight + head.bias).astype(np.float64)


def chances(scores: Vector) -> Vector:
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True), dtype=np.float64)
