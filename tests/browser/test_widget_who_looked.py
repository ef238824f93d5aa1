"""Who looked at my record, in the widget's menu: with the keyboard, and back to the chat."""

from __future__ import annotations

from playwright.async_api import expect
from scenes import who_looked
from stage import Stage
from visit import Visit


async def test_it_is_reached_with_the_keyboard_and_left_again(visit: Visit, stage: Stage) -> None:
    stage.looks = [
        {"day": "On Tuesday 3 November 2026", "lines": ["Ruth from your team opened your record at 10:14."]}
    ]
    await visit.signed_in()
    menu = visit.page.locator("summary").first
    await menu.focus()
    await menu.press("Enter")
    item = visit.button("Who looked at my record")
    await item.focus()
    await item.press("Enter")
    await expect(visit.page.get_by_role("heading", name="Who looked at my record")).to_be_focused()
    await expect(visit.page.get_by_role("heading", name="On Tuesday 3 November 2026")).to_be_visible()
    await expect(visit.page.get_by_role("listitem").filter(has_text="Ruth from your team")).to_be_visible()
    await visit.button("Back to my chat").click()
    await expect(visit.log).to_be_visible()


async def test_nobody_and_a_record_that_does_not_answer_are_said(visit: Visit, stage: Stage) -> None:
    stage.looks = None
    await visit.signed_in()
    await visit.page.locator("summary").first.click()
    await visit.button("Who looked at my record").click()
    await expect(visit.page.get_by_text("This cannot be shown right now.")).to_be_visible()
    stage.looks = []
    await visit.button("Try again").click()
    await expect(visit.page.get_by_text("Nobody has opened your record yet.")).to_be_visible()


async def test_it_fits_a_small_screen(visit: Visit, stage: Stage) -> None:
    await visit.begin(viewport={"width": 320, "height": 640})
    await who_looked(visit, stage)
    assert await visit.page.evaluate("document.documentElement.scrollWidth") <= 320
    assert await visit.findings() == []
