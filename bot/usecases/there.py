"""The team as it is now: staff, leave and on-call shifts, read when somebody is to be told and never in a turn."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from bot.core.rota import There
from bot.core.values import ServiceId
from bot.ports import StaffMember

if TYPE_CHECKING:
    from bot.usecases.house import House


async def who_is_there(house: House, service: ServiceId, staff: Iterable[StaffMember] | None = None) -> There:
    """``staff``: where they have been read already."""
    everybody = await house.record.staff.all(service) if staff is None else staff
    now = house.clock.now()
    roster = await house.record.rota.between(service, now, now)
    reading = house.shelf.service(service).reading_now(now)
    return There([m.colleague() for m in everybody], roster, now, reading=reading)
