"""A letter to whoever a room of a group was handed to: that it was, and where; nobody's words."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from bot.core.errors import Unavailable
from bot.core.values import ServiceId, StaffId
from bot.ports import Task, Uncertain
from bot.usecases.hearing import UNHURRIED_S
from bot.usecases.house import House
from bot.usecases.letters import handed_over_letter
from bot.usecases.moderation import HANDED_OVER_FOR
from bot.usecases.post import post
from bot.usecases.room_turns import standing_of


async def tell_handed_over(house: House, service: ServiceId, task: Task) -> None:
    """Nothing where they have come meanwhile, or a day is over: their page of what waits says it as well. Raises
    Unavailable while the mail server has not taken it."""
    to, at = StaffId(UUID(task.payload["to"])), datetime.fromisoformat(task.payload["at"])
    room = await standing_of(house, service, task.line)
    member = next((m for m in await house.record.staff.all(service) if m.id == to), None)
    came = room.hosts.get(to) if room is not None else None
    late = house.clock.now() > at + HANDED_OVER_FOR
    if member is None or late or (came is not None and came >= at):
        return
    try:
        await post(house, handed_over_letter(house, service, task, member))
    except Uncertain:
        return
    except Unavailable as down:
        raise Unavailable(down.what, UNHURRIED_S) from None
