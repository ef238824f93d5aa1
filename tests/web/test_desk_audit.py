"""Who looked, at the desk: for leads, in words; a page that follows what happens counts once."""

from __future__ import annotations

import pytest
from clinic import PASSWORD_HASH
from desk_client import Site, at_desk, looks
from sqlalchemy import update

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.engine import Database
from bot.core.values import StaffId
from bot.ports import StaffMember
from bot.web.desk.seat import REFRESHED

A = s.audit.c


@pytest.fixture
async def lead(site: Site) -> StaffMember:
    clinic = site.clinic
    member = StaffMember(
        service=clinic.service.id,
        id=StaffId(clinic.house.ids.new()),
        email=f"lead@{clinic.service.slug}.example",
        name="Lead",
        roles=frozenset({"lead"}),
        password_hash=PASSWORD_HASH,
    )
    await clinic.house.record.staff.add(member)
    return member


async def test_a_list_that_follows_what_happens_is_one_look(site: Site, database: Database) -> None:
    clinic = site.clinic
    async with at_desk(site, clinic.therapist) as desk:
        await desk.opens("/desk")
        for _ in range(3):
            clinic.clock.advance(minutes=4)
            await desk.opens("/desk", **{REFRESHED: "1"})
        assert await looks(database, clinic.service.id) == ["alerts.list"]
        clinic.clock.advance(minutes=4)
        await desk.opens("/desk", **{REFRESHED: "1"})
    assert await looks(database, clinic.service.id) == ["alerts.list", "alerts.list"]


async def test_a_lead_sees_who_looked_at_a_patient(site: Site, lead: StaffMember) -> None:
    patient = await site.clinic.join("copd", name="Sam")
    async with at_desk(site, site.clinic.therapist) as desk:
        page = await desk.opens(f"/desk/patients/{patient.id}")
        assert "Who looked" not in page.words
    async with at_desk(site, lead) as desk:
        page = await desk.opens(f"/desk/patients/{patient.id}")
        assert f"/desk/patients/{patient.id}/looks" in page.html
        page = await desk.opens(f"/desk/patients/{patient.id}/looks")
        again = await desk.opens(f"/desk/patients/{patient.id}/looks")
    assert "Who looked at Sam" in page.words and "The record is whole" in page.words
    assert (
        "today at 10:00 Lead The patient's page 2 today at 10:00 Therapist The patient's page 1" in page.words
    )
    assert "today at 10:00 Lead Who looked 3" in again.words


async def test_a_record_that_was_changed_says_so(site: Site, lead: StaffMember, database: Database) -> None:
    async with at_desk(site, lead) as desk:
        await desk.opens("/desk")
        async with database.transaction() as c:
            await c.execute(
                update(s.audit).where(A.service_id == site.clinic.service.id).values(what="patient.open")
            )
        page = await desk.opens("/desk/audit")
    assert "The record is not whole." in page.words


async def test_it_is_not_there_for_anybody_else(site: Site) -> None:
    patient = await site.clinic.join("copd")
    for member in (site.clinic.therapist, site.clinic.duty, site.clinic.host):
        async with at_desk(site, member) as desk:
            for path in ("/desk/audit", f"/desk/patients/{patient.id}/looks"):
                assert (await desk.opens(path)).status == 404


async def test_nobody_is_told_of_a_patient_who_is_not_theirs(site: Site, lead: StaffMember) -> None:
    async with at_desk(site, lead) as desk:
        assert (await desk.opens(f"/desk/patients/{site.clinic.house.ids.new()}/looks")).status == 404
