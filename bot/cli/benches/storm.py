"""A thousand phones lose the network and come back at once, while others keep talking."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from bot.cli.benches import pace
from bot.cli.benches.arrivals import Screen, let_open, open_all
from bot.cli.benches.ground import Ground, signed_in
from bot.cli.benches.talkers import CheckingIn, Load
from bot.cli.benches.watch import spread_ms, used_by
from bot.cli.proofs.findings import Bar, Findings

SOCKETS, QUICK_SOCKETS = 1_000, 30
OTHERS, QUICK_OTHERS = 8, 2
CALM_S, QUICK_CALM_S = 5.0, 1.0
AT_ONCE = 50
ANSWERED_WITHIN_S, OTHERS_P99_MS = 30.0, 2_000.0


async def bench_storm(ground: Ground) -> Findings:
    count, others = (QUICK_SOCKETS, QUICK_OTHERS) if ground.quick else (SOCKETS, OTHERS)
    calm_s = QUICK_CALM_S if ground.quick else CALM_S
    let_open(2 * count)
    async with ground.instance() as instance, ground.inside() as (house, _, _):
        ground.tell("patients join", 0, 3)
        _, people = await signed_in(house, [instance], count + others)
        screens = [Screen(p.token) for p in people[:count]]
        talkers = [CheckingIn(p.token, n) for n, p in enumerate(people[count:])]
        await open_all(screens, instance.port, AT_ONCE)
        load = Load()
        await pace.arrive(talkers, instance.port, load)
        ground.tell("calm", 1, 3)
        await asyncio.sleep(pace.WARM_UP_S)
        calm = await _others(load, asyncio.sleep(calm_s))
        ground.tell("all at once", 2, 3)
        before, tried = await used_by([instance], own_record=ground.own_record), sum(s.tries for s in screens)
        for screen in screens:
            screen.cut()
        came: list[float] = []
        stormy = await _others(load, _come_back(screens, instance.port, came))
        used = (await used_by([instance], own_record=ground.own_record)).since(before)
        load.over = True
        silent = await pace.fall_silent(talkers)
        for talker in talkers:
            talker.leave()
        for screen in screens:
            screen.cut()
    figures: dict[str, Any] = {
        "sockets": count,
        "back_after_ms": spread_ms(came) | {"all": round(max(came) * 1000, 1)},
        "came_more_than_once": sum(s.tries for s in screens) - tried - count,
        "others_calm": calm,
        "others_in_the_storm": stormy,
        "cpu_us_each_return": used.each_us(count),
    }
    bars = [
        Bar("never let in again", count - len(came), 0),
        Bar("others who got no answer", silent, 0),
    ]
    if not ground.quick:
        bars += [
            Bar("seconds until all were back", round(max(came), 2), ANSWERED_WITHIN_S),
            Bar("p99 of the others, ms", stormy["ack_ms"]["p99"], OTHERS_P99_MS),
        ]
    return Findings("storm", figures, bars)


async def _others(load: Load, meanwhile: Any) -> dict[str, Any]:
    """What those who keep talking notice while something happens."""
    load.acks.clear()
    load.turns.clear()
    began, load.counting = time.monotonic(), True
    await meanwhile
    load.counting = False
    seconds = time.monotonic() - began
    return {
        "per_s": round(len(load.turns) / seconds, 1),
        "ack_ms": spread_ms(load.acks),
        "turn_ms": spread_ms(load.turns),
    }


async def _come_back(screens: list[Screen], port: int, came: list[float]) -> None:
    async def one(screen: Screen) -> None:
        came.append(await screen.come(port))

    await asyncio.gather(*(one(s) for s in screens), return_exceptions=True)
