"""The end of a patient's care at the desk: chosen, confirmed, said in words, undone by a lead."""

from __future__ import annotations

import pytest
from desk_client import AtDesk, Page, Site, at_desk, looks
from desk_scene import colleague

from bot.adapters.postgres.engine import Database
from bot.usecases.conversation import standing

CRISIS = "i want to kill myself tonight"


async def ends(desk: AtDesk, page: str, **fields: str) -> Page:
    return await desk.presses(f"{page}/end", f"{page}/end", **fields)


async def test_a_discharge_is_confirmed_and_then_stands_in_words(site: Site, database: Database) -> None:
    clinic = site.clinic
    patient = await clinic.join(name="Sam")
    page = f"/desk/patients/{patient.id}"
    async with at_desk(site, clinic.therapist) as desk:
        assert f'href="{page}/end"' in (await desk.opens(page)).html
        asked = await ends(desk, page, how="discharged")
        assert (asked.status, "are you sure?" in asked.words) == (200, True)
        assert "What they write is still screened." in asked.words
        assert (await patient.state()).status == "joined"
        done = await desk.sends(f"{page}/end", asked.token, how="discharged", sure="yes")
        assert done.location == f"{page}?said=discharged"
        shown = await desk.opens(done.location)
        assert "Status Discharged" in shown.words
        assert 'action="' + page + '/write"' in shown.html, "somebody in distress can still be answered"
        assert "take-back" not in shown.html, "that is a lead's"
        assert "Sam" not in (await desk.opens("/desk/patients")).words
        assert "Sam (discharged)" in (await desk.opens("/desk/patients?whose=left")).words
    assert "care.end" in await looks(database, clinic.service.id)


async def test_open_alerts_are_named_and_keep_them_in_the_list(site: Site) -> None:
    patient = await site.clinic.join(name="Sam")
    await patient.says(CRISIS)
    page = f"/desk/patients/{patient.id}"
    async with at_desk(site, site.clinic.therapist) as desk:
        assert "1 open alert." in (await desk.opens(f"{page}/end")).words
        asked = await ends(desk, page, how="died")
        done = await desk.sends(f"{page}/end", asked.token, how="died", sure="yes")
        shown = await desk.opens(done.location)
        assert "Status Has died" in shown.words
        assert f"{page}/write" not in shown.html and f"{page}/link" not in shown.html
        assert "Sam (has died)" in (await desk.opens("/desk/patients")).words
        assert (await desk.sends(f"{page}/write", shown.token, text="hello")).status == 404


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "choose what has happened"),
        ({"how": "king"}, "choose what"),
        ({"how": "transferred"}, "name the other service"),
    ],
)
async def test_what_is_missing_is_said_and_nothing_changes(
    site: Site, fields: dict[str, str], said: str
) -> None:
    patient = await site.clinic.join()
    async with at_desk(site, site.clinic.therapist) as desk:
        sent = await ends(desk, f"/desk/patients/{patient.id}", sure="yes", **fields)
    assert (sent.status, said in sent.words) == (422, True)
    assert (await patient.state()).status == "joined"


async def test_a_lead_takes_back_whoever_was_handed_over_and_nobody_else_may(site: Site) -> None:
    clinic = site.clinic
    patient = await clinic.join()
    page, lead = f"/desk/patients/{patient.id}", await colleague(clinic, "clinical_lead")
    async with at_desk(site, clinic.therapist) as desk, at_desk(site, lead) as leading:
        asked = await ends(desk, page, how="transferred", to="Harbour Clinic")
        assert "to Harbour Clinic" in asked.words
        sent = await desk.sends(
            f"{page}/end", asked.token, how="transferred", to="Harbour Clinic", sure="yes"
        )
        assert sent.status == 303
        again = await desk.sends(f"{page}/end", asked.token, how="discharged", sure="yes")
        assert (again.status, "ended already" in again.words) == (409, True)
        assert (await desk.sends(f"{page}/take-back", asked.token)).status == 404
        back = await leading.presses(page, f"{page}/take-back")
        assert back.location == f"{page}?said=taken_back"
    state = await standing(clinic.house, clinic.service.id, patient.id)
    assert state is not None and state.status == "joined"


@pytest.mark.parametrize("role", ["clinician", "duty", "host", "admin"])
async def test_only_therapists_and_leads_end_care(site: Site, role: str) -> None:
    patient = await site.clinic.join()
    async with at_desk(site, await colleague(site.clinic, role)) as desk:
        assert (await desk.opens(f"/desk/patients/{patient.id}/end")).status == 404


async def test_nobody_ends_the_care_of_a_patient_of_another_service(site: Site) -> None:
    async with at_desk(site, site.clinic.therapist) as desk:
        nowhere = "/desk/patients/00000000-0000-4000-8000-000000000000"
        form = (await desk.opens("/desk/invite")).token
        assert (await desk.sends(f"{nowhere}/end", form, how="died", sure="yes")).status == 404
