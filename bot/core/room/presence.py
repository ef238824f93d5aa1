"""Who of the hosts is there, and whether the room sleeps. The room never says that somebody reads when nobody does."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.core.errors import Refused
from bot.core.facts import HostCame, HostNoted, HostWent, RoomHandedOver, TimerCleared, TimerSet
from bot.core.inputs import HandRoomOver, NoteByHost
from bot.core.library.policy import GroupNumbers
from bot.core.pen import Moment, Pen
from bot.core.room.state import Room
from bot.core.schedule.times import on_the_clock
from bot.core.service import Service
from bot.core.state import Timer, timer_id
from bot.core.values import StaffId

TIMER: Final = "host"
NOTED_EVERY = timedelta(minutes=5)
"""A host who goes on working is not noted with each thing that they do."""


def hosts_there(room: Room, now: datetime) -> dict[StaffId, datetime]:
    """And when they were last heard of. By the clock: a timer that is due keeps nobody here because nothing fires it."""
    timers = {by: room.timers.get(timer_id(TIMER, str(by))) for by in room.hosts}
    return {by: room.hosts[by] for by, timer in timers.items() if timer is not None and timer.due_at > now}


def host_is_there(room: Room, now: datetime) -> bool:
    return bool(hosts_there(room, now))


def asleep(room: Room, moment: Moment) -> bool:
    """At night, while no host is there: what is written waits for the morning."""
    return not host_is_there(room, moment.now) and at_night(
        moment.service, moment.library.policy.groups, moment.now
    )


def at_night(service: Service, numbers: GroupNumbers, now: datetime) -> bool:
    """By the service's clock, over midnight if the policy says so."""
    begins, ends = night_of(numbers)
    at = service.on_its_clock(now).time()
    if begins == ends:
        return False
    return begins <= at < ends if begins < ends else at >= begins or at < ends


def wakes_at(moment: Moment) -> datetime:
    """When the night ends that goes on, or the next one."""
    _, ends = night_of(moment.library.policy.groups)
    zone = ZoneInfo(moment.service.timezone)
    day = moment.now.astimezone(zone).date()
    today = on_the_clock(datetime.combine(day, ends), zone)
    return (
        today if today > moment.now else on_the_clock(datetime.combine(day + timedelta(days=1), ends), zone)
    )


def night_of(numbers: GroupNumbers) -> tuple[time, time]:
    begins, _, ends = numbers.night.partition("-")
    return time.fromisoformat(begins.strip()), time.fromisoformat(ends.strip())


def came(pen: Pen[Room], by: StaffId) -> None:
    """A host is there, or still there."""
    now = pen.moment.now
    last = hosts_there(pen.state, now).get(by)
    if last is not None and now - last < NOTED_EVERY:
        return
    pen.write(HostCame(by=by, at=now))
    quiet = timedelta(minutes=pen.moment.library.policy.groups.host_away_after_minutes)
    pen.write(TimerSet(timer=Timer(kind=TIMER, key=str(by), due_at=now + quiet)))


def looked_in(pen: Pen[Room], by: StaffId) -> None:
    """At night a look does not count: whoever glances in on the way to bed would leave the room awake."""
    if not asleep(pen.state, pen.moment):
        came(pen, by)


def went(pen: Pen[Room], by: StaffId, *, quiet: bool = False) -> None:
    if by in pen.state.hosts:
        pen.write(HostWent(by=by, quiet=quiet))
    if timer_id(TIMER, str(by)) in pen.state.timers:
        pen.write(TimerCleared(kind=TIMER, key=str(by)))


def was_quiet(pen: Pen[Room], by: StaffId) -> None:
    """Their timer fired: unless they were heard of since, the room counts on them no more."""
    last: datetime | None = pen.state.hosts.get(by)
    quiet = timedelta(minutes=pen.moment.library.policy.groups.host_away_after_minutes)
    if last is not None and pen.moment.now < last + quiet:
        pen.write(TimerSet(timer=Timer(kind=TIMER, key=str(by), due_at=last + quiet)))
    else:
        went(pen, by, quiet=True)


def handed_over(pen: Pen[Room], heard: HandRoomOver) -> None:
    """``to`` is asked to come; they are there only once they are."""
    if heard.by == heard.to:
        raise Refused("same_person")
    note = pen.keep("host_note", heard.note.strip()) if heard.note.strip() else None
    pen.write(RoomHandedOver(by=heard.by, to=heard.to, at=pen.moment.now, note=note))
    went(pen, heard.by)


def noted(pen: Pen[Room], heard: NoteByHost) -> None:
    if not heard.text.strip():
        raise Refused("empty")
    if heard.about is not None and heard.about not in pen.state.members:
        raise Refused("not_found")
    word = pen.keep("host_note", heard.text.strip())
    pen.write(HostNoted(by=heard.by, word=word, at=pen.moment.now, about=heard.about))
