"""A patient's record at the desk: corrections are answered, a copy is one look, a lead holds it by law and erases it."""

from __future__ import annotations

from desk_client import Site, at_desk, looks
from desk_scene import colleague

from bot.adapters.postgres.engine import Database
from bot.core.inputs import Resolve
from bot.usecases.change import hand_in


async def test_a_correction_is_answered_in_the_chat_and_beside_it(site: Site, database: Database) -> None:
    patient = await site.clinic.join(name="Sam")
    await patient.chooses("More for me")
    await patient.chooses("My record")
    await patient.chooses("Something in it is wrong")
    await patient.chooses("My condition")
    await patient.says("I have asthma, not COPD.")
    page = f"/desk/patients/{patient.id}"
    async with at_desk(site, site.clinic.therapist) as desk:
        shown = await desk.opens(f"{page}/record")
        assert "I have asthma, not COPD." in shown.words and "Their condition" in shown.words
        assert "Hand it over" not in shown.words, "that is a lead's"
        assert "A lead does these" in shown.words
        asked = (await patient.state()).corrections[0]
        done = await desk.sends(
            f"{page}/record/answer", shown.token, correction=str(asked.id), agreed="yes", note="Thank you."
        )
        assert done.location == f"{page}/record?said=corrected"
        assert "Nothing waits for an answer." in (await desk.opens(f"{page}/record")).words
        again = await desk.sends(f"{page}/record/answer", shown.token, correction=str(asked.id), agreed="no")
        assert again.status == 404
        assert "Said that something is wrong: their condition." in (await desk.opens(page)).words
    await patient.catches_up()
    said = [shown.text for shown in patient.bot_said()]
    assert any("They agree" in text for text in said) and "They say: Thank you." in said
    assert "record.correction" in await looks(database, site.clinic.service.id)


async def test_a_lead_holds_lifts_hands_over_and_erases(site: Site, database: Database) -> None:
    clinic = site.clinic
    patient = await clinic.join(name="Sam")
    lead = await colleague(clinic, "lead")
    page = f"/desk/patients/{patient.id}/record"
    async with at_desk(site, lead) as desk:
        shown = await desk.opens(page)
        held = await desk.sends(f"{page}/hold", shown.token, reason="complaint")
        assert held.location == f"{page}?said=held"
        assert "Held since" in (await desk.opens(page)).words
        assert "except what colleagues wrote" in (await desk.opens(page)).words
        assert (await desk.sends(f"{page}/erase", shown.token, sure="yes")).status == 409
        asked = await desk.sends(f"{page}/lift", shown.token)
        assert "Lift it: are you sure?" in asked.words and "a complaint" in asked.words
        assert (await patient.state()).legal_hold is not None
        lifted = await desk.sends(f"{page}/lift", shown.token, sure="yes")
        assert lifted.location == f"{page}?said=lifted"
        copy = await desk.sends(f"{page}/export", shown.token, file="json")
        assert (copy.status, '"name": "Sam"' in copy.html) == (200, True)
        asked = await desk.sends(f"{page}/erase", shown.token)
        assert "are you sure?" in asked.words and (await patient.state()).status == "joined"
        done = await desk.sends(f"{page}/erase", shown.token, sure="yes")
        assert done.location == f"{page}?said=erased"
        assert "It has been erased." in (await desk.opens(page)).words
        assert "Sam" not in (await desk.opens("/desk/patients?whose=left")).words
    said = await looks(database, clinic.service.id)
    for what in ("record.hold", "record.hold_lifted", "patient.export", "record.erase"):
        assert what in said


async def test_with_an_open_alert_it_is_not_erased(site: Site) -> None:
    clinic = site.clinic
    patient = await clinic.join(name="Sam")
    lead = await colleague(clinic, "lead")
    await patient.says("i want to kill myself")
    page = f"/desk/patients/{patient.id}/record"
    async with at_desk(site, lead) as desk:
        shown = await desk.opens(page)
        assert "somebody has to resolve it first" in shown.words
        refused = await desk.sends(f"{page}/erase", shown.token, sure="yes")
        assert (refused.status, "An alert is still open" in refused.words) == (409, True)
        for alert in await patient.alerts():
            await hand_in(
                clinic.house, clinic.service.id, patient.id, Resolve(alert.id, lead.id, "contacted")
            )
        done = await desk.sends(f"{page}/erase", shown.token, sure="yes")
        assert done.location == f"{page}?said=erased"
