"""Which intent a text belongs to: one linear machine over its pieces, and one over its pieces and what it means.

The first is asked first. Only where it is unsure is the encoder, which takes some ten times as long.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bot.core.inputs import Understood
from bot.understanding.confidence import Confidence, margins
from bot.understanding.encoder import Meanings
from bot.understanding.examples import Examples
from bot.understanding.features import Places, Vector, pieces_of
from bot.understanding.linear import Learned, Linear
from bot.understanding.reading import Reading

OUT_OF_SCOPE = "out_of_scope"
FEWEST_INTENTS = 2
PIECES, BOTH = "svm-pieces-1", "svm-pieces-minilm-1"
ENOUGH = 0.8  # the chance from which on the encoder is not asked


@dataclass(frozen=True)
class Judge:
    linear: Linear
    confidence: Confidence

    @classmethod
    def from_learned(cls, learned: Learned, name: str) -> Judge | None:
        linear = Linear.from_learned(learned, name)
        return None if linear is None else cls(linear, Confidence(learned[f"{name}_confidence"]))

    def learned(self, name: str) -> Learned:
        return {**self.linear.learned(name), f"{name}_confidence": self.confidence.weights}


@dataclass(frozen=True)
class Classifier:
    """``both`` is None where it was learned without an encoder."""

    intents: tuple[str, ...]
    examples: Examples
    alone: Judge
    both: Judge | None

    @classmethod
    def from_learned(cls, learned: Learned) -> Classifier:
        """As it was trained, from what ``learned`` gave."""
        alone = Judge.from_learned(learned, "alone")
        if alone is None:
            raise KeyError("alone")
        intents = tuple(str(name) for name in learned["intents"])
        return cls(intents, Examples.from_learned(learned), alone, Judge.from_learned(learned, "both"))

    @property
    def learned(self) -> Learned:
        """All that training made, as plain arrays."""
        both = {} if self.both is None else self.both.learned("both")
        return {
            "intents": np.array(self.intents),
            **self.examples.learned,
            **self.alone.learned("alone"),
            **both,
        }

    def predict(self, reading: Reading) -> Understood:
        """The likeliest intent with a chance from 0 to 1, and the next two. Nothing known in it: out of scope, 0."""
        mended = self.examples.spelling.mended(reading.words)
        pieces = reading.pieces if mended == reading.words else pieces_of(mended)
        places, values = self.examples.vocabulary.vector(pieces)
        nearest = self.examples.nearest(places, values)
        if nearest == 0:
            return Understood(intent=OUT_OF_SCOPE, confidence=0.0, by=PIECES)
        said = self._said(self.alone, PIECES, self.alone.linear.scores(places, values, None), nearest)
        if said.confidence >= ENOUGH or self.both is None or reading.meaning is None:
            return said
        return self._with_meaning(self.both, places, values, reading.meaning)

    def _with_meaning(self, both: Judge, places: Places, values: Vector, meaning: Meanings) -> Understood:
        scores = both.linear.scores(places, values, meaning)
        return self._said(both, BOTH, scores, self.examples.nearest_meaning(meaning))

    def _said(self, judge: Judge, by: str, scores: Vector, nearest: float) -> Understood:
        first, *others = (self.intents[n] for n in np.argsort(-scores, kind="stable")[:3])
        sure = judge.confidence.of(float(margins(scores[np.newaxis])[0]), nearest)
        return Understood(intent=first, confidence=round(sure, 4), also=tuple(others), by=by)
