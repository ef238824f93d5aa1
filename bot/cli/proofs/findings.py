"""What an experiment found: figures, and which of its bars they reach."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil, inf
from pathlib import Path
from typing import Any

# What is under way, how far it is, out of how much.
Tell = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Bar:
    """``found`` may be at most ``most``, and must be at least ``least``."""

    name: str
    found: float
    most: float = inf
    least: float = -inf

    @property
    def holds(self) -> bool:
        return self.least <= self.found <= self.most

    @property
    def wanted(self) -> str:
        return f"at most {self.most:g}" if self.most < inf else f"at least {self.least:g}"

    def told(self) -> dict[str, float]:
        limit = {"most": self.most} if self.most < inf else {"least": self.least}
        return {"found": self.found, **limit}


@dataclass
class Findings:
    experiment: str
    figures: dict[str, Any] = field(default_factory=dict)
    bars: list[Bar] = field(default_factory=list)

    @property
    def short(self) -> list[Bar]:
        return [bar for bar in self.bars if not bar.holds]

    def line(self) -> str:
        """One JSON object: the figures, the bars, what falls short."""
        told = {
            "experiment": self.experiment,
            "holds": not self.short,
            "bars": {b.name: b.told() for b in self.bars},
            **self.figures,
        }
        return json.dumps(told)

    def verdict(self) -> str:
        if not self.short:
            return f"{self.experiment}: HOLDS"
        missed = ", ".join(f"{b.name} {b.found:g} ({b.wanted})" for b in self.short)
        return f"{self.experiment}: FALLS SHORT: {missed}"


@dataclass(frozen=True)
class Task:
    """Where an experiment works, how long it may take, and whom it tells how far it is. ``sets``: data to be measured on."""

    folder: Path
    quick: bool
    tell: Tell
    sets: Path | None = None

    @property
    def data(self) -> Path:
        """The data folder of the instance under experiment."""
        return self.folder / "var"


def percentile(values: list[float], share: float) -> float:
    """The value that this share of them does not pass; 0 of none."""
    ordered = sorted(values)
    return ordered[max(ceil(len(ordered) * share) - 1, 0)] if ordered else 0.0
