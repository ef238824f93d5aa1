"""How sure to be, learned from what the classifier gets right on texts that it has not seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bot.understanding.features import Vector

_ROUNDS = 30
_CALM = 0.01  # keeps the weights small where right and wrong can be told apart completely


def signs(scores: Vector, nearest: Vector) -> Vector:
    """For each row: the best score, how far it is before the second, and the likeness to the nearest example."""
    ranked = np.sort(scores, axis=1)
    return np.column_stack((ranked[:, -1], ranked[:, -1] - ranked[:, -2], nearest, np.ones_like(nearest)))


@dataclass(frozen=True)
class Confidence:
    """The chance that the best intent is the right one, and that the text is about anything we know at all."""

    weights: Vector

    def of(self, scores: Vector, nearest: float) -> float:
        [sign] = signs(scores[np.newaxis], np.array([nearest]))
        return float(1 / (1 + np.exp(-sign @ self.weights)))


def learn(seen: Vector, right: Vector, importance: Vector) -> Confidence:
    """Logistic regression by Newton's method: the same input gives the same weights."""
    weights = np.zeros(seen.shape[1])
    for _ in range(_ROUNDS):
        chance = 1 / (1 + np.exp(-seen @ weights))
        slope = seen.T @ (importance * (chance - right)) + _CALM * weights
        bend = (seen * (importance * chance * (1 - chance))[:, np.newaxis]).T @ seen
        weights = weights - np.linalg.solve(bend + _CALM * np.eye(len(weights)), slope)
    return Confidence(weights)
