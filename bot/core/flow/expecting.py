"""The next check-in: expected, reminded of once, and told to the team where it does not come.

Begun by joining and by each check-in that is sent; of a Line from before there was a plan, by the next sign of life.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.core import schedule
from bot.core.alerts import concern_raised
from bot.core.composing import has_come
from bot.core.facts import (
    CheckInExpected,
    CheckInMissed,
    CheckInNotExpected,
    CheckInPostponed,
    CheckInReminded,
    Evidence,
    PatientHeardFrom,
    TimerCleared,
    TimerSet,
    WhyDropped,
    WhyMoved,
)
from bot.core.flow import reminding
from bot.core.flow.their_clock import allowed, spread_of, zone_of
from bot.core.flow.voice import Talk, offer, speak
from bot.core.library import CheckIns
from bot.core.planned import CHECK_IN_MEASURES, level_of, tell_at
from bot.core.schedule.speaking import LOOK_AGAIN, closed, something_open, wanted
from bot.core.state import Expected, Timer, timer_id

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
        return
    if _reminded(pen, plan):
        return
    left = _lies_open(pen) and now - expected.heard_at < _left_to_them(plan)
    held = pen.state.hold is not None or left
    tell = _team_reads(pen, max(_tell_at(pen, expected, plan), pen.state.weeks.paused_until or now))
    if not held and now >= tell:
        _tell(pen, plan, expected)
    else:
        _wake_for(pen, max(tell, now + LOOK_AGAIN) if held else tell)


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
    """Something that a reminder would break into; a human being is none."""
    return something_open(pen.state.but(hold=None))


def _left_to_them(plan: CheckIns) -> timedelta:
    return timedelta(hours=plan.open_hours)


# -- when -------------------------------------------------------------------------------------------------


def _chosen(pen: Talk) -> bool:
    """A day and an hour of their own."""
    return "check_in" in pen.state.weeks.rhythms


def _due_after(pen: Talk, at: datetime, plan: CheckIns) -> datetime:
    """At the hour of the last one, so many days on by the calendar; in a rhythm that they chose, on its next day that
    leaves at least half as many in between."""
    rhythm, zone = pen.state.weeks.rhythms.get("check_in"), zone_of(pen)
    if rhythm is not None:
        at = schedule.following(rhythm, at + timedelta(days=plan.every_days) / 2, zone) + spread_of(pen)
    else:
        at = schedule.same_hour(at, plan.every_days, zone)
    return allowed(pen, at)


def _remind_at(pen: Talk, due: datetime, plan: CheckIns) -> datetime:
    at = schedule.same_hour(due, plan.remind_after_days, zone_of(pen))
    # Where they chose the hour, when it is due is spread already.
    return allowed(pen, at if _chosen(pen) else at + spread_of(pen))


def _tell_at(pen: Talk, expected: Expected, plan: CheckIns) -> datetime:
    """Not before somebody had the time to answer a reminder that still waits."""
    at, planned = tell_at(expected, plan), pen.state.reminders.get(CHECK_IN)
    if planned is None or _lies_open(pen):
        return at
    return max(at, planned.due_at + timedelta(days=plan.flag_after_days - plan.remind_after_days))


def _team_reads(pen: Talk, at: datetime) -> datetime:
    """On a holiday nobody is told what waits for a day of work."""
    service = pen.moment.service
    if closed(service, service.on_its_clock(at).date()):
        return service.next_reading(at)
    return at


# -- what ---------------------------------------------------------------------------------------------------


def _expect(pen: Talk, plan: CheckIns) -> None:
    due = _due_after(pen, pen.moment.now, plan)
    pen.write(CheckInExpected(due_at=due, at=pen.moment.now))
    _plan_reminder(pen, due, plan, "done")


def _plan_reminder(pen: Talk, due: datetime, plan: CheckIns, instead: WhyDropped) -> None:
    """None of somebody who wants none: the team is told all the same."""
    if wanted(pen.state):
        reminding.plan(pen, CHECK_IN, _remind_at(pen, due, plan), instead=instead)
    else:
        reminding.drop(pen, CHECK_IN, "not_wanted")
    _wake_for(pen, due + timedelta(days=plan.flag_after_days))


def _stop(pen: Talk) -> None:
    if pen.state.expected is not None:
        pen.write(CheckInNotExpected())
    reminding.drop(pen, CHECK_IN, "care_ended" if pen.state.gone else "not_wanted")
    if timer_id(KIND, KEY) in pen.state.timers:
        pen.write(TimerCleared(kind=KIND, key=KEY))


def _wake_for(pen: Talk, tell: datetime) -> None:
    """For the reminder that waits, or for telling: whichever comes first."""
    planned = pen.state.reminders.get(CHECK_IN)
    at = tell if planned is None else min(tell, planned.due_at)
    pen.write(TimerSet(timer=Timer(kind="check_in", key=KEY, due_at=at)))


def _reminded(pen: Talk, plan: CheckIns) -> bool:
    """Whether it is said, now. Else it waits, or is dropped, and says why."""
    planned = pen.state.reminders.get(CHECK_IN)
    if planned is None or planned.due_at > pen.moment.now or reminding.may_be_said(pen, planned) is not None:
        return False
    _remind(pen, plan)
    return True


def _remind(pen: Talk, plan: CheckIns) -> None:
    reminding.make_way(pen)
    pen.write(CheckInReminded(at=pen.moment.now))
    reminding.give(pen, CHECK_IN, speak(pen, "check_in_reminder"))
    offer(pen, (), "menu:check_in", "menu:menu")
    assert pen.state.expected is not None
    _wake_for(pen, _team_reads(pen, tell_at(pen.state.expected, plan)))


def _tell(pen: Talk, plan: CheckIns, expected: Expected) -> None:
    now = pen.moment.now
    times = {"due": expected.due_at, "heard": expected.heard_at, "reminded": expected.reminded_at}
    numbers = {name: at.timestamp() for name, at in times.items() if at is not None}
    numbers["in_a_row"] = float(expected.missed + 1)
    if _lies_open(pen):
        numbers["open"] = 1.0
    evidence = Evidence(rule=MISSED, version=plan.version, numbers=numbers)
    concern_raised(pen, CONCERN, level_of(expected, plan), evidence)
    due = _due_after(pen, expected.due_at, plan)
    if due < now:
        due = _due_after(pen, now - timedelta(days=plan.every_days) / 2, plan) if _chosen(pen) else now
    pen.write(CheckInMissed(due_at=due, at=now))
    _plan_reminder(pen, due, plan, "too_late")


def _came(pen: Talk, plan: CheckIns, expected: Expected) -> None:
    """Told on the alert that stands, which a person closes."""
    if CONCERN in pen.state.alerts:
        numbers = {"missed": float(expected.missed)}
        evidence = Evidence(rule=CAME, version=plan.version, seq=pen.state.seq, numbers=numbers)
        concern_raised(pen, CONCERN, "routine", evidence)


# -- what they change -----------------------------------------------------------------------------------


def postpone(pen: Talk, not_before: datetime) -> None:
    """Not before then, in their own rhythm: they paused, or chose another one, or their team put it off. Nor is it too
    near to the one that came before."""
    plan, expected = _plan(pen), pen.state.expected
    if plan is None or expected is None:
        return
    due = expected.due_at
    if _chosen(pen):
        half = timedelta(days=plan.every_days) / 2
        due = _due_after(pen, max(not_before - half, expected.came_at or not_before - half), plan)
    elif due < not_before:
        due = schedule.after_the_pause(due, not_before, zone_of(pen))
    if due == expected.due_at:
        return
    why: WhyMoved = "not_this_week" if pen.state.weeks.paused_until else "changed"
    pen.write(CheckInPostponed(due_at=due))
    if CHECK_IN in pen.state.reminders:
        reminding.move(pen, CHECK_IN, _remind_at(pen, due, plan), why)
    elif wanted(pen.state):
        reminding.plan(pen, CHECK_IN, _remind_at(pen, due, plan))
    _wake_for(pen, due + timedelta(days=plan.flag_after_days))


def remind_again(pen: Talk) -> None:
    """They want reminders again: of the one that is expected, too."""
    plan, expected = _plan(pen), pen.state.expected
    if plan is None or expected is None or expected.reminded_at or CHECK_IN in pen.state.reminders:
        return
    reminding.plan(pen, CHECK_IN, max(_remind_at(pen, expected.due_at, plan), pen.moment.now))
    _wake_for(pen, expected.due_at + timedelta(days=plan.flag_after_days))
