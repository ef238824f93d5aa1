"""How worrying a text is: for each concern the chance, from 0 to 1, that the text speaks of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bot.core.safety import Worry
from bot.understanding.confidence import chance
from bot.understanding.examples import vocabulary_from, vocabulary_learned
from bot.understanding.features import Places, Vector, Vocabulary
from bot.understanding.linear import Learned, Linear
from bot.understanding.reading import Reading

CONCERNS = ("risk", "emergency", "safeguarding")
ORDINARY = "ordinary"
PIECES, BOTH = "net-pieces-1", "net-pieces-minilm-1"
CALM = (
    0.25  # the chance in pieces under which the encoder is not asked: none that it would raise was lost above
)


@dataclass(frozen=True)
class Doubt:
    """``scale``: for each concern the slope and the level that make a chance of its score."""

    linear: Linear
    scale: Vector

    @classmethod
    def from_learned(cls, learned: Learned, name: str) -> Doubt | None:
        linear = Linear.from_learned(learned, name)
        return None if linear is None else cls(linear, learned[f"{name}_scale"])

    def learned(self, name: str) -> Learned:
        return {**self.linear.learned(name), f"{name}_scale": self.scale}

    def chances(self, scores: Vector) -> Vector:
        return chance(scores * self.scale[0] + self.scale[1])


@dataclass(frozen=True)
class Net:
    """``both`` is None where it was learned without an encoder."""

    vocabulary: Vocabulary
    alone: Doubt
    both: Doubt | None

    @classmethod
    def from_learned(cls, learned: Learned) -> Net:
        alone = Doubt.from_learned(learned, "alone")
        if alone is None:
            raise KeyError("alone")
        return cls(vocabulary_from(learned), alone, Doubt.from_learned(learned, "both"))

    @property
    def learned(self) -> Learned:
        both = {} if self.both is None else self.both.learned("both")
        return {**vocabulary_learned(self.vocabulary), **self.alone.learned("alone"), **both}

    def worry(self, reading: Reading) -> Worry:
        places, values = self.vocabulary.vector(reading.pieces)
        if not len(places):
            return Worry(0.0, 0.0, 0.0, PIECES)
        chances = self.alone.chances(self.alone.linear.scores(places, values, None))
        if chances.max() < CALM or self.both is None or reading.meaning is None:
            return _worry(chances, PIECES)
        return _worry(_with_meaning(self.both, places, values, reading), BOTH)


def _with_meaning(both: Doubt, places: Places, values: Vector, reading: Reading) -> Vector:
    return both.chances(both.linear.scores(places, values, reading.meaning))


def _worry(chances: Vector, by: str) -> Worry:
    risk, emergency, safeguarding = (round(float(value), 4) for value in np.asarray(chances))
    return Worry(risk, emergency, safeguarding, by)
