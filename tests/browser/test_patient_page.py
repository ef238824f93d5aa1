"""One patient's page in a real browser: accessible at every width, and alive while a colleague has it open."""

from __future__ import annotations

import pytest
from clinic import Clinic, Patient
from desk_scene import CRISIS, long_story
from desk_visit import sit_down
from playwright.async_api import Page, expect
from sqlalchemy import select
from test_desk_looks import NARROW, TABLET, WIDE, look
from test_desk_works import tab_to
from visit import Visit

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.engine import Database
from bot.core.inputs import TakeOver
from bot.usecases import alerts
from bot.usecases.ways_in import end_all


async def opens(there: Visit, clinic: Clinic, patient: Patient) -> Page:
    await sit_down(there, clinic, clinic.therapist)
    await there.page.goto(f"{there.base}/desk/patients/{patient.id}")
    await there.page.evaluate("window.untouched = true")
    return there.page


async def seen(database: Database, clinic: Clinic) -> list[str]:
    async with database.reading() as c:
        return list(
            (
                await c.execute(select(s.audit.c.what).where(s.audit.c.service_id == clinic.service.id))
            ).scalars()
        )


async def takes_over(clinic: Clinic, patient: Patient) -> None:
    await alerts.act(clinic.house, clinic.service.id, patient.id, TakeOver(clinic.therapist.id))


# -- how it looks -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("window", "more"),
    [
        (WIDE, {"color_scheme": "light"}),
        (TABLET, {"color_scheme": "dark"}),
        (NARROW, {"color_scheme": "light"}),
        (NARROW, {"forced_colors": "active"}),
    ],
    ids=["wide", "tablet", "narrow", "forced"],
)
async def test_the_page_and_its_print_are_accessible(
    there: Visit, clinic: Clinic, window: dict[str, int], more: dict[str, str]
) -> None:
    patient = await long_story(clinic)
    await takes_over(clinic, patient)
    await there.begin(viewport=window, **more)
    await sit_down(there, clinic, clinic.therapist)
    page, found = f"/desk/patients/{patient.id}", []
    for path in (page, f"{page}?what=alerts", f"{page}/print?with=messages"):
        found += await look(there, path)
        for summary in await there.page.locator("figure summary, .marks summary").all():
            if await summary.evaluate("(one) => !one.parentElement.open"):
                await summary.click()
        found += await there.findings()
    assert not found, "\n".join(found)


async def test_marks_of_a_row_do_not_touch_on_a_narrow_screen(there: Visit, clinic: Clinic) -> None:
    patient = await long_story(clinic)
    for _ in range(12):
        clinic.clock.advance(hours=3)
        await alerts_again(clinic, patient)
    await there.begin(viewport=NARROW)
    page = await opens(there, clinic, patient)
    touching = await page.evaluate(
        """() => Array.from(document.querySelectorAll(".chart svg")).flatMap((svg) => {
          const boxes = Array.from(svg.querySelectorAll("path.sign"), (one) => one.getBoundingClientRect());
          return boxes.slice(1).filter((box, n) => box.left < boxes[n].right - 2.5).map((box) => box.left);
        })"""
    )
    assert touching == []


async def alerts_again(clinic: Clinic, patient: Patient) -> None:
    for alert in await patient.alerts():
        if alert.state != "resolved":
            await alerts.resolve(
                clinic.house, clinic.service.id, alert.id, clinic.therapist.id, "contacted", ""
            )
    await patient.says(CRISIS)


async def test_the_page_is_walked_with_the_keyboard(there: Visit, clinic: Clinic) -> None:
    patient = await long_story(clinic)
    page = await opens(there, clinic, patient)
    await tab_to(page, page.get_by_role("link", name="To print"))
    await tab_to(page, page.locator("summary", has_text="All PHQ-9 scores"))
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("cell", name="moderately severe")).to_be_visible()
    await tab_to(page, page.get_by_role("button", name="Take over"))
    await tab_to(page, page.get_by_label("Message to Sam"))
    await tab_to(page, page.get_by_role("link", name="Modules"))
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("Began “Breathlessness and worry”.")).to_be_visible()
    await expect(page.locator(".timeline li.team")).to_have_count(0)


async def test_it_is_whole_without_a_script(there: Visit, clinic: Clinic) -> None:
    patient = await long_story(clinic)
    await there.begin(java_script_enabled=False)
    await sit_down(there, clinic, clinic.therapist)
    page = there.page
    await page.goto(f"{there.base}/desk/patients/{patient.id}")
    await page.get_by_role("link", name="Check-ins").click()
    await expect(page.locator(".timeline li")).to_have_count(4)
    await page.get_by_role("link", name="To print").click()
    await expect(page.get_by_text("Printed")).to_be_visible()


# -- while it lies open -------------------------------------------------------------------------------


async def test_messages_come_as_they_are_written_and_what_is_typed_stays(
    there: Visit, clinic: Clinic, database: Database
) -> None:
    patient = await clinic.join("copd", name="Sam")
    await takes_over(clinic, patient)
    page = await opens(there, clinic, patient)
    box = page.get_by_label("Message to Sam")
    await box.fill("I am here")
    await box.press("End")
    await patient.says("The walk went well.")
    await expect(page.locator("[data-grows] li.patient").last).to_contain_text("The walk went well.")
    await expect(page.locator("#latest li.patient").last).to_contain_text("The walk went well.")
    await expect(page.locator("#news")).to_have_text("New message: The walk went well.")
    await expect(box).to_be_focused()
    await page.keyboard.type(", Sam.")
    await patient.says("As far as the gate.")
    await expect(page.locator("[data-grows] li.patient").last).to_contain_text("As far as the gate.")
    await expect(box).to_have_value("I am here, Sam.")
    assert await page.evaluate("window.untouched") is True
    assert await seen(database, clinic) == ["patient.open"]
    await page.get_by_role("button", name="Send").click()
    await expect(page.get_by_text("Your message is in the chat.")).to_be_visible()


async def test_an_alert_and_a_colleague_who_takes_over_appear_too(there: Visit, clinic: Clinic) -> None:
    patient = await clinic.join("copd", name="Sam")
    page = await opens(there, clinic, patient)
    held = page.get_by_role("button", name="Take over")
    await held.focus()
    await patient.says(CRISIS)
    await expect(page.get_by_role("link", name="Thoughts of suicide or self-harm")).to_be_visible()
    await expect(held).to_be_focused()
    await alerts.act(clinic.house, clinic.service.id, patient.id, TakeOver(clinic.duty.id))
    await expect(page.get_by_text("has taken over since")).to_be_visible()


async def test_who_is_signed_out_meanwhile_keeps_what_they_typed(there: Visit, clinic: Clinic) -> None:
    patient = await clinic.join("copd", name="Sam")
    page = await opens(there, clinic, patient)
    await page.get_by_label("Message to Sam").fill("A long answer")
    await end_all(clinic.house, clinic.service.id, clinic.therapist.id)
    await patient.says("Are you there?")
    await expect(page.locator("#news")).to_contain_text("What you typed is still here")
    await expect(page.get_by_label("Message to Sam")).to_have_value("A long answer")
