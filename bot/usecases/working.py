"""What a process does by itself: keep promises, wake timers, follow the pointer, listen to hints."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from functools import partial
from uuid import UUID

from bot.core.values import LineId, ServiceId
from bot.usecases import digest
from bot.usecases.calendars import LOOK_EVERY_S as CALENDARS_EVERY_S
from bot.usecases.calendars import Calendars
from bot.usecases.canary import LOOK_EVERY_S, Canaries
from bot.usecases.channel_tests import test_ways
from bot.usecases.digest import Days
from bot.usecases.gatherings import LOOK_EVERY_S as ROOMS_EVERY_S
from bot.usecases.gatherings import Gatherings
from bot.usecases.house import House
from bot.usecases.hub import News
from bot.usecases.lateness import LOOK_EVERY_S as LATE_EVERY_S
from bot.usecases.lateness import Watch
from bot.usecases.missed import Missed
from bot.usecases.promises import keeping, take_due
from bot.usecases.retention import LOOK_EVERY_S as RETENTION_EVERY_S
from bot.usecases.retention import keep_to_rules
from bot.usecases.unstored import LEARN_EVERY_S, learn_who_is_on_duty
from bot.usecases.wake import take_timers, waking

POLL_S = 1.0
KEEP_ROOMS_EVERY_S, LEFT_BEHIND_AFTER_S = 2.0, 1.0
Failed = Callable[[str, BaseException], None]


async def work(house: House, failed: Failed, services: frozenset[ServiceId] | None = None) -> None:
    """The worker: for ever, over the services it serves (None: all).

    Cancelled, it claims nothing more at once; what has begun goes on in ``house.afterwards``.
    """
    async with asyncio.TaskGroup() as tasks:
        for hands in keeping(house):
            tasks.create_task(_repeat(hands.name, partial(take_due, house, hands, services), failed))
        for hands in waking(house):
            tasks.create_task(_repeat(hands.name, partial(take_timers, house, hands, services), failed))
        calendars = partial(Calendars(house).round, services)
        tasks.create_task(_repeat("calendars", calendars, failed, every_s=CALENDARS_EVERY_S))
        canaries = partial(Canaries(house, failed).round, services)
        tasks.create_task(_repeat("canary", canaries, failed, every_s=LOOK_EVERY_S))
        tested = partial(test_ways, house, failed, services)
        tasks.create_task(_repeat("channels", tested, failed, every_s=LOOK_EVERY_S))
        kept = partial(keep_to_rules, house, failed, services)
        tasks.create_task(_repeat("retention", kept, failed, every_s=RETENTION_EVERY_S))
        rooms = partial(Gatherings(house, failed).round, services)
        tasks.create_task(_repeat("gatherings", rooms, failed, every_s=ROOMS_EVERY_S))
        days = partial(Days(house, failed).round, services)
        tasks.create_task(_repeat("digest", days, failed, every_s=digest.LOOK_EVERY_S))


async def keep_rooms(house: House, failed: Failed) -> None:
    """Where no worker runs in this process: what rooms wait for and whoever began it has died over. Members look on, and a
    worker may be dead, too. Nothing is taken from whoever is about to begin it."""
    take = partial(take_due, house, house.hands.rooms, None, overdue_s=LEFT_BEHIND_AFTER_S)
    await _repeat(house.hands.rooms.name, take, failed, every_s=KEEP_ROOMS_EVERY_S)


async def follow(house: House, failed: Failed) -> None:
    """Every process: the release in force within a second, what other processes hint, and what they could not."""
    missed = Missed(house)
    for service in house.shelf.services():
        # Perhaps one died in whose place this one begins, and what it had done it told nobody.
        house.bus.hint(service.id, "missed", {})
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_repeat("shelf", house.shelf.refresh, failed))
        tasks.create_task(_repeat("safety file", house.keeper.round, failed))
        tasks.create_task(_repeat("hints", lambda: _listen(house, missed), failed))
        tasks.create_task(_repeat("missed", missed.round, failed))
        late = Watch(house, failed).round
        tasks.create_task(_repeat("schedule", late, failed, every_s=LATE_EVERY_S))
        learn = partial(learn_who_is_on_duty, house)
        tasks.create_task(_repeat("duty", learn, failed, every_s=LEARN_EVERY_S))


async def _repeat(
    what: str, round_: Callable[[], Awaitable[object]], failed: Failed, *, every_s: float = POLL_S
) -> None:
    """Until cancelled. An outage of the record ends a round, not the worker."""
    while True:
        pause_s = every_s
        try:
            taken = await round_()
        except asyncio.CancelledError:
            raise
        except Exception as error:
            failed(what, error)
            taken, pause_s = 0, POLL_S
        if not isinstance(taken, int) or isinstance(taken, bool) or taken == 0:
            await asyncio.sleep(pause_s)


async def _listen(house: House, missed: Missed) -> None:
    def services() -> list[ServiceId]:
        return [service.id for service in house.shelf.services()]

    async with aclosing(house.bus.hints(services)) as hints:
        async for service, topic, body in hints:
            match topic:
                case "line" | "room" | "posts":
                    line, seq = LineId(UUID(body["line"])), int(body["seq"])
                    house.hot.forget((service, line))
                    house.hub.tell(News(service, line, seq))
                case "typing":
                    room, who = LineId(UUID(body["line"])), UUID(body["who"])
                    house.hub.tell(News(service, room, 0, typing=who))
                case "alerts":
                    house.hub.tell(News(service, LineId(service), 0))
                case "sessions":
                    house.hub.call_back(service, LineId(UUID(body["line"])))
                case "release":
                    await house.shelf.refresh()
                case "missed":
                    missed.ask(service)
