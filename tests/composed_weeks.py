"""Somebody who answers whatever is composed, day by day, without a house."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from bot.core.composing import SAFETY, Composed, Known, compose, opens, room_for_brief
from bot.core.library import Measure, Measuring

DAY = timedelta(days=1)


@dataclass
class Weeks:
    """Somebody who answers whatever is composed on the days on which they come."""

    plan: Measuring
    measures: dict[str, Measure]
    known: Known
    asked: dict[date, list[str]] = field(default_factory=dict)
    items: dict[date, int] = field(default_factory=dict)
    put_off: set[str] = field(default_factory=set)

    def comes(self, day: date, *, falls: bool = False, low: bool = False) -> Composed:
        self.known = replace(self.known, today=day)
        composed = compose(self.known, self.measures, self.plan)
        self.put_off |= {part.measure for part in composed.put_off}
        for measure in composed.of("first", "due", "hinge", "daily", "weekly"):
            self._answers(day, measure)
        if falls and not composed.full and room_for_brief(self.known, self.measures, self.plan):
            self._answers(day, self.plan.brief)
        if low and self.plan.brief in self.asked.get(day, ()):
            self.known = replace(self.known, opened=day)
            for measure in opens(self.known, self.measures, self.plan):
                self._answers(day, measure)
        for measure in composed.of("review"):
            if measure in compose(self.known, self.measures, self.plan).of("review"):
                self._answers(day, measure)
        return composed

    def _answers(self, day: date, measure: str) -> None:
        if measure == SAFETY:
            self.asked.setdefault(day, []).append(measure)
            self.known = replace(self.known, safety=day)
            return
        items = len(self.measures[measure].items)
        self.asked.setdefault(day, []).append(measure)
        self.items[day] = self.items.get(day, 0) + items
        known = self.known
        self.known = replace(
            known,
            began=known.began or day,
            sent={**known.sent, measure: day},
            spent=(*known.spent[-64:], (measure, day, items)),
        )

    def in_7_days(self, end: date) -> int:
        return sum(self.items.get(end - n * DAY, 0) for n in range(7))

    def days_of(self, measure: str) -> list[date]:
        return [day for day, asked in sorted(self.asked.items()) if measure in asked]
