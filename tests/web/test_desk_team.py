"""Who answers for a patient: on their page, at an alert, and changed with the alerts that are open."""

from __future__ import annotations

import pytest
from clinic import Clinic, text_of
from desk_client import Site, at_desk, looks
from desk_scene import CRISIS, colleague

from bot.adapters.postgres.engine import Database
from bot.core.errors import Refused
from bot.core.inputs import ChangeClinician
from bot.ports import StaffMember
from bot.usecases import alerts, people
from bot.usecases.care_team import change_team
from bot.usecases.change import hand_in

CHEST = "I have crushing chest pain and it goes down my arm"


async def test_both_who_answer_stand_on_the_page_and_at_the_alert(site: Site, database: Database) -> None:
    clinic = site.clinic
    nurse = await colleague(clinic, "clinician")
    sam = await clinic.join("copd")
    page = f"/desk/patients/{sam.id}"
    async with at_desk(site, clinic.therapist) as desk:
        before = await desk.opens(page)
        assert "Mood, worry and safety Therapist Body, readings, red flags All clinicians" in before.words
        done = await desk.presses(
            f"{page}/team", f"{page}/team", owner=str(clinic.therapist.id), clinician=str(nurse.id)
        )
        assert done.location == f"{page}?said=team"
        assert "Body, readings, red flags clinician" in (await desk.opens(done.location)).words
        await sam.says(CRISIS)
        alert = (await sam.alerts())[0].id
        shown = await desk.opens(f"/desk/alerts/{alert}")
        assert "Mood, worry and safety Therapist Body, readings, red flags clinician" in shown.words
    assert "care.team" in await looks(database, clinic.service.id)
    async with at_desk(site, nurse) as desk:
        assert "Sam" in (await desk.opens(page)).words, "one page for both"
        assert f"{page}/team" not in (await desk.opens(page)).html
        assert (await desk.opens(f"{page}/team")).status == 404


async def test_a_red_flag_of_the_body_goes_to_their_own_clinician_and_the_owner_gets_a_copy(
    clinic: Clinic,
) -> None:
    own, other = await colleague(clinic, "clinician"), await colleague(clinic, "clinician", "host")
    sam = await clinic.join("heart")
    await hand_in(clinic.house, clinic.service.id, sam.id, ChangeClinician(own.id, own.id))
    await sam.says(CHEST)
    await clinic.work()
    (alert,) = [a for a in await sam.alerts() if a.concern.startswith("emergency:")]
    assert alert.level == "now", "so the whole team hears"

    def why(member: StaffMember) -> str:
        return text_of(clinic.letters(member)[0])

    assert "you answer for this patient" in why(own)
    assert "a copy for you" in why(clinic.therapist)
    assert "in the patient's team" in why(other)


async def test_given_to_another_the_open_alerts_go_with_them(site: Site, clinic: Clinic) -> None:
    other = await colleague(clinic, "therapist")
    sam = await clinic.join("copd")
    await sam.says(CRISIS)
    (alert,) = await sam.alerts()
    await alerts.acknowledge(clinic.house, clinic.service.id, alert.id, clinic.therapist.id)
    page = f"/desk/patients/{sam.id}"
    async with at_desk(site, clinic.therapist) as desk:
        asked = await desk.opens(f"{page}/team")
        assert "1 open alert." in asked.words
        await desk.sends(f"{page}/team", asked.token, owner=str(other.id), clinician="")
    (moved,) = await sam.alerts()
    assert (moved.owner, moved.state) == (other.id, "open")
    await clinic.settle()
    assert clinic.letters(other)
    assert (await sam.state()).profile.owner == other.id


async def test_who_gives_a_patient_away_is_led_to_the_list(site: Site, clinic: Clinic) -> None:
    other = await colleague(clinic, "therapist")
    sam = await clinic.join("copd")
    page = f"/desk/patients/{sam.id}"
    async with at_desk(site, clinic.therapist) as desk:
        done = await desk.presses(f"{page}/team", f"{page}/team", owner=str(other.id), clinician="")
        assert done.location == "/desk/patients?said=team"
        assert (await desk.opens(page)).status == 404


async def test_not_everybody_may_change_it_and_not_to_anybody(clinic: Clinic) -> None:
    house, service = clinic.house, clinic.service.id
    lead, other = await colleague(clinic, "lead"), await colleague(clinic, "therapist")
    sam = await clinic.join("copd")
    with pytest.raises(Refused, match="not_found"):
        await change_team(house, service, sam.id, other.id, None, other)
    with pytest.raises(Refused, match="not_found"):
        await change_team(house, service, sam.id, clinic.duty.id, None, clinic.duty)
    with pytest.raises(Refused, match="not_an_option"):
        await change_team(house, service, sam.id, clinic.host.id, None, lead)
    with pytest.raises(Refused, match="not_an_option"):
        await change_team(house, service, sam.id, other.id, other.id, lead)
    await change_team(house, service, sam.id, other.id, None, lead)
    assert (await sam.state()).profile.owner == other.id


async def test_a_clinician_who_leaves_answers_for_nobody(clinic: Clinic) -> None:
    own = await colleague(clinic, "clinician")
    sam = await clinic.join("copd")
    await hand_in(clinic.house, clinic.service.id, sam.id, ChangeClinician(own.id, own.id))
    await people.leave(clinic.house, own, None)
    assert (await sam.state()).profile.clinician is None
