"""Rooms that meet: an hour a week with a host, or a cohort that begins together and goes through modules week by week."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

from bot.core.errors import Refused
from bot.core.facts import (
    CourseBegan,
    MembersTold,
    PostKind,
    PostPlaced,
    SessionClosed,
    SessionOpened,
    TimerCleared,
    TimerSet,
    WeekReached,
)
from bot.core.inputs import BeginCourse, Recapped
from bot.core.library import Group, Meets
from bot.core.pen import Pen
from bot.core.room import cases, presence
from bot.core.room.members import group_of, want_more_room
from bot.core.room.state import Room
from bot.core.schedule.times import on_the_clock
from bot.core.service import Service
from bot.core.state import Timer, timer_id
from bot.core.values import StaffId

MEET: Final = "meet"
WEEK: Final = "week"
OPENS, CLOSES, HOST, SOON = "opens", "closes", "host", "soon"
HOST_WITHIN = timedelta(minutes=10)
"""A session for which no host has come by then is called off."""
TOLD_BEFORE = timedelta(hours=24)


def next_meeting(meets: Meets, service: Service, after: datetime) -> tuple[datetime, datetime]:
    """The next session that begins later than ``after``: when it opens and when it closes, on the service's clock."""
    zone = ZoneInfo(service.timezone)
    day = after.astimezone(zone).date()
    day += timedelta(days=(meets.day - day.weekday()) % 7)
    for n in (0, 7):
        on = day + timedelta(days=n)
        opens = on_the_clock(datetime.combine(on, meets.opens), zone)
        if opens > after:
            return opens, on_the_clock(datetime.combine(on, meets.closes), zone)
    raise AssertionError("a week has every weekday")


def closed(pen: Pen[Room]) -> bool:
    """Whether the room takes no posts now because it is there for its hour alone."""
    group = group_of(pen)
    return group is not None and group.kind == "session" and pen.state.session is None


def opens_at(pen: Pen[Room]) -> datetime | None:
    """When a room that is closed now opens again, as far as is known."""
    timer = pen.state.timers.get(timer_id(MEET, OPENS))
    return timer.due_at if closed(pen) and timer is not None else None


def keep_up(pen: Pen[Room]) -> None:
    """The timer of the next session, as the content in force has it; the beginning of a course for which enough are there."""
    group = group_of(pen)
    if group is None:
        return
    if group.kind == "session" and group.meets is not None:
        _plan(pen, group.meets)
    elif group.kind != "session":
        for key in (OPENS, SOON):
            _clear(pen, MEET, key)
    waits = group.kind == "course" and pen.state.course is None
    if waits and pen.state.size >= pen.moment.library.begins_with(group):
        _begin(pen, group)


def _plan(pen: Pen[Room], meets: Meets) -> None:
    now, planned = pen.moment.now, pen.state.timers.get(timer_id(MEET, OPENS))
    if planned is not None and planned.due_at <= now < _closes(meets, planned.due_at):
        # It is about to fire: moved to the next week, it would lose the hour that begins.
        return
    opens, _ = next_meeting(meets, pen.moment.service, now)
    _set(pen, MEET, OPENS, opens)
    if opens - TOLD_BEFORE > now:
        _set(pen, MEET, SOON, opens - TOLD_BEFORE)


def met(pen: Pen[Room], key: str) -> None:
    """One of the timers of a session."""
    group, now, due = group_of(pen), pen.moment.now, pen.state.timers[timer_id(MEET, key)].due_at
    _clear(pen, MEET, key)
    if key == CLOSES:
        _close(pen, held=True)
    elif key == HOST and pen.state.session is not None and not presence.host_is_there(pen.state, due):
        _close(pen, held=False)
    elif key == SOON and group is not None:
        opens = pen.state.timers.get(timer_id(MEET, OPENS))
        if opens is not None and opens.due_at > now:
            pen.write(MembersTold(what="meets_soon", about=str(pen.state.met + 1), at=opens.due_at))
    elif key == OPENS and group is not None and group.kind == "session" and group.meets is not None:
        # Of an hour that went by while nothing woke, nothing is made up at another time.
        closes = _closes(group.meets, due)
        if closes > now:
            _open(pen, group, closes)
    keep_up(pen)


def _closes(meets: Meets, opens: datetime) -> datetime:
    return opens + timedelta(minutes=meets.minutes)


def _open(pen: Pen[Room], group: Group, closes: datetime) -> None:
    pen.write(SessionOpened(n=pen.state.met + 1, until=closes))
    agenda = [_sentence(pen, "group_agenda"), *(f"• {line}" for line in group.agenda)]
    _say(pen, "agenda", "\n".join(agenda))
    _set(pen, MEET, CLOSES, closes)
    _set(pen, MEET, HOST, pen.moment.now + HOST_WITHIN)


def _close(pen: Pen[Room], *, held: bool) -> None:
    session = pen.state.session
    if session is None:
        return
    pen.write(SessionClosed(n=session.n, held=held))
    for key in (CLOSES, HOST):
        _clear(pen, MEET, key)
    _say(pen, "post", _sentence(pen, "group_session_over" if held else "group_session_off"))
    if held:
        cases.open_case(pen, "recap", "session", level="routine")


def recapped(pen: Pen[Room], heard: Recapped) -> None:
    """There was nothing to write down."""
    case = pen.state.cases.get(heard.case)
    if case is None or case.kind != "recap":
        raise Refused("already_decided")
    cases.decide(pen, heard.case, heard.by, "done")


def written_up(pen: Pen[Room], by: StaffId) -> None:
    """A host has written a recap: the oldest that waits is there."""
    waiting = [number for number, case in sorted(pen.state.cases.items()) if case.kind == "recap"]
    if waiting:
        cases.decide(pen, waiting[0], by, "done")


# -- courses ------------------------------------------------------------------------------------------


def begin(pen: Pen[Room], heard: BeginCourse) -> None:
    """A host does not wait for more."""
    presence.came(pen, heard.by)
    group = group_of(pen)
    if group is None or group.kind != "course" or pen.state.course is not None or pen.state.size == 0:
        raise Refused("already_decided")
    _begin(pen, group)


def _begin(pen: Pen[Room], group: Group) -> None:
    pen.write(CourseBegan(at=pen.moment.now))
    want_more_room(pen)  # whoever waited for a place in it waits for the next cohort now
    _week(pen, group, 1)


def week_came(pen: Pen[Room]) -> None:
    """The next week's module; after the last one the course is over, and the room stays."""
    _clear(pen, WEEK, WEEK)
    group, course = group_of(pen), pen.state.course
    if group is not None and course is not None and not course.over:
        _week(pen, group, course.week + 1)


def _week(pen: Pen[Room], group: Group, week: int) -> None:
    module = group.weeks[week - 1] if week <= len(group.weeks) else None
    pen.write(WeekReached(week=week, module=module))
    if module is None:
        _say(pen, "week", _sentence(pen, "group_course_over"))
        return
    found = pen.moment.library.modules.get(module)
    title = found.title if found is not None else module
    _say(pen, "week", _sentence(pen, "group_week", week=str(week), title=title), about=module)
    pen.write(MembersTold(what="week", about=module, at=pen.moment.now))
    days = timedelta(days=pen.moment.library.policy.groups.first_course_week_days)
    _set(pen, WEEK, WEEK, pen.moment.now + days)


# -- saying and waking --------------------------------------------------------------------------------


def _sentence(pen: Pen[Room], key: str, **values: str) -> str:
    group = group_of(pen)
    return pen.moment.library.say(key, group.language if group is not None else "en", values)


def _say(pen: Pen[Room], kind: PostKind, text: str, about: str | None = None) -> None:
    """Of nobody: the room itself says it."""
    pen.write(
        PostPlaced(
            seq=pen.state.seq + 1,
            post=next(pen.ids),
            author=None,
            word=pen.keep("host_post", text),
            status="shown",
            at=pen.moment.now,
            kind=kind,
            about=about,
        )
    )


def _set(pen: Pen[Room], kind: Literal["meet", "week"], key: str, at: datetime) -> None:
    timer = Timer(kind=kind, key=key, due_at=at)
    if pen.state.timers.get(timer_id(timer.kind, key)) != timer:
        pen.write(TimerSet(timer=timer))


def _clear(pen: Pen[Room], kind: str, key: str) -> None:
    if timer_id(kind, key) in pen.state.timers:
        pen.write(TimerCleared(kind=kind, key=key))
