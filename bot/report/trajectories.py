"""Made-up services for a back-test: how people truly do, and what their questionnaires say of it. Pure.

The numbers of a ``Population`` are assumptions; whoever prints a figure prints them beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import exp, sqrt
from random import Random
from typing import Literal

from bot.core.state import ScoreKept
from bot.core.worsening import Histories

Kind = Literal["stable", "better", "step", "slide"]
BEGIN = datetime(2026, 1, 5, 10, tzinfo=UTC)
LEAST_SEEN = 4  # weeks after an onset that a deterioration has to show in


@dataclass(frozen=True)
class Scale:
    """``mean``, ``sd``: of true scores at the start. ``change``: the least and the most that a true change moves it."""

    top: int
    mean: float
    sd: float
    reliability: float
    change: tuple[float, float]

    @property
    def error(self) -> float:
        """Standard error of measurement: what one answer strays from the truth by."""
        return self.sd * sqrt(1 - self.reliability)


@dataclass(frozen=True)
class Population:
    """``drift``: how far a stable person's true score wanders from its middle. ``missed``: chance that a week has no
    check-in; ``missed_when_worse``: the same once they are worse. ``alike``: correlation of the two scales."""

    scales: Mapping[str, Scale]
    kinds: Mapping[Kind, float]
    drift: float = 0.8
    alike: float = 0.7
    missed: float = 0.15
    missed_when_worse: float = 0.3
    caseload: int = 25

    @classmethod
    def usual(cls) -> Population:
        return cls(
            scales={
                "phq9": Scale(top=27, mean=12, sd=5.7, reliability=0.89, change=(6, 12)),
                "gad7": Scale(top=21, mean=10, sd=4.6, reliability=0.92, change=(4, 9)),
            },
            kinds={"stable": 0.5, "better": 0.3, "step": 0.1, "slide": 0.1},
        )

    def told(self) -> dict[str, str]:
        """The assumptions, for whoever reads a figure."""
        kinds = {
            "stable": "stable",
            "better": "getting better",
            "step": "worse at a step",
            "slide": "sliding",
        }
        scales = {
            name: f"0 to {s.top}, mean {s.mean:g}, spread {s.sd:g}, reliability {s.reliability:g} (an answer strays by "
            f"{s.error:.1f}); a true change is {s.change[0]:g} to {s.change[1]:g} points"
            for name, s in self.scales.items()
        }
        return {
            "Courses": ", ".join(f"{share:.0%} {kinds[kind]}" for kind, share in self.kinds.items()),
            **scales,
            "Check-ins": f"weekly; {self.missed:.0%} missed, {self.missed_when_worse:.0%} once somebody is worse",
            "Caseload": f"{self.caseload} for each therapist",
        }


@dataclass(frozen=True)
class Person:
    """``onset``: when a true deterioration began; None where there was none. ``began``, ``ended``: the first and last week."""

    kind: Kind
    therapist: int
    onset: datetime | None
    began: datetime
    ended: datetime
    scores: Histories = field(repr=False)


def service_of(patients: int, weeks: int, population: Population, seed: int) -> tuple[Person, ...]:
    """The same seed gives the same people."""
    random = Random(seed)  # noqa: S311 - made-up people, no secret
    kinds, shares = list(population.kinds), list(population.kinds.values())
    return tuple(
        _person(random.choices(kinds, shares)[0], n // population.caseload, weeks, population, random)
        for n in range(patients)
    )


@dataclass
class _Truth:
    """One scale of one person: where it stands at the start, what the change adds, and what wanders."""

    scale: Scale
    start: float
    change: float
    wander: float = 0.0

    def at(self, share: float, drift: float, random: Random) -> float:
        self.wander = 0.8 * self.wander + random.gauss(0, drift * 0.6)
        return self.start + self.change * share + self.wander

    def seen(self, true: float, random: Random) -> int:
        return min(max(round(true + random.gauss(0, self.scale.error)), 0), self.scale.top)


def _person(kind: Kind, therapist: int, weeks: int, population: Population, random: Random) -> Person:
    onset = random.randint(2, max(2, weeks - 1 - LEAST_SEEN)) if kind in ("step", "slide") else None
    lasts = random.randint(4, 8) if kind == "slide" else 1
    truths = _truths(kind, population, random)
    scores: dict[str, list[ScoreKept]] = {name: [] for name in truths}
    for week in range(weeks):
        share = _share(kind, week, onset, lasts)
        worse = onset is not None and week >= onset
        missed = population.missed_when_worse if worse else population.missed
        true = {name: truth.at(share, population.drift, random) for name, truth in truths.items()}
        if week and random.random() < missed:
            continue
        for name, truth in truths.items():
            scores[name].append(ScoreKept(total=truth.seen(true[name], random), at=day_of(week)))
    began = None if onset is None else day_of(onset)
    return Person(kind, therapist, began, day_of(0), day_of(weeks - 1), scores)


def day_of(week: int) -> datetime:
    return BEGIN + timedelta(weeks=week)


def _truths(kind: Kind, population: Population, random: Random) -> dict[str, _Truth]:
    """A change for the worse has room on the scale, and one for the better something to lose."""
    common, truths = random.gauss(0, 1), {}
    for name, scale in population.scales.items():
        own = sqrt(population.alike) * common + sqrt(1 - population.alike) * random.gauss(0, 1)
        start, change = scale.mean + scale.sd * own, random.uniform(*scale.change)
        if kind == "stable":
            change = 0.0
        elif kind == "better":
            change = -change
        low, high = max(0.0, -change), scale.top - max(0.0, change)
        truths[name] = _Truth(scale, min(max(start, low), high), change)
    return truths


def _share(kind: Kind, week: int, onset: int | None, lasts: int) -> float:
    """How much of the change has come by this week."""
    if kind == "better":
        return 1 - exp(-week / 5)
    if onset is None or week < onset:
        return 0.0
    return min((week - onset + 1) / lasts, 1.0)
