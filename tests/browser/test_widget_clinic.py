"""Whole journeys of a patient: the real widget, the real server, the real record."""

from __future__ import annotations

import re
from typing import Protocol

from clinic import Clinic, Patient, text_of
from playwright.async_api import Browser, expect
from stage import Stage
from visit import ANNOUNCED, Visit

from bot.core.inputs import Moderate
from bot.usecases.hosting import moderate


class Site(Protocol):
    clinic: Clinic
    url: str


async def sit_down(visit: Visit, patient: Patient) -> None:
    """Opens the chat as somebody who has joined before, in this tab."""
    await visit.hold(patient.token)
    await visit.open()
    await visit.page.evaluate(ANNOUNCED)
    await visit.state("online")


async def answer(visit: Visit, label: str, at: int, of: int) -> None:
    """With the keyboard, as all of these journeys: a page that scrolls on under the pointer cannot swallow a key."""
    question = visit.page.locator(".msg:not(.used) form.question", has_text=f"Question {at} of {of}")
    await question.get_by_label(label, exact=True).press("Space")
    await question.get_by_role("button", name="Next").press("Enter")


async def test_an_invitation_becomes_a_conversation(there: Visit, site: Site) -> None:
    invitation = await site.clinic.invite("copd")
    await there.open(f"/chat#invite={invitation.code}")
    await there.join_until("About you")
    await there.page.get_by_label("What shall we call you?").fill("Sam")
    await there.step("Coming back")
    await there.button("Start").press("Enter")
    await expect(there.log.get_by_text("Hello Sam.")).to_be_visible()
    await expect(there.button("Check how I am")).to_be_visible()
    assert await there.findings() == []


async def test_a_used_invitation_is_refused_in_words(there: Visit, site: Site) -> None:
    invitation = await site.clinic.invite("copd")
    await there.open(f"/chat#invite={invitation.code}")
    await there.join()
    await expect(there.button("Check how I am")).to_be_visible()
    await there.begin()
    await there.open(f"/chat#invite={invitation.code}")
    await there.button("Next").press("Enter")
    await expect(there.page.get_by_text("This invitation has run out or has been used.")).to_be_visible()


async def test_a_whole_check_in_with_back_change_and_read_back(there: Visit, site: Site) -> None:
    patient = await site.clinic.join("copd")
    await sit_down(there, patient)
    await there.button("Check how I am").press("Enter")
    await answer(there, "Several days", 1, 9)
    await answer(there, "Nearly every day", 2, 9)
    third = there.page.locator(".msg:not(.used)", has_text="Question 3 of 9")
    await third.get_by_role("button", name=re.compile("^Back")).press("Enter")
    await answer(there, "Not at all", 2, 9)
    for at in range(3, 10):
        await answer(there, "Not at all", at, 9)
    change = there.page.locator(".read-back").get_by_role("button").nth(2)
    await change.press("Enter")
    await answer(there, "Several days", 3, 9)
    again = there.page.locator(".msg:not(.used)").get_by_role("button", name="Send my answers")
    await again.press("Enter")
    await expect(there.page.locator("form.question", has_text="Question 1 of 7")).to_be_visible()
    await site.clinic.settle()
    scores = (await patient.state()).scores
    assert [score.total for score in scores["phq9"]] == [2]


async def test_crisis_words_bring_help_at_once_and_an_alert(there: Visit, site: Site) -> None:
    patient = await site.clinic.join("copd")
    await sit_down(there, patient)
    await there.write("i want to die")
    await expect(there.page.get_by_role("region", name="You can talk to somebody now").last).to_be_visible()
    await expect(there.page.get_by_role("link", name="Call 116 123").first).to_be_visible()
    await site.clinic.settle()
    (alert,) = await patient.alerts()
    assert alert.level == "now"
    assert any("116 123" in said for said in await there.announced())


async def test_a_half_done_check_in_goes_on_on_another_device(there: Visit, site: Site) -> None:
    invitation = await site.clinic.invite("copd")
    await there.open(f"/chat#invite={invitation.code}")
    await there.join_until("Coming back")
    await there.page.get_by_label("Your e-mail address").fill("sam@example.org")
    await there.page.get_by_label("Choose a PIN").fill("2468")
    await there.button("Start").press("Enter")
    await there.button("Check how I am").press("Enter")
    await answer(there, "Several days", 1, 9)
    await there.page.locator("form.question", has_text="Question 2 of 9").wait_for()
    await there.begin()
    await there.open()
    await there.button("I have been here before").press("Enter")
    await there.page.get_by_label("Your e-mail address").fill("sam@example.org")
    await there.button("Send me a link").press("Enter")
    await there.page.locator(".form-answer.answer").wait_for()
    await there.page.goto(f"{there.base}/urgent")
    await there.open("/chat#return=" + await mailed_code(site.clinic))
    await there.page.get_by_label("Your PIN").fill("2468")
    await there.button("Carry on").press("Enter")
    await answer(there, "Not at all", 2, 9)
    await there.page.locator("form.question", has_text="Question 3 of 9").wait_for()


async def mailed_code(clinic: Clinic) -> str:
    await clinic.settle()
    await clinic.work()
    letter = clinic.post_box.to("sam@example.org")[-1]
    found = re.search(r"#return=(\S+)", text_of(letter))
    assert found
    return found[1]


async def test_two_screens_of_one_patient_show_the_same(there: Visit, site: Site, chromium: Browser) -> None:
    patient = await site.clinic.join("copd")
    await sit_down(there, patient)
    other = Visit(chromium, site.url)
    await other.begin()
    await sit_down(other, patient)
    await there.write("hello")
    await expect(other.page.locator(".msg.own").get_by_text("hello")).to_be_visible()
    words = ".msg .words, .msg .question-text"
    await expect(other.page.locator(words)).to_have_count(await there.page.locator(words).count())
    await other.end()


async def test_a_revoked_session_ends_on_the_forms(there: Visit, site: Site) -> None:
    patient = await site.clinic.join("copd")
    await sit_down(there, patient)
    await there.page.evaluate(
        "(token) => fetch('/v1/sign-out', { method: 'POST', headers: { Authorization: `Bearer ${token}` } })",
        patient.token,
    )
    await there.page.reload()
    await expect(there.page.get_by_role("heading", name="Welcome")).to_be_visible()


async def test_the_breathing_exercise_is_found_and_done(there: Visit, site: Site) -> None:
    patient = await site.clinic.join("copd")
    await there.page.clock.install()
    await sit_down(there, patient)
    now = there.page.locator(".msg:not(.used)")
    for label in ("Something that may help", "Breathlessness and worry"):
        await now.get_by_role("button", name=label, exact=True).press("Enter")
    await now.get_by_label("No", exact=True).press("Space")
    await now.get_by_role("button", name="Next").press("Enter")
    await now.get_by_role("button", name="Help me breathe now", exact=True).press("Enter")
    await there.button("Start").press("Enter")
    await there.page.clock.run_for(400_000)
    await expect(there.page.get_by_text("That is the end of the exercise.").first).to_be_visible()
    await there.button("I have done it").press("Enter")
    await expect(there.button("I have done it")).to_have_attribute("aria-disabled", "true")


async def test_every_request_and_address_is_free_of_words(there: Visit, site: Site) -> None:
    patient = await site.clinic.join("copd")
    asked: list[str] = []
    there.page.on("request", lambda request: asked.append(request.url))
    await sit_down(there, patient)
    await there.write("canary-word-42")
    await expect(there.page.get_by_text("Sent", exact=True)).to_be_visible()
    assert [url for url in asked if "canary" in url or patient.token in url] == []


async def in_the_group(visit: Visit, patient: Patient, pseudonym: str) -> None:
    await sit_down(visit, patient)
    for label in ("Talk to others like me", "Living with COPD", "Join the group"):
        await (
            visit.page.locator(".msg:not(.used)").get_by_role("button", name=label, exact=True).press("Enter")
        )
    await visit.page.get_by_label("Write your answer").fill(pseudonym)
    await visit.box.press("Enter")
    await visit.button("Open the group").press("Enter")
    await visit.page.get_by_label("Write to the group").wait_for()


async def test_two_patients_talk_in_a_group(there: Visit, site: Site, chromium: Browser) -> None:
    clinic = site.clinic
    await in_the_group(there, await clinic.join("copd"), "Wren")
    other = Visit(chromium, site.url)
    await other.begin()
    await in_the_group(other, await clinic.join("copd"), "Heron")
    await there.write("To the gate and back!")
    held = there.page.get_by_role("article").get_by_text("A host looks at this before others see it.")
    await expect(held).to_be_visible()
    await clinic.settle()
    room = clinic.service.rooms["copd"]
    await moderate(clinic.house, clinic.service.id, room, Moderate(1, clinic.host.id, "release"))
    theirs = other.page.get_by_role("article", name="Wren")
    await expect(theirs.get_by_text("To the gate and back!")).to_be_visible()
    await expect(held).to_be_hidden()
    await other.button("Report the post by Wren").press("Enter")
    await other.button("Yes, report it").press("Enter")
    await expect(other.page.get_by_text("Thank you. A person will look at it.")).to_be_visible()
    await clinic.settle()
    await moderate(clinic.house, clinic.service.id, room, Moderate(1, clinic.host.id, "hide", "unkind"))
    await expect(theirs.get_by_text("This post is hidden.")).to_be_visible()
    await other.end()


async def test_a_page_of_somebody_else_gets_no_conversation(there: Visit, site: Site, stage: Stage) -> None:
    invitation = await site.clinic.invite("copd")
    stage.policy = None
    stage.attributes = f'open server="{site.url}"'
    host = Visit(there.browser, f"http://127.0.0.1:{stage.port}", stage)
    await host.begin()
    await host.open("/host")
    await host.page.get_by_label("Your invitation code").fill(invitation.code)
    await host.button("Next").press("Enter")
    await expect(host.page.get_by_text("We could not reach the service.")).to_be_visible()
    await host.end()
