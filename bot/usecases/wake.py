"""Timers that came due: each is an input to its Line, decided against its version like everything else."""

from __future__ import annotations

from uuid import UUID

from bot.core.errors import Refused, Unavailable
from bot.core.inputs import TimerFired
from bot.core.values import ServiceId
from bot.ports import DueTimer
from bot.usecases import erasing
from bot.usecases.change import hand_in
from bot.usecases.hands import Hands, claimed
from bot.usecases.house import House
from bot.usecases.room_turns import tell_room
from bot.usecases.turn import run_action

LEASE_S = 6.0  # the slowest, an action, is given up after 2 s


def waking(house: House) -> tuple[Hands, ...]:
    """The hands that wake timers."""
    hands = house.hands
    return hands.ladder, hands.reminders, hands.gatherings, hands.actions


async def wake_due(house: House, services: frozenset[ServiceId] | None = None) -> int:
    """All timers that are due now, woken once; returns how many were taken up."""
    taken, every = 0, waking(house)
    while fresh := sum([await take_timers(house, hands, services) for hands in every]):
        taken += fresh
        for hands in every:
            await hands.until_idle()
    return taken


async def take_timers(house: House, hands: Hands, services: frozenset[ServiceId] | None) -> int:
    """Claim as many timers as there are hands and wake them; waits for a free hand, never for the work."""
    timers, taken = house.record.timers, 0
    async with hands.claiming:
        await hands.until_free()
        if hands.closed:
            return 0
        due = await timers.services_due(house.clock.now(), hands.kinds)
        mine = hands.in_turn([s for s in due if services is None or s in services])
        for n, service in enumerate(mine):
            share = -(-hands.free // (len(mine) - n))
            if share:
                taken += await _take(house, hands, service, share)
        return taken


async def _take(house: House, hands: Hands, service: ServiceId, most: int) -> int:
    timers = house.record.timers
    asking = timers.claim(service, house.clock.now(), most=most, lease_s=LEASE_S, kinds=hands.kinds)
    due = await claimed(asking, lambda timer: timers.give_back(service, timer))
    for timer in due:
        hands.begin(house.afterwards.start, _wake(house, service, timer))
    return len(due)


async def _wake(house: House, service: ServiceId, timer: DueTimer) -> None:
    try:
        if timer.kind == "action":
            await run_action(house, service, timer.line, UUID(timer.key))
            return
        if timer.kind == "erase":
            await erasing.came_due(house, service, timer.line)
            return
        fired = TimerFired(timer.kind, timer.key)
        if timer.line_kind == "group":
            await tell_room(house, service, timer.line, fired)
        else:
            await hand_in(house, service, timer.line, fired)
    except (Refused, Unavailable):
        return  # its lease runs out, and it comes due again
