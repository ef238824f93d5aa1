"""Screens that are open and say nothing: what each of them holds."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from bot.cli.benches.arrivals import Screen, let_open, open_all
from bot.cli.benches.ground import Ground, signed_in
from bot.cli.benches.watch import memory_of, used_by
from bot.cli.proofs.findings import Bar, Findings
from bot.cli.proofs.instance import Instance

SOCKETS, QUICK_SOCKETS = (1_000, 10_000), (50,)
PATIENTS, QUICK_PATIENTS = 250, 5
FIRST = 100  # open before anything is measured: the first ones also load what all of them share
AT_ONCE = 50
IDLE_S, QUICK_IDLE_S = 10.0, 1.0
SETTLE_S = 2.0
AT_MOST_KIB, AT_MOST_MIB = 25.0, 1024.0


async def bench_idle(ground: Ground) -> Findings:
    counts = QUICK_SOCKETS if ground.quick else SOCKETS
    patients = QUICK_PATIENTS if ground.quick else PATIENTS
    first = 0 if ground.quick else FIRST
    let_open(max(counts) + first)
    figures: dict[str, Any] = {"patients": patients}
    more = {"LIMITS__SOCKETS_PER_PATIENT": str(max(counts))}
    async with ground.instance(more) as instance, ground.inside() as (house, _, _):
        _, people = await signed_in(house, [instance], patients)
        screens = [Screen(people[n % patients].token) for n in range(max(counts) + first)]
        await open_all(screens[:first], instance.port, AT_ONCE)
        await asyncio.sleep(SETTLE_S)
        before = await memory_of([instance])
        figures["memory_before_mib"] = before
        opened = 0
        for n, count in enumerate(counts):
            ground.tell(f"{count} sockets", n, len(counts))
            await open_all(screens[first + opened : first + count], instance.port, AT_ONCE)
            opened = count
            figures[f"at_{count}"] = await _idle(ground, instance, before, count)
        for screen in screens:
            screen.cut()
    most = figures[f"at_{max(counts)}"]
    refused = sum(s.tries - 1 for s in screens)
    bars = [Bar("sockets that had to come twice", refused, 0)]
    if not ground.quick:
        bars += [
            Bar(f"KiB of each of {max(counts)} idle sockets", most["kib_each"], AT_MOST_KIB),
            Bar("MiB of the server with all of them", most["memory_mib"]["server_pss_mib"], AT_MOST_MIB),
        ]
    return Findings("idle", figures, bars)


async def _idle(
    ground: Ground, instance: Instance, before: dict[str, float | None], count: int
) -> dict[str, Any]:
    await asyncio.sleep(SETTLE_S)
    used, began = await used_by([instance], own_record=ground.own_record), time.monotonic()
    await asyncio.sleep(QUICK_IDLE_S if ground.quick else IDLE_S)
    after = (await used_by([instance], own_record=ground.own_record)).since(used)
    took = time.monotonic() - began
    now = await memory_of([instance])
    return {
        "memory_mib": now,
        "kib_each": kib_each(before, now, count),
        "server_cpu_percent": round(100 * after.server / took, 2),
        "postgresql_cpu_percent": None
        if after.postgresql is None
        else round(100 * after.postgresql / took, 2),
    }


def kib_each(before: dict[str, float | None], now: dict[str, float | None], count: int) -> float:
    """Growth of the server for each socket, by its share of memory where we may see that, else by its resident set."""
    for kind in ("server_pss_mib", "server_rss_mib"):
        then, here = before[kind], now[kind]
        if then is not None and here is not None:
            return round((here - then) * 1024 / count, 1)
    raise AssertionError("a server that runs has a resident set")
