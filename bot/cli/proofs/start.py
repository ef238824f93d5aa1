"""How long it takes to come up, from nothing and again, to go on SIGTERM, and how much memory it holds at rest."""

from __future__ import annotations

import asyncio
import json
import os
import time
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.cli.proofs.findings import Bar, Findings, Task, percentile
from bot.cli.proofs.instance import LOOK_S, ONE_ADDRESS, READY_WITHIN_S, Instance, memory_mib
from bot.core.errors import Misuse

STARTS, QUICK_STARTS = 5, 1
FROM_NOTHING_S, WARM_S, STOP_S = 15.0, 3.0, 10.0
MEMORY_MIB = 350  # with the encoder and all rules of the screen; 300 is what we want
REST_S = 3.0  # until what is loaded after the doors opened is loaded
PAGE = "/urgent"


@dataclass(frozen=True)
class Run:
    """One start and stop. ``passed``: milliseconds to each phase; the server's memory at rest, and its servers'."""

    ready_s: float
    cpu_s: float
    stop_s: float
    code: int
    passed: dict[str, int]
    memory: dict[str, float]


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
    memory = max((run.memory for run in again), key=lambda held: held["server_pss_mib"])
    figures = {
        "from_nothing_s": round(first.ready_s, 2),
        "from_nothing_cpu_s": round(first.cpu_s, 2),
        "from_nothing_ms": first.passed,
        "warm_s": [round(run.ready_s, 2) for run in again],
        "warm_cpu_s": [round(run.cpu_s, 2) for run in again],
        "warm_ms": again[-1].passed,
        "stop_s": [round(run.stop_s, 2) for run in runs],
        "exit_codes": sorted({run.code for run in runs}),
        "memory_from_nothing_mib": first.memory,
        "memory_mib": memory,
        "load_average": [round(n, 1) for n in os.getloadavg()],
    }
    bars = [
        Bar("from nothing, seconds", round(first.ready_s, 2), FROM_NOTHING_S),
        Bar("warm (median), seconds", round(percentile([run.ready_s for run in again], 0.5), 2), WARM_S),
        Bar("memory of the server (PSS), MiB", memory["server_pss_mib"], MEMORY_MIB),
        Bar("stopping, seconds", round(max(run.stop_s for run in runs), 2), STOP_S),
        Bar("exits other than 0", sum(run.code != 0 for run in runs), 0),
        Bar("servers left running", len(instance.postgres() | instance.valkey()), 0),
    ]
    return Findings("start", figures, bars)


async def _there_and_back(instance: Instance) -> Run:
    """By the wall clock, from the command to the first page."""
    began = time.monotonic()
    instance.start()
    await _first_page(instance)
    ready_s, used_s = time.monotonic() - began, instance.cpu_s
    await asyncio.sleep(REST_S)
    memory, passed = _memory(instance), _passed(instance.said())
    stop_s, code = await instance.stop()
    return Run(ready_s, used_s, stop_s, code, passed, memory)


async def _first_page(instance: Instance) -> None:
    until = time.monotonic() + READY_WITHIN_S
    async with aiohttp.ClientSession() as session:
        while time.monotonic() < until and instance.process and instance.process.poll() is None:
            try:
                async with session.get(instance.url + PAGE) as answer:
                    if answer.status == 200 and await answer.read():
                        return
            except (aiohttp.ClientError, OSError):
                pass
            await asyncio.sleep(LOOK_S)
    raise Misuse(f"the instance did not come up:\n{instance.said()[-2000:]}")


def _memory(instance: Instance) -> dict[str, float]:
    """PSS shares what several processes map; RSS is what it would be at most, alone on a machine."""
    held: dict[str, float] = {}
    for name, pids in (
        ("server", {instance.pid}),
        ("postgres", instance.postgres()),
        ("valkey", instance.valkey()),
    ):
        rss, pss = memory_mib(pids)
        held |= {f"{name}_rss_mib": rss, f"{name}_pss_mib": rss if pss is None else pss}
    return held


def _passed(said: str) -> dict[str, int]:
    """From the server's own line about its last start."""
    told: dict[str, int] = {}
    for line in said.splitlines():
        if line.startswith("{"):
            noted: dict[str, Any] = json.loads(line)
            if noted.get("event") == "ready":
                told = {
                    what: int(ms) for what, _, ms in (p.rpartition(" ") for p in noted["kind"].split(", "))
                }
    return told
