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
DAY = timedelta(days=1)
SAFETY = "safety"
"""Among what a check-in holds: the plain question about safety. It is no item of the budget."""


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
    last opened the full one. ``safety``: when the plain question was last answered."""

    today: date
    conditions: tuple[str, ...] = ()
    began: date | None = None
    sent: Mapping[str, date] = field(default_factory=dict)
    spent: tuple[tuple[str, date, int], ...] = ()
    opened: date | None = None
    safety: date | None = None

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
        safety=day(kept.safety) if kept.safety else None,
    )


def compose(known: Known, measures: Mapping[str, Measure], plan: Measuring) -> Composed:
    """The full questionnaires alone where they are due, else the daily taps, the short form and what a condition asks. A
    review that is late goes before the short form, and before the condition's rating in the days around it."""
    full = _full(known, measures, plan)
    if full and (full[0].why != "hinge" or _fits(known, full, measures, plan, barely=True)):
        return Composed(full, full_on=known.today + _full_every(plan))
    taps, brief = _taps(known, measures, plan), _brief(known, measures, plan)
    least = [p for p in taps if p.measure in plan.ratings]
    reviews = _reviews(known, measures, plan)
    late = [part for part in reviews if _late(known, part.measure, plan)]
    asked: list[Part] = []
    put_off = list(full)
    for part in (*late, *brief, *(part for part in reviews if part not in late)):
        beside = [*asked, part]
        if part in brief and asked and not _sits(known, [*taps, *beside, *_hinged(measures, plan)], plan):
            put_off.append(part)
            continue
        room = _fits(known, [*taps, *beside], measures, plan) and _sits(known, [*taps, *beside], plan)
        if not room and part in late:
            alone = not asked and part.items > plan.budget.items_in_one_sitting - len(least)
            sits = alone or _sits(known, [*least, *beside], plan)
            room = sits and _fits(known, [*least, *beside], measures, plan, barely=True)
        (asked if room else put_off).append(part)
    held = _least_first(taps, asked, known, measures, plan)
    return Composed(
        (*held, *_plain_question(known, brief, put_off, plan), *asked),
        tuple(put_off),
        _full_due(known, measures, plan),
    )


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
        return _hinged(measures, plan)
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


def _hinged(measures: Mapping[str, Measure], plan: Measuring) -> tuple[Part, ...]:
    return _parts(_installed_full(measures, plan), "hinge", measures)


def opens(known: Known, measures: Mapping[str, Measure], plan: Measuring) -> tuple[str, ...]:
    """The full ones that the hinge brings at once; none where they came of late or the budget has no room."""
    parts = _hinged(measures, plan)
    return (
        tuple([p.measure for p in parts])
        if may_open(known, plan) and _fits(known, parts, measures, plan, barely=True)
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


def _least_first(
    taps: Sequence[Part],
    asked: Sequence[Part],
    known: Known,
    measures: Mapping[str, Measure],
    plan: Measuring,
) -> tuple[Part, ...]:
    """As many of the taps as have room beside what is asked; the condition's rating is the first to go."""
    held = list(taps)
    while held and not _fits(known, [*held, *asked], measures, plan, barely=True):
        held.pop()
    if held and held[-1].measure not in plan.ratings and asked and not _sits(known, [*held, *asked], plan):
        held.pop()
    return tuple(held)


def _plain_question(
    known: Known, brief: Sequence[Part], put_off: Sequence[Part], plan: Measuring
) -> tuple[Part, ...]:
    """Where the short form is due and has no room, what always follows it comes all the same."""
    lately = known.safety is not None and (known.today - known.safety).days < plan.brief_every_days
    return (Part(SAFETY, "weekly", 0),) if brief and brief[0] in put_off and not lately else ()


def _late(known: Known, measure: str, plan: Measuring) -> bool:
    """It waits longer than a review may. None goes before full ones that are owed."""
    missed = [day for day in _reached(known, plan) if _before(known, measure, day)]
    waited = (known.today - min(missed)).days if missed else 0
    return waited > plan.reviews.late_after_days and not owed(known, plan)


def _reached(known: Known, plan: Measuring) -> list[date]:
    began = known.began or known.today
    return [began + week * WEEK for week in plan.reviews.weeks if began + week * WEEK <= known.today]


def _reviews(known: Known, measures: Mapping[str, Measure], plan: Measuring) -> tuple[Part, ...]:
    """Of the occasion that is on now, those that have not come since it began, that which came longest ago first. Shared
    ones once."""
    reached = _reached(known, plan)
    if not reached:
        return ()
    wanted = [m for m in _of_conditions(known.conditions, measures, plan) if _before(known, m, max(reached))]
    parts = _parts(wanted, "review", measures)
    return tuple(sorted(parts, key=lambda part: (known.sent.get(part.measure, date.min), -part.items)))


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


def _fits(
    known: Known,
    parts: Sequence[Part],
    measures: Mapping[str, Measure],
    plan: Measuring,
    *,
    barely: bool = False,
) -> bool:
    """Whether no 7 days come to more than may be asked: with what was asked, if they come each day from now on, and so that
    the full one still fits when it is due. ``barely``: on those days with the ratings alone that everybody has."""
    ratings = sum(len(measures[m].items) for m in plan.ratings if m in measures)
    each = ratings if barely else plan.budget.kept_for_ratings // WEEK.days
    spent, now = _spent(known, plan), sum(part.items for part in parts)
    comes = None if any(part.measure in plan.full for part in parts) else _next_full(known, measures, plan)
    for days in range(WEEK.days):
        end = known.today + days * DAY
        asked = sum(n for day, n in spent if end - WEEK < day) + now + days * each
        if comes is not None and known.today < comes[0] <= end:
            asked += comes[1] - each
        if asked > plan.budget.items_in_7_days:
            return False
    return True


def _spent(known: Known, plan: Measuring) -> list[tuple[date, int]]:
    """Items by day; a tap that was changed, once."""
    taps = {(m, day): n for m, day, n in known.spent if m in plan.taps}
    others = [(day, n) for m, day, n in known.spent if m not in plan.taps]
    return [*others, *((day, n) for (_, day), n in taps.items())]


def _sits(known: Known, parts: Sequence[Part], plan: Measuring) -> bool:
    """What was asked earlier on the day is of the same sitting."""
    earlier = sum(n for day, n in _spent(known, plan) if day == known.today)
    return earlier + sum(part.items for part in parts) <= plan.budget.items_in_one_sitting


def _next_full(known: Known, measures: Mapping[str, Measure], plan: Measuring) -> tuple[date, int] | None:
    installed = _installed_full(measures, plan)
    came = [known.sent[m] for m in installed if m in known.sent]
    items = sum(len(measures[m].items) for m in installed)
    return (min(came) + _full_every(plan), items) if came else None


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
