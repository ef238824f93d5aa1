"""How a rule set does over a service: what it catches, how late, and what it costs the people who read alerts. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Any, Protocol

from bot.core.library import CheckIns, Worsening
from bot.core.planned import CHECK_IN_MEASURES, unanswered
from bot.core.worsening import Histories, Verdict
from bot.core.worsening.replay import ANSWERED_IN, Judge, Replayed, replay

WITHIN = 4
"""Weeks from the onset of a true deterioration in which an alert has caught it."""
WEEK = timedelta(weeks=1)

Tell = Callable[[int], None]


class Someone(Protocol):
    """Of a made-up service or of a real one. ``onset``: when a true deterioration began; None: none is known."""

    @property
    def therapist(self) -> Hashable: ...
    @property
    def onset(self) -> datetime | None: ...
    @property
    def began(self) -> datetime: ...
    @property
    def ended(self) -> datetime: ...
    @property
    def scores(self) -> Histories: ...


@dataclass(frozen=True)
class Past:
    """Somebody of a real service: their scores, and nothing of what was true."""

    therapist: Hashable
    scores: Histories = field(repr=False)
    onset: datetime | None = None

    @property
    def began(self) -> datetime:
        return min(scores[0].at for scores in self.scores.values())

    @property
    def ended(self) -> datetime:
        return max(scores[-1].at for scores in self.scores.values())


# -- naive rules --------------------------------------------------------------------------------------


def only_the_threshold(rules: Worsening) -> Judge:
    """Whoever is a case rings, at each check-in."""

    def judge(measure: str, histories: Histories) -> Sequence[Verdict]:
        limits, new = rules.measures.get(measure), histories[measure][-1].total
        if limits is None or limits.case_at is None or new < limits.case_at:
            return ()
        return (Verdict("threshold", "soon", {"new": new}),)

    return judge


def any_increase(measure: str, histories: Histories) -> Sequence[Verdict]:
    """More than the last time rings."""
    scores = histories[measure]
    if len(scores) < 2 or scores[-1].total <= scores[-2].total:
        return ()
    return (Verdict("increase", "soon", {"new": scores[-1].total, "last": scores[-2].total}),)


# -- figures ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Figures:
    """``alerts``: those that somebody is mailed about; ``listed``: of level routine, in the list only. Beside them and
    whatever the rules about scores are: ``unanswered``, check-ins that did not come, ``in_a_row`` further ones in silence.

    Known of made-up people alone: ``false``, alerts about people who were not (yet) getting worse, in ``well_weeks``
    of theirs; ``delays``, weeks from the onset to its first alert, of the ``deteriorations`` that were caught;
    ``by_chance``, of the same number of weeks of people who never got worse, the share that held an alert too.
    """

    name: str
    patients: int
    therapists: int
    patient_weeks: float
    alerts: int
    listed: int
    by_rule: Counter[str]
    loads: tuple[float, ...] = field(repr=False)
    unanswered: int = 0
    in_a_row: int = 0
    false: int = 0
    false_by_rule: Counter[str] = field(default_factory=Counter)
    well_weeks: float = 0.0
    deteriorations: int = 0
    delays: tuple[int, ...] = ()
    by_chance: float = 0.0

    @property
    def caught(self) -> float:
        return len(self.delays) / self.deteriorations if self.deteriorations else 0.0

    @property
    def median_delay(self) -> float:
        return float(median(self.delays)) if self.delays else float(WITHIN)

    @property
    def false_per_100(self) -> float:
        return 100 * self.false / self.well_weeks if self.well_weeks else 0.0

    @property
    def per_100(self) -> float:
        return self.in_100(self.alerts)

    def in_100(self, number: int) -> float:
        """Patient-weeks."""
        return 100 * number / self.patient_weeks if self.patient_weeks else 0.0

    @property
    def per_therapist_week(self) -> float:
        return sum(self.loads) / len(self.loads) if self.loads else 0.0

    def told(self) -> dict[str, Any]:
        """For a line of JSON."""
        load = {
            "alerts": self.alerts,
            "listed_only": self.listed,
            "alerts_per_therapist_week": round(self.per_therapist_week, 2),
            "alerts_per_100_patient_weeks": round(self.per_100, 1),
            "by_rule": dict(self.by_rule.most_common()),
            "unanswered_per_100_patient_weeks": round(self.in_100(self.unanswered), 1),
            "in_a_row_per_100_patient_weeks": round(self.in_100(self.in_a_row), 1),
        }
        if not self.deteriorations:
            return load
        return {
            "caught": round(self.caught, 3),
            "by_chance": round(self.by_chance, 3),
            "median_delay_weeks": self.median_delay,
            "false_per_100_patient_weeks": round(self.false_per_100, 1),
            **load,
            "false_by_rule": dict(self.false_by_rule.most_common()),
        }


def figures_of(
    name: str,
    people: Sequence[Someone],
    judge: Judge,
    tell: Tell = lambda done: None,
    plan: CheckIns | None = None,
) -> Figures:
    """``tell``: how many people are done. ``plan``: by which check-ins are missed; None: nobody is told of them."""
    tally = _Tally(plan)
    for n, person in enumerate(people):
        if n % 50 == 0:
            tell(n)
        tally.add(person, replay(person.scores, judge, answered_in=ANSWERED_IN))
    return tally.figures(name)


@dataclass
class _Tally:
    plan: CheckIns | None
    unanswered: int = 0
    in_a_row: int = 0
    patients: int = 0
    weeks: float = 0.0
    listed: int = 0
    by_rule: Counter[str] = field(default_factory=Counter)
    false: Counter[str] = field(default_factory=Counter)
    well_weeks: float = 0.0
    deteriorations: int = 0
    delays: list[int] = field(default_factory=list)
    windows: int = 0
    rung: int = 0
    mailed: Counter[Hashable] = field(default_factory=Counter)
    served: dict[Hashable, tuple[datetime, datetime]] = field(default_factory=dict)

    def add(self, person: Someone, alerts: Iterable[Replayed]) -> None:
        told = [alert for alert in alerts if alert.level != "routine"]
        self.listed += sum(alert.level == "routine" for alert in alerts)
        self.by_rule.update(alert.rules[0] for alert in told)
        self.patients += 1
        self.weeks += _weeks(person.began, person.ended)
        self._load(person, len(told))
        self._unanswered(person)
        onset = person.onset
        well_until = person.ended + WEEK if onset is None else onset
        self.well_weeks += (well_until - person.began) / WEEK
        self.false.update(alert.rules[0] for alert in told if alert.at < well_until)
        if onset is None:
            self._chance(person, told)
        else:
            self._caught(onset, told)

    def _load(self, person: Someone, told: int) -> None:
        began, ended = self.served.get(person.therapist, (person.began, person.ended))
        self.served[person.therapist] = min(began, person.began), max(ended, person.ended)
        self.mailed[person.therapist] += told

    def _unanswered(self, person: Someone) -> None:
        if self.plan is None:
            return
        came = sorted({s.at for m in CHECK_IN_MEASURES for s in person.scores.get(m, ())})
        told = unanswered(came, person.ended, self.plan)
        self.unanswered += len(told)
        self.in_a_row += sum(each.in_a_row > 1 for each in told)

    def _caught(self, onset: datetime, told: Sequence[Replayed]) -> None:
        self.deteriorations += 1
        after = [int((alert.at - onset) / WEEK) for alert in told if alert.at >= onset]
        if after and after[0] <= WITHIN:
            self.delays.append(after[0])

    def _chance(self, person: Someone, told: Sequence[Replayed]) -> None:
        """Each stretch of weeks as long as one in which a true deterioration would have had to be caught."""
        at, reach = person.began + 2 * WEEK, WITHIN * WEEK
        while at + reach <= person.ended:
            self.windows += 1
            self.rung += any(at <= alert.at <= at + reach for alert in told)
            at += WEEK

    def figures(self, name: str) -> Figures:
        loads = [self.mailed[who] / _weeks(*span) for who, span in self.served.items()]
        return Figures(
            name=name,
            patients=self.patients,
            therapists=len(self.served),
            patient_weeks=self.weeks,
            alerts=self.mailed.total(),
            listed=self.listed,
            by_rule=self.by_rule,
            loads=tuple(loads),
            unanswered=self.unanswered,
            in_a_row=self.in_a_row,
            false=self.false.total(),
            false_by_rule=self.false,
            well_weeks=self.well_weeks,
            deteriorations=self.deteriorations,
            delays=tuple(self.delays),
            by_chance=self.rung / self.windows if self.windows else 0.0,
        )


def _weeks(began: datetime, ended: datetime) -> float:
    """Both weeks count."""
    return (ended - began) / WEEK + 1
