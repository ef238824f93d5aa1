"""Posts of one author come into the room in the order in which they were written, whoever carries them there."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from clinic import Clinic, Patient

from bot.adapters.postgres.engine import Database
from bot.core.values import LineId
from bot.ports import Task
from bot.usecases import peers
from bot.usecases.house import House
from bot.usecases.posts import posts_opened
from bot.usecases.promises import keep_due, take_due
from bot.usecases.turn import Inbound
from bot.usecases.working import LEFT_BEHIND_AFTER_S, keep_rooms


async def member(clinic: Clinic, name: str) -> tuple[Patient, LineId]:
    patient = await clinic.join("copd")
    for label in ("Talk to others like me", "Living with COPD", "Join the group"):
        await patient.chooses(label)
    await patient.says(name)
    return patient, clinic.service.rooms["copd"]


async def dead(house: House, service: object, dedupe: str) -> None:
    """This process keeps no promise by itself."""


async def said(clinic: Clinic, author: Patient, room: LineId, text: str) -> None:
    house = replace(clinic.house, keep_promise=dead)
    await peers.post(house, Inbound(clinic.service.id, author.id, uuid4(), text=text), room)
    clinic.clock.advance(seconds=1)


async def claimed(clinic: Clinic) -> list[Task]:
    now = clinic.house.clock.now()
    outbox = clinic.house.record.outbox
    return list(await outbox.claim(clinic.service.id, now, most=8, lease_s=6.0, kinds=("place",)))


async def texts(clinic: Clinic, room: LineId) -> list[str]:
    return [p.shown.text for p in await posts_opened(clinic.house, clinic.service.id, room, 0)]


async def test_a_post_waits_for_the_one_that_its_author_wrote_before(clinic: Clinic) -> None:
    author, room = await member(clinic, "Robin")
    await said(clinic, author, room, "first")
    (taken,) = await claimed(clinic)
    await said(clinic, author, room, "second")
    await said(clinic, author, room, "third")
    await keep_due(clinic.house, clinic.only)
    assert await texts(clinic, room) == []
    await clinic.house.record.outbox.give_back(clinic.service.id, taken)
    await keep_due(clinic.house, clinic.only)
    assert await texts(clinic, room) == ["first", "second", "third"]


async def test_a_post_that_was_put_off_is_still_the_first(clinic: Clinic) -> None:
    author, room = await member(clinic, "Robin")
    await said(clinic, author, room, "first")
    (taken,) = await claimed(clinic)
    later = clinic.house.clock.now() + timedelta(seconds=5)
    await clinic.house.record.outbox.later(clinic.service.id, taken, later)
    await said(clinic, author, room, "second")
    await keep_due(clinic.house, clinic.only)
    assert await texts(clinic, room) == []
    clinic.clock.advance(seconds=10)
    await keep_due(clinic.house, clinic.only)
    assert await texts(clinic, room) == ["first", "second"]


async def test_a_post_waits_for_nobody_elses(clinic: Clinic) -> None:
    (one, room), (two, _) = await member(clinic, "Robin"), await member(clinic, "Wren")
    await said(clinic, one, room, "first")
    await claimed(clinic)
    await said(clinic, two, room, "of somebody else")
    await keep_due(clinic.house, clinic.only)
    assert await texts(clinic, room) == ["of somebody else"]


async def test_two_posts_at_once_come_in_order_without_a_worker(clinic: Clinic) -> None:
    author, room = await member(clinic, "Robin")
    for n in range(4):
        inbound = Inbound(clinic.service.id, author.id, uuid4(), text=f"post {n}")
        await peers.post(clinic.house, inbound, room)
        clinic.clock.advance(seconds=0.001)
    await clinic.house.afterwards.settle()
    assert await texts(clinic, room) == [f"post {n}" for n in range(4)]


async def test_what_a_dead_process_left_behind_comes_at_once_and_not_one_post_a_look(clinic: Clinic) -> None:
    author, room = await member(clinic, "Robin")
    for n in range(5):
        await said(clinic, author, room, f"post {n}")
    assert await take_due(clinic.house, clinic.house.hands.rooms, clinic.only) == 1
    await clinic.house.afterwards.settle()
    assert await texts(clinic, room) == [f"post {n}" for n in range(5)]


async def test_a_post_behind_one_that_its_room_refuses_does_not_wait_for_a_look(
    clinic: Clinic, database: Database
) -> None:
    author, room = await member(clinic, "Robin")
    await said(clinic, author, room, "first")
    sql = "UPDATE outbox SET payload = jsonb_set(payload, '{room}', to_jsonb($2::text)) WHERE service_id = $1 AND kind = 'place'"
    await database.fetch_raw(sql, [clinic.service.id, str(uuid4())])
    await said(clinic, author, room, "second")
    assert await take_due(clinic.house, clinic.house.hands.rooms, clinic.only) == 1
    await clinic.house.afterwards.settle()
    assert await texts(clinic, room) == ["second"]


async def test_a_process_without_a_worker_carries_on_what_its_rooms_wait_for(clinic: Clinic) -> None:
    author, room = await member(clinic, "Robin")
    await said(clinic, author, room, "left behind")

    def failed(what: str, error: BaseException) -> None:
        pytest.fail(f"{what}: {type(error).__name__}")

    clinic.clock.advance(seconds=LEFT_BEHIND_AFTER_S)
    keeping = asyncio.create_task(keep_rooms(clinic.house, failed))
    async with asyncio.timeout(10):
        while not await texts(clinic, room):
            await asyncio.sleep(0)
    keeping.cancel()
    with suppress(asyncio.CancelledError):
        await keeping
    await clinic.house.afterwards.settle()
    assert await texts(clinic, room) == ["left behind"]


async def test_nothing_is_taken_from_whoever_is_about_to_begin_it(clinic: Clinic) -> None:
    author, room = await member(clinic, "Robin")
    await said(clinic, author, room, "a moment ago")
    hands = clinic.house.hands.rooms
    assert await take_due(clinic.house, hands, clinic.only, overdue_s=2.0) == 0
    clinic.clock.advance(seconds=1.5)
    assert await take_due(clinic.house, hands, clinic.only, overdue_s=2.0) == 1
    await clinic.house.afterwards.settle()
    assert await texts(clinic, room) == ["a moment ago"]
