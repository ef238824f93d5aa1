"""Promises that workers keep: outbox rows, tellings of people, timers. Claimed by one, for a while."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from written import NOW, WrittenLine, raised, timer

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.engine import Database
from bot.adapters.postgres.ledger import PostgresLedger
from bot.adapters.postgres.outbox import PostgresDeliveries, PostgresOutbox
from bot.adapters.postgres.timers import PostgresTimers
from bot.core.facts import TimerCleared
from bot.core.values import AlertId, ServiceId, StaffId
from bot.ports import Delivery, DueTimer, Task

LEASE_S = 30.0
WITHIN, AFTER = NOW + timedelta(seconds=29), NOW + timedelta(seconds=31)
BEFORE = NOW - timedelta(seconds=1)


@pytest.fixture
async def line(database: Database, service_id: ServiceId) -> WrittenLine:
    return await WrittenLine.patient(database, service_id)


# -- outbox -------------------------------------------------------------------------------------------


@pytest.fixture
def outbox(database: Database) -> PostgresOutbox:
    return PostgresOutbox(database)


async def test_a_promise_is_claimed_by_one_worker_until_its_lease_ends(
    line: WrittenLine, outbox: PostgresOutbox
) -> None:
    alert = raised()
    await line.write(alert)

    [task] = await outbox.claim(line.service, NOW, most=9, lease_s=LEASE_S)
    held = await outbox.claim(line.service, WITHIN, most=9, lease_s=LEASE_S)
    [again] = await outbox.claim(line.service, AFTER, most=9, lease_s=LEASE_S)

    assert (task.kind, task.line, task.payload["alert"]) == ("alert", line.id, str(alert.alert))
    assert list(held) == []
    assert (again.id, task.attempts, again.attempts) == (task.id, 1, 2)


async def test_the_gravest_promise_is_claimed_first(line: WrittenLine, outbox: PostgresOutbox) -> None:
    routine, now, soon = raised("a", "routine"), raised("b", "now"), raised("c", "soon")
    await line.write(routine, now, soon)

    first = await outbox.claim(line.service, NOW, most=2, lease_s=LEASE_S)
    rest = await outbox.claim(line.service, NOW, most=2, lease_s=LEASE_S)

    claimed = [task.payload["alert"] for task in (*first, *rest)]
    assert claimed == [str(now.alert), str(soon.alert), str(routine.alert)]


async def test_two_workers_never_claim_the_same_promise(line: WrittenLine, outbox: PostgresOutbox) -> None:
    await line.write(*(raised(f"concern-{n}") for n in range(20)))

    claims = await asyncio.gather(
        *(outbox.claim(line.service, NOW, most=5, lease_s=LEASE_S) for _ in range(8))
    )

    ids = [task.id for claimed in claims for task in claimed]
    assert (len(ids), len(set(ids))) == (20, 20)


async def test_a_promise_that_another_worker_is_just_claiming_is_passed_over(
    database: Database, line: WrittenLine, outbox: PostgresOutbox
) -> None:
    await line.write(raised("a"), raised("b"))
    o = s.outbox.c
    async with database.transaction() as other:
        one = select(o.outbox_id).where(o.service_id == line.service).limit(1).with_for_update()
        locked = (await other.execute(one)).scalar_one()
        claimed = await outbox.claim(line.service, NOW, most=9, lease_s=LEASE_S)

    assert len(claimed) == 1
    assert claimed[0].id != locked


async def test_a_promise_is_not_claimed_before_it_is_due(line: WrittenLine, outbox: PostgresOutbox) -> None:
    await line.write(raised())

    assert list(await outbox.claim(line.service, BEFORE, most=9, lease_s=LEASE_S)) == []
    assert line.service not in await outbox.services_due(BEFORE)
    assert line.service in await outbox.services_due(NOW)


async def test_a_service_whose_promises_are_held_or_done_is_not_due(
    line: WrittenLine, outbox: PostgresOutbox
) -> None:
    await line.write(raised())
    [task] = await outbox.claim(line.service, NOW, most=9, lease_s=LEASE_S)
    held = await outbox.services_due(WITHIN)
    await outbox.done(line.service, task.id, NOW)

    assert line.service not in held
    assert line.service not in await outbox.services_due(AFTER)


async def test_a_promise_put_off_comes_again_when_it_is_due(
    line: WrittenLine, outbox: PostgresOutbox
) -> None:
    await line.write(raised())
    [task] = await outbox.claim(line.service, NOW, most=9, lease_s=LEASE_S)
    await outbox.later(line.service, task.id, WITHIN)

    assert list(await outbox.claim(line.service, NOW, most=9, lease_s=LEASE_S)) == []
    assert [t.id for t in await outbox.claim(line.service, WITHIN, most=9, lease_s=LEASE_S)] == [task.id]


async def test_a_kept_promise_is_not_put_off(line: WrittenLine, outbox: PostgresOutbox) -> None:
    await line.write(raised())
    [task] = await outbox.claim(line.service, NOW, most=9, lease_s=LEASE_S)
    await outbox.done(line.service, task.id, NOW)
    await outbox.later(line.service, task.id, NOW)

    assert list(await outbox.claim(line.service, AFTER, most=9, lease_s=LEASE_S)) == []


async def test_this_very_promise_is_claimed_once_while_nobody_holds_it(
    line: WrittenLine, outbox: PostgresOutbox
) -> None:
    alert = raised("a")
    await line.write(alert, raised("b"))
    name = f"alert:{alert.alert}:1"

    task = await outbox.claim_one(line.service, name, NOW, lease_s=LEASE_S)

    assert task is not None
    assert task.payload["alert"] == str(alert.alert)
    assert await outbox.claim_one(line.service, name, WITHIN, lease_s=LEASE_S) is None
    assert len(await outbox.claim(line.service, WITHIN, most=9, lease_s=LEASE_S)) == 1


async def test_a_worker_claims_nothing_of_a_service_it_does_not_serve(
    line: WrittenLine, outbox: PostgresOutbox
) -> None:
    await line.write(raised())

    assert list(await outbox.claim(ServiceId(uuid4()), NOW, most=9, lease_s=LEASE_S)) == []


# -- tellings -----------------------------------------------------------------------------------------


@pytest.fixture
def deliveries(database: Database) -> PostgresDeliveries:
    return PostgresDeliveries(database)


@pytest.fixture
def alert() -> AlertId:
    return AlertId(uuid4())


@pytest.fixture
def task(line: WrittenLine, alert: AlertId) -> Task:
    return Task(uuid4(), "alert", line.id, {"alert": str(alert), "rung": 1, "told": 2}, 1)


NURSE, LEAD = StaffId(UUID(int=1)), StaffId(UUID(int=2))


def telling(*people: StaffId) -> list[tuple[UUID, StaffId, str]]:
    return [(id_ := uuid4(), who, f"<{id_}@hill.example>") for who in people]


async def test_a_telling_keeps_its_id_over_its_retries(
    line: WrittenLine, deliveries: PostgresDeliveries, task: Task, alert: AlertId
) -> None:
    [(id_, _, message_id)] = to = telling(NURSE)
    [first] = await deliveries.plan(line.service, task, alert, to, NOW)
    await deliveries.failed(line.service, first.id, "smtp 451")
    [again] = await deliveries.plan(line.service, task, alert, telling(NURSE), NOW)

    assert first == Delivery(id_, NURSE, message_id, "planned", 0)
    assert again == Delivery(id_, NURSE, message_id, "failed", 1)


async def test_somebody_who_joins_the_rung_is_told_beside_those_before(
    line: WrittenLine, deliveries: PostgresDeliveries, task: Task, alert: AlertId
) -> None:
    [nurse] = await deliveries.plan(line.service, task, alert, telling(NURSE), NOW)
    both = await deliveries.plan(line.service, task, alert, telling(LEAD, NURSE), NOW)

    assert [d.to for d in both] == [LEAD, NURSE]
    assert both[1] == nurse


async def test_two_workers_that_plan_the_same_make_one_row_each(
    line: WrittenLine, deliveries: PostgresDeliveries, task: Task, alert: AlertId
) -> None:
    plans = await asyncio.gather(
        *(deliveries.plan(line.service, task, alert, telling(NURSE, LEAD), NOW) for _ in range(4))
    )

    assert len({d.id for plan in plans for d in plan}) == 2


async def test_nobody_to_tell_is_no_row(
    line: WrittenLine, deliveries: PostgresDeliveries, task: Task, alert: AlertId
) -> None:
    assert list(await deliveries.plan(line.service, task, alert, [], NOW)) == []


async def test_the_ledger_shows_who_was_told_and_what_came_of_it(
    database: Database, line: WrittenLine, deliveries: PostgresDeliveries, task: Task, alert: AlertId
) -> None:
    nurse, lead = await deliveries.plan(line.service, task, alert, telling(NURSE, LEAD), NOW)
    await deliveries.failed(line.service, nurse.id, "smtp 451")
    await deliveries.accepted(line.service, nurse.id, WITHIN)
    await deliveries.failed(line.service, lead.id, "smtp 550")

    shown = await PostgresLedger(database).deliveries(line.service, alert)

    by_person = {d.to: (d.channel, d.rung, d.told, d.state, d.attempts, d.last_error) for d in shown}
    assert by_person == {
        NURSE: ("email", 1, 2, "accepted", 2, None),
        LEAD: ("email", 1, 2, "failed", 1, "smtp 550"),
    }


async def test_what_the_mail_server_accepted_stays_accepted(
    line: WrittenLine, deliveries: PostgresDeliveries, task: Task, alert: AlertId
) -> None:
    [made] = await deliveries.plan(line.service, task, alert, telling(NURSE), NOW)
    await deliveries.accepted(line.service, made.id, NOW)
    await deliveries.failed(line.service, made.id, "late")
    [after] = await deliveries.plan(line.service, task, alert, telling(NURSE), NOW)

    assert (after.state, after.attempts) == ("accepted", 1)


# -- timers -------------------------------------------------------------------------------------------


@pytest.fixture
def timers(database: Database) -> PostgresTimers:
    return PostgresTimers(database)


async def test_a_due_timer_is_claimed_until_its_lease_ends(line: WrittenLine, timers: PostgresTimers) -> None:
    await line.write(timer("a"))

    claimed = await timers.claim(line.service, NOW, most=9, lease_s=LEASE_S)

    assert list(claimed) == [DueTimer(line.id, "patient", "later", "a")]
    assert list(await timers.claim(line.service, WITHIN, most=9, lease_s=LEASE_S)) == []
    assert await timers.claim(line.service, AFTER, most=9, lease_s=LEASE_S) == claimed


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
