"""One question a screen, each kind with the keyboard alone."""

from typing import Any

import pytest
from playwright.async_api import expect
from stage import Stage
from visit import DAYS, Visit, check_in

from bot.core.shown import Answer, Choice, ReadBack


async def ask(visit: Visit, stage: Stage, **question: Any) -> None:
    await visit.signed_in()
    await stage.say(**check_in(1, stem="", **question))
    await visit.message(1).locator("form, .asked").first.wait_for()


async def test_options_are_radio_buttons_named_by_the_question(visit: Visit) -> None:
    await visit.signed_in()
    await visit.asked()
    group = visit.page.get_by_role("group", name="Trouble falling or staying asleep")
    assert [await radio.inner_text() for radio in await group.locator("label").all()] == list(DAYS)
    await expect(group.get_by_role("radio")).to_have_count(4)


async def test_a_question_is_answered_with_the_keyboard_alone(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    await visit.asked()
    await visit.log.press("Tab")
    for key in ("Space", "ArrowDown", "ArrowDown", "Tab", "Enter"):
        await visit.page.keyboard.press(key)
    [said] = await stage.heard()
    assert (said.answer.item, said.answer.value) == ("phq9.3", 2)


async def test_next_without_an_answer_says_so_and_goes_to_the_first(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    await visit.asked()
    await visit.button("Next").click()
    await expect(visit.page.get_by_text("Choose one answer first.").first).to_be_visible()
    assert await visit.focused() == "Not at all"
    assert stage.of("say") == []


async def test_the_progress_is_shown_in_words(visit: Visit) -> None:
    await visit.signed_in()
    await visit.asked()
    await expect(visit.page.locator(".progress").get_by_text("Question 3 of 9")).to_be_visible()


async def test_only_the_newest_question_is_open(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    await visit.asked()
    await visit.page.get_by_label("Several days").check()
    await visit.button("Next").click()
    await stage.heard()
    await visit.asked(3, lang="en")
    await visit.message(3).get_by_label("Not at all").focus()
    old = visit.message(1)
    assert [await label.inner_text() for label in await old.locator("label:visible").all()] == [
        "Several days"
    ]
    await expect(old.get_by_role("button")).to_have_count(0)


async def test_back_skip_and_later_are_choices_of_the_question(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    await visit.asked()
    await visit.button("Save and finish later").click()
    [said] = await stage.heard()
    assert said.choice == "1.later"


async def test_a_given_answer_is_chosen_when_one_comes_back(visit: Visit, stage: Stage) -> None:
    await ask(visit, stage, given=3)
    assert await visit.page.get_by_label("Nearly every day").is_checked()


async def test_a_scale_is_eleven_radio_buttons_with_labelled_ends(visit: Visit, stage: Stage) -> None:
    ends = {"min": 0, "max": 10, "min_label": "Not at all", "max_label": "As bad as can be"}
    await ask(visit, stage, kind="scale", options=(), **ends)
    radios = visit.page.get_by_role("radio")
    await expect(radios).to_have_count(11)
    assert await radios.first.get_attribute("aria-label") == "0, Not at all"
    assert await radios.last.get_attribute("aria-label") == "10, As bad as can be"
    await expect(visit.page.get_by_text("0 = Not at all")).to_be_visible()


async def test_a_scale_answers_with_its_number(visit: Visit, stage: Stage) -> None:
    await ask(visit, stage, kind="scale", options=(), min=0, max=10)
    await visit.page.get_by_role("radio").nth(7).press("Space")
    await visit.button("Next").click()
    [said] = await stage.heard()
    assert said.answer.value == 7


async def test_pick_any_sends_every_box_that_is_ticked(visit: Visit, stage: Stage) -> None:
    options = tuple(
        Answer(value=value, label=label) for value, label in enumerate(("Walk", "Rest", "Ring a friend"))
    )
    await ask(visit, stage, kind="pick_any", options=options)
    await visit.page.get_by_label("Walk").check()
    await visit.page.get_by_label("Ring a friend").check()
    await visit.button("Next").click()
    [said] = await stage.heard()
    assert said.answer.value == (0, 2)


async def test_a_number_is_sent_as_it_was_written(visit: Visit, stage: Stage) -> None:
    await ask(visit, stage, kind="number", options=(), text="What was your blood sugar?")
    await visit.page.get_by_label("What was your blood sugar?").fill("7.8")
    await visit.button("Next").click()
    [said] = await stage.heard()
    assert (said.text, said.re) == ("7.8", 1)


@pytest.mark.parametrize("written", ["", "seven", "41"])
async def test_a_number_that_cannot_be_is_not_sent(visit: Visit, stage: Stage, written: str) -> None:
    await ask(visit, stage, kind="number", options=(), min=0, max=40)
    await visit.page.locator("form.question input").fill(written)
    await visit.button("Next").click()
    assert await visit.page.locator(".problem").inner_text() == "Write a number from 0 to 40."
    assert stage.of("say") == []


COUNT = {"kind": "count", "options": (), "min": 0, "max": 99, "text": "How many times have you been to A&E?"}
ASIDES = ("not_sure", "Not sure"), ("skip", "Skip this one"), ("later", "Finish later")


async def test_a_count_is_one_field_named_by_the_question(visit: Visit, stage: Stage) -> None:
    await ask(visit, stage, **COUNT)
    field = visit.page.get_by_label("How many times have you been to A&E?")
    assert await field.get_attribute("inputmode") == "numeric"
    await field.fill("3")
    await field.press("Enter")
    [said] = await stage.heard()
    assert (said.answer.item, said.answer.value) == ("phq9.3", 3)


@pytest.mark.parametrize("written", ["", "2.5", "about 3", "-1", "100"])
async def test_a_count_that_cannot_be_says_what_can(visit: Visit, stage: Stage, written: str) -> None:
    await ask(visit, stage, **COUNT)
    field = visit.page.locator("form.question input")
    await field.fill(written)
    await visit.button("Next").click()
    problem = visit.page.locator(".problem")
    assert (await problem.inner_text()).startswith("Write a whole number from 0 to 99")
    assert await field.get_attribute("aria-describedby") == await problem.get_attribute("id")
    assert stage.of("say") == []


async def at_320(visit: Visit) -> None:
    await visit.begin(viewport={"width": 320, "height": 640})


async def fits(visit: Visit) -> bool:
    """Nothing sticks out at the side."""
    wide: bool = await visit.page.evaluate(
        "() => document.documentElement.scrollWidth > 320 || [...document.querySelector('bounceback-chat')"
        ".shadowRoot.querySelectorAll('.question *, .choices *')].some((e) => e.getBoundingClientRect().right > 320)"
    )
    return not wide


async def asked_at_320(visit: Visit, stage: Stage, *keys: tuple[str, str], **question: Any) -> None:
    await at_320(visit)
    await visit.signed_in()
    choices = tuple(Choice(id=f"1.{key}", label=label) for key, label in keys)
    await stage.say(**(check_in(1, stem="", **question) | {"choices": choices}))
    await visit.message(1).locator("form").first.wait_for()


async def test_not_sure_is_reached_and_said_with_the_keyboard_at_320_px(visit: Visit, stage: Stage) -> None:
    await asked_at_320(visit, stage, *ASIDES, **COUNT)
    assert await fits(visit)
    assert await visit.findings() == []
    spoken = "\n".join(await visit.announced())
    assert "A&E?" in spoken and "Not sure" in spoken and "Finish later" not in spoken
    await visit.page.locator("form.question input").focus()
    await visit.page.keyboard.press("Tab")
    assert await visit.focused() == "Next"
    await visit.page.keyboard.press("Tab")
    assert await visit.focused() == "Not sure"
    await visit.page.keyboard.press("Enter")
    [said] = await stage.heard()
    assert said.choice == "1.not_sure"


async def test_does_not_apply_is_a_button_beside_the_form_at_320_px(visit: Visit, stage: Stage) -> None:
    keys = (("back", "Back"), ("does_not_apply", "Does not apply to me"), ("skip", "Skip this one"))
    await asked_at_320(visit, stage, *keys, text="Menstrual cramps or other problems with your periods")
    assert await fits(visit)
    assert await visit.findings() == []
    button = visit.page.get_by_role("group", name="What you can choose").get_by_role(
        "button", name="Does not apply to me"
    )
    await button.press("Space")
    [said] = await stage.heard()
    assert (said.choice, said.answer) == ("1.does_not_apply", None)


async def test_a_scale_with_its_ends_works_with_the_keyboard_at_320_px(visit: Visit, stage: Stage) -> None:
    ends = {"min": 0, "max": 8, "min_label": "Not at all heavy", "max_label": "Far too heavy to carry"}
    await asked_at_320(visit, stage, ("skip", "Skip this one"), kind="scale", options=(), **ends)
    assert await fits(visit)
    assert await visit.findings() == []
    radios = visit.page.get_by_role("radio")
    await expect(radios).to_have_count(9)
    assert await radios.last.get_attribute("aria-label") == "8, Far too heavy to carry"
    await radios.first.focus()
    for key in ("Space", "ArrowRight", "ArrowRight", "Tab", "Enter"):
        await visit.page.keyboard.press(key)
    [said] = await stage.heard()
    assert said.answer.value == 2


async def test_a_date_is_sent_as_an_iso_date(visit: Visit, stage: Stage) -> None:
    await ask(visit, stage, kind="date", options=(), text="When did it begin?")
    await visit.page.get_by_label("When did it begin?").fill("2026-03-09")
    await visit.button("Next").click()
    [said] = await stage.heard()
    assert (said.text, said.re) == ("2026-03-09", 1)


async def test_a_question_in_ones_own_words_is_answered_in_the_box(visit: Visit, stage: Stage) -> None:
    await ask(visit, stage, kind="text", options=(), text="What went through your mind?")
    await visit.page.get_by_label("Write your answer").fill("That I cannot breathe.")
    await visit.box.press("Enter")
    [said] = await stage.heard()
    assert (said.text, said.re) == ("That I cannot breathe.", 1)


async def test_words_can_always_be_written_instead_of_an_answer(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    await visit.asked()
    await visit.write("most days i think")
    [said] = await stage.heard()
    assert (said.text, said.re) == ("most days i think", 1)


async def test_answers_are_read_back_with_a_way_to_change_each(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    lines = (
        ReadBack(item="phq9.1", text="Little interest", answer="Not at all"),
        ReadBack(item="phq9.2", text="Feeling down", answer="Several days"),
    )
    await stage.say("Is this right?", read_back=lines, choices=(Choice(id="1.send", label="Yes, send it"),))
    await visit.button("Change: Feeling down").click()
    [said] = await stage.heard()
    assert said.choice == "1.change.phq9.2"


async def test_an_answer_that_was_refused_can_be_given_again(visit: Visit, stage: Stage) -> None:
    stage.acknowledges = False
    await visit.signed_in()
    await visit.asked()
    await visit.page.get_by_label("Several days").check()
    await visit.button("Next").click()
    [said] = await stage.heard()
    await stage.refuse(said, "conflict", "That question is over.")
    await visit.page.get_by_text("That question is over.").first.wait_for()
    await visit.page.get_by_label("Not at all").check()
    await visit.button("Next").click()
    assert [frame.answer.value for frame in await stage.heard(2)] == [1, 0]


TAPS = {
    "kind": "scale",
    "options": (),
    "text": "How is your mood today?",
    "min": 0,
    "max": 10,
    "min_label": "As low as can be",
    "max_label": "As good as can be",
    "one_tap": True,
}
BESIDE_TAPS = (
    ("not_safe", "I am not safe"),
    ("back", "Back"),
    ("skip", "Skip this one"),
    ("later", "Finish later"),
)


async def test_a_daily_rating_is_one_tap_at_320_px(visit: Visit, stage: Stage) -> None:
    await asked_at_320(visit, stage, *BESIDE_TAPS, **TAPS)
    assert await fits(visit)
    assert await visit.findings() == []
    await expect(visit.button("I am not safe")).to_be_visible()
    await expect(visit.button("Next")).to_have_count(0)
    assert [await tap.inner_text() for tap in await visit.page.locator(".tap").all()] == [
        str(n) for n in range(11)
    ]
    await (
        visit.page.get_by_role("group", name="How is your mood today?")
        .get_by_role("button", name="10, As good as can be")
        .click()
    )
    [said] = await stage.heard()
    assert (said.answer.item, said.answer.value) == ("phq9.3", 10)


async def test_a_daily_rating_with_the_keyboard_sends_only_what_is_pressed(
    visit: Visit, stage: Stage
) -> None:
    await asked_at_320(visit, stage, *BESIDE_TAPS, **TAPS, given=6)
    taps = visit.page.locator(".tap")
    assert await taps.nth(6).get_attribute("aria-pressed") == "true"
    await taps.first.focus()
    for key in ("Tab", "Tab", "ArrowDown"):
        await visit.page.keyboard.press(key)
    assert stage.of("say") == []
    await visit.page.keyboard.press("Enter")
    [said] = await stage.heard()
    assert said.answer.value == 2


async def test_i_am_not_safe_is_a_button_of_the_question(visit: Visit, stage: Stage) -> None:
    await asked_at_320(visit, stage, *BESIDE_TAPS, **TAPS)
    await visit.button("I am not safe").press("Enter")
    [said] = await stage.heard()
    assert said.choice == "1.not_safe"
