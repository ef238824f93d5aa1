"""Keeping what the outbox promises: at once after the commit, or by a worker, at least once and harmless twice."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from bot.core.errors import Misuse, Refused, Unavailable
from bot.core.inputs import Admit, Place, Report, RoomAnswered
from bot.core.room import Room
from bot.core.state import Conversation
from bot.core.values import LineId, ServiceId, WordId
from bot.ports import Task
from bot.usecases.change import Once, change
from bot.usecases.deliver import tell_staff
from bot.usecases.house import House
from bot.usecases.rooms import tell_room

LEASE_S = 30.0
MOST_AT_ONCE = 20
SLOWEST_RETRY_S = 300.0


async def keep_now(house: House, service: ServiceId, dedupe: str) -> None:
    """Right after the commit, in the process that made it."""
    task = await house.record.outbox.claim_one(service, dedupe, house.clock.now(), lease_s=LEASE_S)
    if task is not None:
        await _keep(house, service, task)


async def keep_due(house: House, services: frozenset[ServiceId] | None = None) -> int:
    """One round of a worker over the services it serves (None: all); returns how many rows it took up."""
    taken = 0
    for service in await house.record.outbox.services_due(house.clock.now()):
        if services is not None and service not in services:
            continue
        tasks = await house.record.outbox.claim(
            service, house.clock.now(), most=MOST_AT_ONCE, lease_s=LEASE_S
        )
        taken += len(tasks)
        for task in tasks:
            await _keep(house, service, task)
    return taken


async def _keep(house: House, service: ServiceId, task: Task) -> None:
    try:
        await _do(house, service, task)
    except Unavailable:
        wait = min(2.0 ** min(task.attempts, 10), SLOWEST_RETRY_S)
        await house.record.outbox.later(service, task.id, house.clock.now() + timedelta(seconds=wait))
        return
    except Refused:
        # The other Line said no for good (not a member any more): the promise is void, not lost.
        pass
    await house.record.outbox.done(service, task.id, house.clock.now())


async def _do(house: House, service: ServiceId, task: Task) -> None:
    payload = task.payload
    match task.kind:
        case "alert":
            await tell_staff(house, service, task)
        case "admit":
            admit = Admit(_line(payload["patient"]), WordId(UUID(payload["pseudonym"])))
            await _room(house, service, task, admit)
        case "place":
            place = Place(
                post=UUID(payload["post"]),
                author=_line(payload["author"]),
                word=WordId(UUID(payload["word"])),
                verdict=payload["verdict"],
                reply_to=payload["reply_to"],
            )
            await _room(house, service, task, place)
        case "report":
            await _room(house, service, task, Report(payload["seq"], _line(payload["by"])))
        case "answer":
            await _answer(house, service, task)
        case kind:
            raise Misuse(f"no worker knows the promise '{kind}'")


async def _room(house: House, service: ServiceId, task: Task, heard: Admit | Place | Report) -> None:
    """Step two: the room's own Line. The outbox row's id makes it once."""
    room = _line(task.payload["room"])

    async def prepare(_: Room) -> Admit | Place | Report:
        return heard

    changed = await change(house, service, room, prepare, once=Once(task.id, b"promise"))
    await tell_room(house, service, room, changed.facts)


async def _answer(house: House, service: ServiceId, task: Task) -> None:
    payload = task.payload

    async def prepare(_: Conversation) -> RoomAnswered:
        return RoomAnswered(payload["group"], payload["what"])

    await change(house, service, _line(payload["patient"]), prepare, once=Once(task.id, b"promise"))


def _line(text: str) -> LineId:
    return LineId(UUID(text))
