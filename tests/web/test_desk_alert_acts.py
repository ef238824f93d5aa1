"""Putting an alert off and handing it over at the desk: forms that work without a script, and what the page says then."""

from __future__ import annotations

from clinic import Clinic, Patient
from desk_client import Site, at_desk
from desk_scene import CRISIS


async def in_crisis(clinic: Clinic) -> tuple[Patient, str]:
    patient = await clinic.join("copd", name="Sam")
    await patient.says(CRISIS)
    (alert,) = await patient.alerts()
    return patient, f"/desk/alerts/{alert.id}"


async def test_put_off_with_a_reason_and_a_note(site: Site) -> None:
    patient, path = await in_crisis(site.clinic)
    async with at_desk(site, site.clinic.therapist) as desk:
        fields = {"hours": "2", "reason": "contact_agreed", "note": "I ring at noon."}
        sent = await desk.presses(path, f"{path}/snooze", **fields)
        assert (sent.status, sent.location) == (303, f"{path}?said=snoozed")
        page = await desk.opens(sent.location)
        listed = await desk.opens("/desk")
    assert "You have put this alert off" in page.words
    assert "Put off until today at 12:00 by Therapist" in page.words
    assert (
        "Therapist put it off until today at 12:00: we have agreed when i will be in contact. I ring at noon."
        in page.words
    )
    assert "Put off by Therapist until today at 12:00" in listed.words
    assert (await patient.alerts())[0].state == "snoozed"


async def test_only_as_long_as_the_policy_lets_it_be_put_off(site: Site) -> None:
    patient, path = await in_crisis(site.clinic)
    async with at_desk(site, site.clinic.therapist) as desk:
        page = await desk.opens(path)
        assert "today at 14:00" in page.words and "tomorrow at" not in page.words
        sent = await desk.sends(f"{path}/snooze", page.token, hours="24", reason="contact_agreed")
    assert (sent.status, "cannot be put off for so long" in sent.words) == (409, True)
    assert (await patient.alerts())[0].state == "open"


async def test_what_is_missing_is_asked_for_and_what_was_written_stays(site: Site) -> None:
    _, path = await in_crisis(site.clinic)
    async with at_desk(site, site.clinic.therapist) as desk:
        page = await desk.opens(path)
        put_off = await desk.sends(f"{path}/snooze", page.token, hours="2", note="I ring at noon.")
        handed = await desk.sends(f"{path}/hand-over", page.token, note="She knows him.")
    assert (put_off.status, "Not put off yet: choose for how long, and why" in put_off.words) == (422, True)
    assert "I ring at noon." in put_off.html and 'value="2" required checked' in put_off.html
    assert (handed.status, "Not handed over yet: choose a colleague" in handed.words) == (422, True)
    assert "She knows him." in handed.html


async def test_handed_over_to_a_colleague(site: Site) -> None:
    patient, path = await in_crisis(site.clinic)
    async with at_desk(site, site.clinic.therapist) as desk:
        sent = await desk.presses(path, f"{path}/hand-over", to=str(site.clinic.duty.id), note="Yours.")
        page = await desk.opens(sent.location)
    assert "Your colleague is told now" in page.words
    assert "Therapist handed it over to Duty, who was told. Yours." in page.words
    assert "Owner Duty" in page.words
    assert len(site.clinic.letters(site.clinic.duty)) == 1
    assert (await patient.alerts())[0].owner == site.clinic.duty.id


async def test_what_waits_for_the_digest_is_handed_over_without_a_letter_and_says_so(site: Site) -> None:
    patient = await site.clinic.join("copd", name="Sam")
    for label in ("More for me", "My record", "Something in it is wrong", "My condition"):
        await patient.chooses(label)
    await patient.says("I have asthma, not COPD.")
    (alert,) = await patient.alerts()
    path = f"/desk/alerts/{alert.id}"
    async with at_desk(site, site.clinic.therapist) as desk:
        before = await desk.opens(path)
        sent = await desk.presses(path, f"{path}/hand-over", to=str(site.clinic.duty.id), note="Yours.")
        page = await desk.opens(sent.location)
    await site.clinic.work()
    assert "It is in your colleague's next digest" in before.words
    assert "No letter goes out now: it is in your colleague's next digest" in page.words
    assert "Therapist handed it over to Duty: it waits for the digest. Yours." in page.words
    assert "Nobody by letter: this waits for the digest." in page.words
    assert site.clinic.letters(site.clinic.duty) == []


async def test_a_patients_alert_is_handed_only_to_who_can_open_it(site: Site) -> None:
    _, path = await in_crisis(site.clinic)
    async with at_desk(site, site.clinic.therapist) as desk:
        page = await desk.opens(path)
    assert str(site.clinic.duty.id) in page.html and str(site.clinic.host.id) not in page.html


async def test_one_that_was_resolved_meanwhile_stays_resolved(site: Site) -> None:
    _, path = await in_crisis(site.clinic)
    async with at_desk(site, site.clinic.therapist) as desk:
        page = await desk.opens(path)
        await desk.sends(f"{path}/resolve", page.token, outcome="contacted")
        sent = await desk.sends(f"{path}/snooze", page.token, hours="2", reason="contact_agreed")
        handed = await desk.sends(f"{path}/hand-over", page.token, to=str(site.clinic.duty.id))
    assert sent.location == handed.location == f"{path}?said=gone"
