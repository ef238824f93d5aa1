"""A patient's weeks, whole: invited, joined, a first check-in, a module, reminders, a second device, the record, erased.

With ``PICTURES=folder`` in the environment each station leaves a screenshot there.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

import pytest_asyncio
from clinic import Clinic, Patient, text_of
from desk_visit import sit_down as at_the_desk
from fhir.resources.R4B.bundle import Bundle
from pictures import picture
from playwright.async_api import Browser, expect
from push_service import Browser as Device
from reminded import comes_due
from sqlalchemy import text
from test_widget_clinic import answer
from visit import Visit

from bot.adapters.postgres.engine import Database
from bot.core.inputs import Resolve
from bot.core.values import LineId
from bot.usecases import reaching, ways_in
from bot.usecases.change import hand_in

PHONE = {"width": 390, "height": 844}
ADDRESS = "sam.of.the.journey@people.example"


class Site(Protocol):
    clinic: Clinic
    url: str


@pytest_asyncio.fixture(loop_scope="session")
async def device(clinic: Clinic) -> AsyncIterator[Device]:
    device = Device()
    async with device.standing("chat") as teller:
        clinic.house.nudgers = {"push": teller}
        yield device


async def press(visit: Visit, label: str) -> None:
    now = visit.page.locator(".msg:not(.used)")
    await now.get_by_role("button", name=label, exact=True).press("Enter")


async def invited(chromium: Browser, site: Site) -> str:
    """At the desk; the link, as it stands there."""
    desk = Visit(chromium, site.url)
    await desk.begin(viewport={"width": 1100, "height": 900})
    await at_the_desk(desk, site.clinic, site.clinic.therapist)
    await desk.page.goto(f"{site.url}/desk/invite")
    await desk.page.get_by_label("COPD").check()
    await desk.page.get_by_role("button", name="Make an invitation").press("Enter")
    link = await desk.page.locator("#link").input_value()
    await picture(desk.page, "weeks-01-invited")
    await desk.end()
    return link.strip()


async def joined(there: Visit, link: str) -> None:
    await there.begin(viewport=PHONE)
    await there.page.goto(link)
    await there.page.locator("bounceback-chat .frame").wait_for()
    await there.join_until("About you", None, "Yes to reminders", "Yes to counting my scores")
    await picture(there.page, "weeks-02-joining")
    await there.page.get_by_label("What shall we call you?").fill("Sam")
    await there.step("Coming back")
    await there.page.get_by_label("Your e-mail address").fill(ADDRESS)
    await there.page.get_by_label("Choose a PIN").fill("2468")
    await picture(there.page, "weeks-03-coming-back")
    await there.button("Start").press("Enter")
    await expect(there.log.get_by_text("Hello Sam.")).to_be_visible()


async def checked_in(there: Visit) -> None:
    """The first one: both questionnaires, read back and sent."""
    await press(there, "Check how I am")
    for of, label in ((9, "Several days"), (7, "Several days")):
        for at in range(1, of + 1):
            await answer(there, "Not at all" if at == 9 else label, at, of)
        if of == 9:
            await picture(there.page, "weeks-04-read-back")
        await press(there, "Send my answers")
    await expect(there.log.get_by_text("came to 7 out of 21").last).to_be_visible()
    await picture(there.page, "weeks-05-first-check-in")


async def read_a_module(there: Visit) -> None:
    await press(there, "Something that may help")
    await expect(there.log.get_by_text("because you live with COPD").last).to_be_visible()
    await picture(there.page, "weeks-06-suggested-because")
    await press(there, "Breathlessness and worry")
    await there.page.locator("summary", has_text="When to stop and call 999").wait_for()
    await picture(there.page, "weeks-07-module")


async def goes_on_elsewhere(chromium: Browser, site: Site) -> Visit:
    """On another device: an address, a link by mail that works once, and the PIN."""
    other = Visit(chromium, site.url)
    await other.begin(viewport={"width": 768, "height": 900})
    await other.open()
    await other.button("I have been here before").press("Enter")
    await other.page.get_by_label("Your e-mail address").fill(ADDRESS)
    await other.button("Send me a link").press("Enter")
    await expect(other.page.get_by_text("a link is on its way")).to_be_visible()
    await site.clinic.settle()
    letter = text_of(site.clinic.post_box.to(ADDRESS)[-1])
    [link] = re.findall(r"\S+#return=\S+", letter)
    await other.page.goto("about:blank")
    await other.page.goto(link)
    await other.page.get_by_label("Your PIN").fill("2468")
    await other.button("Carry on").press("Enter")
    return other


async def downloaded(visit: Visit, label: str, folder: Path) -> Path:
    async with visit.page.expect_download() as coming:
        await visit.button(label).press("Enter")
    download = await coming.value
    path = folder / download.suggested_filename
    await download.save_as(path)
    return path


async def test_from_the_invitation_to_the_last_page(
    there: Visit, site: Site, chromium: Browser, device: Device, database: Database, tmp_path: Path
) -> None:
    clinic = site.clinic
    await joined(there, await invited(chromium, site))
    await checked_in(there)
    await read_a_module(there)
    token = await there.page.evaluate("Object.values(sessionStorage)[0]")
    session = await ways_in.who_is(clinic.house, token, "patient")
    patient = Patient(clinic, LineId(session.subject), token)
    await patient.catches_up()

    # The days go by: a reminder by push and by mail, which say that something waits and nothing of what.
    await reaching.add_device(
        clinic.house, session, patient.id, b"", "A phone", device.endpoint(), device.keys
    )
    given = await comes_due(clinic, patient)
    assert {sent.way: sent.state for sent in given.sent} == {"email": "accepted", "push": "accepted"}
    [(_, news)] = device.came
    letter = text_of(clinic.post_box.to(ADDRESS)[-1])
    for told in (json.dumps(news), letter):
        assert not re.search("COPD|breath|mood|Sam|check-in", told)
    await there.page.set_content(
        f"<pre>{html.escape(json.dumps(news, indent=1))}\n\n{html.escape(letter)}</pre>"
    )
    await picture(there.page, "weeks-08-reminder-by-push-and-mail")

    # Two weeks on the long questions are due again: begun on one device, gone on with on another.
    clinic.clock.advance(days=8)
    await clinic.work()
    await there.open()
    await there.state("online")
    await press(there, "Check how I am")
    for at in (1, 2, 3):
        await answer(there, "Several days", at, 9)
    await picture(there.page, "weeks-09-in-the-middle")
    other = await goes_on_elsewhere(chromium, site)
    await expect(
        other.page.locator(".msg:not(.used) form.question", has_text="Question 4 of 9")
    ).to_be_visible()
    await picture(other.page, "weeks-10-the-same-question-elsewhere")
    for at in range(4, 10):
        await answer(other, "Not at all", at, 9)
    await press(other, "Send my answers")
    for at in range(1, 8):
        await answer(other, "Not at all", at, 7)
    await press(other, "Send my answers")
    await expect(other.log.get_by_text("came to 0 out of 21").last).to_be_visible()

    # Their own record: curves with bands, and the copies.
    await other.chooses_in_menu("My record")
    await other.page.get_by_role("img", name="How your mood has been").wait_for()
    await picture(other.page, "weeks-11-my-record")
    page = await downloaded(other, "Download it to read", tmp_path)
    bundle = Bundle.model_validate(
        json.loads((await downloaded(other, "Download it for a health service (FHIR)", tmp_path)).read_text())
    )
    kinds = {entry.resource.get_resource_type() for entry in bundle.entry}
    assert {"Patient", "Questionnaire", "QuestionnaireResponse", "Observation"} <= kinds
    reader = await other.context.new_page()
    await reader.goto(page.as_uri())
    await reader.screenshot(path=str(tmp_path / "export.png"), full_page=True)
    assert await reader.get_by_role("heading", name="My record").count()
    await picture(reader, "weeks-12-the-copy-to-read")

    # What is open between them and the team is finished by a person.
    for alert in await clinic.alerts():
        await hand_in(
            clinic.house, clinic.service.id, patient.id, Resolve(alert.id, clinic.therapist.id, "contacted")
        )

    # Erased at once, after being asked twice: no word is left, every screen is signed out.
    await other.button("Back to my chat").press("Enter")
    for label in (
        "More for me",
        "My record",
        "Erase what may be erased",
        "Yes, now",
        "Erase it now, for good",
    ):
        await press(other, label)
    await picture(other.page, "weeks-13-erased")
    await clinic.work()
    async with database.reading() as c:
        left = text("SELECT count(*) FROM word WHERE service_id = :s AND owner_id = :l")
        mine = {"s": clinic.service.id, "l": patient.id}
        assert (await c.execute(left, mine)).scalar_one() == 0
    await expect(other.page.get_by_label("Your invitation code")).to_be_visible()
    assert there.complaints == other.complaints == []
    await other.end()
