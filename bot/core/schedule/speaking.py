"""Whether the service may speak first, now: one function for every kind of reminder, and a reason for every no."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.core.facts import WhyDropped, WhyMoved
from bot.core.library import Schedule
from bot.core.schedule.times import allowed, in_quiet_hours, on_the_clock, same_hour, spread
from bot.core.service import Service
from bot.core.state import (
    CheckInRun,
    Conversation,
    DiaryRun,
    ForAction,
    ForPatient,
    ForRoom,
    GoalRun,
    GuidedRun,
    PlanRun,
    Reminding,
    SafetyRun,
)
from bot.core.values import LineId

LOOK_AGAIN, LOOK_AGAIN_AT_LAST = timedelta(hours=1), timedelta(hours=6)
OPEN_FOR = timedelta(days=1)
"""How long what they left lying, or put away, is theirs alone. What is said then stands beside it."""

WORDS_FOR = timedelta(hours=1)
"""The taps are sent by then, and the words beside them may be left: whoever closed the app has left them."""

WITH_THE_TEAM = frozenset({"review"})
"""What leads to a talk with the team waits for a day on which there is one."""

COMES_AGAIN = frozenset({"daily"})
"""Tomorrow has one of its own: where today is full, today's is not kept for then."""


@dataclass(frozen=True)
class Move:
    to: datetime
    why: WhyMoved


@dataclass(frozen=True)
class Drop:
    why: WhyDropped


@dataclass(frozen=True)
class Now:
    """What the verdict is given by besides the state."""

    at: datetime
    line: LineId
    service: Service
    schedule: Schedule


def verdict(state: Conversation, planned: Reminding, now: Now) -> Move | Drop | None:
    """None: it may be said. What is moved never goes into quiet hours, nor into a pause."""
    kind, at = planned.what.partition(":")[0], now.at
    if state.gone:
        return Drop("care_ended")
    if not wanted(state):
        return Drop("not_wanted")
    zone, pause = ZoneInfo(state.profile.timezone), state.weeks.paused_until
    if pause is not None and at < pause:
        return _move(state, after_the_pause(planned.due_at, pause, zone), "not_this_week", now)
    late = at - planned.late_from
    most = now.schedule.too_late_hours.get(kind)  # type: ignore[call-overload]
    if most is not None and late >= timedelta(hours=most):
        return Drop("too_late")
    if in_the_middle(state, at):
        wait = min(max(LOOK_AGAIN, late / 2), LOOK_AGAIN_AT_LAST)
        return _move(state, at + wait, "something_open", now)
    if in_quiet_hours(at, now.schedule.quiet, zone):
        return _move(state, at, "quiet_hours", now)
    if kind in WITH_THE_TEAM and closed(now.service, at.astimezone(zone).date()):
        return _move(state, same_hour(at, 1, zone), "holiday", now)
    if _said_today(state, at, zone) >= now.schedule.most_a_day:
        if kind in COMES_AGAIN:
            return Drop("replaced")
        return _move(state, same_hour(at, 1, zone), "spread", now)
    return None


def wanted(state: Conversation) -> bool:
    """In the chat; outside it only of somebody who said yes to that. Whoever stopped them has none anywhere."""
    cared_for = state.status == "joined" and state.profile.consents.get("care", True)
    return bool(cared_for and not state.weeks.stopped)


def something_open(state: Conversation) -> bool:
    """Something that must not be broken into: questions, words about safety, a plan, a wait, a human being."""
    waits = isinstance(state.wait, ForAction | ForRoom)
    runs = any(
        isinstance(run, CheckInRun | GuidedRun | SafetyRun | PlanRun | DiaryRun | GoalRun)
        for run in state.runs
    )
    return state.hold is not None or waits or runs


def in_the_middle(state: Conversation, at: datetime) -> bool:
    """Something is open, or a question without a Run, that they have not left lying. What somebody else or safety waits
    for has no end by itself."""
    asked = isinstance(state.wait, ForPatient) and state.wait.item is not None
    if not something_open(state) and not asked:
        return False
    held = state.hold is not None or isinstance(state.wait, ForAction | ForRoom)
    if held or any(isinstance(run, SafetyRun) for run in state.runs):
        return True
    since = open_since(state)
    return since is not None and at - since < (WORDS_FOR if at_words(state) else OPEN_FOR)


def open_since(state: Conversation) -> datetime | None:
    """When what is on the screen was asked, or put away; of what was only offered beside a questionnaire, when that began."""
    since = state.wait.since if isinstance(state.wait, ForPatient) else None
    began = state.top.began_at if isinstance(state.top, CheckInRun | GuidedRun) else None
    return since or began


def at_words(state: Conversation) -> bool:
    """Their taps are sent, and there is room for words."""
    return isinstance(state.top, GuidedRun) and state.top.phase == "words"


def closed(service: Service, day: date) -> bool:
    """A holiday: a weekend is none."""
    return day in service.bank_holidays or day in service.hours.closed


def after_the_pause(due: datetime, until: datetime, zone: ZoneInfo) -> datetime:
    """At its own hour, on the first day on which that is no earlier than ``until``."""
    hour = due.astimezone(zone).time()
    day = until.astimezone(zone).date()
    at = on_the_clock(datetime.combine(day, hour), zone)
    return at if at >= until else on_the_clock(datetime.combine(day + timedelta(days=1), hour), zone)


def _move(state: Conversation, to: datetime, why: WhyMoved, now: Now) -> Move:
    zone = ZoneInfo(state.profile.timezone)
    to = max(to, now.at, state.weeks.paused_until or to)
    return Move(allowed(to, now.schedule.quiet, zone, spread(now.line, now.schedule.spread_minutes)), why)


def _said_today(state: Conversation, at: datetime, zone: ZoneInfo) -> int:
    today = at.astimezone(zone).date()
    return sum(given.astimezone(zone).date() == today for given in state.weeks.given)
