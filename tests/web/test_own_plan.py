"""A safety plan through the doors: one's own over HTTP, and on the patient's page where they said so."""

from __future__ import annotations

from clinic import Clinic, Patient
from desk_client import Site, at_desk
from talker import Door


async def writes(patient: Patient, share: str) -> None:
    await patient.chooses("My safety plan")
    await patient.says("I stop answering the phone")
    for _ in range(4):
        await patient.chooses("Skip this one")
    await patient.chooses(share)


async def test_everybody_reads_their_own_plan_and_nobody_elses(clinic: Clinic, door: Door) -> None:
    sam, kit = await clinic.join("copd"), await clinic.join("copd")
    await writes(sam, "No")
    own = await door.get("/v1/plan", sam.token)
    assert own.body == {
        "lang": "en",
        "parts": [{"title": "My warning signs", "text": "I stop answering the phone"}],
    }
    assert (await door.get("/v1/plan", kit.token)).body["parts"] == []
    assert (await door.get("/v1/plan")).status == 401
    assert own.headers["Cache-Control"] == "no-store"


async def test_a_plan_has_titles_in_the_patients_language(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd", language="pl")
    await patient.presses("menu:plan")
    await patient.says("nie odbieram telefonu")
    plan = (await door.get("/v1/plan", patient.token)).body
    assert (plan["lang"], plan["parts"][0]["title"]) == ("pl", "Moje sygnały ostrzegawcze")


async def test_the_patients_page_shows_a_plan_that_is_shared(site: Site) -> None:
    patient = await site.clinic.join("copd", name="Sam")
    await writes(patient, "Yes")
    async with at_desk(site, site.clinic.therapist) as desk:
        page = await desk.opens(f"/desk/patients/{patient.id}")
    assert "Their safety plan" in page.words
    assert "My warning signs I stop answering the phone" in page.words


async def test_the_patients_page_keeps_quiet_about_a_plan_that_is_not(site: Site) -> None:
    patient = await site.clinic.join("copd", name="Sam")
    await writes(patient, "No")
    async with at_desk(site, site.clinic.therapist) as desk:
        page = await desk.opens(f"/desk/patients/{patient.id}")
    assert "Their safety plan" not in page.words
    assert "answering the phone" not in page.words
    assert "Part of their own safety plan, which they keep to themselves." in page.words


async def test_the_history_says_how_it_is_safe_to_reach_them(site: Site) -> None:
    patient = await site.clinic.join("copd", name="Sam")
    await patient.says("my husband hits me")
    await patient.chooses("No")
    await patient.chooses("Only face to face")
    (alert,) = await patient.alerts()
    async with at_desk(site, site.clinic.therapist) as desk:
        page = await desk.opens(f"/desk/alerts/{alert.id}")
    assert "It is safe to speak to them only face to face." in page.words
