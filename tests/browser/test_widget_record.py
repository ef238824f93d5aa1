"""A patient's own record, in the widget's menu: curves with their bands, what the team sees, and a copy to keep."""

from __future__ import annotations

from playwright.async_api import expect
from scenes import own_record
from stage import Stage
from visit import Visit


async def test_the_curve_the_team_and_the_way_back(visit: Visit, stage: Stage) -> None:
    await own_record(visit, stage)
    await expect(visit.page.get_by_role("heading", name="My record", exact=True)).to_be_visible()
    await expect(visit.page.get_by_role("img", name="How your mood has been. On 10 November")).to_be_visible()
    await expect(
        visit.page.locator(".curve").get_by_text("many signs of low mood", exact=True)
    ).to_be_visible()
    await expect(visit.page.get_by_text("We will erase it on 9 March.")).to_be_visible()
    await visit.button("Back to my chat").click()
    await expect(visit.log).to_be_visible()


async def test_it_fits_a_small_screen(visit: Visit, stage: Stage) -> None:
    await visit.begin(viewport={"width": 320, "height": 640})
    await own_record(visit, stage)
    assert await visit.page.evaluate("document.documentElement.scrollWidth") <= 320
    assert await visit.findings() == []
