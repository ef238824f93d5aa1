"""Two rule sets over the same past: how often each rings, and for how many people it is another answer. Numbers alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.core.worsening.replay import ANSWERED_IN, Judge, Replayed, replay
from bot.core.worsening.rules import Histories

WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class Load:
    """``told``: alerts that somebody hears of by themselves; ``listed``: of level routine. ``by_rule``: of both, by the
    rule that spoke first. ``weekly``: of those told, for one therapist in a week."""

    told: int
    listed: int
    by_rule: Counter[str]
    weekly: float


@dataclass(frozen=True)
class Compared:
    """``newly``: people of whom only the new rules would have said anything; ``no_longer``: only the old ones."""

    people: int
    therapists: int
    since: datetime | None
    before: Load
    after: Load
    newly: int
    no_longer: int


@dataclass
class Comparing:
    """People are added one by one, so that whoever compares may stop in time."""

    before: Judge
    after: Judge
    people: int = 0
    newly: int = 0
    no_longer: int = 0
    _told: tuple[Counter[str], Counter[str]] = field(default_factory=lambda: (Counter(), Counter()))
    _by_rule: tuple[Counter[str], Counter[str]] = field(default_factory=lambda: (Counter(), Counter()))
    _served: dict[Hashable, tuple[datetime, datetime]] = field(default_factory=dict)

    def add(self, therapist: Hashable, histories: Histories) -> None:
        times = [score.at for scores in histories.values() for score in scores]
        if not times:
            return
        self.people += 1
        first, last = self._served.get(therapist, (min(times), max(times)))
        self._served[therapist] = min(first, *times), max(last, *times)
        said = [replay(histories, judge, answered_in=ANSWERED_IN) for judge in (self.before, self.after)]
        for n, alerts in enumerate(said):
            self._count(n, alerts)
        self.newly += bool(said[1]) and not said[0]
        self.no_longer += bool(said[0]) and not said[1]

    def _count(self, n: int, alerts: Sequence[Replayed]) -> None:
        self._told[n].update("listed" if alert.level == "routine" else "told" for alert in alerts)
        self._by_rule[n].update(alert.rules[0] for alert in alerts)

    def compared(self) -> Compared:
        return Compared(
            people=self.people,
            therapists=len(self._served),
            since=min((first for first, _ in self._served.values()), default=None),
            before=self._load(0),
            after=self._load(1),
            newly=self.newly,
            no_longer=self.no_longer,
        )

    def _load(self, n: int) -> Load:
        told = self._told[n]["told"]
        weeks = sum((last - first) / WEEK + 1 for first, last in self._served.values())
        return Load(told, self._told[n]["listed"], self._by_rule[n], told / weeks if weeks else 0.0)
