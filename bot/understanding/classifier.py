"""Which intent a text belongs to: one ridge regression an intent over TF-IDF, trained when it is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from bot.core.errors import Misuse
from bot.core.inputs import Understood
from bot.understanding.confidence import Confidence, learn, signs
from bot.understanding.examples import Examples, Learned
from bot.understanding.features import Places, Square, Vector

NAME = "tfidf-1"
OUT_OF_SCOPE = "out_of_scope"
FEWEST_INTENTS = 2
_RIDGE = 0.3
_STRANGERS = 0.5  # what a text about something else weighs against one of ours, when confidence is learned
_NEVER = -9.0


@dataclass(frozen=True)
class Classifier:
    """Trained from nothing but the examples: the same examples, the same answers.

    The square of all examples is held while training: meant for a few thousand of them.
    """

    _intents: tuple[str, ...]
    _examples: Examples
    _weights: Vector
    _confidence: Confidence

    @classmethod
    def train(cls, examples: Mapping[str, tuple[str, ...]]) -> Classifier:
        intents = tuple(sorted(name for name, texts in examples.items() if texts))
        if len(intents) < FEWEST_INTENTS:
            raise Misuse("to tell intents apart there must be two of them, with examples")
        held = Examples.of([text for name in intents for text in examples[name]])
        labels = np.repeat(np.arange(len(intents)), [len(examples[name]) for name in intents])
        wanted = np.eye(len(intents))[labels]
        likeness = held.likenesses()
        inverse = np.linalg.inv(likeness + _RIDGE * np.eye(len(labels))).astype(np.float32)
        weights: Vector = inverse @ wanted
        stranger = intents.index(OUT_OF_SCOPE) if OUT_OF_SCOPE in intents else None
        trial = _Trial(labels, wanted, likeness, inverse, weights)
        return cls(intents, held, weights, trial.confidence(stranger))

    @classmethod
    def from_learned(cls, learned: Learned) -> Classifier:
        """As it was trained, from what ``learned`` gave."""
        intents = tuple(str(name) for name in learned["intents"])
        return cls(
            intents, Examples.from_learned(learned), learned["weights"], Confidence(learned["confidence"])
        )

    @property
    def learned(self) -> Learned:
        """All that training made, as plain arrays."""
        own = {
            "intents": np.array(self._intents),
            "weights": self._weights,
            "confidence": self._confidence.weights,
        }
        return self._examples.learned | own

    def predict(self, text: str) -> Understood:
        """The likeliest intent with a chance from 0 to 1, and the next two. Nothing known in it: out of scope, 0."""
        likeness = self._examples.likeness(text)
        nearest = float(likeness.max())
        if nearest == 0:
            return Understood(intent=OUT_OF_SCOPE, confidence=0.0, by=NAME)
        scores = likeness @ self._weights
        first, *others = (self._intents[n] for n in np.argsort(-scores, kind="stable")[:3])
        sure = round(self._confidence.of(scores, nearest), 4)
        return Understood(intent=first, confidence=sure, also=tuple(others), by=NAME)


@dataclass(frozen=True)
class _Trial:
    """What the trained model would have said to its own examples, had it not known them.

    For a ridge regression that needs no second training: leaving rows out of the inverse is a formula.
    """

    labels: Places
    wanted: Vector
    likeness: Square
    inverse: Square
    weights: Vector

    def confidence(self, stranger: int | None) -> Confidence:
        """Ours are the examples, each left out alone. Strangers are the examples of an intent left out as a whole."""
        own, nearest = self._each_alone()
        seen, right = signs(own, nearest), own.argmax(axis=1) == self.labels
        named = own.argmax(axis=1) != stranger
        parts = [(seen[named], right[named].astype(float), np.ones(named.sum()))]
        for intent in range(self.wanted.shape[1]):
            scores, nearest = self._all_of(intent)
            named = scores.argmax(axis=1) != stranger
            many = int(named.sum())
            parts.append((signs(scores, nearest)[named], np.zeros(many), np.full(many, _STRANGERS)))
        return learn(*(np.concatenate(column) for column in zip(*parts, strict=True)))

    def _each_alone(self) -> tuple[Vector, Vector]:
        scores = self.wanted - self.weights / np.diag(self.inverse)[:, np.newaxis]
        others = self.likeness.copy()
        np.fill_diagonal(others, 0.0)
        return scores, others.max(axis=1)

    def _all_of(self, intent: int) -> tuple[Vector, Vector]:
        out = np.flatnonzero(self.labels == intent)
        scores = self.wanted[out] - np.linalg.solve(self.inverse[np.ix_(out, out)], self.weights[out])
        scores[:, intent] = _NEVER
        return scores, self.likeness[out][:, self.labels != intent].max(axis=1)
