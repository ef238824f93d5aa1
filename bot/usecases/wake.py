"""Timers that came due: each is an input to its Line, decided against its version like everything else."""

from __future__ import annotations

from uuid import UUID

from bot.core.errors import Refused, Unavailable
from bot.core.inputs import TimerFired
from bot.core.room import Room
from bot.core.state import Conversation
from bot.core.values import ServiceId
from bot.ports import DueTimer
from bot.usecases.change import change
from bot.usecases.house import House
from bot.usecases.turn import run_action

LEASE_S = 15.0
MOST_AT_ONCE = 50


async def wake_due(house: House, services: frozenset[ServiceId] | None = None) -> int:
    """One round of a worker over the services it serves (None: all); returns how many timers it took up."""
    taken = 0
    for service in await house.record.timers.services_due(house.clock.now()):
        if services is not None and service not in services:
            continue
        due = await house.record.timers.claim(service, house.clock.now(), most=MOST_AT_ONCE, lease_s=LEASE_S)
        taken += len(due)
        for timer in due:
            await _wake(house, service, timer)
    return taken


async def _wake(house: House, service: ServiceId, timer: DueTimer) -> None:
    try:
        if timer.kind == "action":
            await run_action(house, service, timer.line, UUID(timer.key))
            return

        async def prepare(_: Conversation | Room) -> TimerFired:
            return TimerFired(timer.kind, timer.key)

        await change(house, service, timer.line, prepare)
    except (Refused, Unavailable):
        return  # its lease runs out, and it comes due again
