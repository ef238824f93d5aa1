"""What became of the reminders of many made-up people: counted, as a table, a sentence and a drawing of the weeks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

_BARS = "▁▂▃▄▅▆▇█"


@dataclass
class Tally:
    """``offences``: what must never be. ``weeks``: reminders given in each. ``most_items``: asked of anybody in 7 days."""

    people: int = 0
    turns: int = 0
    planned: Counter[str] = field(default_factory=Counter)
    moved: Counter[str] = field(default_factory=Counter)
    given: Counter[str] = field(default_factory=Counter)
    dropped: Counter[str] = field(default_factory=Counter)
    offences: Counter[str] = field(default_factory=Counter)
    waiting: int = 0
    unexplained: int = 0
    told: int = 0
    most_items: int = 0
    weeks: list[int] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        for name in ("planned", "moved", "given", "dropped", "offences"):
            getattr(self, name).update(getattr(other, name))
        for name in ("people", "turns", "waiting", "unexplained", "told"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.most_items = max(self.most_items, other.most_items)
        mine = self.weeks or [0] * len(other.weeks)
        self.weeks = [a + b for a, b in zip(mine, other.weeks, strict=True)]


def table(tally: Tally) -> dict[str, dict[str, int] | int]:
    return {
        "planned": dict(sorted(tally.planned.items())),
        "moved_why": dict(sorted(tally.moved.items())),
        "given": dict(sorted(tally.given.items())),
        "dropped_why": dict(sorted(tally.dropped.items())),
        "still_waiting": tally.waiting,
        "unexplained": tally.unexplained,
    }


def sentence(tally: Tally) -> str:
    planned, given, dropped = (sum(of.values()) for of in (tally.planned, tally.given, tally.dropped))
    return (
        f"Of {planned:,} reminders of {tally.people:,} people {given:,} were given, {dropped:,} were dropped with a "
        f"reason, {tally.waiting:,} still wait, and {tally.unexplained:,} are missing without one."
    )


def drawn(weeks: Sequence[int]) -> str:
    """One bar a week.

    >>> drawn([0, 7, 14])
    '▁▄█'
    """
    most = max(weeks, default=0) or 1
    return "".join(_BARS[n * (len(_BARS) - 1) // most] for n in weeks)
