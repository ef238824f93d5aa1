"""What goes on in a room besides posts."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from msgspec import Struct

from bot.core.room import meeting, presence
from bot.core.values import LineId, ServiceId
from bot.ports import RoomSeen
from bot.usecases.house import House


class RoomNow(Struct, frozen=True):
    """``asleep``: what is written waits for a host. ``typing``: a member is writing, and nothing else is said."""

    room: LineId
    host: bool = False
    asleep: bool = False
    open_until: datetime | None = None
    opens_at: datetime | None = None
    week: int = 0
    over: bool = False
    typing: UUID | None = None


async def room_now(house: House, service: ServiceId, room: LineId) -> RoomNow | None:
    seen = await house.record.peers.one(service, room)
    return now_of(house, service, seen) if seen is not None else None


def now_of(house: House, service: ServiceId, seen: RoomSeen) -> RoomNow:
    at_home, library = house.shelf.service(service), house.shelf.library
    numbers, group, now = library.policy.groups, library.group(seen.group, "en"), house.clock.now()
    meets = group.meets if group is not None and group.kind == "session" else None
    night = presence.at_night(at_home, numbers, now)
    host = seen.host_until is not None and seen.host_until > now
    return RoomNow(
        seen.id,
        host=host,
        asleep=night and not host,
        open_until=seen.open_until,
        opens_at=meeting.next_meeting(meets, at_home, now)[0] if meets is not None else None,
        week=seen.week,
        over=seen.over,
    )
