"""A hundred people in distress write at the same moment: when is each acknowledged, in the record, and told to somebody?"""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from bot.cli.benches.arrivals import let_open
from bot.cli.benches.ground import Ground, SignedIn, signed_in
from bot.cli.benches.watch import spread_ms, used_by
from bot.cli.benches.wire import Wire, connect
from bot.cli.proofs.findings import Bar, Findings
from bot.cli.proofs.sink import Sink, mail_sink
from bot.core.values import LineId, ServiceId
from bot.wiring import Gauge

PATIENTS, QUICK_PATIENTS = 100, 3
CRISIS = "I want to end my life"
HARMLESS = "I had a quiet week and slept well."
WITHIN_S = 60.0
LOOK_S = 0.01
SIGNPOSTED_WITHIN_MS = 1_000.0


@dataclass(eq=False)
class _Caller:
    person: SignedIn
    acked_at: float = 0.0
    answered_at: float = 0.0
    wire: Wire | None = None
    acknowledged: asyncio.Event = field(default_factory=asyncio.Event)
    _ready: asyncio.Event = field(default_factory=asyncio.Event)

    async def arrive(self, port: int) -> None:
        self.wire = await connect(port, self._hear, lambda: None)
        self.wire.send(json.dumps({"type": "hello", "token": self.person.token}).encode())
        await self._ready.wait()

    def say(self, text: str) -> None:
        assert self.wire is not None
        self.wire.send(json.dumps({"type": "say", "id": str(uuid4()), "text": text}).encode())

    def _hear(self, frame: bytes) -> None:
        if frame.startswith(b'{"type":"welcome"'):
            self._ready.set()
        elif frame.startswith(b'{"type":"ack"'):
            self.acked_at = time.perf_counter()
            self.acknowledged.set()
        elif b'"urgent":{' in frame and not self.answered_at:
            self.answered_at = time.perf_counter()


async def bench_alarm(ground: Ground) -> Findings:
    count = QUICK_PATIENTS if ground.quick else PATIENTS
    let_open(count)
    async with mail_sink() as sink:
        more = {"SMTP_URL": f"smtp://127.0.0.1:{sink.port}"}
        async with ground.instance(more) as instance, ground.inside() as (house, gauge, _):
            clinic, people = await signed_in(house, [instance], count)
            callers = [_Caller(p) for p in people]
            async with asyncio.timeout(WITHIN_S):
                await asyncio.gather(*(c.arrive(instance.port) for c in callers))
            first_s = await _first_text(callers[0])
            ground.tell(f"{count} in distress", 0, 1)
            before = await used_by([instance], own_record=ground.own_record)
            began = time.perf_counter()
            for caller in callers:
                caller.say(CRISIS)
            in_record = await _followed(gauge, clinic.id, callers, sink)
            used = (await used_by([instance], own_record=ground.own_record)).since(before)
            for caller in callers:
                if caller.wire is not None:
                    caller.wire.close()
    return _findings(callers, in_record, sink, began, used.each_us(count), first_s, quick=ground.quick)


async def _first_text(caller: _Caller) -> float:
    """A fresh process reads its first free text; the burst comes to one that has read some. Seconds to the ack."""
    began = time.perf_counter()
    caller.say(HARMLESS)
    async with asyncio.timeout(WITHIN_S):
        await caller.acknowledged.wait()
    took, caller.acked_at = caller.acked_at - began, 0.0
    return took


async def _followed(
    gauge: Gauge, service: ServiceId, callers: list[_Caller], sink: Sink
) -> dict[LineId, float]:
    """Look until all is done or it takes too long; when each patient's alert was seen in the record."""
    seen: dict[LineId, float] = {}
    theirs = {c.person.patient for c in callers}
    for _ in range(int(WITHIN_S / LOOK_S)):
        found, now = await gauge.alerted(service) & theirs, time.perf_counter()
        for patient in found:
            seen.setdefault(patient, now)
        if len(seen) == len(callers) == len(sink.first) and all(c.answered_at for c in callers):
            break
        await asyncio.sleep(LOOK_S)
    return seen


def _findings(
    callers: list[_Caller],
    in_record: dict[LineId, float],
    sink: Sink,
    began: float,
    cpu_us: dict[str, float | None],
    first_s: float,
    *,
    quick: bool,
) -> Findings:
    acks = [c.acked_at - began for c in callers if c.acked_at]
    signposted = [c.answered_at - began for c in callers if c.answered_at]
    figures: dict[str, Any] = {
        "patients": len(callers),
        "first_text_of_the_process_ms": round(first_s * 1000, 1),
        "ack_ms": spread_ms(acks),
        "signposted_ms": spread_ms(signposted),
        "alert_in_the_record_ms": spread_ms([at - began for at in in_record.values()]),
        "first_letter_ms": spread_ms([at - began for at in sink.first.values()]),
        "letters": sink.letters,
        "cpu_us": cpu_us,
    }
    count = len(callers)
    bars = [
        Bar("never acknowledged", count - len(acks), 0),
        Bar("never signposted", count - len(signposted), 0),
        Bar("alerts missing in the record", count - len(in_record), 0),
        Bar("alerts without a letter", max(count - len(sink.first), 0), 0),
    ]
    if not quick:
        bars.append(Bar("signposting, p99 in ms", figures["signposted_ms"]["p99"], SIGNPOSTED_WITHIN_MS))
    return Findings("alarm", figures, bars)
