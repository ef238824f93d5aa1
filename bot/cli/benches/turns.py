"""Patients who check in over the WebSocket, at 1 to 256 at once, beside the limits of the machine."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from typing import Any

from bot.cli.benches import limits, pace
from bot.cli.benches.commits import commit_at, make_turns
from bot.cli.benches.ground import Ground, SignedIn, signed_in
from bot.cli.benches.slow_disk import SYNC_MS, slow_disk
from bot.cli.benches.talkers import CheckingIn
from bot.cli.benches.watch import REPORTED_AFTER_S, Used, memory_of, used_by
from bot.cli.proofs.findings import Bar, Findings
from bot.cli.proofs.instance import Instance
from bot.core.values import ServiceId
from bot.usecases.house import House
from bot.wiring import Gauge

PATIENTS, QUICK_PATIENTS = (1, 8, 32, 256), (2,)
SECONDS, QUICK_SECONDS = 8.0, 1.0
ECHO_SECONDS = 3.0
COMMITS, QUICK_COMMITS = 200, 40
TURNS_EACH, QUICK_TURNS_EACH = {1: 400, 8: 150, 32: 100, 256: 25}, {2: 20}
AT_LEAST_BY_SEPARATE, AT_MOST_BY_A_ROW, AT_MOST_CPU_US, AT_LEAST_PER_S = 3.0, 2.0, 200.0, 3000.0


async def bench_turns(ground: Ground) -> Findings:
    counts = QUICK_PATIENTS if ground.quick else PATIENTS
    figures: dict[str, Any] = {}
    async with (
        ground.instance() as instance,
        ground.inside() as (house, gauge, _),
        limits.echoing() as (echo_port, echo_pid),
    ):
        ground.tell("patients join", 0, len(counts))
        clinic, people = await signed_in(house, [instance], max(counts))
        service = clinic.id
        figures["memory_at_rest_mib"] = await memory_of([instance])
        patients = [CheckingIn(p.token, n) for n, p in enumerate(people)]
        for n, count in enumerate(counts):
            ground.tell(f"{count} patients", n, len(counts))
            turns = await _turns(ground, instance, gauge, patients[:count])
            seconds = min(ECHO_SECONDS, turns.pop("seconds"))
            echo = await limits.echo_at(echo_port, echo_pid, count, seconds)
            figures[f"at_{count}"] = {"turns": turns, "echo": echo} | await _least(ground, gauge, service)
        if ground.own_record and not ground.quick:
            ground.tell("one patient, on a slow disk", len(counts), len(counts) + 1)
            async with slow_disk(ground, gauge):
                alone = await _turns(ground, instance, gauge, patients[:1])
                figures["at_1_on_a_slow_disk"] = {"turns": alone} | await _least(ground, gauge, service)
        for count, commits in (await _commits(ground, instance, house, gauge, service, counts)).items():
            figures[f"at_{count}"]["commits"] = commits
        figures["memory_after_mib"] = await memory_of([instance])
        unlike = await _differing(gauge, service, people, patients)
    figures["load_average"] = [round(n, 1) for n in os.getloadavg()]
    return Findings("turns", figures, _bars(figures, counts, unlike, quick=ground.quick))


async def _commits(
    ground: Ground,
    instance: Instance,
    house: House,
    gauge: Gauge,
    service: ServiceId,
    counts: tuple[int, ...],
) -> dict[int, dict[str, Any]]:
    """The same turns at the record alone: written together, and each in a transaction of its own."""
    each = QUICK_TURNS_EACH if ground.quick else TURNS_EACH
    patients = [i.patient for i in (await signed_in(house, [instance], max(counts)))[1]]
    wanted = {p: sum(2 * each[c] for c in counts if n < c) for n, p in enumerate(patients)}
    turns = await make_turns(house, service, wanted)

    async def used() -> Used:
        return await used_by([instance], own_record=ground.own_record)

    found: dict[int, dict[str, Any]] = {}
    for count in counts:
        ground.tell(f"{count} at the record alone", counts.index(count), len(counts))
        ways = {"together": house.writer.commit, "a transaction each": gauge.commit_separately}
        found[count] = {
            name: await commit_at(patients[:count], turns, each[count], service, commit, used)
            for name, commit in ways.items()
        }
    return found


async def _turns(
    ground: Ground, instance: Instance, gauge: Gauge, patients: list[CheckingIn]
) -> dict[str, Any]:
    async def used() -> Used:
        return await used_by([instance], own_record=ground.own_record)

    seconds = QUICK_SECONDS if ground.quick else SECONDS
    syncs = await gauge.wal_syncs()
    ran = await pace.run(patients, instance.port, seconds, used)
    if not ground.quick:
        await asyncio.sleep(REPORTED_AFTER_S)
    synced = (await gauge.wal_syncs() - syncs) / max(ran.acknowledged, 1)
    return ran.figures() | {"wal_syncs_an_ack": round(synced, 3), "seconds": seconds}


async def _least(ground: Ground, gauge: Gauge, service: ServiceId) -> dict[str, Any]:
    """What the disk and the record need for the least there is, at this moment."""
    commits = QUICK_COMMITS if ground.quick else COMMITS
    return {
        "fdatasync_ms": await limits.disk(ground.data, commits),
        "one_row_commit_ms": await limits.one_row(gauge, service, commits),
    }


async def _differing(
    gauge: Gauge, service: ServiceId, people: list[SignedIn], patients: list[CheckingIn]
) -> int:
    """Acknowledgements without a message in the record, and messages in it without an acknowledgement."""
    heard = await gauge.messages_heard(service)
    return differing(
        Counter({p.patient: c.acknowledged for p, c in zip(people, patients, strict=True)}),
        Counter({p.patient: heard.get(p.patient, 0) for p in people}),
    )


def differing(acknowledged: Counter[Any], stored: Counter[Any]) -> int:
    """How many more or fewer, over all patients: one's loss is not made up by another's double."""
    return sum(abs(acknowledged[who] - stored[who]) for who in acknowledged | stored)


def _bars(figures: dict[str, Any], counts: tuple[int, ...], not_stored: int, *, quick: bool) -> list[Bar]:
    still = sum(figures[f"at_{c}"]["turns"]["turns"] == 0 for c in counts)
    silent = sum(figures[f"at_{c}"]["turns"]["silent"] for c in counts)
    bars = [
        Bar("acknowledged but not in the record, or the reverse", not_stored, 0),
        Bar("loads without one turn", still, 0),
        Bar("messages that never got their answer", silent, 0),
    ]
    if quick:
        return bars
    most = figures[f"at_{max(counts)}"]["turns"]
    # Beside a quick disk's sync nothing is quick: the bar is for one that takes as long as an ordinary one's.
    slow = figures.get("at_1_on_a_slow_disk")
    alone = slow or figures["at_1"]
    by_a_row = alone["turns"]["ack_ms"]["p50"] / alone["one_row_commit_ms"]["p50"]
    at_32 = figures["at_32"]["commits"]
    by_separate = at_32["together"]["per_s"] / at_32["a transaction each"]["per_s"]
    return [
        *bars,
        Bar("turns together ÷ a transaction each, at 32", round(by_separate, 2), least=AT_LEAST_BY_SEPARATE),
        Bar(
            "acknowledgement alone ÷ one row committed" + (f", syncs of {SYNC_MS} ms" if slow else ""),
            round(by_a_row, 2),
            AT_MOST_BY_A_ROW,
        ),
        Bar("server CPU of a turn at 256, µs", most["cpu_us"]["server"], AT_MOST_CPU_US),
        Bar("turns a second at 256", most["per_s"], least=AT_LEAST_PER_S),
    ]
