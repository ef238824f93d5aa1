"""Whether a host is there, as members and the desk read it: by the clock, whoever wakes the room or does not."""

from __future__ import annotations

from datetime import datetime

from clinic import Clinic

from bot.core.inputs import HostHere
from bot.core.values import LineId
from bot.usecases.room_now import RoomNow, room_now
from bot.usecases.room_turns import tell_room

EVENING = datetime.fromisoformat("2026-03-05T21:50+00:00")


async def seen(clinic: Clinic, room: LineId) -> tuple[RoomNow, int]:
    """By members, and at the desk how many are there."""
    now, at = await room_now(clinic.house, clinic.service.id, room), clinic.clock.now()
    load = await clinic.house.record.room_health.load(clinic.service.id, now=at, since=at)
    assert now is not None
    return now, next(r.hosts for r in load.rooms if r.room == room)


async def test_nobody_is_said_to_be_there_after_a_worker_was_lost(clinic: Clinic) -> None:
    room = clinic.service.rooms["copd"]
    clinic.clock.set(EVENING)
    await tell_room(clinic.house, clinic.service.id, room, HostHere(clinic.host.id))
    now, hosts = await seen(clinic, room)
    assert (now.host, now.asleep, hosts) == (True, False, 1)
    clinic.clock.advance(minutes=30)
    now, hosts = await seen(clinic, room)
    assert (now.host, now.asleep, hosts) == (False, True, 0)


async def test_a_host_who_is_heard_of_again_stays(clinic: Clinic) -> None:
    room = clinic.service.rooms["copd"]
    clinic.clock.set(EVENING)
    for _ in range(2):
        await tell_room(clinic.house, clinic.service.id, room, HostHere(clinic.host.id))
        clinic.clock.advance(minutes=20)
    now, hosts = await seen(clinic, room)
    assert (now.host, hosts) == (True, 1)
