"""Content at the desk in a real browser: problems as one types, a save from the keyboard, and every page accessible."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest_asyncio
from clinic import Clinic
from desk_visit import sit_down
from playwright.async_api import expect
from test_desk_looks import NARROW, WIDE, look
from visit import Visit

from bot.authoring import Edition
from bot.core.values import StaffId
from bot.ports import StaffMember
from bot.usecases.publish import publish

AT = "/desk/content/file?file=modules/copd/breathlessness-and-worry.en.md"


@pytest_asyncio.fixture
async def lead(clinic: Clinic, edition: Edition) -> AsyncIterator[StaffMember]:
    """Who may edit, sign and publish. The shipped library is in force again afterwards."""
    member = replace(
        clinic.therapist,
        id=StaffId(clinic.house.ids.new()),
        email=f"lead@{clinic.service.slug}.example",
        name="A. Lead",
        roles=frozenset({"lead"}),
    )
    await clinic.house.record.staff.add(member)
    yield member
    await publish(clinic.house, edition.library, "tests", bodies=edition.bodies)


async def test_a_slip_is_told_as_it_is_typed_and_one_click_leads_to_it(
    there: Visit, clinic: Clinic, lead: StaffMember
) -> None:
    await sit_down(there, clinic, lead)
    page = there.page
    await page.goto(there.base + AT)
    text = page.get_by_label("The page, as Markdown")
    await text.fill((await text.input_value()).replace("::: exercise", "::: exercize", 1))
    problems = page.get_by_role("region", name="What to look at")
    await expect(problems.get_by_role("status")).to_contain_text("1 to correct")
    await expect(problems).to_contain_text("there is no block called 'exercize'")
    await expect(problems).to_contain_text("did you mean 'exercise'?")
    await problems.get_by_role("listitem").filter(has_text="C201").get_by_role("link").click()
    await expect(text).to_be_focused()
    marked = await text.evaluate("(one) => one.value.slice(one.selectionStart, one.selectionEnd)")
    assert marked.startswith("::: exercize for")
    assert await text.evaluate("(one) => one.scrollTop > 0")
    await expect(page.get_by_text("Not saved yet")).to_be_visible()


async def test_from_a_word_to_a_release_with_the_keyboards_own_save(
    there: Visit, clinic: Clinic, lead: StaffMember
) -> None:
    await sit_down(there, clinic, lead)
    page = there.page
    await page.goto(there.base + AT)
    text = page.get_by_label("The page, as Markdown")
    changed = (
        (await text.input_value()).replace("Hello {{", "Good day {{", 1).replace("unsigned draft", "A. Lead")
    )
    await text.fill(changed)
    await page.keyboard.press("Control+s")
    await expect(page.get_by_role("status").filter(has_text="Your draft is saved")).to_be_visible()
    await expect(page.get_by_role("heading", name="Draft, version 1")).to_be_visible()
    await page.get_by_label("I have read version 1 word for word").check()
    await page.get_by_role("button", name="Sign as A. Lead").click()
    await expect(page.get_by_text("Signed as it stands by A. Lead.")).to_be_visible()
    await page.get_by_role("navigation", name="Desk").locator("summary").click()
    await page.get_by_role("navigation").get_by_role("link", name="Content").click()
    await page.get_by_role("link", name="See what would change, and publish").click()
    await page.get_by_role("button", name="Publish 1 draft").click()
    await expect(page.get_by_role("status").filter(has_text="Published.")).to_be_visible()
    assert clinic.house.shelf.library.modules["copd/breathlessness-and-worry"].signed


async def test_it_works_without_script(there: Visit, clinic: Clinic, lead: StaffMember) -> None:
    await there.begin(java_script_enabled=False)
    await sit_down(there, clinic, lead)
    page = there.page
    await page.goto(there.base + AT)
    text = page.get_by_label("The page, as Markdown")
    await text.fill("nothing yet")
    await page.get_by_role("button", name="Save the draft").click()
    await expect(page.get_by_text("the front matter is missing")).to_be_visible()
    await expect(text).to_have_value("nothing yet")
    await page.get_by_role("button", name="Withdraw this draft").click()
    await expect(page.get_by_role("heading", name="Text in force")).to_be_visible()


async def test_every_page_is_accessible(there: Visit, clinic: Clinic, lead: StaffMember) -> None:
    found = []
    for window, how in (
        (WIDE, {}),
        (NARROW, {"color_scheme": "dark"}),
        (NARROW, {"forced_colors": "active"}),
    ):
        await there.begin(viewport=window, **how)
        await sit_down(there, clinic, lead)
        if not found and window is WIDE:
            await there.page.goto(there.base + AT)
            await there.page.get_by_label("The page, as Markdown").fill("nothing yet")
            await there.page.get_by_role("button", name="Save the draft").click()
            await expect(there.page.get_by_text("the front matter is missing")).to_be_visible()
        for path in ("/desk/content", AT, "/desk/content/publish"):
            found += await look(there, path)
    assert not found, "\n".join(found)
