"""The diary on a small screen with the real server, and further plans in "Get help now"."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.async_api import expect
from stage import Stage
from test_widget_clinic import Site, sit_down
from test_widget_looks import TOO_SMALL, TOO_WIDE
from visit import Visit

PICTURES = os.environ.get("BOUNCEBACK_PICTURES")


async def _press(there: Visit, label: str) -> None:
    """On the newest message: what stands on an older one is used."""
    newest = there.page.locator(".msg:not(.used)")
    await newest.get_by_role("button", name=label, exact=True).last.press("Enter")


async def test_the_diary_is_written_with_the_keyboard_at_320_px(there: Visit, site: Site) -> None:
    patient = await site.clinic.join("diabetes", name="Sam")
    await there.page.set_viewport_size({"width": 320, "height": 640})
    await sit_down(there, patient)
    for number in ("7,2", "9.4"):
        for label in ("More for me", "My diary", "Blood sugar"):
            await _press(there, label)
        field = there.page.locator(".msg:not(.used) form.question input").last
        await field.fill(number)
        await field.press("Enter")
        await expect(there.log.get_by_text("I have written it down.").last).to_be_visible()
        await _press(there, "Back to the menu")
    for label in ("More for me", "My diary", "See my last lines"):
        await _press(there, label)
    await expect(there.log.get_by_text("Your last lines go from 7.2 to 9.4 mmol/L.")).to_be_visible()
    assert await there.page.evaluate(TOO_WIDE) == []
    assert await there.page.evaluate(TOO_SMALL) == []
    assert await there.findings() == []
    if PICTURES:
        await there.page.screenshot(path=Path(PICTURES) / "diary-320.png")


async def test_a_number_over_its_limit_shows_where_to_turn(there: Visit, site: Site) -> None:
    patient = await site.clinic.join("diabetes", name="Sam")
    await sit_down(there, patient)
    for label in ("More for me", "My diary", "Blood sugar"):
        await _press(there, label)
    field = there.page.locator(".msg:not(.used) form.question input").last
    await field.fill("28")
    await field.press("Enter")
    await expect(there.log.get_by_text("Call 999 or go to A&E now if ketones").first).to_be_visible()
    assert [alert.concern for alert in await patient.alerts()] == ["emergency:diabetes"]


async def test_further_plans_stand_folded_below_with_when_to_call_999(visit: Visit, stage: Stage) -> None:
    stage.plan = {
        "lang": "en",
        "parts": [],
        "further": [
            {
                "plan": "flare",
                "title": "My flare-up plan",
                "parts": [{"title": "What I do", "text": "rest and sit up"}],
                "calls": ["Call 999 now if you cannot get your words out."],
            }
        ],
    }
    await visit.signed_in()
    await visit.button("Get help now").click()
    await visit.page.get_by_text("My flare-up plan").click()
    await expect(visit.page.get_by_text("rest and sit up")).to_be_visible()
    await expect(visit.page.get_by_text("Call 999 now if you cannot get your words out.")).to_be_visible()
    await expect(visit.button("Print this plan")).to_be_visible()
    assert await visit.findings() == []
    assert await visit.page.evaluate(TOO_SMALL) == []
