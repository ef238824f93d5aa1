"""Every page of the desk: axe finds nothing, nothing runs off a narrow screen, and targets can be hit.

``DESK_PICTURES=FOLDER`` keeps a picture of each, to be looked at.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

import pytest
import pytest_asyncio
from clinic import Clinic
from desk_scene import CRISIS, Scene, busy_day, colleague
from desk_visit import sit_down
from playwright.async_api import expect
from visit import Visit

from bot.core.inputs import TakeOver
from bot.usecases import alerts as acts
from bot.usecases import people

WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 320, "height": 640}
TABLET = {"width": 820, "height": 1180}
PAGES = (
    "/desk",
    "/desk?show=all",
    "/desk/alerts/{alert}",
    "/desk/alerts/{rang}",
    "/desk/alerts/{post}",
    "/desk/patients",
    "/desk/patients/{sam}",
    "/desk/patients/{sam}?what=check-ins&events=2",
    "/desk/patients/{sam}/print?with=messages",
    "/desk/patients/{sam}/end",
    "/desk/patients?whose=left",
    "/desk/invite",
    "/desk/groups",
    "/desk/groups/{room}",
    "/desk/rota",
    "/desk/nowhere",
)
OF_A_LEAD = (
    "/desk/inbox",
    "/desk/patients?sort=worse",
    "/desk/quality",
    "/desk/quality/rules?weeks=4&sort=wrong",
    "/desk/quality/sample",
    "/desk/audit",
    "/desk/patients/{sam}/looks",
    "/desk/patients/{sam}/end",
    "/desk/people",
    "/desk/people/{colleague}",
    "/desk/rota",
    "/desk/content",
    "/desk/content/publish",
    "/desk/content/reading",
)

# Wider than the window, or a target smaller than a finger. Links inside a sentence are exempt, as WCAG has it.
TOO_WIDE = "() => document.documentElement.scrollWidth > document.documentElement.clientWidth"
TOO_SMALL = """() => Array.from(document.querySelectorAll("a, button, summary, input, select, textarea"))
  .filter((one) => one.checkVisibility() && one.type !== "hidden" && !one.closest(".skip"))
  .map((one) => [one, (one.closest("label") || one).getBoundingClientRect()])
  .filter(([one, box]) => box.height < 43.5 || box.width < 24)
  .filter(([one]) => !(one.matches("p a, dd a") && one.parentElement.textContent.trim() !== one.textContent.trim()))
  .map(([one, box]) => `${one.outerHTML.slice(0, 90)} ${Math.round(box.width)}x${Math.round(box.height)}`)"""


@pytest_asyncio.fixture
async def scene(clinic: Clinic) -> Scene:
    return await busy_day(clinic)


async def addresses(clinic: Clinic, scene: Scene, pages: Sequence[str] = PAGES) -> list[str]:
    alerts = {a.line: a.id for a in await clinic.alerts()}
    names = {
        "alert": alerts[scene.sam.id],
        "rang": alerts[scene.alex.id],
        "post": alerts[scene.room],
        "sam": scene.sam.id,
        "room": scene.room,
        "colleague": clinic.duty.id,
    }
    return [page.format(**names) for page in pages]


async def look(visit: Visit, path: str) -> list[str]:
    await visit.page.goto(visit.base + path)
    return await faults(visit, path)


async def faults(visit: Visit, path: str) -> list[str]:
    found = await visit.findings(colours=visit.coloured or visit.page.viewport_size == WIDE)
    if await visit.page.evaluate(TOO_WIDE):
        found.append("wider than the window")
    found += [f"too small: {one}" for one in await visit.page.evaluate(TOO_SMALL)]
    if folder := os.environ.get("DESK_PICTURES"):
        width = (visit.page.viewport_size or WIDE)["width"]
        name = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "ID", path).strip("/").replace("/", "-")
        await visit.page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)
    return [f"{path}: {one}" for one in found]


@pytest.mark.parametrize(
    ("window", "scheme"),
    [(WIDE, "light"), (TABLET, "light"), (NARROW, "dark")],
    ids=["wide", "tablet", "narrow"],
)
async def test_every_page_is_accessible(
    there: Visit, clinic: Clinic, scene: Scene, window: dict[str, int], scheme: str
) -> None:
    await there.begin(viewport=window, color_scheme=scheme)
    found = await look(there, "/desk/sign-in") + await look(there, "/desk/welcome#a.code")
    await sit_down(there, clinic, clinic.therapist)
    for path in await addresses(clinic, scene):
        found += await look(there, path)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("window", [WIDE, TABLET, NARROW], ids=["wide", "tablet", "narrow"])
async def test_every_page_of_a_lead_is_accessible_with_something_on_it(
    there: Visit, clinic: Clinic, scene: Scene, window: dict[str, int]
) -> None:
    await people_who_wait(clinic, scene)
    await there.begin(viewport=window)
    await sit_down(there, clinic, await colleague(clinic, "lead"))
    found = []
    for path in await addresses(clinic, scene, OF_A_LEAD):
        found += await look(there, path)
    assert not found, "\n".join(found)


async def people_who_wait(clinic: Clinic, scene: Scene) -> None:
    """Two in the inbox, and a rule that rang at five people."""
    await acts.act(clinic.house, clinic.service.id, scene.sam.id, TakeOver(clinic.therapist.id))
    await scene.sam.says("Can you see this?")
    for n, outcome in enumerate((*acts.OUTCOMES[-2:], *acts.OUTCOMES[:3])):
        patient = await clinic.join("copd", name=f"Kit {n}")
        await patient.chooses("Ask for a person")
        clinic.clock.advance(minutes=20)
        (alert,) = await patient.alerts()
        await acts.acknowledge(clinic.house, clinic.service.id, alert.id, clinic.duty.id)
        if n:
            await acts.resolve(clinic.house, clinic.service.id, alert.id, clinic.duty.id, outcome)


@pytest.mark.parametrize("window", [WIDE, TABLET, NARROW], ids=["wide", "tablet", "narrow"])
async def test_the_head_of_a_lead_is_one_row_and_more_opens_below_it(
    there: Visit, clinic: Clinic, window: dict[str, int]
) -> None:
    await there.begin(viewport=window)
    await sit_down(there, clinic, await colleague(clinic, "lead"))
    page = there.page
    await page.goto(f"{there.base}/desk/rota")
    tops = await page.evaluate(
        """() => Array.from(document.querySelectorAll(".top nav > ul > li"), (one) => one.getBoundingClientRect().top)"""
    )
    assert len(tops) == 5 and len(set(tops)) == 1
    head = await page.evaluate("document.querySelector('.top').offsetHeight")
    assert head < (140 if window is NARROW else 80)
    more = page.locator("summary", has_text="More")
    await expect(more).to_have_attribute("aria-current", "true")
    await more.focus()
    await more.press("Enter")
    await expect(page.get_by_role("link", name="Rota")).to_have_attribute("aria-current", "page")
    found = await faults(there, "more")
    assert not found, "\n".join(found)
    await page.keyboard.press("Tab")
    await page.keyboard.press("Escape")
    await expect(more).to_be_focused()
    await expect(page.get_by_role("link", name="Rota")).to_be_hidden()


@pytest.mark.parametrize("window", [WIDE, TABLET, NARROW], ids=["wide", "tablet", "narrow"])
async def test_an_alert_with_all_its_forms_open_and_who_looked_are_accessible(
    there: Visit, clinic: Clinic, scene: Scene, window: dict[str, int]
) -> None:
    await there.begin(viewport=window)
    await sit_down(there, clinic, await colleague(clinic, "lead"))
    alert = (await scene.alex.alerts())[0].id
    await there.page.goto(f"{there.base}/desk/alerts/{alert}")
    for form in ("Put it off", "Hand it over"):
        await there.page.locator("summary", has_text=form).click()
    found = await faults(there, "an alert with its forms open")
    for path in ("/desk/audit", f"/desk/patients/{scene.sam.id}/looks"):
        found += await look(there, path)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("window", [WIDE, NARROW], ids=["wide", "narrow"])
async def test_the_pages_about_colleagues_are_accessible(
    there: Visit, clinic: Clinic, window: dict[str, int]
) -> None:
    await there.begin(viewport=window)
    await people.ask_to_join(
        clinic.house, clinic.service, "nia@hill.example", "Nia", frozenset({"therapist"}), None
    )
    await people.leave(clinic.house, clinic.host, None)
    await sit_down(there, clinic, await colleague(clinic, "lead"))
    found = [
        f for path in ("/desk/people", f"/desk/people/{clinic.duty.id}") for f in await look(there, path)
    ]
    assert not found, "\n".join(found)


async def test_answers_to_forms_are_accessible_too(there: Visit, clinic: Clinic) -> None:
    """A wrong sign-in, a resolve without an outcome, a link shown once; in forced colours and on a narrow screen."""
    patient = await clinic.join("copd", name="Sam")
    await patient.says(CRISIS)
    (alert,) = await patient.alerts()
    await there.begin(viewport=NARROW, forced_colors="active")
    page = there.page
    await page.goto(f"{there.base}/desk/sign-in")
    for label in ("Service", "E-mail", "Password"):
        await page.get_by_label(label).fill("somebody@else.example")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    found = await faults(there, "wrong sign-in")
    await sit_down(there, clinic, clinic.therapist)
    await page.goto(f"{there.base}/desk/alerts/{alert.id}")
    await page.evaluate("for (const form of document.forms) form.noValidate = true")
    await page.get_by_role("button", name="Resolve").click()
    await expect(page.get_by_role("group", name="What came of it?")).to_have_accessible_description(
        "Choose what came of it. An alert is never closed without."
    )
    found += await faults(there, "no outcome")
    await page.goto(f"{there.base}/desk/patients/{patient.id}")
    await page.get_by_role("button", name="Make a return link").click()
    await expect(page.get_by_label("Link")).to_be_visible()
    found += await faults(there, "a link")
    assert not found, "\n".join(found)
