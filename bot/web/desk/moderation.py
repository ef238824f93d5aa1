"""What waits for hosts in all rooms that somebody may open, most urgent first, and how much of it there is."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from aiohttp import web

from bot.core.room import presence
from bot.core.room.urgency import ORDER, Class
from bot.core.values import LineId, ServiceId, StaffId
from bot.ports import CaseSeen, Load, Looker
from bot.usecases.house import House
from bot.usecases.moderation import Queue, handed_over, open_queue
from bot.usecases.room_turns import standing_of
from bot.web.desk import words
from bot.web.desk.evidence import GROUPS
from bot.web.desk.module_steps import Piece, pieces_of
from bot.web.desk.room_seat import titles
from bot.web.desk.seat import Seat
from bot.web.desk.team_clock import TeamClock

LOOK_BACK = timedelta(days=7)
GRAVE = frozenset({"worried", "reported", "paused"})


async def show(seat: Seat) -> web.StreamResponse:
    queue = await open_queue(seat.house, seat.service.id, seat.looker())
    now = seat.house.clock.now()
    load = await seat.house.record.room_health.load(seat.service.id, now=now, since=now - LOOK_BACK)
    there = await hosts_there(seat, load)
    then = seat.request.query.get("then", "")
    keys = [item.key for item in queue.items]
    return seat.page(
        "moderation",
        queue=queue,
        seen=fingerprint(queue.open),
        held=then if then in keys else next(iter(keys), "") if then else "",
        after=dict(zip(keys, [*keys[1:], *keys[:1]], strict=True)),
        led_here=bool(then),
        titles=await titles(seat),
        colleagues=await seat.colleagues(),
        handed=await handed_over(seat.house, seat.service.id, seat.looker()),
        load=load_of(queue, load, there, seat.clock),
        strikes=seat.house.shelf.library.policy.groups.strikes,
        why=why,
        once=str(seat.house.ids.new()),
    )


def fingerprint(waiting: Sequence[CaseSeen]) -> str:
    """What waits, in a few characters: another one means that there is something new, or that a colleague decided."""
    return hashlib.sha256(repr([(str(c.room), c.case) for c in waiting]).encode()).hexdigest()[:16]


async def waiting_now(house: House, service: ServiceId, by: Looker) -> str:
    """The fingerprint as it stands: nothing of it is shown, so nobody looks."""
    return fingerprint(await house.record.peers.queue(service, by, noted=False))


def why(kind: str, code: str) -> str:
    """Why something waits, as a sentence."""
    if kind == "reported":
        return words.REPORTED.get(code, words.REPORTED["other"])
    return GROUPS.get(code if kind == "held" else kind, GROUPS["held_post"])


# -- how much there is --------------------------------------------------------------------------------


@dataclass(frozen=True)
class ClassBar:
    name: str
    number: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class RoomRow:
    room: LineId
    waiting: int
    oldest: str
    lately: int
    hosts: str


@dataclass(frozen=True)
class LoadShown:
    sentences: tuple[str, ...]
    bars: tuple[ClassBar, ...]
    rooms: tuple[RoomRow, ...]


async def hosts_there(seat: Seat, load: Load) -> Mapping[LineId, tuple[StaffId, ...]]:
    """Who is in which room now."""
    there, now = {}, seat.house.clock.now()
    for room in load.rooms:
        state = await standing_of(seat.house, seat.service.id, room.room) if room.hosts else None
        there[room.room] = tuple(presence.hosts_there(state, now)) if state else ()
    return there


def load_of(
    queue: Queue, load: Load, there: Mapping[LineId, tuple[StaffId, ...]], clock: TeamClock
) -> LoadShown:
    most = max(queue.waiting.values(), default=0)
    bars = tuple(_bar(name, queue.waiting[name], most) for name in ORDER if queue.waiting.get(name))
    rooms = tuple(
        RoomRow(
            room=r.room,
            waiting=r.waiting,
            oldest=clock.age(r.oldest) if r.oldest else "–",
            lately=r.lately,
            hosts=str(len(there[r.room])) if there[r.room] else "nobody",
        )
        for r in load.rooms
    )
    return LoadShown(sentences_of(queue, load, there, clock), bars, rooms)


def _bar(name: Class, number: int, most: int) -> ClassBar:
    look = "solid" if name in GRAVE else "pale"
    return ClassBar(words.CLASSES[name], number, pieces_of([(look, number)], most))


def sentences_of(
    queue: Queue, load: Load, there: Mapping[LineId, tuple[StaffId, ...]], clock: TeamClock
) -> tuple[str, ...]:
    oldest = min((r.oldest for r in load.rooms if r.oldest is not None), default=None)
    waits = f"{queue.number} {'thing waits' if queue.number == 1 else 'things wait'}"
    said = [
        f"{waits}. The oldest has waited {clock.age(oldest)}."
        if oldest and queue.number
        else "Nothing waits."
    ]
    if load.decided_in is None:
        said.append("Nothing that waited was decided in the last 7 days.")
    elif load.decided == 1:
        said.append(f"In the last 7 days 1 thing was decided, after {clock.length(load.decided_in)}.")
    else:
        length = clock.length(load.decided_in)
        half = f"half of them in {length}" + ("" if length.startswith("less") else " or less")
        said.append(f"In the last 7 days {load.decided} things were decided, {half}.")
    lately = sum(r.lately for r in load.rooms)
    hosts = len({host for of in there.values() for host in of})
    wrote = f"members wrote {lately} {'post' if lately == 1 else 'posts'}"
    if not hosts:
        said.append(f"In the last hour {wrote}. No host is there.")
    else:
        are = "1 host is there" if hosts == 1 else f"{hosts} hosts are there"
        each = "" if hosts == 1 else f", which is {lately / hosts:.0f} for each"
        said.append(f"In the last hour {wrote}; {are}{each}.")
    return tuple(said)
