"""What a group's post may hold that none may: for each kind the chance, from 0 to 1, that it stands in there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bot.core.posts import Suspicion
from bot.core.posts.content import GRAVEST
from bot.understanding.confidence import chance
from bot.understanding.examples import vocabulary_from, vocabulary_learned
from bot.understanding.features import Vector, Vocabulary
from bot.understanding.linear import Learned, Linear
from bot.understanding.reading import Reading

KINDS = GRAVEST
GOOD = "good"
PIECES, BOTH = "posts-pieces-1", "posts-pieces-minilm-1"
PART = 160  # characters that are read by themselves, so that one clause is not lost in a long and kind post
CALM = 0.15  # the chance in pieces under which nothing is suspected and no encoder asked
PART_CALM = 0.3  # as much, of a part
FEWEST_WORDS = 5  # of "See you later" a model knows nothing that rules do not
NOTHING: Vector = np.zeros(len(KINDS))


@dataclass(frozen=True)
class PostDoubt:
    """``linear``: a column a kind, and a last one for any of them. ``scale``: for each kind what its own score weighs,
    what that of any kind weighs, and the level that make a chance of both."""

    linear: Linear
    scale: Vector

    @classmethod
    def from_learned(cls, learned: Learned, name: str) -> PostDoubt | None:
        linear = Linear.from_learned(learned, name)
        return None if linear is None else cls(linear, learned[f"{name}_scale"])

    def learned(self, name: str) -> Learned:
        return {**self.linear.learned(name), f"{name}_scale": self.scale}

    def chances(self, scores: Vector) -> Vector:
        own, any_kind, level = self.scale
        return chance(scores[:-1] * own + scores[-1] * any_kind + level)


@dataclass(frozen=True)
class PostNet:
    """``alone``: what pieces say. ``both``: with what the text means; None where it was learned without an encoder."""

    vocabulary: Vocabulary
    alone: PostDoubt
    both: PostDoubt | None

    @classmethod
    def from_learned(cls, learned: Learned) -> PostNet:
        alone = PostDoubt.from_learned(learned, "alone")
        if alone is None:
            raise KeyError("alone")
        return cls(vocabulary_from(learned), alone, PostDoubt.from_learned(learned, "both"))

    @property
    def learned(self) -> Learned:
        both = {} if self.both is None else self.both.learned("both")
        return {**vocabulary_learned(self.vocabulary), **self.alone.learned("alone"), **both}

    def suspicion(self, reading: Reading) -> Suspicion:
        """Of the whole and of each of its parts, whichever is more suspect. Nothing of a short one."""
        if len(reading.words) < FEWEST_WORDS:
            return Suspicion()
        judged = [
            self._judged(reading, CALM),
            *(self._judged(part, PART_CALM) for part in reading.parts(PART)),
        ]
        chances = np.max([held for held in judged if held is not None] or [NOTHING], axis=0)
        said = {kind: round(float(value), 4) for kind, value in zip(KINDS, chances, strict=True)}
        means = self.both is not None and reading.asked and reading.half is not None
        return Suspicion(**said, by=BOTH if means else PIECES)

    def _judged(self, reading: Reading, calm: float) -> Vector | None:
        """By its meaning too, where there is an encoder; None where its pieces say that nobody need ask."""
        places, values = self.vocabulary.vector(reading.pieces)
        if not len(places):
            return None
        alone = self.alone.chances(self.alone.linear.scores(places, values, None))
        if alone.max() < calm:
            return None
        if self.both is None or reading.meaning is None:
            return alone
        return self.both.chances(self.both.linear.scores(places, values, reading.meaning))
