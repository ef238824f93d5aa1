"""An editor at the preview: a save is seen at once, the map is true, scores are pretended, and everybody can use it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from judged import judged
from playwright.async_api import Browser, FrameLocator, Locator, Page, expect
from previewed import Previewed, previewed
from test_desk_looks import TOO_SMALL, TOO_WIDE
from visit import Visit

WIDE, NARROW = {"width": 1440, "height": 1000}, {"width": 320, "height": 740}


@pytest_asyncio.fixture(loop_scope="session")
async def desk(tmp_path: Path) -> AsyncIterator[Previewed]:
    async with previewed(tmp_path) as desk:
        yield desk


@pytest_asyncio.fixture(loop_scope="session")
async def editor(chromium: Browser, desk: Previewed) -> AsyncIterator[Visit]:
    visit = Visit(chromium, desk.url)
    await sit_down(visit, viewport=WIDE)
    yield visit
    await visit.end()
    assert visit.complaints == []


async def sit_down(visit: Visit, **context: Any) -> None:
    await visit.begin(**context)
    await visit.page.goto(visit.base)
    await expect(log(visit.page).get_by_text("Hello Sam.")).to_be_visible()


def chat(page: Page, n: int = 0) -> FrameLocator:
    return page.frame_locator("iframe").nth(n)


def log(page: Page, n: int = 0) -> Locator:
    return chat(page, n).get_by_role("log")


def stop(page: Page, step: str) -> Locator:
    return page.locator(f'.stop[data-step="{step}"]')


async def beside(page: Page, variant: str) -> None:
    await page.get_by_label("Beside it").select_option(variant)
    await expect(log(page, 1).locator(".msg").first).to_be_visible()


async def jump(page: Page, title: str) -> None:
    await page.get_by_label("Step", exact=True).select_option(title)
    await page.get_by_role("button", name="Jump there").click()
    await expect(page.locator("#map-sentence")).to_contain_text(f"The chat is at “{title}”.")


# -- saving -------------------------------------------------------------------------------------------


async def test_a_save_changes_the_chat_and_keeps_the_place(editor: Visit, desk: Previewed) -> None:
    page = editor.page
    await chat(page).get_by_label("No", exact=True).check()
    await chat(page).get_by_role("button", name="Next").click()
    await chat(page).get_by_role("button", name="Carry on").click()
    await expect(log(page).get_by_text("Being short of breath is frightening.")).to_be_visible()
    desk.save("Being short of breath is frightening.", "Running out of breath is frightening.")
    await expect(log(page).get_by_text("Running out of breath is frightening.")).to_be_visible()
    await expect(log(page).get_by_text("Being short of breath is frightening.")).to_have_count(0)
    await expect(page.locator("#saved")).to_contain_text("no problems")
    await expect(page.locator("#saved")).to_contain_text("Saved")
    await expect(page.locator("#source")).to_contain_text("Running out of breath is frightening.")
    await expect(page.locator("#map-sentence")).to_contain_text("The chat is at “What brings you here”.")
    await chat(page).get_by_role("button", name="Skip this one").click()
    await expect(log(page).get_by_text("That is fine. It can be hard to put into words.")).to_be_visible()


async def test_a_problem_stands_at_its_line_and_the_rest_plays_on(editor: Visit, desk: Previewed) -> None:
    page = editor.page
    desk.save("- [It helped](#when-to-use-it)", "- [It helped](#when-to-use-this)")
    await expect(page.locator("#saved")).to_contain_text("1 problem")
    await expect(page.locator("#playing")).to_contain_text("plays the rest")
    problem = page.locator("#problems .errors li").first
    await expect(problem).to_contain_text("there is no step '#when-to-use-this'")
    await expect(problem).to_contain_text("did you mean 'when-to-use-it'?")
    await problem.get_by_role("link").click()
    line = page.locator(".line.wrong-line")
    await expect(line).to_contain_text("- [It helped](#when-to-use-this)")
    await expect(line).to_be_focused()
    await expect(page.locator(".lens.error")).to_contain_text("there is no step")
    await jump(page, "Breathe with me")
    await expect(log(page).get_by_text("Sit down. Lean forward a little.")).to_be_visible()


async def test_a_change_of_another_step_is_one_press_away(editor: Visit, desk: Previewed) -> None:
    page = editor.page
    desk.save("Small is good.", "Small is very good.")
    await page.get_by_role("button", name="Show it in the chat").click()
    await expect(log(page).get_by_text("Small is very good.")).to_be_visible()
    await expect(page.locator("#changed")).to_be_empty()


async def test_a_page_that_cannot_be_read_stays_on_the_screen(editor: Visit, desk: Previewed) -> None:
    page = editor.page
    desk.page.write_bytes(b"\xff\xfe")
    await expect(page.locator("#playing")).to_contain_text("cannot be read now")
    await expect(page.locator("#problems")).to_contain_text("this is not UTF-8 text")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Breathlessness and worry")
    await expect(log(page).get_by_text("Hello Sam.")).to_be_visible()


# -- the map ------------------------------------------------------------------------------------------


async def test_the_map_shows_where_the_chat_is_and_leads_it_elsewhere(editor: Visit) -> None:
    page = editor.page
    await expect(stop(page, "a-safety-question-first")).to_have_class("stop here")
    await stop(page, "breathe-with-me").click()
    await expect(stop(page, "breathe-with-me")).to_have_class("stop here")
    await page.get_by_role("button", name="Skip the exercise").click()
    await expect(log(page).get_by_text("How was that?")).to_be_visible()
    await page.get_by_role("button", name="Play from Well done").click()
    await expect(page.locator("tr[aria-current]")).to_contain_text("Well done")


async def test_a_step_that_nobody_comes_to_is_marked(editor: Visit, desk: Previewed) -> None:
    page = editor.page
    await expect(page.locator("#map-sentence")).to_contain_text("Every one of them can be reached.")
    desk.save("- [It got worse](#it-got-worse)\n", "")
    await expect(page.locator("#map-sentence")).to_contain_text("Nobody can get to “It got worse”.")
    await expect(stop(page, "it-got-worse")).to_have_class("stop lost wrong")
    row = page.locator("tr", has_text="nobody gets here")
    await expect(row).to_contain_text("It got worse")
    await expect(row.locator('[data-label="Reached from"]')).to_have_text("nowhere")


# -- pretending ---------------------------------------------------------------------------------------


async def test_pretended_scores_lead_into_their_branch_and_name_who_would_be_told(editor: Visit) -> None:
    page = editor.page
    await page.get_by_label("GAD-7 now, 0 to 21").fill("15")
    await page.get_by_label("GAD-7 last time, 0 to 21").fill("9")
    await page.get_by_role("button", name="Use these scores").click()
    await page.get_by_label("Step", exact=True).select_option("How worried have you been")
    await page.get_by_role("button", name="Jump there").click()
    await expect(log(page).get_by_text("Your answers show more worry than they did before.")).to_be_visible()
    await expect(log(page).get_by_text("shows many signs of worry")).to_be_visible()
    told = page.get_by_role("list", name="Who would be told")
    await expect(told).to_contain_text("Your therapist would be told, to look within one working day")
    await expect(told).to_contain_text("GAD-7 rose from 9, the best score of the last 12 weeks, to 15.")
    await page.get_by_label("GAD-7 now, 0 to 21").fill("3")
    await page.get_by_role("button", name="Use these scores").click()
    await expect(log(page).get_by_text("shows only some signs of worry")).to_be_visible()
    await expect(told).to_have_text("Nobody so far.")


async def test_a_score_out_of_range_is_answered_in_the_pages_own_words(editor: Visit) -> None:
    page = editor.page
    now = page.get_by_label("GAD-7 now, 0 to 21")
    await now.fill("22")
    await page.get_by_role("button", name="Use these scores").click()
    await expect(page.locator("#did")).to_have_text("GAD-7 goes from 0 to 21.")
    await expect(now).to_be_focused()
    await expect(now).to_have_attribute("aria-invalid", "true")
    await now.fill("1.5")
    await page.get_by_role("button", name="Use these scores").click()
    await expect(page.locator("#did")).to_have_text("GAD-7 goes from 0 to 21, in whole numbers.")
    await now.fill("21")
    await page.get_by_role("button", name="Use these scores").click()
    await expect(page.locator("#did")).to_have_text("These scores are used.")
    await expect(now).to_have_attribute("aria-invalid", "false")


# -- how wide, and beside what ------------------------------------------------------------------------


async def test_the_chat_is_as_wide_as_a_phone(editor: Visit) -> None:
    page = editor.page
    inner = "() => document.querySelector('iframe').clientWidth"
    for label, width in (("320 px, a small phone", 320), ("390 px, a phone", 390)):
        await page.get_by_label(label).check()
        assert await page.evaluate(inner) == width
    await page.get_by_label("Full width").check()
    assert await page.evaluate(inner) > 500


async def test_easier_words_stand_beside_the_page_at_the_same_step(editor: Visit, desk: Previewed) -> None:
    page = editor.page
    easy = desk.page.with_name("breathlessness-and-worry.easy.en.md")
    text = desk.page.read_text(encoding="utf-8")
    easy.write_text(text.replace("Small is good.", "Small steps are good."), encoding="utf-8")
    await beside(page, "Easy words, English")
    await jump(page, "Until next time")
    await expect(log(page).get_by_text("Small is good.")).to_be_visible()
    await expect(log(page, 1).get_by_text("Small steps are good.")).to_be_visible()
    await page.get_by_label("Beside it").select_option("Nothing")
    await expect(page.locator("iframe")).to_have_count(1)


async def test_nothing_stands_beside_the_page_until_it_is_chosen(editor: Visit) -> None:
    page = editor.page
    await expect(page.get_by_label("Beside it")).to_have_value("")
    await expect(page.locator("iframe")).to_have_count(1)
    await beside(page, "In Polish")
    await page.get_by_label("Beside it").select_option("Nothing")
    await expect(page.locator("iframe")).to_have_count(1)


@pytest.mark.parametrize("width", [320, 390, 900, 1100, 1440])
async def test_two_chats_are_never_wider_than_the_window(editor: Visit, width: int) -> None:
    await sit_down(editor, viewport={"width": width, "height": 740})
    page = editor.page
    await beside(page, "In Polish")
    for label in ("320 px, a small phone", "390 px, a phone", "Full width"):
        await page.get_by_label(label).check()
        assert not await page.evaluate(TOO_WIDE), label
        boxes = [await page.locator("iframe").nth(n).bounding_box() for n in (0, 1)]
        assert all(box and box["x"] >= 0 and box["x"] + box["width"] <= width for box in boxes), label
        if width < 640:
            assert boxes[0] and boxes[1] and boxes[0]["y"] + boxes[0]["height"] <= boxes[1]["y"], label


async def test_another_module_is_chosen_from_the_list(editor: Visit) -> None:
    page = editor.page
    await beside(page, "In Polish")
    await page.get_by_label("Module", exact=True).select_option("heart/after-a-heart-attack")
    await expect(page.get_by_role("heading", level=1)).to_have_text("After a heart attack")
    await expect(page.locator("iframe")).to_have_count(1)
    await page.reload()
    await expect(page.get_by_role("heading", level=1)).to_have_text("After a heart attack")


HEADER_HOLDS = """() => {
  const band = document.querySelector("header").getBoundingClientRect();
  return Array.from(document.querySelectorAll("header p, header select"), (one) => one.getBoundingClientRect())
    .every((box) => box.top >= band.top && box.bottom <= band.bottom && box.right <= innerWidth);
}"""


@pytest.mark.parametrize("width", [320, 390, 900, 1440])
async def test_the_header_holds_what_stands_in_it(editor: Visit, width: int) -> None:
    await sit_down(editor, viewport={"width": width, "height": 740})
    assert await editor.page.evaluate(HEADER_HOLDS)


# -- for everybody ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "context",
    [
        {"viewport": WIDE, "color_scheme": "light"},
        {"viewport": NARROW, "color_scheme": "dark"},
        {"viewport": NARROW, "forced_colors": "active"},
    ],
    ids=["wide", "narrow and dark", "forced colours"],
)
async def test_the_page_is_accessible(editor: Visit, desk: Previewed, context: dict[str, Any]) -> None:
    desk.save("- [It helped](#when-to-use-it)", "- [It helped](#when-to-use-this)")
    await desk.edition(2)
    await sit_down(editor, **context)
    page = editor.page
    await page.get_by_label("GAD-7 now, 0 to 21").fill("15")
    await page.get_by_role("button", name="Use these scores").click()
    await page.get_by_label("Step", exact=True).select_option("Call 999 now")
    await page.get_by_role("button", name="Jump there").click()
    await expect(page.get_by_role("list", name="Who would be told")).to_contain_text("told now")
    found = await editor.findings()
    found += [f"too small: {one}" for one in await page.evaluate(TOO_SMALL)]
    if await page.evaluate(TOO_WIDE):
        found.append("wider than the window")
    found += [f"in the chat: {one}" for one in await judged(page.frames[1])]
    assert not found, "\n".join(found)


async def test_everything_is_done_by_keyboard(editor: Visit) -> None:
    page = editor.page
    await page.locator("#step").focus()
    await page.keyboard.type("Breathe")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(page.locator("#map-sentence")).to_contain_text("The chat is at “Breathe with me”.")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await expect(log(page).get_by_text("How was that?")).to_be_visible()
    await page.get_by_role("button", name="Play from Well done").focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("tr[aria-current]")).to_contain_text("Well done")
    await expect(page.get_by_role("button", name="Play from Well done")).to_be_focused()
