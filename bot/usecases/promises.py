"""Keeping what the outbox promises: at once after the commit, or by a worker, at least once and harmless twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from uuid import UUID

from bot.core.errors import Misuse, Refused, Unavailable
from bot.core.inputs import Appeal, Leave, Place, Report, RoomAnswered, RoomInput
from bot.core.values import LineId, ServiceId, WordId
from bot.ports import Task
from bot.usecases.change import Once, hand_in
from bot.usecases.deliver import tell_staff
from bot.usecases.digest import tell_digest
from bot.usecases.folding import tell_folded
from bot.usecases.handing_over import tell_handed_over
from bot.usecases.hands import Hands, claimed
from bot.usecases.house import House
from bot.usecases.notify import notify
from bot.usecases.remind import remind
from bot.usecases.room_turns import of_any_age, tell_room
from bot.usecases.rooms import admit, let_next_go_on, open_another
from bot.usecases.ways_in import call_back
from bot.usecases.windows import URGENT

RENEW_S = 1.0
FIRST_RETRY_S = 1.0
SLOWEST_RETRY_S = 5.0


async def keep_now(house: House, service: ServiceId, dedupe: str) -> None:
    """Right after the commit, in the process that made it: what is due in this service, gravest first."""
    kind = dedupe.partition(":")[0]

    async def take(hands: Hands, asked: ServiceId) -> int:
        taken = await take_due(house, hands, frozenset({asked}))
        house.hands.behind = house.hands.behind or (kind == "place" and not taken)
        return taken

    async def fetch(hands: Hands) -> None:
        await hands.fetch(service, lambda asked: take(hands, asked))

    await asyncio.gather(*(fetch(hands) for hands in keeping(house) if kind in hands.kinds))


def keeping(house: House) -> tuple[Hands, ...]:
    """The hands that keep promises."""
    hands = house.hands
    return hands.urgent, hands.mail, hands.rooms, hands.notices, hands.reminding


async def keep_due(house: House, services: frozenset[ServiceId] | None = None) -> int:
    """All that is due now, tried once; returns how many rows were taken up."""
    taken = 0
    while fresh := sum([await take_due(house, hands, services) for hands in keeping(house)]):
        taken += fresh
        for hands in keeping(house):
            await hands.until_idle()
    return taken


async def take_due(
    house: House, hands: Hands, services: frozenset[ServiceId] | None, *, overdue_s: float = 0.0
) -> int:
    """Claim as many rows as there are hands and begin them; waits for a free hand, never for the work.

    The urgent of every service (None: all) come before the rest of any, and no service takes all hands. ``overdue_s``:
    only what has been due for so long.
    """
    async with hands.claiming:
        await hands.until_free()
        if hands.closed:
            return 0
        if services is not None and len(services) == 1:
            return await _take(house, hands, next(iter(services)), hands.free, hands.worst, overdue_s)
        now, taken = house.clock.now() - timedelta(seconds=overdue_s), 0
        due = await house.record.outbox.services_due(now, hands.kinds)
        mine = hands.in_turn([s for s in due if services is None or s in services])
        for worst in (URGENT, None) if len(mine) > 1 and hands.worst is None else (hands.worst,):
            for n, service in enumerate(mine):
                share = -(-hands.free // (len(mine) - n))
                if share:
                    taken += await _take(house, hands, service, share, worst, overdue_s)
        return taken


async def _take(
    house: House, hands: Hands, service: ServiceId, most: int, worst: int | None, overdue_s: float
) -> int:
    outbox = house.record.outbox
    asking = outbox.claim(
        service,
        house.clock.now() - timedelta(seconds=overdue_s),
        most=most,
        lease_s=overdue_s + hands.lease_s,
        kinds=hands.kinds,
        worst=worst,
    )
    tasks = await claimed(asking, lambda task: outbox.give_back(service, task))
    if hands is house.hands.mail:
        house.hands.gathered.held |= {task.id: (service, task) for task in tasks}
    for task in tasks:
        hands.begin(house.afterwards.start, _keep(house, service, task, hands.lease_s))
    return len(tasks)


async def _keep(house: House, service: ServiceId, task: Task, lease_s: float) -> None:
    try:
        async with _held(house, service, task, lease_s):
            await _do(house, service, task)
    except Refused:
        # The other Line said no for good (not a member any more): the promise is void, not lost.
        await _done(house, service, task)
    except Unavailable as down:
        await _put_off(house, service, task, max(pause_s(task), down.retry_after_s))
    except asyncio.CancelledError:
        with suppress(Unavailable):
            await _put_off(house, service, task, 0)
        raise
    except Exception:
        with suppress(Unavailable):
            await _put_off(house, service, task, SLOWEST_RETRY_S)
        raise
    finally:
        house.hands.gathered.begun(task.id)


async def _put_off(house: House, service: ServiceId, task: Task, wait_s: float) -> None:
    await house.record.outbox.later(service, task, house.clock.now() + timedelta(seconds=wait_s))


def pause_s(task: Task) -> float:
    """Twice as long after each try, up to the slowest; a quarter of it by the row's own id, so that rows spread out.

    >>> [round(pause_s(Task(UUID(int=0), "alert", LineId(UUID(int=1)), {}, n)), 2) for n in (1, 2, 3, 4, 99)]
    [0.75, 1.5, 3.0, 3.75, 3.75]
    """
    longest = min(FIRST_RETRY_S * 2.0 ** min(task.attempts - 1, 10), SLOWEST_RETRY_S)
    return longest * (0.75 + 0.25 * ((task.id.int >> 16) % 997) / 997)


@asynccontextmanager
async def _held(house: House, service: ServiceId, task: Task, lease_s: float) -> AsyncIterator[None]:
    """The row stays ours for as long as we are at it: its lease is renewed, so that it may be short."""
    leases, holding = house.hands.leases, object()
    leases.of[holding] = (service, task, lease_s)
    if leases.renewing is None or leases.renewing.done():
        leases.renewing = asyncio.create_task(_renew(house), name="renew")
    try:
        yield
    finally:
        del leases.of[holding]
        if not leases.of and leases.renewing is not None:
            renewing, leases.renewing = leases.renewing, None
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)


async def _renew(house: House) -> None:
    """All that this process holds, in one statement for all of a service that are held for as long."""
    while True:
        await asyncio.sleep(RENEW_S)
        mine: dict[tuple[ServiceId, float], list[Task]] = {}
        for service, task, lease_s in house.hands.leases.of.values():
            mine.setdefault((service, lease_s), []).append(task)
        for (service, lease_s), tasks in mine.items():
            with suppress(Unavailable):
                until = house.clock.now() + timedelta(seconds=lease_s)
                await house.record.outbox.renew(service, tasks, until)


async def _do(house: House, service: ServiceId, task: Task) -> None:
    payload = task.payload
    match task.kind:
        case "alert":
            await tell_staff(house, service, task)
            return  # it is done together with what came of the last letter
        case "notify":
            await notify(house, service, task)
            return
        case "fold":
            await tell_folded(house, service, task)
            return
        case "digest":
            await tell_digest(house, service, task)
            return
        case "handed_over":
            await tell_handed_over(house, service, task)
        case "remind":
            await remind(house, service, task)
        case "admit":
            patient, word = _line(payload["patient"]), WordId(UUID(payload["pseudonym"]))
            before = _line(payload["from"]) if "from" in payload else None
            await admit(house, service, payload["group"], patient, word, task.id, moved=before is not None)
            if before is not None:
                await let_next_go_on(house, service, payload["group"], before)
        case "open_room":
            await open_another(house, service, payload["group"], payload["n"])
        case "leave":
            leave = Leave(_line(payload["patient"]), take_posts=payload.get("take_posts", False))
            await _room(house, service, task, leave)
        case "place":
            place = Place(
                post=UUID(payload["post"]),
                author=_line(payload["author"]),
                word=WordId(UUID(payload["word"])),
                verdict=payload["verdict"],
                reply_to=payload["reply_to"],
                why=payload.get("why", ""),
                warning=payload.get("warning"),
                mentions=tuple([UUID(handle) for handle in payload.get("mentions", ())]),
            )
            await _room(house, service, task, place)
        case "report":
            report = Report(payload["seq"], _line(payload["by"]), payload.get("why", "other"))
            await of_any_age(house, service, _line(payload["room"]), report, Once(task.id, b"promise"))
        case "appeal":
            appeal = Appeal(
                _line(payload["by"]), WordId(UUID(payload["word"])), payload["seq"], payload["complaint"]
            )
            await _room(house, service, task, appeal)
        case "answer":
            await _answer(house, service, task)
        case kind:
            raise Misuse(f"no worker knows the promise '{kind}'")
    await _done(house, service, task)


async def _done(house: House, service: ServiceId, task: Task) -> None:
    """What its author wrote next comes at once: looking for it with the next round would bring one post a second."""
    next_waits = await house.record.outbox.done(service, task.id, house.clock.now())
    if task.kind == "place" and (next_waits or house.hands.behind):
        house.hands.behind = False
        house.afterwards.start("promise:place", keep_now(house, service, "place:"))


async def _room(house: House, service: ServiceId, task: Task, heard: RoomInput) -> None:
    """Step two: the room's own Line. The outbox row's id makes it once."""
    await tell_room(house, service, _line(task.payload["room"]), heard, Once(task.id, b"promise"))


async def _answer(house: House, service: ServiceId, task: Task) -> None:
    payload = task.payload
    answered = RoomAnswered(
        payload["group"],
        payload["what"],
        room=_line(payload["room"]) if "room" in payload else None,
        why=payload.get("why", ""),
        case=payload.get("case", 0),
        until=datetime.fromisoformat(payload["until"]) if "until" in payload else None,
        strike=payload.get("strike", 0),
    )
    patient = _line(payload["patient"])
    await hand_in(house, service, patient, answered, once=Once(task.id, b"promise"))
    if answered.what in ("paused", "restored"):
        call_back(house, service, patient)  # whether they may write is said by the welcome


def _line(text: str) -> LineId:
    return LineId(UUID(text))
