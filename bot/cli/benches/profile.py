"""Where the time of one turn goes: the server under Python's own profiler, less what a start and its idling cost."""

from __future__ import annotations

import asyncio
import pstats
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.cli.benches import pace
from bot.cli.benches.ground import Ground, signed_in
from bot.cli.benches.talkers import CheckingIn
from bot.cli.benches.watch import used_by
from bot.cli.proofs.findings import Bar, Findings

PATIENTS, QUICK_PATIENTS = 64, 4
SECONDS, QUICK_SECONDS = 8.0, 1.0

# The first whose words stand in the file's path, or in the name of a function that is not written in Python.
PARTS: Mapping[str, tuple[str, ...]] = {
    "rules": ("bot/core/",),
    "order of things": ("bot/usecases/",),
    "the statement": ("bot/adapters/postgres/",),
    "its driver": ("asyncpg", "sqlalchemy"),
    "seals and fingerprints": ("bot/adapters/vault", "AESGCM", "hmac", "cryptography"),
    "values and JSON": ("pydantic", "json"),
    "hints": ("bot/adapters/bus", "redis"),
    "doors": ("bot/web/",),
    "HTTP and WebSocket": ("aiohttp", "prometheus"),
}
REST = "interpreter and event loop"

Spent = Mapping[tuple[str, int, str], tuple[int, float]]


async def bench_profile(ground: Ground) -> Findings:
    """Shares and calls are the figures: under the profiler everything takes about twice as long."""
    count = QUICK_PATIENTS if ground.quick else PATIENTS
    ground.tell("a start, and nobody talks", 0, 2)
    idle: Spent = {} if ground.quick else (await _profiled(ground, 0))[0]
    ground.tell(f"{count} patients", 1, 2)
    busy, turns = await _profiled(ground, count)
    spent = less(busy, idle)
    seconds = sum(s for _, s in spent.values())
    figures: dict[str, Any] = {
        "turns": turns,
        "calls_a_turn": round(sum(n for n, _ in spent.values()) / max(turns, 1)),
        "share_percent": {
            part: round(100 * s / seconds, 1) for part, s in by_part(spent).most_common() if seconds
        },
    }
    return Findings("profile", figures, [Bar("turns under the profiler", turns, least=1)])


async def _profiled(ground: Ground, patients: int) -> tuple[Spent, int]:
    """What the server spent in its own functions, from its start to its end; and how many turns it carried out."""
    noted = ground.folder / f"{patients}.profile"
    turns = 0
    async with ground.instance(profile=noted) as instance:
        async with ground.inside() as (house, _, _):
            people = (await signed_in(house, [instance], max(patients, 1)))[1][:patients]
        seconds = QUICK_SECONDS if ground.quick else SECONDS
        if patients:
            talkers = [CheckingIn(p.token, n) for n, p in enumerate(people)]

            async def used() -> Any:
                return await used_by([instance], own_record=ground.own_record)

            turns = (await pace.run(talkers, instance.port, seconds, used)).acknowledged
        else:
            await asyncio.sleep(seconds)
        await instance.stop()
    return spent_in(noted), turns


def spent_in(noted: Path) -> Spent:
    """Calls, and seconds in the function itself, by (file, line, name)."""
    stats = pstats.Stats(str(noted)).stats  # type: ignore[attr-defined]
    return {where: (calls, own_s) for where, (_, calls, own_s, _, _) in stats.items()}


def less(busy: Spent, idle: Spent) -> Spent:
    found = {}
    for where, (calls, seconds) in busy.items():
        calls_before, seconds_before = idle.get(where, (0, 0.0))
        found[where] = max(calls - calls_before, 0), max(seconds - seconds_before, 0.0)
    return found


def by_part(spent: Spent) -> Counter[str]:
    found: Counter[str] = Counter()
    for (file, _, name), (_, seconds) in spent.items():
        found[part_of(file, name)] += seconds  # type: ignore[assignment]
    return found


def part_of(file: str, name: str) -> str:
    """Waiting for events is nobody's work, and is not counted by the profiler: uvloop is not written in Python."""
    where = name if file == "~" else file.replace("\\", "/")
    return next((part for part, words in PARTS.items() if any(word in where for word in words)), REST)
