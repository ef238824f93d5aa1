"""Where people stop, and what helped: axe finds nothing, nothing runs off a narrow screen, a keyboard is enough."""

from __future__ import annotations

from typing import Any

import pytest
from clinic import Clinic
from desk_scene import colleague, six_who_breathe
from desk_visit import sit_down
from playwright.async_api import expect
from test_desk_looks import NARROW, WIDE, faults
from visit import Visit

READING = "/desk/content/reading"
WINDOWS: dict[str, dict[str, Any]] = {
    "wide": {"viewport": WIDE, "color_scheme": "light"},
    "narrow": {"viewport": NARROW, "color_scheme": "dark"},
    "forced": {"viewport": NARROW, "forced_colors": "active"},
}
# Of each bar the widths of its pieces, as shares of the bar.
DRAWN = """() => Array.from(document.querySelectorAll(".bars li")).map((one) => {
  const whole = one.querySelector("svg").getBoundingClientRect().width;
  return Array.from(one.querySelectorAll("rect"), (p) => Math.round(10 * p.getBoundingClientRect().width / whole) / 10);
})"""


@pytest.mark.parametrize("window", WINDOWS)
async def test_the_page_is_accessible_with_its_tables_open(there: Visit, clinic: Clinic, window: str) -> None:
    await six_who_breathe(clinic)
    await there.begin(**WINDOWS[window])
    await sit_down(there, clinic, await colleague(clinic, "lead"))
    await there.page.goto(there.base + READING)
    found = await faults(there, "closed")
    await there.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    found += await faults(there, "open")
    assert not found, "\n".join(found)


async def test_bars_are_as_long_as_their_numbers(there: Visit, clinic: Clinic) -> None:
    """Six of six came to the exercise and one of them stopped; five came to the step behind it."""
    await six_who_breathe(clinic)
    await there.begin(viewport=WIDE)
    await sit_down(there, clinic, await colleague(clinic, "editor"))
    await there.page.goto(there.base + READING)
    drawn = [bar for bar in await there.page.evaluate(DRAWN) if bar]
    assert drawn == [[1.0], [0.8, 0.2], [0.8]]


async def test_a_keyboard_chooses_the_time_and_opens_a_table(there: Visit, clinic: Clinic) -> None:
    await six_who_breathe(clinic)
    clinic.clock.advance(days=40)
    await there.begin(viewport=WIDE)
    await sit_down(there, clinic, await colleague(clinic, "editor"))
    page = there.page
    await page.goto(there.base + READING)
    summary = page.get_by_text("The steps of Breathlessness and worry as a table")
    await summary.focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("row", name="Breathe with me 6 1")).to_be_visible()
    await page.get_by_role("link", name="30 days").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("link", name="30 days")).to_have_attribute("aria-current", "page")
    await expect(page.get_by_role("heading", name="Fewer than 5 people so far")).to_be_visible()
    await expect(summary).to_have_count(0)
