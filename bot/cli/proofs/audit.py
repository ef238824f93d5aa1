"""Rows of who looked, changed by hand: each change must be named, and nothing else (P12)."""

from __future__ import annotations

import random
import time
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.cli.proofs.clinic import own_settings
from bot.cli.proofs.findings import Bar, Findings, Task
from bot.core.values import LineId, ServiceId
from bot.usecases.auditing import Head, verified
from bot.usecases.house import House
from bot.wiring import Gauge, open_gauge, open_house, servers

CHAINS, LOOKS, QUICK_CHAINS, QUICK_LOOKS = 60, 40, 4, 6
EDITS, QUICK_EDITS = 30, 3
COLUMNS: dict[str, object] = {
    "who": "staff:somebody else",
    "what": "nothing",
    "about": "nobody",
    "at": datetime(2020, 1, 1, tzinfo=UTC),
    "hash": b"x" * 32,
    "prev_hash": b"x" * 32,
}


@dataclass
class _Ground:
    house: House
    gauge: Gauge
    service: ServiceId
    chains: list[LineId]
    looks: int
    heads: dict[LineId, Head]

    async def named(self, *, with_heads: bool = False) -> set[LineId]:
        """The chains that the verifier calls broken or shortened."""
        found = await verified(self.house, self.service, self.heads if with_heads else {})
        return {*found.broken, *found.shortened}


async def prove_audit(task: Task) -> Findings:
    settings, chance = own_settings(), random.Random(12)  # noqa: S311
    async with (
        servers(settings, task.data) as urls,
        open_house(settings, task.data, urls) as house,
        open_gauge(urls.database, 1) as gauge,
    ):
        ground = await _looked_at(task, house, gauge)
        began = time.monotonic()
        untouched = await ground.named(with_heads=True)
        verifying_s = time.monotonic() - began
        tried, named, wrongly = await _meddled(task, ground, chance)
    rows = len(ground.chains) * ground.looks
    return Findings(
        "audit",
        {
            "chains": len(ground.chains),
            "rows": rows,
            "changes_tried": dict(tried),
            "changes_named": dict(named),
            "rows_verified_a_second": round(rows / verifying_s),
        },
        [
            Bar("untouched chains called broken", len(untouched), most=0),
            Bar("changes that were not named", sum((tried - named).values()), most=0),
            Bar("other chains named beside them", wrongly, most=0),
        ],
    )


async def _looked_at(task: Task, house: House, gauge: Gauge) -> _Ground:
    service = ServiceId(house.ids.new())
    count, looks = (QUICK_CHAINS, QUICK_LOOKS) if task.quick else (CHAINS, LOOKS)
    chains = [LineId(house.ids.new()) for _ in range(count)]
    for done, chain in enumerate(chains):
        task.tell("looks", done, count)
        for n in range(looks):
            who, now = f"staff:{house.ids.new()}", house.clock.now()
            await house.record.audit.note(service, chain, who, "patient.open", str(n), now)
    heads = (await verified(house, service, {})).heads
    return _Ground(house, gauge, service, chains, looks, heads)


async def _meddled(
    task: Task, ground: _Ground, chance: random.Random
) -> tuple[Counter[str], Counter[str], int]:
    """Each change by itself, and put back: how many were tried and named by kind, and how often another chain was."""
    tried: Counter[str] = Counter()
    named: Counter[str] = Counter()
    wrongly, each = 0, QUICK_EDITS if task.quick else EDITS
    kinds = [*COLUMNS, "taken out", "cut off at the end"]
    for done, kind in enumerate(kind for kind in kinds for _ in range(each)):
        task.tell("changes", done, len(kinds) * each)
        chain = chance.choice(ground.chains)
        found = await _changed(ground, chain, kind, chance)
        tried[kind] += 1
        named[kind] += chain in found
        wrongly += len(found - {chain})
    return tried, named, wrongly


async def _changed(ground: _Ground, chain: LineId, kind: str, chance: random.Random) -> set[LineId]:
    service, gauge = ground.service, ground.gauge
    if kind in COLUMNS:
        n = chance.randint(1, ground.looks)
        before: Any = await gauge.edit_look(service, chain, n, kind, COLUMNS[kind])
        found = await ground.named()
        await gauge.edit_look(service, chain, n, kind, before)
        return found
    at_the_end = kind == "cut off at the end"
    row = await gauge.take_look_out(
        service, chain, ground.looks if at_the_end else chance.randrange(1, ground.looks)
    )
    found = await ground.named(with_heads=at_the_end)
    await gauge.put_look_back(row)
    return found
