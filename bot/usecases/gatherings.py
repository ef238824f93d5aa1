"""Rooms follow the content: a new group gets its first room, and what meets is told when."""

from __future__ import annotations

from bot.core.inputs import KeepUp
from bot.core.library import plain_id
from bot.core.room import room_id
from bot.core.service import Service
from bot.core.values import ServiceId
from bot.usecases.house import House
from bot.usecases.room_turns import tell_room
from bot.usecases.rooms import open_room
from bot.usecases.rounds import Failed, each_service

LOOK_EVERY_S = 60.0
WHOLE_EVERY = 60  # rounds after which everything is looked at again, whatever release it is


class Gatherings:
    """Remembers for which release it has looked after each service."""

    def __init__(self, house: House, failed: Failed) -> None:
        self._house, self._failed = house, failed
        self._done: dict[ServiceId, str] = {}
        self._rounds = 0

    async def round(self, services: frozenset[ServiceId] | None = None) -> None:
        self._rounds += 1
        if self._rounds % WHOLE_EVERY == 0:
            self._done.clear()
        await each_service(self._house, "gatherings", self._failed, services, self._one)

    async def _one(self, service: Service) -> None:
        release = self._house.shelf.library.release
        if self._done.get(service.id) == release:
            return
        await look_after_rooms(self._house, service)
        self._done[service.id] = release


async def _know(house: House, service: ServiceId, groups: list[str]) -> None:
    """As the record has the service now: what this process remembers of its settings may be old."""
    found = next(known for known in await house.record.services.all() if known.id == service)
    rooms = dict(found.rooms) | {group: room_id(service, group) for group in groups}
    await house.record.services.put(found.model_copy(update={"rooms": rooms}))


async def look_after_rooms(house: House, service: Service) -> None:
    """A room for each group that has none yet; and what meets by the calendar, or begins together, looks at its content."""
    library = house.shelf.library
    groups = sorted({plain_id(key) for key in library.groups})
    missing = [group for group in groups if group not in service.rooms]
    for group in missing:
        await open_room(house, service.id, group)
    if missing:
        await _know(house, service.id, missing)
        await house.shelf.refresh()
    for room in await house.record.peers.rooms(service.id):
        told = library.group(room.group, "en")
        if told is not None and told.kind != "open":
            await tell_room(house, service.id, room.id, KeepUp())
