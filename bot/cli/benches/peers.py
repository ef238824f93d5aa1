"""Rooms full of people for a bench: admitted by the rooms' own Lines, for a thousand conversations take minutes."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from random import Random

from bot.cli.benches.ground import AT_ONCE, Ground, SignedIn
from bot.cli.benches.limits import listens
from bot.cli.benches.posting import Member, Posts
from bot.cli.proofs import forward
from bot.cli.proofs.instance import ONE_ADDRESS, Instance, free_port
from bot.cli.proofs.own_content import with_numbers
from bot.cli.visiting import PastClock, Visitor
from bot.core.errors import Misuse
from bot.core.inputs import Admit, Leave, Open
from bot.core.room import Room
from bot.core.service import Service
from bot.core.values import LineId, WordId
from bot.usecases.change import hand_in
from bot.usecases.house import House

GROUP = "copd"
# A bench writes as much in minutes as people do in weeks, at any hour, and its rooms take as many as there are.
NUMBERS = {"posts_per_hour": "1000", "night": '"00:00-00:00"', "size": "1000"}
BARE_PROCESSES = 2


@asynccontextmanager
async def two_and_a_worker(ground: Ground) -> AsyncIterator[tuple[list[Instance], Instance]]:
    """Two web processes that run, and a worker that does not yet."""
    given = {"CONTENT": str(await asyncio.to_thread(with_numbers, ground.folder, NUMBERS))}
    async with AsyncExitStack() as stack:
        webs = [await stack.enter_async_context(ground.instance(given, verb="web")) for _ in range(2)]
        worker = Instance(ground.data, environment=ONE_ADDRESS | ground.environment | given, verb="work")
        stack.callback(worker.end)
        yield webs, worker


@asynccontextmanager
async def bare(redis_url: str) -> AsyncIterator[dict[int, int]]:
    """Processes that only forward, by their ports."""
    async with AsyncExitStack() as stack:
        found = {}
        for _ in range(BARE_PROCESSES):
            port = free_port()
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-P", str(forward.__file__), str(port), redis_url
            )
            stack.push_async_callback(process.wait)
            stack.callback(process.kill)
            await listens(port)
            found[port] = process.pid
        yield found


# -- who is in which room -----------------------------------------------------------------------------


async def fill(house: House, service: Service, people: Sequence[SignedIn]) -> LineId:
    """All into the service's room. The first joins as people do, for they alone post; the first post of theirs is held."""
    room = service.rooms[GROUP]
    author = people[0]
    visitor = Visitor(house, PastClock(datetime.now(UTC)), service, author.patient, Random(0))  # noqa: S311
    await visitor.looks()
    if not await visitor.joins(GROUP, "Robin 0"):
        raise Misuse("a patient could not join a room")
    await visitor.posts(GROUP, "Hello from me.")
    await admit(house, service, room, [p.patient for p in people[1:]])
    return room


async def open_another(house: House, service: Service, group: str, patients: Sequence[LineId]) -> LineId:
    """A room beside the service's own, of a group that the content does not have."""
    room = LineId(house.ids.new())
    key, key_id = house.vault.new_key(room)
    await house.record.lines.open(service.id, room, "group", Room().json(), key, key_id)
    await hand_in(house, service.id, room, Open(group))
    await admit(house, service, room, patients)
    return room


async def admit(house: House, service: Service, room: LineId, patients: Sequence[LineId]) -> None:
    """They have a pseudonym in name only: none of them posts."""
    hands = asyncio.Semaphore(AT_ONCE)

    async def one(patient: LineId) -> None:
        async with hands:
            await hand_in(house, service.id, room, Admit(patient, WordId(house.ids.new())))

    await asyncio.gather(*(one(patient) for patient in patients))
    await house.afterwards.settle()


async def clear(house: House, service: Service, room: LineId, patients: Sequence[LineId]) -> None:
    for patient in patients:
        await hand_in(house, service.id, room, Leave(patient))


def seated(room: LineId, people: Sequence[SignedIn], posts: Posts) -> list[Member]:
    return [Member({"type": "hello", "token": p.token}, str(room), posts) for p in people]


def seated_bare(rooms: int, each: int, posts: Posts) -> list[list[Member]]:
    return [
        [Member({"room": f"bare:{room}"}, f"bare:{room}", posts) for _ in range(each)]
        for room in range(rooms)
    ]
