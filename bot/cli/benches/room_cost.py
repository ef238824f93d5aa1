"""What one post costs a room's own Line, by how many are in the room: its rules, its state as JSON, its row in the log."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from bot.cli.benches.peers import open_another
from bot.cli.benches.watch import Kinds, cpu_by_kind, spread_ms
from bot.cli.proofs.findings import percentile
from bot.core.errors import Misuse
from bot.core.facts import PostPlaced
from bot.core.inputs import Place
from bot.core.pen import Moment
from bot.core.room import Room
from bot.core.room.deciding import decide_room
from bot.core.rows import rows_of
from bot.core.service import Service
from bot.core.values import LineId, WordId
from bot.usecases.change import hand_in
from bot.usecases.house import House
from bot.usecases.room_turns import standing_of
from bot.wiring import Gauge

TRIES = 20


@dataclass(eq=False)
class _Measured:
    room: LineId
    author: LineId
    took: list[float] = field(default_factory=list)
    wal: list[float] = field(default_factory=list)
    own_s: float = 0.0
    postgresql_s: float | None = None
    row: tuple[int, int] = (0, 0)
    parts: dict[str, float] = field(default_factory=dict)

    def figures(self) -> dict[str, Any]:
        own = max(len(self.took), 1)
        return {
            "wall_ms": spread_ms(self.took),
            "cpu_us": {
                "server": round(self.own_s * 1e6 / own, 1),
                "postgresql": None if self.postgresql_s is None else round(self.postgresql_s * 1e6 / own, 1),
            },
            "wal_bytes": round(percentile(self.wal, 0.5)),
            "row_bytes": self.row[0],
            "state_bytes": self.row[1],
            "parts_us": {name: round(s * 1e6, 1) for name, s in self.parts.items()},
        }


async def cost_of_a_post(
    house: House, gauge: Gauge, service: Service, sizes: Sequence[int], posts: int, kinds: Callable[[], Kinds]
) -> dict[str, Any]:
    """``posts`` in each room, by turns in small lots, after as many as a room keeps in its state at most."""
    rooms = {}
    for size in sizes:
        people = [LineId(house.ids.new()) for _ in range(size)]
        room = await open_another(house, service, f"of-{size}", people)
        rooms[size] = _Measured(room, people[0])
        for _ in range(posts):
            await _post(house, service, rooms[size])
    lot = max(posts // 5, 1)
    for _ in range(0, posts, lot):
        for one in rooms.values():
            await _lot(house, gauge, service, one, lot, kinds)
    for one in rooms.values():
        one.row = await gauge.row_bytes(service.id, one.room)
        one.parts = _parts(house, service, one)
        one.parts["state from the record, where another process posted last"] = await _read(
            house, service, one
        )
    return {f"at_{size}": one.figures() for size, one in rooms.items()}


async def _lot(
    house: House, gauge: Gauge, service: Service, one: _Measured, posts: int, kinds: Callable[[], Kinds]
) -> None:
    before = cpu_by_kind(kinds())
    own = time.process_time()
    for _ in range(posts):
        wal, began = await gauge.wal_bytes(), time.perf_counter()
        await _post(house, service, one)
        one.took.append(time.perf_counter() - began)
        one.wal.append(await gauge.wal_bytes() - wal)
    one.own_s += time.process_time() - own
    after = cpu_by_kind(kinds())
    if "postgresql" in after:
        one.postgresql_s = (one.postgresql_s or 0.0) + after["postgresql"] - before["postgresql"]


async def _post(house: House, service: Service, one: _Measured) -> None:
    changed = await hand_in(house, service.id, one.room, _place(house, one.author))
    if not any(isinstance(fact, PostPlaced) for fact in changed.facts):
        raise Misuse("a post was not placed: the rules of groups keep the bench from writing")


def _place(house: House, author: LineId) -> Place:
    return Place(
        post=UUID(int=house.ids.new().int), author=author, word=WordId(house.ids.new()), verdict="pass"
    )


def _parts(house: House, service: Service, one: _Measured) -> dict[str, float]:
    """Seconds of what is done with each post in this process, beside the record."""
    hot = house.hot.get((service.id, one.room))
    if hot is None or not isinstance(hot.state, Room):
        return {}
    state, place = hot.state, _place(house, one.author)
    moment = Moment(
        line=one.room,
        turn=house.ids.new(),
        now=house.clock.now(),
        service=service,
        library=house.shelf.library,
        libraries={},
        overtaken=house.shelf.overtaken,
        words={},
    )
    turn = decide_room(state, place, moment)
    after = turn.state
    assert isinstance(after, Room)
    return {
        "rules": _least(lambda: decide_room(state, place, moment)),
        "rows": _least(lambda: rows_of(one.room, turn.steps, moment.now)),
        "state to JSON": _least(after.json_without_members),
    }


async def _read(house: House, service: Service, one: _Measured) -> float:
    took = []
    for _ in range(TRIES):
        began = time.perf_counter()
        await standing_of(house, service.id, one.room)
        took.append(time.perf_counter() - began)
    return percentile(took, 0.5)


def _least(what: Callable[[], object]) -> float:
    took = []
    for _ in range(TRIES):
        began = time.perf_counter()
        what()
        took.append(time.perf_counter() - began)
    return percentile(took, 0.5)
