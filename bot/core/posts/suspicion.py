"""The second net of posts: a model's doubt about a post in which no rule found anything. It may only make it wait."""

from collections.abc import Mapping
from dataclasses import dataclass

from bot.core.posts.content import GRAVEST, HeldKind


@dataclass(frozen=True)
class Suspicion:
    """For each kind the chance, from 0 to 1, that a post holds it. ``by``: the model's name."""

    method: float = 0.0
    contact: float = 0.0
    unkind: float = 0.0
    advice: float = 0.0
    selling: float = 0.0
    private_name: float = 0.0
    link: float = 0.0
    by: str = ""

    def of(self, kind: HeldKind) -> float:
        chance: float = getattr(self, kind)
        return chance


def suspected(suspicion: Suspicion | None, bars: Mapping[HeldKind, float]) -> HeldKind | None:
    """The kind that stands farthest above its bar, the graver of two; none where there is no suspicion or no bar."""
    if suspicion is None:
        return None
    over = {kind: suspicion.of(kind) - bars[kind] for kind in GRAVEST if kind in bars}
    surest = max(over, key=lambda kind: over[kind], default=None)
    return surest if surest is not None and over[surest] >= 0 else None
