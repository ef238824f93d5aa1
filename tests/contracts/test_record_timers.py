"""Timers that are due: claimed by one worker, for a while; moved and ended by their own Line's commits."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select
from written import NOW, WrittenLine, timer

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.engine import Database
from bot.adapters.postgres.timers import PostgresTimers
from bot.core.facts import TimerCleared
from bot.core.values import ServiceId
from bot.ports import DueTimer

LEASE_S = 30.0
WITHIN, AFTER = NOW + timedelta(seconds=29), NOW + timedelta(seconds=31)
BEFORE = NOW - timedelta(seconds=1)


@pytest.fixture
async def line(database: Database, service_id: ServiceId) -> WrittenLine:
    return await WrittenLine.patient(database, service_id)


@pytest.fixture
def timers(database: Database) -> PostgresTimers:
    return PostgresTimers(database)


async def test_a_due_timer_is_claimed_until_its_lease_ends(line: WrittenLine, timers: PostgresTimers) -> None:
    await line.write(timer("a"))

    claimed = await timers.claim(line.service, NOW, most=9, lease_s=LEASE_S)

    assert list(claimed) == [DueTimer(line.id, "patient", "later", "a")]
    assert list(await timers.claim(line.service, WITHIN, most=9, lease_s=LEASE_S)) == []
    assert await timers.claim(line.service, AFTER, most=9, lease_s=LEASE_S) == claimed


async def test_a_timer_that_was_given_back_is_free_at_once(line: WrittenLine, timers: PostgresTimers) -> None:
    await line.write(timer("a"))
    [claimed] = await timers.claim(line.service, NOW, most=9, lease_s=LEASE_S)
    await timers.give_back(line.service, claimed)

    assert await timers.claim(line.service, NOW, most=9, lease_s=LEASE_S) == [claimed]


async def test_timers_are_claimed_by_kind(line: WrittenLine, timers: PostgresTimers) -> None:
    await line.write(timer("a"))

    assert list(await timers.claim(line.service, NOW, most=9, lease_s=LEASE_S, kinds=["escalate"])) == []
    assert line.service not in await timers.services_due(NOW, ["escalate"])
    assert line.service in await timers.services_due(NOW, ["later"])


async def test_timers_are_claimed_in_the_order_in_which_they_fell_due(
    line: WrittenLine, timers: PostgresTimers
) -> None:
    await line.write(timer("a"), timer("c", NOW - timedelta(hours=2)), timer("b", BEFORE))

    claimed = await timers.claim(line.service, NOW, most=2, lease_s=LEASE_S)

    assert [t.key for t in claimed] == ["c", "b"]


async def test_a_timer_that_is_not_due_waits(line: WrittenLine, timers: PostgresTimers) -> None:
    await line.write(timer("a", WITHIN))

    assert list(await timers.claim(line.service, NOW, most=9, lease_s=LEASE_S)) == []
    assert line.service not in await timers.services_due(NOW)
    assert line.service in await timers.services_due(WITHIN)


async def test_two_workers_never_claim_the_same_timer(line: WrittenLine, timers: PostgresTimers) -> None:
    await line.write(*(timer(f"key-{n}") for n in range(20)))

    claims = await asyncio.gather(
        *(timers.claim(line.service, NOW, most=5, lease_s=LEASE_S) for _ in range(8))
    )

    keys = [t.key for claimed in claims for t in claimed]
    assert (len(keys), len(set(keys))) == (20, 20)


async def test_a_line_that_is_just_being_written_does_not_hold_up_its_timers(
    database: Database, line: WrittenLine, timers: PostgresTimers
) -> None:
    await line.write(timer("a"))
    mine = (s.line.c.service_id == line.service) & (s.line.c.line_id == line.id)
    async with database.transaction() as other:
        await other.execute(select(s.line.c.version).where(mine).with_for_update())

        assert len(await timers.claim(line.service, NOW, most=9, lease_s=LEASE_S)) == 1


async def test_a_timer_that_its_line_sets_again_is_free_again(
    line: WrittenLine, timers: PostgresTimers
) -> None:
    await line.write(timer("a"))
    await timers.claim(line.service, NOW, most=9, lease_s=LEASE_S)
    await line.write(timer("a", WITHIN))

    assert len(await timers.claim(line.service, WITHIN, most=9, lease_s=LEASE_S)) == 1


async def test_a_timer_that_its_line_cleared_is_gone(line: WrittenLine, timers: PostgresTimers) -> None:
    await line.write(timer("a"))
    await line.write(TimerCleared(kind="later", key="a"))

    assert list(await timers.claim(line.service, NOW, most=9, lease_s=LEASE_S)) == []


async def test_a_groups_timer_says_that_it_is_a_groups(
    database: Database, service_id: ServiceId, timers: PostgresTimers
) -> None:
    group = await WrittenLine.group(database, service_id)
    await group.write(timer("a"))

    [claimed] = await timers.claim(service_id, NOW, most=9, lease_s=LEASE_S)
    assert (claimed.line, claimed.line_kind) == (group.id, "group")
