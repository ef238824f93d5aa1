"""One load: so many talkers at once for so many seconds, watched without its first moments."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from bot.cli.benches.talkers import Load, Talker
from bot.cli.benches.watch import Used, spread_ms

ARRIVALS_AT_ONCE = 50
WARM_UP_S = 1.0
QUIET_WITHIN_S = 10.0
LOOK_S = 0.02


@dataclass(frozen=True)
class Ran:
    """What one load came to. ``silent``: talkers whose last message never got its whole answer."""

    load: Load
    seconds: float
    used: Used
    acknowledged: int
    silent: int

    def figures(self) -> dict[str, Any]:
        return {
            "per_s": round(len(self.load.turns) / self.seconds, 1),
            "turns": len(self.load.turns),
            "ack_ms": spread_ms(self.load.acks),
            "turn_ms": spread_ms(self.load.turns),
            "cpu_us": self.used.each_us(len(self.load.turns)),
            "turned_away": self.load.turned_away,
            "silent": self.silent,
        }


async def run(
    talkers: Sequence[Talker], port: int, seconds: float, used: Callable[[], Awaitable[Used]]
) -> Ran:
    """All of them come, talk, finish what they have begun, and leave."""
    load, before_s = Load(), sum(t.acknowledged for t in talkers)
    await arrive(talkers, port, load)
    await asyncio.sleep(WARM_UP_S)
    began_with, began, load.counting = await used(), time.monotonic(), True
    await asyncio.sleep(seconds)
    load.counting, took, ended_with = False, time.monotonic() - began, await used()
    load.over = True
    silent = await fall_silent(talkers)
    for talker in talkers:
        talker.leave()
    acknowledged = sum(t.acknowledged for t in talkers) - before_s
    return Ran(load, took, ended_with.since(began_with), acknowledged, silent)


async def arrive(talkers: Collection[Talker], port: int, load: Load) -> None:
    """Nobody talks before all are there: who comes late would make the load smaller than it says."""
    doors = asyncio.Semaphore(ARRIVALS_AT_ONCE)

    async def one(talker: Talker) -> None:
        async with doors:
            await talker.arrive(port, load)

    await asyncio.gather(*(one(talker) for talker in talkers))
    load.arriving = False
    for talker in talkers:
        talker.begin()


async def fall_silent(talkers: Collection[Talker]) -> int:
    """Wait for what is under way; how many never got their answer."""
    for _ in range(int(QUIET_WITHIN_S / LOOK_S)):
        if all(t.quiet for t in talkers):
            return 0
        await asyncio.sleep(LOOK_S)
    return sum(not t.quiet for t in talkers)
