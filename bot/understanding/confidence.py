"""How sure to be, learned from what a model gets right on texts that it has not seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from bot.understanding.features import Vector

_ROUNDS = 30
_CALM = 0.05  # keeps the weights small where right and wrong can be told apart completely


def margins(scores: Vector) -> Vector:
    """For each row: how far the best score is before the second."""
    best = np.sort(scores, axis=1)[:, -2:]
    return best[:, 1] - best[:, 0]


@dataclass(frozen=True)
class Confidence:
    """The chance that the best intent is the right one, and that the text is about anything we know at all.

    It rises with the margin and with the likeness to the nearest example, both in units of their spread.
    """

    weights: Vector

    def of(self, margin: float, nearest: float) -> float:
        return float(chance(np.array([margin, nearest, 1.0]) @ self.weights))

    @classmethod
    def learn(cls, margin: Vector, nearest: Vector, right: Vector, importance: Vector) -> Confidence:
        by = 1 / max(float(margin.std()), 1e-6), 1 / max(float(nearest.std()), 1e-6)
        score = margin * by[0] + nearest * by[1]
        slope, level = fitted(np.column_stack((score, np.ones_like(score))), right, importance)
        return cls(np.array([slope * by[0], slope * by[1], level]))


def chance(logit: Vector | float) -> Vector:
    """The logistic function, which any number is small enough for."""
    return np.asarray(1 / (1 + np.exp(-np.clip(logit, -60, 60))), dtype=np.float64)


def fitted(seen: Vector, right: Vector, importance: Vector) -> Vector:
    """Logistic regression by Newton's method: the same input gives the same weights."""
    weights = np.zeros(seen.shape[1])
    for _ in range(_ROUNDS):
        guess = chance(seen @ weights)
        slope = seen.T @ (importance * (guess - right)) + _CALM * weights
        bend = (seen * (importance * guess * (1 - guess))[:, np.newaxis]).T @ seen
        weights = weights - np.linalg.solve(bend + _CALM * np.eye(len(weights)), slope)
    return weights
