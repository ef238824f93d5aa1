"""The main job, whole: a patient whose scores worsen, a therapist who hears of it, and an alert that nobody answers.

With ``PICTURES=folder`` in the environment each station leaves a screenshot there.
"""

from __future__ import annotations

from typing import Protocol

from clinic import Clinic, Patient
from desk_visit import sit_down as at_the_desk
from pictures import picture
from playwright.async_api import Browser, expect
from test_widget_clinic import answer
from test_widget_clinic import sit_down as in_the_chat
from visit import Visit


class Site(Protocol):
    clinic: Clinic
    url: str


async def calm_weeks(clinic: Clinic) -> Patient:
    """Somebody who has been well, so that there is something to worsen from."""
    patient = await clinic.join("copd", name="Sam")
    for _ in range(2):
        await patient.chooses("Check how I am")
        await patient.fills_in(*[0] * 8, 0)
        await patient.chooses("Send my answers")
        await patient.fills_in(*[0] * 7)
        await patient.chooses("Send my answers")
        clinic.clock.advance(weeks=2)
    return patient


async def test_a_worse_week_reaches_the_therapist(there: Visit, site: Site, chromium: Browser) -> None:
    clinic = site.clinic
    patient = await calm_weeks(clinic)
    desk = Visit(chromium, site.url)
    await desk.begin(viewport={"width": 1180, "height": 820})
    await at_the_desk(desk, clinic, clinic.therapist)
    await desk.page.goto(site.url + "/desk")
    await expect(desk.page.get_by_text("No open alerts.")).to_be_visible()

    await in_the_chat(there, patient)
    now = there.page.locator(".msg:not(.used)")
    await now.get_by_role("button", name="Check how I am").press("Enter")
    await picture(there.page, "1-first-question")
    for at in range(1, 9):
        await answer(there, "More than half the days" if at < 7 else "Several days", at, 9)
    await picture(there.page, "2-item-nine")
    await answer(there, "Several days", 9, 9)
    await expect(there.log.get_by_text("Are you having thoughts of ending your life?")).to_be_visible()
    await picture(there.page, "3-signposting")

    # The desk shows it by itself, and the letter is there, without a clinical word.
    risk = desk.page.get_by_role("link", name="Thoughts of suicide or self-harm: Sam")
    await expect(risk).to_be_visible()
    await clinic.settle()
    (letter,) = clinic.letters(clinic.therapist)
    assert "suicid" not in letter.as_string().lower()

    await now.get_by_role("button", name="No", exact=True).press("Enter")
    await now.get_by_role("button", name="Go on", exact=True).press("Enter")
    await picture(there.page, "4-read-back")
    await now.get_by_role("button", name="Send my answers").press("Enter")
    for at in range(1, 8):
        await answer(there, "Several days", at, 7)
    await now.get_by_role("button", name="Send my answers").press("Enter")
    await expect(there.log.get_by_text("harder than before").last).to_be_visible()
    await now.get_by_role("button", name="See how I have been").press("Enter")
    await there.page.locator("svg").first.wait_for()
    await picture(there.page, "5-my-scores")
    await expect(desk.page.get_by_role("link", name="Sam")).to_have_count(3)
    await picture(desk.page, "6-desk-alerts")

    await breathe(there)
    await the_therapist_answers(desk, clinic, patient)
    await desk.end()


async def breathe(there: Visit) -> None:
    """The breathlessness module to its end, with the timed exercise."""
    now = there.page.locator(".msg:not(.used)")

    async def press(label: str) -> None:
        await now.get_by_role("button", name=label, exact=True).press("Enter")

    await press("Something that may help")
    await press("Breathlessness and worry")
    await now.get_by_label("No", exact=True).press("Space")
    await now.get_by_role("button", name="Next").press("Enter")
    await there.page.clock.install()
    await press("Help me breathe now")
    await there.button("Start").press("Enter")
    await picture(there.page, "7-exercise")
    await there.page.clock.run_for(400_000)
    await press("I have done it")
    await press("It helped")
    await press("Practise slow breathing twice a day")
    await press("Finish for today")
    await expect(there.log.get_by_text("That is the end of this one.").last).to_be_visible()
    await picture(there.page, "8-module-done")


async def the_therapist_answers(desk: Visit, clinic: Clinic, patient: Patient) -> None:
    """Acknowledged: no second rung. The other alert, that nobody answers, climbs."""
    await desk.page.get_by_role("link", name="Thoughts of suicide or self-harm: Sam").press("Enter")
    await picture(desk.page, "9-desk-alert")
    await desk.page.get_by_role("button", name="Acknowledge").press("Enter")
    await expect(desk.page.get_by_role("button", name="Acknowledge")).to_be_hidden()
    await clinic.settle()
    clinic.clock.advance(hours=2)
    await clinic.work()
    assert clinic.letters(clinic.duty) == []
    await at_the_desk(desk, clinic, clinic.therapist)  # two hours without a request end a session
    await desk.page.goto(f"{desk.base}/desk/patients/{patient.id}")
    await desk.page.locator("svg").first.wait_for()
    await picture(desk.page, "10-desk-patient")
    await patient.catches_up()
    await patient.says("i have crushing pain in my chest")
    assert len([m for m in clinic.letters(clinic.therapist) if "now" in str(m["Subject"])]) == 2
    clinic.clock.advance(minutes=16)
    await clinic.work()
    assert len(clinic.letters(clinic.duty)) == 1


async def test_the_red_flags_of_a_module_stay_within_reach(there: Visit, site: Site) -> None:
    patient = await site.clinic.join("copd")
    await in_the_chat(there, patient)
    now = there.page.locator(".msg:not(.used)")
    for label in ("Something that may help", "Breathlessness and worry"):
        await now.get_by_role("button", name=label, exact=True).press("Enter")
    await there.page.locator("summary", has_text="When to stop and call 999").press("Enter")
    await picture(there.page, "11-red-flags")
    await expect(there.page.locator(".advice-words").get_by_text("Call 999").first).to_be_visible()
    assert await there.findings() == []
