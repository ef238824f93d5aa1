"""Setting up a service: its settings and its rooms."""

from __future__ import annotations

from uuid import UUID

from bot.core.errors import Misuse
from bot.core.library import plain_id
from bot.core.room import room_id
from bot.core.service import Service
from bot.core.values import ServiceId
from bot.core.worsening import DEFAULT
from bot.usecases.house import House
from bot.usecases.rooms import open_room


async def add_service(house: House, settings: Service) -> Service:
    """Keep the settings and open a room for every group of the library."""
    known = (DEFAULT, *house.shelf.library.policy.rule_sets)
    if settings.rule_set not in known:
        raise Misuse(
            f"there is no rule set '{settings.rule_set}' in the content in force. There are: {', '.join(known)}"
        )
    groups = sorted({plain_id(key) for key in house.shelf.library.groups})
    service = settings.model_copy(update={"rooms": {g: room_id(settings.id, g) for g in groups}})
    await house.record.services.put(service)
    await house.shelf.refresh()
    for group in groups:
        await open_room(house, service.id, group)
    return service


def fresh_id(house: House) -> ServiceId:
    return ServiceId(UUID(int=house.ids.new().int))
