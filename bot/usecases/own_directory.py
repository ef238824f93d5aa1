"""The groups for people like a patient, for their own eyes: as a list, and the hours of one that meets as a calendar file."""

from __future__ import annotations

from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from bot.core.calendar_file import weekly
from bot.core.errors import Refused
from bot.core.flow.directory import Directory, directory
from bot.core.matching import Wish
from bot.core.pen import Moment, Pen
from bot.core.room.meeting import next_meeting
from bot.core.values import LineId, ServiceId
from bot.usecases.conversation import standing
from bot.usecases.house import House

SESSIONS = 12
"""How many a calendar file holds: a season, after which it is fetched anew."""


async def own_directory(house: House, service: ServiceId, patient: LineId, wish: Wish) -> Directory:
    """In their own language and on their own clock."""
    state = await standing(house, service, patient)
    if state is None:
        return Directory()
    moment = Moment(
        line=patient,
        turn=UUID(int=0),
        now=house.clock.now(),
        service=house.shelf.service(service),
        library=house.shelf.library,
    )
    return directory(Pen(state, moment), wish)


async def own_calendar(house: House, service: ServiceId, patient: LineId, room: str, language: str) -> str:
    """Of a room that they are in and that meets. Raises Refused('not_found'): missing and forbidden look alike."""
    known, library = house.shelf.service(service), house.shelf.library
    for seen in await house.record.peers.rooms_of(service, patient):
        group = library.group(seen.group, language)
        if str(seen.id) != room or group is None or group.kind != "session" or group.meets is None:
            continue
        now = house.clock.now()
        opens, closes = next_meeting(group.meets, known, now)
        zone = ZoneInfo(known.timezone)
        title, uid = library.say("people_calendar", language), str(uuid5(seen.id, "calendar"))
        return weekly(title, uid, opens, closes, zone, SESSIONS, now)
    raise Refused("not_found")
