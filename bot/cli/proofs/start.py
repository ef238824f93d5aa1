"""How long it takes to come up, from nothing and again, and to go on SIGTERM."""

from __future__ import annotations

import asyncio
import os
import time

from bot.cli.proofs.findings import Bar, Findings, Task, percentile
from bot.cli.proofs.instance import ONE_ADDRESS, Instance

STARTS, QUICK_STARTS = 5, 1
FROM_NOTHING_S, WARM_S, STOP_S = 15.0, 3.0, 10.0


async def prove_start(task: Task) -> Findings:
    starts = QUICK_STARTS if task.quick else STARTS
    instance = Instance(task.data, environment=ONE_ADDRESS)
    try:
        task.tell("from nothing", 0, starts + 1)
        runs = [await _there_and_back(instance)]
        for n in range(starts):
            task.tell("again", n + 1, starts + 1)
            runs.append(await _there_and_back(instance))
    finally:
        await asyncio.to_thread(instance.clear)
    first, again = runs[0], runs[1:]
    warm_s, stop_s = percentile([r[0] for r in again], 0.5), max(r[2] for r in runs)
    figures = {
        "from_nothing_s": round(first[0], 2),
        "from_nothing_cpu_s": round(first[1], 2),
        "warm_s": [round(r[0], 2) for r in again],
        "warm_cpu_s": [round(r[1], 2) for r in again],
        "stop_s": [round(r[2], 2) for r in runs],
        "exit_codes": sorted({r[3] for r in runs}),
        "load_average": [round(n, 1) for n in os.getloadavg()],
    }
    bars = [
        Bar("from nothing, seconds", round(first[0], 2), FROM_NOTHING_S),
        Bar("warm (median), seconds", round(warm_s, 2), WARM_S),
        Bar("stopping, seconds", round(stop_s, 2), STOP_S),
        Bar("exits other than 0", sum(r[3] != 0 for r in runs), 0),
        Bar("servers left running", len(instance.postgres() | instance.valkey()), 0),
    ]
    return Findings("start", figures, bars)


async def _there_and_back(instance: Instance) -> tuple[float, float, float, int]:
    """Seconds to ready, CPU seconds for it, seconds to stop, exit code."""
    began = time.monotonic()
    instance.start()
    await instance.ready()
    ready_s, used_s = time.monotonic() - began, instance.cpu_s
    stop_s, code = await instance.stop()
    return ready_s, used_s, stop_s, code
