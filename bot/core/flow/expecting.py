"""The next check-in: expected, reminded of once, and told to the team where it does not come.

Begun by joining and by each check-in that is sent; of a Line from before there was a plan, by the next sign of life.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.core.alerts import concern_raised
from bot.core.composing import has_come
from bot.core.facts import (
    CheckInExpected,
    CheckInMissed,
    CheckInNotExpected,
    CheckInReminded,
    Evidence,
    PatientHeardFrom,
    TimerCleared,
    TimerSet,
)
from bot.core.flow import rating, reminding
from bot.core.flow.follow_up import BUSY
from bot.core.flow.home import CHECK_IN_MEASURES
from bot.core.flow.voice import Talk, offer, speak
from bot.core.library import CheckIns
from bot.core.planned import due_after, level_of, next_due, remind_at, tell_at
from bot.core.state import (
    CheckInRun,
    Expected,
    ForAction,
    ForRoom,
    GuidedRun,
    PlanRun,
    SafetyRun,
    Timer,
    timer_id,
)

CONCERN = "no-contact"
KIND, KEY = "check_in", "next"
CHECK_IN = "check_in"
MISSED, CAME = "check_in:missed", "check_in:came"
HOUR = timedelta(hours=1)


def heard_from(pen: Talk) -> None:
    """At the end of a turn of theirs. Any message, press, answer or post is a sign of life; only a check-in that was
    sent, with something answered in each of its questionnaires, is one."""
    plan, expected, now = _plan(pen), pen.state.expected, pen.moment.now
    if plan is None:
        _stop(pen)
    elif expected is None:
        _expect(pen, plan)
    elif _has_come(pen, expected):
        if expected.missed:
            _came(pen, plan, expected)
        _expect(pen, plan)
    elif now - expected.heard_at >= HOUR:
        pen.write(PatientHeardFrom(at=now))


def came_due(pen: Talk) -> None:
    plan, expected, now = _plan(pen), pen.state.expected, pen.moment.now
    if plan is None or expected is None:
        _stop(pen)
    elif pen.state.hold is not None or (_lies_open(pen) and now - expected.heard_at < _left_to_them(plan)):
        _wake(pen, now + BUSY)
    elif expected.reminded_at is None and not _lies_open(pen):
        _remind(pen, plan)
    elif now < (tell := tell_at(expected, plan)):
        _wake(pen, tell)
    else:
        _tell(pen, plan, expected)


def _plan(pen: Talk) -> CheckIns | None:
    """None: of them none is expected. The canary is one of the simulated."""
    state, moment = pen.state, pen.moment
    theirs = state.status == "joined" and state.profile.consents.get("care") and not state.profile.simulated
    planned = moment.service.check_ins and _measures(pen)
    return moment.library.policy.check_ins if theirs and planned else None


def _measures(pen: Talk) -> tuple[str, ...]:
    return tuple([m for m in CHECK_IN_MEASURES if m in pen.moment.library.measures])


def _has_come(pen: Talk, expected: Expected) -> bool:
    measuring = pen.moment.library.policy.measuring
    if measuring is None:
        return set(_measures(pen)) <= set(expected.sent)
    return has_come(pen.state, pen.moment.library.measures, measuring, pen.moment.now)


def _lies_open(pen: Talk) -> bool:
    """Something that a reminder would break into."""
    waits = isinstance(pen.state.wait, ForAction | ForRoom)
    return waits or any(
        isinstance(run, CheckInRun | GuidedRun | SafetyRun | PlanRun) for run in pen.state.runs
    )


def _left_to_them(plan: CheckIns) -> timedelta:
    return timedelta(hours=plan.open_hours)


def _expect(pen: Talk, plan: CheckIns) -> None:
    due = due_after(pen.moment.now, plan)
    pen.write(CheckInExpected(due_at=due, at=pen.moment.now))
    reminding.plan(pen, CHECK_IN, remind_at(due, plan))
    _wake(pen, remind_at(due, plan))


def _stop(pen: Talk) -> None:
    if pen.state.expected is not None:
        pen.write(CheckInNotExpected())
    reminding.drop(pen, CHECK_IN, "care_ended" if pen.state.gone else "not_wanted")
    if timer_id(KIND, KEY) in pen.state.timers:
        pen.write(TimerCleared(kind=KIND, key=KEY))


def _wake(pen: Talk, at: datetime) -> None:
    pen.write(TimerSet(timer=Timer(kind="check_in", key=KEY, due_at=at)))


def _remind(pen: Talk, plan: CheckIns) -> None:
    rating.pass_over(pen)
    pen.write(CheckInReminded(at=pen.moment.now))
    reminding.give(pen, CHECK_IN, speak(pen, "check_in_reminder"))
    offer(pen, (), "menu:check_in", "menu:menu")
    assert pen.state.expected is not None
    _wake(pen, tell_at(pen.state.expected, plan))


def _tell(pen: Talk, plan: CheckIns, expected: Expected) -> None:
    now = pen.moment.now
    times = {"due": expected.due_at, "heard": expected.heard_at, "reminded": expected.reminded_at}
    numbers = {name: at.timestamp() for name, at in times.items() if at is not None}
    numbers["in_a_row"] = float(expected.missed + 1)
    if _lies_open(pen):
        numbers["open"] = 1.0
    evidence = Evidence(rule=MISSED, version=plan.version, numbers=numbers)
    concern_raised(pen, CONCERN, level_of(expected, plan), evidence)
    due = next_due(expected, now, plan)
    pen.write(CheckInMissed(due_at=due, at=now))
    reminding.plan(pen, CHECK_IN, remind_at(due, plan), instead="too_late")
    _wake(pen, remind_at(due, plan))


def _came(pen: Talk, plan: CheckIns, expected: Expected) -> None:
    """Told on the alert that stands, which a person closes."""
    if CONCERN in pen.state.alerts:
        numbers = {"missed": float(expected.missed)}
        evidence = Evidence(rule=CAME, version=plan.version, seq=pen.state.seq, numbers=numbers)
        concern_raised(pen, CONCERN, "routine", evidence)
