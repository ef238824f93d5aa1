"""Who looked: a chain of rows in which every change by hand shows."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import delete, insert, select, update
from written import NOW

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.audit import PostgresAudit, note_look, note_look_by
from bot.adapters.postgres.engine import Database
from bot.core.values import LineId, ServiceId, StaffId
from bot.ports import Looker

A = s.audit.c


@pytest.fixture
def audit(database: Database) -> PostgresAudit:
    return PostgresAudit(database)


@pytest.fixture
async def chain(audit: PostgresAudit, service_id: ServiceId) -> LineId:
    """Three looks at one patient."""
    patient = LineId(uuid4())
    for page in ("one", "two", "three"):
        await audit.note(service_id, patient, "staff:somebody", "patient.open", page, NOW)
    return patient


async def numbers(database: Database, service: ServiceId, chain: LineId) -> list[int]:
    async with database.reading() as c:
        rows = await c.execute(select(A.n).where(A.service_id == service, A.chain == chain).order_by(A.n))
        return list(rows.scalars())


async def test_a_chain_that_nobody_touched_is_whole(
    database: Database, audit: PostgresAudit, service_id: ServiceId, chain: LineId
) -> None:
    assert await audit.verify(service_id, chain)
    assert await numbers(database, service_id, chain) == [1, 2, 3]


async def test_a_chain_without_looks_is_whole(audit: PostgresAudit, service_id: ServiceId) -> None:
    assert await audit.verify(service_id, LineId(uuid4()))


@pytest.mark.parametrize(
    "edit",
    [
        {"who": "staff:nobody"},
        {"what": "alert.open"},
        {"about": "another"},
        {"at": NOW.replace(hour=10)},
        {"hash": b"x" * 32},
        {"prev_hash": b"x" * 32},
    ],
    ids=lambda edit: next(iter(edit)),
)
async def test_a_row_edited_by_hand_shows(
    database: Database, audit: PostgresAudit, service_id: ServiceId, chain: LineId, edit: dict[str, Any]
) -> None:
    second = (A.service_id == service_id) & (A.chain == chain) & (A.n == 2)
    async with database.transaction() as c:
        await c.execute(update(s.audit).where(second).values(**edit))

    assert not await audit.verify(service_id, chain)


@pytest.mark.parametrize("n", [1, 2])
async def test_a_row_taken_out_shows(
    database: Database, audit: PostgresAudit, service_id: ServiceId, chain: LineId, n: int
) -> None:
    this = (A.service_id == service_id) & (A.chain == chain) & (A.n == n)
    async with database.transaction() as c:
        await c.execute(delete(s.audit).where(this))

    assert not await audit.verify(service_id, chain)


async def test_a_chain_copied_to_another_patient_shows(
    database: Database, audit: PostgresAudit, service_id: ServiceId, chain: LineId
) -> None:
    other = LineId(uuid4())
    columns = [A.service_id, A.n, A.prev_hash, A.hash, A.who, A.what, A.about, A.at]
    async with database.transaction() as c:
        rows = (await c.execute(select(*columns).where(A.service_id == service_id, A.chain == chain))).all()
        await c.execute(insert(s.audit), [{**row._mapping, "chain": other} for row in rows])

    assert not await audit.verify(service_id, other)


async def test_looks_at_the_same_moment_leave_no_gap_and_no_fork(
    database: Database, audit: PostgresAudit, service_id: ServiceId
) -> None:
    patient = LineId(uuid4())
    looks = (audit.note(service_id, patient, f"staff:{n}", "patient.open", "", NOW) for n in range(24))
    await asyncio.gather(*looks)

    assert await numbers(database, service_id, patient) == list(range(1, 25))
    assert await audit.verify(service_id, patient)


async def test_a_look_whose_transaction_fails_leaves_no_gap(
    database: Database, audit: PostgresAudit, service_id: ServiceId, chain: LineId
) -> None:
    with pytest.raises(RuntimeError):
        async with database.transaction() as c:
            await note_look(c, service_id, chain, "staff:x", "patient.open", "", NOW)
            raise RuntimeError
    await audit.note(service_id, chain, "staff:y", "patient.open", "", NOW)

    assert await numbers(database, service_id, chain) == [1, 2, 3, 4]
    assert await audit.verify(service_id, chain)


async def test_one_look_waits_for_another_that_is_not_yet_committed(
    database: Database, audit: PostgresAudit, service_id: ServiceId, chain: LineId
) -> None:
    async with database.transaction() as c:
        await note_look(c, service_id, chain, "staff:first", "patient.open", "", NOW)
        second = asyncio.create_task(audit.note(service_id, chain, "staff:second", "patient.open", "", NOW))
        done, _ = await asyncio.wait([second], timeout=0.05)
        assert not done
    await second

    assert await numbers(database, service_id, chain) == [1, 2, 3, 4, 5]
    assert await audit.verify(service_id, chain)


def seal(before: bytes, service: ServiceId, chain: LineId, n: int, about: str) -> bytes:
    """What anybody can work out outside the record, with nothing but SHA-256."""
    row = f'["{service}", "{chain}", {n}, "staff:somebody", "patient.open", "{about}", '
    return hashlib.sha256(before + row.encode() + b'"2026-03-02T09:00:00.000000Z"]').digest()


async def test_the_hash_is_that_of_the_row_before_and_the_rows_own_text(
    database: Database, service_id: ServiceId, chain: LineId
) -> None:
    read = select(A.hash).where(A.service_id == service_id, A.chain == chain).order_by(A.n)
    async with database.reading() as c:
        hashes = list((await c.execute(read)).scalars())

    first = seal(b"", service_id, chain, 1, "one")
    assert hashes[:2] == [first, seal(first, service_id, chain, 2, "two")]


async def test_a_row_rewritten_with_its_hash_shows_by_the_row_after(
    database: Database, audit: PostgresAudit, service_id: ServiceId, chain: LineId
) -> None:
    forged = seal(b"", service_id, chain, 1, "forged")
    first = (A.service_id == service_id) & (A.chain == chain) & (A.n == 1)
    async with database.transaction() as c:
        await c.execute(update(s.audit).where(first).values(about="forged", hash=forged))

    assert not await audit.verify(service_id, chain)


async def test_a_row_taken_out_and_the_rest_joined_again_shows_by_the_number_that_is_missing(
    database: Database, audit: PostgresAudit, service_id: ServiceId, chain: LineId
) -> None:
    joined = seal(b"", service_id, chain, 1, "one")
    last = (A.service_id == service_id) & (A.chain == chain) & (A.n == 3)
    second = (A.service_id == service_id) & (A.chain == chain) & (A.n == 2)
    async with database.transaction() as c:
        await c.execute(delete(s.audit).where(second))
        forged = seal(joined, service_id, chain, 3, "three")
        await c.execute(update(s.audit).where(last).values(prev_hash=joined, hash=forged))

    assert not await audit.verify(service_id, chain)


# -- all chains of a service --------------------------------------------------------------------------


async def test_every_chain_is_verified_by_the_page(
    database: Database, audit: PostgresAudit, service_id: ServiceId
) -> None:
    patients = sorted((LineId(uuid4()) for _ in range(5)), key=lambda line: line.bytes)
    for patient in patients:
        for page in ("one", "two"):
            await audit.note(service_id, patient, "staff:somebody", "patient.open", page, NOW)
    this = (A.service_id == service_id) & (A.chain == patients[3]) & (A.n == 2)
    async with database.transaction() as c:
        await c.execute(update(s.audit).where(this).values(who="staff:nobody"))

    first = await audit.chains(service_id, most=2)
    rest = await audit.chains(service_id, after=first[-1].chain)

    assert [c.chain for c in (*first, *rest)] == patients
    assert [c.broken_at for c in (*first, *rest)] == [None, None, None, 2, None]
    assert {(c.rows, c.head_n) for c in (*first, *rest)} == {(2, 2)}
    assert first[0].head == await audit.hash_at(service_id, first[0].chain, 2)


async def test_a_row_that_is_gone_has_no_hash(
    audit: PostgresAudit, service_id: ServiceId, chain: LineId
) -> None:
    assert await audit.hash_at(service_id, chain, 3) is not None
    assert await audit.hash_at(service_id, chain, 4) is None


# -- a page that loads itself anew --------------------------------------------------------------------


def looker(who: StaffId, minutes: int, *, refreshed: bool) -> Looker:
    return Looker(who, NOW + timedelta(minutes=minutes), refreshed=refreshed)


async def test_within_a_quarter_of_an_hour_a_refresh_is_the_same_look(
    database: Database, service_id: ServiceId
) -> None:
    chain, me, other = LineId(uuid4()), StaffId(uuid4()), StaffId(uuid4())
    looks = [
        (me, 0, False, "open", 1),
        (me, 10, True, "open", 1),
        (me, 12, True, "all", 2),  # another list
        (other, 13, True, "open", 3),  # another person
        (me, 14, False, "open", 4),  # opened by hand
        (me, 28, True, "open", 4),
        (me, 29, True, "open", 5),  # the look of minute 14 is over
    ]
    for who, minutes, refreshed, about, rows in looks:
        async with database.transaction() as c:
            by = looker(who, minutes, refreshed=refreshed)
            await note_look_by(c, service_id, chain, by, what="alerts.list", about=about)
        assert len(await numbers(database, service_id, chain)) == rows, minutes
