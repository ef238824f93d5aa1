"""What the next check-in holds and why: from what was answered and when, within a budget of questions. Pure.

Days are those of the calendar where the patient lives, so that somebody who comes at 10 one Monday and at 9 the next is
not a day too early.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import ceil
from statistics import median
from typing import Literal
from zoneinfo import ZoneInfo

from bot.core.library import Measure, Number
from bot.core.library.measuring import Gate, Measuring
from bot.core.state import Conversation

Why = Literal["first", "due", "hinge", "weekly", "review", "daily"]
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Part:
    measure: str
    why: Why
    items: int


@dataclass(frozen=True)
class Composed:
    """``put_off``: due, and left for another day by the budget. ``full_on``: when the full one is due after this."""

    parts: tuple[Part, ...]
    put_off: tuple[Part, ...] = ()
    full_on: date | None = None

    @property
    def items(self) -> int:
        return sum(part.items for part in self.parts)

    @property
    def full(self) -> bool:
        return any(part.why in ("first", "due", "hinge") for part in self.parts)

    def of(self, *why: Why) -> tuple[str, ...]:
        return tuple([part.measure for part in self.parts if part.why in why])


@dataclass(frozen=True)
class Known:
    """``sent``: when each measure last came. ``spent``: what was asked of late, and on which day. ``opened``: when the hinge
    last opened the full one."""

    today: date
    conditions: tuple[str, ...] = ()
    began: date | None = None
    sent: Mapping[str, date] = field(default_factory=dict)
    spent: tuple[tuple[str, date, int], ...] = ()
    opened: date | None = None

    def since(self, *measures: str) -> int | None:
        """Days since the last of them came."""
        days = [self.sent[m] for m in measures if m in self.sent]
        return (self.today - max(days)).days if days else None


def known_of(state: Conversation, now: datetime) -> Known:
    zone, kept = ZoneInfo(state.profile.timezone), state.measuring

    def day(at: datetime) -> date:
        return at.astimezone(zone).date()

    # Of before there was a plan, what the scores tell.
    sent = {m: day(scores[-1].at) for m, scores in state.scores.items() if scores}
    sent |= {m: day(at) for m, at in kept.sent.items()}
    earliest = min((s[0].at for s in state.scores.values() if s), default=None)
    began = kept.began or earliest
    return Known(
        today=day(now),
        conditions=state.profile.conditions,
        began=day(began) if began else None,
        sent=sent,
        spent=tuple([(s.measure, day(s.at), s.items) for s in kept.spent]),
        opened=day(kept.opened) if kept.opened else None,
    )


def compose(known: Known, measures: Mapping[str, Measure], plan: Measuring) -> Composed:
    """The full questionnaires alone where they are due, else the daily taps, the short form and what a condition asks."""
    full = _full(known, measures, plan)
    if full and (full[0].why != "hinge" or _fits(known, full, measures, plan)):
        return Composed(full, full_on=known.today + _full_every(plan))
    parts, put_off = list(_taps(known, measures, plan)), list(full)
    for part in (*_brief(known, measures, plan), *_reviews(known, measures, plan)):
        sitting = sum(p.items for p in parts) + part.items
        asked = [p for p in parts if p.why != "daily"]
        if sitting <= plan.budget.items_in_one_sitting and _fits(known, [*asked, part], measures, plan):
            parts.append(part)
        else:
            put_off.append(part)
    return Composed(tuple(parts), tuple(put_off), _full_due(known, measures, plan))


def minutes(items: int, plan: Measuring) -> int:
    """About how long so many questions take."""
    return max(1, ceil(items * plan.seconds_an_item / 60))


# -- the full ones ------------------------------------------------------------------------------------


def _full_every(plan: Measuring) -> timedelta:
    return timedelta(days=plan.full_every_days)


def _installed_full(measures: Mapping[str, Measure], plan: Measuring) -> tuple[str, ...]:
    return tuple([m for m in plan.full if m in measures])


def _full_due(known: Known, measures: Mapping[str, Measure], plan: Measuring) -> date | None:
    came = [known.sent.get(m) for m in _installed_full(measures, plan)]
    days = [day for day in came if day is not None]
    if not came:
        return None
    return known.today if len(days) < len(came) else min(days) + _full_every(plan)


def _full(known: Known, measures: Mapping[str, Measure], plan: Measuring) -> tuple[Part, ...]:
    installed = _installed_full(measures, plan)
    due = [m for m in installed if (days := known.since(m)) is None or days >= plan.full_every_days]
    if due:
        why: Why = "due" if any(m in known.sent for m in installed) else "first"
        return _parts(due, why, measures)
    if may_open(known, plan) and owed(known, plan):
        return _parts(installed, "hinge", measures)
    return ()


def owed(known: Known, plan: Measuring) -> bool:
    """The hinge opened the full one, and it has not come since."""
    return known.opened is not None and any(
        m not in known.sent or known.sent[m] < known.opened for m in plan.full
    )


def may_open(known: Known, plan: Measuring) -> bool:
    """Not again within days of the last one: it asks about 2 weeks, and would hear the same."""
    days = known.since(*plan.full)
    return days is None or days >= plan.hinge.full_not_again_days


def opens(known: Known, measures: Mapping[str, Measure], plan: Measuring) -> tuple[str, ...]:
    """The full ones that the hinge brings at once; none where they came of late or the budget has no room."""
    parts = _parts(_installed_full(measures, plan), "hinge", measures)
    return (
        tuple([p.measure for p in parts])
        if may_open(known, plan) and _fits(known, parts, measures, plan)
        else ()
    )


def room_for_brief(known: Known, measures: Mapping[str, Measure], plan: Measuring) -> bool:
    """Whether the mood may open the short form: neither it nor the full one came of late, and the budget has room."""
    days, parts = known.since(plan.brief, *plan.full), _parts((plan.brief,), "hinge", measures)
    recent = days is not None and days < plan.hinge.brief_not_again_days
    return bool(parts) and not recent and _fits(known, parts, measures, plan)


# -- the short form, the taps, and what a condition asks ----------------------------------------------


def _brief(known: Known, measures: Mapping[str, Measure], plan: Measuring) -> tuple[Part, ...]:
    days = known.since(plan.brief, *plan.full)
    due = days is None or days >= plan.brief_every_days
    return _parts((plan.brief,), "weekly", measures) if due else ()


def _taps(known: Known, measures: Mapping[str, Measure], plan: Measuring) -> tuple[Part, ...]:
    """Each once a day. Of the ratings of several conditions one, that which was asked longest ago."""
    fitting = [plan.condition_ratings[c] for c in known.conditions if c in plan.condition_ratings]
    held = [m for m in dict.fromkeys(fitting) if m in measures]
    asked_today = any(known.sent.get(m) == known.today for m in held)
    one = [] if asked_today else sorted(held, key=lambda m: known.sent.get(m, date.min))[:1]
    due = [m for m in plan.ratings if m in measures and known.sent.get(m) != known.today]
    return _parts((*due, *one), "daily", measures)


def _reviews(known: Known, measures: Mapping[str, Measure], plan: Measuring) -> tuple[Part, ...]:
    """Of the occasion that is on now, those that have not come since it began. Shared ones once."""
    began = known.began or known.today
    reached = [began + week * WEEK for week in plan.reviews.weeks if began + week * WEEK <= known.today]
    if not reached:
        return ()
    wanted = [m for m in _of_conditions(known.conditions, measures, plan) if _before(known, m, max(reached))]
    return _parts(wanted, "review", measures)


def _before(known: Known, measure: str, day: date) -> bool:
    return measure not in known.sent or known.sent[measure] < day


def _of_conditions(
    conditions: Sequence[str], measures: Mapping[str, Measure], plan: Measuring
) -> tuple[str, ...]:
    basic = {*plan.full, plan.brief, *plan.taps}
    found: dict[str, None] = {}
    for condition in conditions:
        theirs = [m.id for m in measures.values() if condition in m.suits]
        found |= dict.fromkeys([*theirs, *plan.reviews.more.get(condition, ())])
    wanted = [m for m in found if m in measures and not measures[m].skeleton and m not in basic]
    for alike in plan.reviews.one_of:
        held = [m for m in alike if m in wanted]
        wanted = [m for m in wanted if m not in held[1:]]
    return tuple(wanted)


def _parts(wanted: Sequence[str], why: Why, measures: Mapping[str, Measure]) -> tuple[Part, ...]:
    return tuple([Part(m, why, len(measures[m].items)) for m in wanted if m in measures])


# -- the budget ---------------------------------------------------------------------------------------


def _fits(known: Known, parts: Sequence[Part], measures: Mapping[str, Measure], plan: Measuring) -> bool:
    """Today's questions beside those of the 6 days before, and so that the full one still fits when it is due."""
    asked, room = sum(part.items for part in parts), plan.budget.for_questionnaires
    if _spent(known, plan, known.today) + asked > room:
        return False
    ahead = _next_full(known, measures, plan)
    if ahead is None or any(part.measure in plan.full for part in parts):
        return True
    day, items = ahead
    in_its_week = asked if day - known.today < WEEK else 0
    return _spent(known, plan, day) + in_its_week + items <= room


def _next_full(known: Known, measures: Mapping[str, Measure], plan: Measuring) -> tuple[date, int] | None:
    installed = _installed_full(measures, plan)
    came = [known.sent[m] for m in installed if m in known.sent]
    items = sum(len(measures[m].items) for m in installed)
    return (min(came) + _full_every(plan), items) if came else None


def _spent(known: Known, plan: Measuring, until: date) -> int:
    """Items of questionnaires in the 7 days that end with ``until``."""
    days = [(m, n) for m, day, n in known.spent if until - WEEK < day <= until]
    return sum(n for m, n in days if m not in plan.taps)


# -- one's own usual ----------------------------------------------------------------------------------


def usual(earlier: Sequence[Number], plan: Measuring) -> float | None:
    """The middle of the last ratings; None while there are too few.

    >>> usual((6, 7, 2), Measuring.model_construct(hinge=Hinge.model_construct(usual_of=7, usual_least=3)))
    6.0
    """
    last = list(earlier)[-plan.hinge.usual_of :]
    return float(median(last)) if len(last) >= plan.hinge.usual_least else None


def fell(now: Number, earlier: Sequence[Number], plan: Measuring) -> float | None:
    """Their usual, where this mood lies so far under it that the hinge opens."""
    own = usual(earlier, plan)
    return own if own is not None and own - now >= plan.hinge.mood_fall else None


def gate_at(
    rating: str, now: Number, earlier: Sequence[Number], conditions: Sequence[str], plan: Measuring
) -> Gate | None:
    """The gate that this rating comes to. One that stays high is asked about once: where it rose."""
    own, before = usual(earlier, plan), earlier[-1] if earlier else None
    for gate in plan.gates:
        if gate.rating != rating or not set(gate.conditions) & set(conditions):
            continue
        jumped = own is not None and now - own >= gate.rises_by
        reached = now >= gate.at_least and (before is None or before < gate.at_least)
        if jumped or reached:
            return gate
    return None


def positive(points: Mapping[str, int], brief: Measure, plan: Measuring) -> dict[str, int]:
    """The subscales of the short form that open the full one, with their sums. ``points``: item id -> points."""
    sums = {s.id: sum(points.get(i, 0) for i in s.items) for s in brief.subscales}
    return {name: n for name, n in sums.items() if n >= plan.hinge.positive_at.get(name, n + 1)}


# -- what was expected --------------------------------------------------------------------------------


def has_come(state: Conversation, measures: Mapping[str, Measure], plan: Measuring, now: datetime) -> bool:
    """Whether what has been sent since it was expected is the check-in: all that is full and due, else the short form or
    the taps."""
    sent = state.expected.sent if state.expected else ()
    known = known_of(state, now)
    if [part for part in _full(known, measures, plan) if part.measure not in sent and part.why != "hinge"]:
        return False
    return bool(set(sent) & {*plan.full, plan.brief, *plan.ratings[:1]})


def expected_measures(measures: Mapping[str, Measure], plan: Measuring) -> tuple[str, ...]:
    """Those of which a check-in is expected at all; none where no questionnaire of them is installed."""
    return tuple([m for m in plan.full if m in measures])
