"""Promises that workers keep: outbox rows, and tellings of people. Claimed by one, for a while."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from written import NOW, WrittenLine, raised

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.engine import Database
from bot.adapters.postgres.ledger import PostgresLedger
from bot.adapters.postgres.outbox import PostgresDeliveries, PostgresOutbox
from bot.core.facts import AlertAcknowledged
from bot.core.values import AlertId, ServiceId, StaffId
from bot.ports import AlertStanding, Task, Telling

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
    await outbox.later(line.service, task, WITHIN)

    assert list(await outbox.claim(line.service, NOW, most=9, lease_s=LEASE_S)) == []
    assert [t.id for t in await outbox.claim(line.service, WITHIN, most=9, lease_s=LEASE_S)] == [task.id]


async def test_a_kept_promise_is_not_put_off(line: WrittenLine, outbox: PostgresOutbox) -> None:
    await line.write(raised())
    [task] = await outbox.claim(line.service, NOW, most=9, lease_s=LEASE_S)
    await outbox.done(line.service, task.id, NOW)
    await outbox.later(line.service, task, NOW)

    assert list(await outbox.claim(line.service, AFTER, most=9, lease_s=LEASE_S)) == []


async def test_a_worker_claims_only_the_kinds_and_the_urgency_it_asks_for(
    line: WrittenLine, outbox: PostgresOutbox
) -> None:
    now, soon = raised("a", "now"), raised("b", "soon")
    await line.write(now, soon)

    others = await outbox.claim(line.service, NOW, most=9, lease_s=LEASE_S, kinds=["place", "admit"])
    urgent = await outbox.claim(line.service, NOW, most=9, lease_s=LEASE_S, kinds=["alert"], worst=0)

    assert list(others) == []
    assert [task.payload["alert"] for task in urgent] == [str(now.alert)]
    assert line.service not in await outbox.services_due(NOW, ["place"])
    assert line.service in await outbox.services_due(NOW, ["alert"])


async def test_a_promise_that_is_renewed_stays_with_its_worker(
    line: WrittenLine, outbox: PostgresOutbox
) -> None:
    await line.write(raised())
    [task] = await outbox.claim(line.service, NOW, most=9, lease_s=LEASE_S)
    await outbox.renew(line.service, [task], AFTER)

    assert list(await outbox.claim(line.service, AFTER, most=9, lease_s=LEASE_S)) == []


async def test_a_worker_that_lost_its_promise_neither_renews_nor_moves_nor_gives_it_back(
    line: WrittenLine, outbox: PostgresOutbox
) -> None:
    await line.write(raised())
    [lost] = await outbox.claim(line.service, NOW, most=9, lease_s=LEASE_S)
    [held] = await outbox.claim(line.service, AFTER, most=9, lease_s=LEASE_S)
    await outbox.give_back(line.service, lost)
    await outbox.later(line.service, lost, NOW)
    await outbox.renew(line.service, [lost], NOW)

    assert lost.id == held.id
    assert list(await outbox.claim(line.service, AFTER, most=9, lease_s=LEASE_S)) == []


async def test_a_promise_that_was_given_back_was_never_tried(
    line: WrittenLine, outbox: PostgresOutbox
) -> None:
    await line.write(raised())
    [task] = await outbox.claim(line.service, NOW, most=9, lease_s=LEASE_S)
    await outbox.give_back(line.service, task)

    assert await outbox.claim(line.service, NOW, most=9, lease_s=LEASE_S) == [task]


async def test_a_worker_claims_nothing_of_a_service_it_does_not_serve(
    line: WrittenLine, outbox: PostgresOutbox
) -> None:
    await line.write(raised())

    assert list(await outbox.claim(ServiceId(uuid4()), NOW, most=9, lease_s=LEASE_S)) == []


# -- tellings -----------------------------------------------------------------------------------------

NURSE, LEAD = StaffId(UUID(int=1)), StaffId(UUID(int=2))


@pytest.fixture
def deliveries(database: Database) -> PostgresDeliveries:
    return PostgresDeliveries(database)


@pytest.fixture
async def task(line: WrittenLine, outbox: PostgresOutbox) -> Task:
    """The promise of a letter, claimed for the second time: what was told the first time counts."""
    await line.write(raised())
    [first] = await outbox.claim(line.service, NOW, most=9, lease_s=LEASE_S)
    await outbox.later(line.service, first, NOW)
    [task] = await outbox.claim(line.service, NOW, most=9, lease_s=LEASE_S)
    return task


def telling(to: StaffId, state: str, error: str | None = None) -> Telling:
    return Telling(uuid4(), to, f"<{to}@hill.example>", state, error)


async def heard_of(deliveries: PostgresDeliveries, line: WrittenLine, task: Task) -> dict[StaffId, str]:
    standing = await deliveries.standing(line.service, task)
    assert standing is not None
    return dict(standing.heard)


async def test_a_promise_shows_its_alert_as_it_stands_and_who_has_heard(
    line: WrittenLine, deliveries: PostgresDeliveries, task: Task
) -> None:
    await deliveries.tried(line.service, task, telling(NURSE, "accepted"), NOW, done=False)
    await deliveries.tried(line.service, task, telling(LEAD, "failed"), NOW, done=False)

    standing = await deliveries.standing(line.service, task)

    assert standing == AlertStanding(
        id=AlertId(UUID(task.payload["alert"])),
        concern="risk",
        level="now",
        state="open",
        rung=0,
        told=1,
        owner=None,
        acted_by=None,
        reopened=0,
        heard={NURSE: "accepted", LEAD: "failed"},
    )


async def test_an_alert_that_was_acknowledged_meanwhile_shows_so(
    line: WrittenLine, deliveries: PostgresDeliveries, task: Task
) -> None:
    alert = AlertId(UUID(task.payload["alert"]))
    await line.write(AlertAcknowledged(alert=alert, concern="risk", by=NURSE, at=NOW))

    standing = await deliveries.standing(line.service, task)
    assert standing is not None and standing.state == "acknowledged"


@pytest.mark.parametrize(
    ("tries", "stands"),
    [
        (["failed", "accepted"], "accepted"),
        (["accepted", "failed"], "accepted"),
        (["accepted", "uncertain"], "accepted"),
        (["uncertain", "failed"], "uncertain"),
        (["uncertain", "likely", "failed"], "likely"),
        (["uncertain", "likely", "accepted"], "accepted"),
        (["failed", "uncertain"], "uncertain"),
    ],
)
async def test_what_has_arrived_or_may_have_is_not_undone_by_a_later_try(
    line: WrittenLine, deliveries: PostgresDeliveries, task: Task, tries: list[str], stands: str
) -> None:
    for state in tries:
        await deliveries.tried(line.service, task, telling(NURSE, state), NOW, done=False)

    assert await heard_of(deliveries, line, task) == {NURSE: stands}


async def test_two_workers_that_tell_the_same_person_make_one_row(
    database: Database, line: WrittenLine, deliveries: PostgresDeliveries, task: Task
) -> None:
    tries = [
        deliveries.tried(line.service, task, telling(NURSE, "failed"), NOW, done=False) for _ in range(4)
    ]
    await asyncio.gather(*tries)

    [row] = await PostgresLedger(database).deliveries(line.service, AlertId(UUID(task.payload["alert"])))
    assert row.attempts == 4


async def test_the_last_telling_and_the_end_of_its_promise_are_one_commit(
    line: WrittenLine, deliveries: PostgresDeliveries, outbox: PostgresOutbox, task: Task
) -> None:
    await deliveries.tried(line.service, task, telling(NURSE, "accepted"), NOW, done=True)

    assert await heard_of(deliveries, line, task) == {NURSE: "accepted"}
    assert list(await outbox.claim(line.service, AFTER, most=9, lease_s=LEASE_S)) == []


async def test_the_ledger_shows_who_was_told_and_what_came_of_it(
    database: Database, line: WrittenLine, deliveries: PostgresDeliveries, task: Task
) -> None:
    await deliveries.tried(line.service, task, telling(NURSE, "failed", "mail 451"), NOW, done=False)
    await deliveries.tried(line.service, task, telling(NURSE, "accepted"), WITHIN, done=False)
    await deliveries.tried(line.service, task, telling(LEAD, "failed", "mail 550"), NOW, done=False)

    shown = await PostgresLedger(database).deliveries(line.service, AlertId(UUID(task.payload["alert"])))

    by_person = {
        d.to: (d.channel, d.rung, d.told, d.state, d.attempts, d.last_error, d.accepted_at) for d in shown
    }
    assert by_person == {
        NURSE: ("email", 0, 1, "accepted", 2, None, WITHIN),
        LEAD: ("email", 0, 1, "failed", 1, "mail 550", None),
    }
