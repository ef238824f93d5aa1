"""What the record alone carries: turns written together, and each in a transaction of its own, at the same number at once.

The turns are real ones: the rules make them from a patient's answers, all before the clock starts, and no row is
written until then.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import UUID

from bot.cli.benches.watch import Used, spread_ms
from bot.core.errors import Misuse
from bot.core.shown import Shown
from bot.core.values import LineId, ServiceId
from bot.ports import Entry, Lines
from bot.usecases import turn
from bot.usecases.conversation import messages_since
from bot.usecases.house import House
from bot.usecases.writer import Writer

WORRIES = "phq9.9"

Commit = Callable[[ServiceId, Entry], Awaitable[bool]]
Turns = dict[LineId, deque[Entry]]


@dataclass
class _Drawer:
    """Takes turns as a record would, and keeps them to itself."""

    entries: list[Entry] = field(default_factory=list)

    async def commit(self, service: ServiceId, entries: Sequence[Entry]) -> frozenset[int]:
        self.entries += entries
        return frozenset(range(len(entries)))


async def make_turns(house: House, service: ServiceId, wanted: dict[LineId, int]) -> Turns:
    """So many turns of check-ins for each patient, one after the other, and none of them in the record yet."""
    made: Turns = {}
    drawer, writer = _Drawer(), house.writer
    house.writer = Writer(cast(Lines, drawer))
    try:
        for patient, count in wanted.items():
            drawer.entries.clear()
            await _check_in(house, service, patient, count)
            made[patient] = deque(drawer.entries[:count])
            house.hot.forget((service, patient))
    finally:
        house.writer = writer
    return made


async def _check_in(house: House, service: ServiceId, patient: LineId, count: int) -> None:
    shown = [m.shown for m in await messages_since(house, service, patient, 0) if m.sender == "bot"]
    screen = next(s for s in reversed(shown) if s.choices)
    for n in range(count):
        said = turn.Inbound(service, patient, UUID(int=n, version=4), **_answer_to(screen, n))
        changed = await turn.hear(house, said)
        screen = next(m.shown for m in reversed(changed.messages) if m.sender == "bot" and m.shown.choices)


GOES_ON = ("send", "daily.done", "no", "resume", "menu:again", "menu:check_in")


def _answer_to(screen: Shown, n: int) -> dict[str, Any]:
    keys = {c.id.partition(".")[2]: c.id for c in screen.choices}
    if screen.question is not None and screen.question.kind != "text":
        question = screen.question
        offered = [option.value for option in question.options] or [int(question.min or 0)]
        return {"item": question.item, "value": offered[0 if question.item == WORRIES else n % len(offered)]}
    return {"choice": next(keys[k] for k in GOES_ON if k in keys)}


async def commit_at(
    patients: Collection[LineId],
    turns: Turns,
    each: int,
    service: ServiceId,
    commit: Commit,
    used: Callable[[], Awaitable[Used]],
) -> dict[str, Any]:
    """All these patients at once; each commits so many turns, one after the other. Misuse where one is lost."""
    took: list[float] = []

    async def one(patient: LineId) -> None:
        for _ in range(each):
            entry = turns[patient].popleft()
            began = time.perf_counter()
            if not await commit(service, entry):
                raise Misuse("the record did not take a turn that stood at the right version")
            took.append(time.perf_counter() - began)

    before, began = await used(), time.monotonic()
    async with asyncio.TaskGroup() as tasks:
        for patient in patients:
            tasks.create_task(one(patient))
    seconds, after = time.monotonic() - began, await used()
    cpu = after.since(before).each_us(len(took))
    return {
        "per_s": round(len(took) / seconds, 1),
        "turns": len(took),
        "commit_ms": spread_ms(took),
        "cpu_us": {"writer": cpu["generator"], "postgresql": cpu["postgresql"]},
    }
