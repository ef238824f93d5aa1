"""Posts in peer groups reach every member, over two web processes that share one record and one bus."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Any
from uuid import uuid4

from bot.cli.benches.arrivals import let_open
from bot.cli.benches.ground import Ground, SignedIn, signed_in
from bot.cli.benches.watch import memory_of, spread_ms, used_by
from bot.cli.benches.wire import Wire, connect
from bot.cli.proofs.clinic import SLUG
from bot.cli.proofs.findings import Bar, Findings
from bot.cli.proofs.instance import ONE_ADDRESS, Instance
from bot.cli.visiting import PastClock, Visitor
from bot.core.errors import Misuse
from bot.core.service import Service
from bot.core.values import LineId
from bot.usecases.house import House

ROOMS, QUICK_ROOMS = 20, 1
MEMBERS, QUICK_MEMBERS = 20, 4
SECONDS, QUICK_SECONDS = 10.0, 1.0
PAUSE_S = 0.5  # between two posts of one room
ARRIVED_WITHIN_S, LOOK_S = 20.0, 0.01
GROUP = "copd"
JOINING_AT_ONCE = 8
_TEXT = re.compile(rb'"text":"Post (\d+) of the bench')


@dataclass
class _Posts:
    """When each post was acknowledged, and when it arrived where."""

    number: dict[str, int] = field(default_factory=dict)
    sent: dict[int, float] = field(default_factory=dict)
    acked: dict[int, float] = field(default_factory=dict)
    arrived: dict[int, list[float]] = field(default_factory=dict)
    wanted: dict[int, int] = field(default_factory=dict)

    def missing(self) -> int:
        """Arrivals that are not there, or are there more than once."""
        return sum(abs(members - len(self.arrived.get(n, ()))) for n, members in self.wanted.items())

    def waits(self) -> list[float]:
        """Seconds from each acknowledgement to each arrival; one that came first waited for nothing."""
        return [max(at - acked, 0.0) for n, acked in self.acked.items() for at in self.arrived.get(n, ())]


@dataclass(eq=False)
class _Member:
    person: SignedIn
    room: LineId
    posts: _Posts
    wire: Wire | None = None
    _ready: asyncio.Event = field(default_factory=asyncio.Event)

    async def arrive(self, port: int) -> None:
        self.wire = await connect(port, self._hear, lambda: None)
        self.wire.send(json.dumps({"type": "hello", "token": self.person.token}).encode())
        await self._ready.wait()

    def post(self, n: int, members: int) -> None:
        assert self.wire is not None
        client_id = str(uuid4())
        self.posts.number[client_id] = n
        self.posts.wanted[n] = members
        self.posts.sent[n] = time.perf_counter()
        frame = {"type": "post", "id": client_id, "group": str(self.room), "text": f"Post {n} of the bench"}
        self.wire.send(json.dumps(frame).encode())

    def _hear(self, frame: bytes) -> None:
        if frame.startswith(b'{"type":"ack"'):
            n = self.posts.number.get(json.loads(frame)["id"])
            if n is not None:
                self.posts.acked[n] = time.perf_counter()
        elif frame.startswith(b'{"type":"welcome"'):
            self._ready.set()
        elif found := _TEXT.search(frame):
            self.posts.arrived.setdefault(int(found[1]), []).append(time.perf_counter())


async def bench_rooms(ground: Ground) -> Findings:
    rooms, each = (QUICK_ROOMS, QUICK_MEMBERS) if ground.quick else (ROOMS, MEMBERS)
    let_open(rooms * each)
    posts = _Posts()
    async with _two_and_a_worker(ground) as processes, ground.inside() as (house, _, _):
        ground.tell("members join", 0, 2)
        webs = processes[:2]
        by_room = await _members(house, webs, rooms, each, posts)
        members = [member for room in by_room for member in room]
        # Only now: members were let in by this process, which listens to no hints of another.
        processes[-1].start()
        async with asyncio.timeout(ARRIVED_WITHIN_S):
            await asyncio.gather(*(m.arrive(webs[n % 2].port) for n, m in enumerate(members)))
        ground.tell("posts", 1, 2)
        before = await used_by(processes, own_record=ground.own_record)
        seconds = await _post(by_room, QUICK_SECONDS if ground.quick else SECONDS)
        used = (await used_by(processes, own_record=ground.own_record)).since(before)
        memory = await memory_of(processes)
        for member in members:
            if member.wire is not None:
                member.wire.close()
    return _findings(posts, each, seconds, used.each_us(len(posts.wanted)), memory)


@asynccontextmanager
async def _two_and_a_worker(ground: Ground) -> AsyncIterator[list[Instance]]:
    async with AsyncExitStack() as stack:
        found = [await stack.enter_async_context(ground.instance(verb="web")) for _ in range(2)]
        worker = Instance(ground.data, environment=ONE_ADDRESS | ground.environment, verb="work")
        stack.callback(worker.end)
        yield [*found, worker]


async def _members(
    house: House, webs: list[Instance], rooms: int, each: int, posts: _Posts
) -> list[list[_Member]]:
    """Each room is another service's, and its first member the one who posts."""
    found = []
    hands = asyncio.Semaphore(JOINING_AT_ONCE)

    async def one(service: Service, n: int, person: SignedIn) -> _Member:
        async with hands:
            await _join(house, service, person, n)
            return _Member(person, service.rooms[GROUP], posts)

    for room in range(rooms):
        service, people = await signed_in(house, webs, each, f"{SLUG}-{room}")
        found.append(list(await asyncio.gather(*(one(service, n, p) for n, p in enumerate(people)))))
    return found


async def _join(house: House, service: Service, person: SignedIn, n: int) -> None:
    """The first member's first post waits for a host; those that follow do not."""
    visitor = Visitor(house, PastClock(datetime.now(UTC)), service, person.patient, Random(n))  # noqa: S311
    await visitor.looks()
    if not await visitor.joins(GROUP, f"Robin {n}"):
        raise Misuse("a patient could not join a room")
    if n == 0:
        await visitor.posts(GROUP, "Hello from me.")


async def _post(rooms: list[list[_Member]], seconds: float) -> float:
    """Each room in turn, so that posts are spread over time; then wait for what is under way. Seconds of posting."""
    posts, began, n = rooms[0][0].posts, time.monotonic(), 0
    while time.monotonic() - began < seconds:
        members = rooms[n % len(rooms)]
        members[0].post(n, len(members))
        n += 1
        await asyncio.sleep(PAUSE_S / len(rooms))
    took = time.monotonic() - began
    for _ in range(int(ARRIVED_WITHIN_S / LOOK_S)):
        if not posts.missing() and len(posts.acked) == len(posts.wanted):
            break
        await asyncio.sleep(LOOK_S)
    return took


def _findings(
    posts: _Posts,
    each: int,
    seconds: float,
    cpu_us: dict[str, float | None],
    memory: dict[str, float | None],
) -> Findings:
    waits = posts.waits()
    figures: dict[str, Any] = {
        "posts": len(posts.wanted),
        "members_of_a_room": each,
        "per_s": round(len(posts.acked) / seconds, 1),
        "arrivals_per_s": round(len(waits) / seconds, 1),
        "ack_ms": spread_ms([posts.acked[n] - posts.sent[n] for n in posts.acked]),
        "ack_to_arrival_ms": spread_ms(waits),
        "cpu_us_a_post": cpu_us,
        "memory_mib": memory,
    }
    bars = [
        Bar(
            f"posts not acknowledged {ARRIVED_WITHIN_S:g} s after the last",
            len(posts.wanted) - len(posts.acked),
            0,
        ),
        Bar("arrivals missing or twice", posts.missing(), 0),
    ]
    return Findings("rooms", figures, bars)
