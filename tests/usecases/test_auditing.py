"""The whole record of looks, verified: what was changed, taken out or cut off is named."""

from __future__ import annotations

import pytest
from clinic import Clinic
from sqlalchemy import delete, update

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.engine import Database
from bot.core.values import LineId
from bot.ports import Looker
from bot.usecases.auditing import verified

A = s.audit.c


@pytest.fixture
async def looked(clinic: Clinic) -> list[LineId]:
    """Patients at whom somebody has looked three times each."""
    patients = [(await clinic.join("copd")).id for _ in range(3)]
    by = Looker(clinic.therapist.id, clinic.clock.now())
    for patient in patients * 3:
        await clinic.house.record.reading.patient(clinic.service.id, patient, by)
    return patients


async def test_an_untouched_record_is_whole(clinic: Clinic, looked: list[LineId]) -> None:
    found = await verified(clinic.house, clinic.service.id, {})
    assert (found.whole, found.chains, found.rows) == (True, 3, 9)
    assert set(found.heads) == set(looked)
    again = await verified(clinic.house, clinic.service.id, found.heads)
    assert again.whole


async def test_a_changed_row_is_named(clinic: Clinic, looked: list[LineId], database: Database) -> None:
    this = (A.service_id == clinic.service.id) & (A.chain == looked[1]) & (A.n == 2)
    async with database.transaction() as c:
        await c.execute(update(s.audit).where(this).values(who="staff:nobody"))
    found = await verified(clinic.house, clinic.service.id, {})
    assert (found.whole, found.broken) == (False, {looked[1]: 2})


async def test_rows_cut_off_at_the_end_show_against_the_heads_of_before(
    clinic: Clinic, looked: list[LineId], database: Database
) -> None:
    before = (await verified(clinic.house, clinic.service.id, {})).heads
    this = (A.service_id == clinic.service.id) & (A.chain == looked[2]) & (A.n == 3)
    async with database.transaction() as c:
        await c.execute(delete(s.audit).where(this))
    assert (await verified(clinic.house, clinic.service.id, {})).whole
    found = await verified(clinic.house, clinic.service.id, before)
    assert (found.whole, found.broken, found.shortened) == (False, {}, [looked[2]])


async def test_who_asks_who_looked_has_looked(clinic: Clinic, looked: list[LineId]) -> None:
    by = Looker(clinic.duty.id, clinic.clock.now())
    first = await clinic.house.record.audit.looks(clinic.service.id, looked[0], by, most=10)
    second = await clinic.house.record.audit.looks(clinic.service.id, looked[0], by, most=10)
    assert [look.what for look in first] == ["patient.open"] * 3
    assert second[0].what == "audit.open" and second[0].who == f"staff:{clinic.duty.id}"
