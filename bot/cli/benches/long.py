"""A conversation that goes on and on: is the thousandth message as cheap as the tenth?"""

from __future__ import annotations

import asyncio
from typing import Any

from bot.cli.benches import pace
from bot.cli.benches.ground import Ground, SignedIn, signed_in
from bot.cli.benches.talkers import CheckingIn, Load
from bot.cli.benches.watch import spread_ms, used_by
from bot.cli.proofs.findings import Bar, Findings, percentile
from bot.cli.proofs.instance import Instance
from bot.core.errors import Misuse
from bot.core.values import ServiceId
from bot.wiring import Gauge

PATIENTS, QUICK_PATIENTS = 8, 2
EARLY, LATE, WIDE = 10, 1000, 100
QUICK_LATE, QUICK_WIDE = 30, 10
AT_MOST_TIMES = 1.2
LOOK_S = 0.01
TALKED_WITHIN_S = 600.0


async def bench_long(ground: Ground) -> Findings:
    count = QUICK_PATIENTS if ground.quick else PATIENTS
    late, wide = (QUICK_LATE, QUICK_WIDE) if ground.quick else (LATE, WIDE)
    async with ground.instance() as instance, ground.inside() as (house, gauge, _):
        clinic, people = await signed_in(house, [instance], 2 * count)
        warm, talkers = (
            [CheckingIn(p.token, n) for n, p in enumerate(some, first)]
            for first, some in ((0, people[count:]), (count, people[:count]))
        )
        ground.tell("others warm it up", 0, 3)
        await _talk(instance, warm, late // 4)
        watched = _Watched(ground, instance, gauge, clinic.id, people[:count])
        ground.tell(f"message {EARLY}", 1, 3)
        await _talk(instance, talkers, EARLY)
        early = await watched.talk(talkers, EARLY + wide)
        ground.tell(f"message {late}", 2, 3)
        await _talk(instance, talkers, late)
        far = await watched.talk(talkers, late + wide)
        for talker in (*warm, *talkers):
            talker.leave()
    times = {
        "turn p50": round(far["turn_ms"]["p50"] / early["turn_ms"]["p50"], 2),
        "server CPU": round(far["cpu_us"]["server"] / max(early["cpu_us"]["server"], 1.0), 2),
        "bytes of state": round(far["state_bytes"] / early["state_bytes"], 2),
    }
    figures = {"patients": count, f"at_message_{EARLY}": early, f"at_message_{late}": far, "times": times}
    bars = [Bar("turns that were not timed", 2 * count * wide - early["turns"] - far["turns"], 0)]
    if not ground.quick:
        bars += [
            Bar(f"message {late} ÷ message {EARLY}, {what}", times[what], AT_MOST_TIMES)
            for what in ("turn p50", "server CPU")
        ]
    return Findings("long", figures, bars)


class _Watched:
    def __init__(
        self, ground: Ground, instance: Instance, gauge: Gauge, service: ServiceId, people: list[SignedIn]
    ) -> None:
        self._ground, self._instance, self._gauge = ground, instance, gauge
        self._service, self._people = service, people

    async def talk(self, talkers: list[CheckingIn], rests_at: int) -> dict[str, Any]:
        load = talkers[0].load
        load.acks.clear()
        load.turns.clear()
        before = await used_by([self._instance], own_record=self._ground.own_record)
        load.counting = True
        await _talk(self._instance, talkers, rests_at)
        load.counting = False
        after = await used_by([self._instance], own_record=self._ground.own_record)
        rows = [await self._gauge.row_bytes(self._service, p.patient) for p in self._people]
        return {
            "ack_ms": spread_ms(load.acks),
            "turn_ms": spread_ms(load.turns),
            "turns": len(load.turns),
            "cpu_us": after.since(before).each_us(len(load.turns)),
            "row_bytes": percentile([float(stored) for stored, _ in rows], 0.5),
            "state_bytes": percentile([float(state) for _, state in rows], 0.5),
        }


async def _talk(instance: Instance, talkers: list[CheckingIn], rests_at: int) -> None:
    """Until each of them has had so many answers. Misuse where one falls silent."""
    if talkers[0].wire is None:
        load = Load()
        for talker in talkers:
            talker.rests_at = rests_at
        await pace.arrive(talkers, instance.port, load)
    else:
        for talker in talkers:
            talker.goes_on(rests_at)
    for _ in range(int(TALKED_WITHIN_S / LOOK_S)):
        if all(t.acknowledged >= rests_at and t.quiet for t in talkers):
            return
        await asyncio.sleep(LOOK_S)
    raise Misuse("a patient got no answer any more")
