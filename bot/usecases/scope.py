"""Every act at the desk on somebody's record: outside the scope of who does it, the record is not there."""

from __future__ import annotations

from bot.core.errors import Refused
from bot.core.values import LineId, ServiceId, StaffId
from bot.usecases.house import House


async def may_open(house: House, service: ServiceId, line: LineId, by: StaffId) -> bool:
    return line in await house.record.scopes.within(service, by, house.clock.now(), [line])


async def must_open(house: House, service: ServiceId, line: LineId, by: StaffId) -> None:
    """Raises Refused('not_found')."""
    if not await may_open(house, service, line, by):
        raise Refused("not_found")
