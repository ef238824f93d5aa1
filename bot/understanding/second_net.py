"""How worrying a text is: for each concern the chance, from 0 to 1, that the text speaks of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bot.core.safety import Worry
from bot.understanding.adapted import Adapted, chances
from bot.understanding.confidence import chance
from bot.understanding.examples import vocabulary_from, vocabulary_learned
from bot.understanding.features import Vector, Vocabulary
from bot.understanding.linear import Learned, Linear
from bot.understanding.reading import Reading

CONCERNS = ("risk", "emergency", "safeguarding")
ORDINARY = "ordinary"
PIECES, ADAPTED = "net-pieces-1", "net-adapted-1"
_LEAST = 1e-4  # nobody is surer than that
CALM = 0.1  # the chance in pieces under which the encoder is not asked: of 383 ordinary messages half, and none was lost


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
    """``alone``: what pieces say. ``adapted`` reads what the text means; None where there is no encoder for it."""

    vocabulary: Vocabulary
    alone: Doubt
    adapted: Adapted | None = None

    @classmethod
    def from_learned(cls, learned: Learned, adapted: Adapted | None = None) -> Net:
        alone = Doubt.from_learned(learned, "alone")
        if alone is None:
            raise KeyError("alone")
        return cls(vocabulary_from(learned), alone, adapted)

    @property
    def learned(self) -> Learned:
        return {**vocabulary_learned(self.vocabulary), **self.alone.learned("alone")}

    def worry(self, reading: Reading) -> Worry:
        places, values = self.vocabulary.vector(reading.pieces)
        if not len(places):
            return Worry(0.0, 0.0, 0.0, PIECES)
        alone = self.alone.chances(self.alone.linear.scores(places, values, None))
        if alone.max() < CALM or self.adapted is None:
            return _worry(alone, PIECES)
        scores = self.adapted.scores(reading)
        return _worry(alone, PIECES) if scores is None else _worry(_together(alone, chances(scores)), ADAPTED)


def _together(alone: Vector, meant: Vector) -> Vector:
    """What two readers who err at different places make of it: their odds, multiplied.

    The likeliest concern carries the chance that there is any: two that are hard to tell apart are no smaller worry.
    """
    concerns = meant[1:]
    joined = chance(_logit(float(alone.max())) + _logit(1 - float(meant[0])))
    carried: Vector = concerns * (joined / concerns.max())
    return carried


def _logit(chance: float) -> float:
    held = min(max(chance, _LEAST), 1 - _LEAST)
    return float(np.log(held / (1 - held)))


def _worry(chances: Vector, by: str) -> Worry:
    risk, emergency, safeguarding = (round(float(value), 4) for value in np.asarray(chances))
    return Worry(risk, emergency, safeguarding, by)
