"""What comes back in a patient's weeks besides the check-in that is expected: each planned, said when it may be, and planned anew.

``due``: their check-in, on the day that they chose for it. ``daily``: two taps, for whoever chose them. ``review``: a
look back after so many weeks.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from bot.core import schedule
from bot.core.facts import TimerCleared, TimerSet, WeeksBegan, WhyDropped
from bot.core.flow import graduating, reminding
from bot.core.flow.their_clock import allowed, spread_of, zone_of
from bot.core.flow.voice import Talk, offer, speak
from bot.core.schedule.speaking import Drop, Move, after_the_pause, wanted
from bot.core.state import Rhythm, Timer, timer_id

KIND = "remind"
What = Literal["due", "daily", "review"]
WHAT: tuple[What, ...] = ("due", "daily", "review")
OFFERS: dict[What, tuple[str, ...]] = {
    "due": ("menu:check_in", "menu:reminders", "menu:menu"),
    "daily": ("menu:check_in", "menu:reminders", "menu:menu"),
    "review": ("menu:progress", "menu:check_in", "menu:team", "menu:menu"),
}


def keep_up(pen: Talk) -> None:
    """At the end of a turn of theirs, and after each that was said: what belongs into their weeks stands in the plan."""
    if not wanted(pen.state) or pen.state.profile.simulated:
        _nothing(pen)
        return
    if pen.state.weeks.began is None:
        pen.write(WeeksBegan(at=pen.moment.now))
    for what in WHAT:
        _keep_up(pen, what)


def _nothing(pen: Talk) -> None:
    """Of the canary, which is one of the simulated, what modules planned stays. The programme's weeks run on without a
    reminder while their care does."""
    kinds = {KIND}
    if not pen.state.profile.simulated:
        reminding.drop_all(pen, "care_ended" if pen.state.gone else "not_wanted")
        kinds.add("later")
    runs_on = None if pen.state.gone else timer_id("later", graduating.KEY)
    for name, timer in tuple(pen.state.timers.items()):
        if timer.kind in kinds and name != runs_on:
            pen.write(TimerCleared(kind=timer.kind, key=timer.key))


def _keep_up(pen: Talk, what: What) -> None:
    planned = pen.state.reminders.get(what)
    if planned is not None and what != "daily" and pen.state.expected is None:
        _forget(pen, what, "not_wanted")
        return
    if what == "due" and planned is not None and _is_of_another(pen, planned.late_from):
        _forget(pen, what, "done")
        planned = None
    if planned is None and (at := _next(pen, what)) is not None:
        reminding.plan(pen, what, at)
        _wake(pen, what, at)


def _is_of_another(pen: Talk, at: datetime) -> bool:
    """Of a check-in that is not the next one any more: it came, or was put off."""
    expected = pen.state.expected
    return expected is None or abs(expected.due_at - at).days >= 1


def _next(pen: Talk, what: What) -> datetime | None:
    """None: nothing of it is to come."""
    now, weeks, policy = pen.moment.now, pen.state.weeks, pen.moment.library.policy.schedule
    after = max(now, weeks.paused_until or now)
    match what:
        case "daily":
            rhythm = weeks.rhythms.get("daily")
            return None if rhythm is None else _spread(pen, schedule.following(rhythm, after, zone_of(pen)))
        case "due":
            chosen, expected = "check_in" in weeks.rhythms, pen.state.expected
            return expected.due_at if chosen and expected is not None and expected.due_at > now else None
        case "review":
            if weeks.began is None or pen.state.expected is None:
                return None
            times = [
                schedule.weeks_on(weeks.began, n, policy.usual_hour, zone_of(pen))
                for n in policy.review_weeks
            ]
            coming = [at for at in times if at > now]
            return _spread(pen, coming[0]) if coming else None


def _spread(pen: Talk, at: datetime) -> datetime:
    return allowed(pen, at + spread_of(pen))


def came_due(pen: Talk, key: str) -> None:
    planned, what = pen.state.reminders.get(key), next((w for w in WHAT if w == key), None)
    if planned is None or what is None:
        pen.write(TimerCleared(kind=KIND, key=key))
        return
    if planned.due_at > pen.moment.now:
        _wake(pen, what, planned.due_at)
        return
    match reminding.may_be_said(pen, planned):
        case Move(to):
            _wake(pen, what, to)
            return
        case Drop():
            pen.write(TimerCleared(kind=KIND, key=what))
        case None:
            _say(pen, what)
    keep_up(pen)


def _say(pen: Talk, what: What) -> None:
    pen.write(TimerCleared(kind=KIND, key=what))
    if _is_done(pen, what):
        reminding.drop(pen, what, "done")
        return
    reminding.make_way(pen)
    reminding.give(pen, what, speak(pen, f"reminder_{what}"))
    offer(pen, (), *OFFERS[what])


def _is_done(pen: Talk, what: What) -> bool:
    """They came by themselves today."""
    if what != "daily":
        return False
    zone = zone_of(pen)
    today = pen.moment.now.astimezone(zone).date()
    return any(at.astimezone(zone).date() == today for at in pen.state.measuring.sent.values())


def _forget(pen: Talk, what: What, why: WhyDropped) -> None:
    reminding.drop(pen, what, why)
    if timer_id(KIND, what) in pen.state.timers:
        pen.write(TimerCleared(kind=KIND, key=what))


def _wake(pen: Talk, what: What, at: datetime) -> None:
    pen.write(TimerSet(timer=Timer(kind="remind", key=what, due_at=at)))


# -- what they change ---------------------------------------------------------------------------------


def changed(pen: Talk, what: What) -> None:
    """Another rhythm: what is planned by the old one moves."""
    at, planned = _next(pen, what), pen.state.reminders.get(what)
    if at is None:
        _forget(pen, what, "not_wanted")
    elif planned is not None:
        reminding.move(pen, what, at, "changed")
        _wake(pen, what, at)


def put_off(pen: Talk, until: datetime) -> None:
    """All that would be said before then is said afterwards, each at its own hour; the daily one in its own rhythm."""
    for planned in tuple(pen.state.reminders.values()):
        if planned.due_at >= until:
            continue
        kind, _, place = planned.what.partition(":")
        at = after_the_pause(planned.due_at, until, zone_of(pen))
        if kind == "daily":
            at = _next(pen, "daily") or at
        at = allowed(pen, at)
        reminding.move(pen, planned.what, at, "not_this_week")
        if kind == "later":
            timer = pen.state.timers[timer_id("later", place)]
            pen.write(TimerSet(timer=timer.but(due_at=at)))
        elif kind in WHAT:
            pen.write(TimerSet(timer=Timer(kind="remind", key=kind, due_at=at)))


def rhythm_of(pen: Talk, what: str) -> Rhythm | None:
    return pen.state.weeks.rhythms.get(what)
