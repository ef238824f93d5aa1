"""What a screen reader hears, and when."""

from playwright.async_api import expect
from stage import Stage
from visit import DAYS, Visit

from bot.core.shown import Choice, Signpost, Urgent


async def test_the_visible_history_is_a_log_that_is_not_live(visit: Visit) -> None:
    await visit.signed_in()
    assert await visit.log.get_attribute("aria-live") == "off"


async def test_the_polite_region_is_there_before_the_first_message(visit: Visit) -> None:
    await visit.open("/host")
    region = visit.page.locator("[data-announcer]")
    assert await region.get_attribute("aria-live") == "polite"
    assert await region.inner_text() == ""


async def test_each_bot_message_is_announced_once(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    await stage.say("First.")
    await stage.say("Second.")
    await stage.send(stage.messages[0])
    await visit.message(2).wait_for()
    assert await visit.announced() == ["Bounceback:\nFirst.", "Bounceback:\nSecond."]


async def test_ones_own_words_are_not_announced(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    await visit.write("hello")
    await stage.heard()
    await visit.message(1).wait_for()
    assert await visit.announced() == []


async def test_of_an_old_conversation_only_the_last_turn_of_the_bot_is_announced(
    visit: Visit, stage: Stage
) -> None:
    for text, sender in (("Long ago.", "bot"), ("hello", "patient"), ("How are you?", "bot")):
        stage.keep(text, sender)
    await visit.signed_in()
    await visit.message(3).wait_for()
    assert await visit.announced() == ["Bounceback:\nHow are you?"]


async def test_what_came_while_the_connection_was_lost_is_announced(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    await stage.say("Before.")
    await visit.message(1).wait_for()
    await stage.hang_up()
    stage.keep("Meanwhile.")
    await stage.greeted(2)
    await visit.message(2).wait_for()
    assert await visit.announced() == ["Bounceback:\nBefore.", "Bounceback:\nMeanwhile."]


async def test_a_question_is_announced_with_its_place_and_the_number_of_answers(visit: Visit) -> None:
    await visit.signed_in()
    await visit.asked()
    [said] = await visit.announced()
    assert "Question 3 of 9" in said
    assert "Trouble falling or staying asleep" in said
    assert f"{len(DAYS)} answers to choose from." in said


async def test_the_buttons_of_a_message_are_announced_but_not_back_and_skip_each_time(
    visit: Visit, stage: Stage
) -> None:
    await visit.signed_in()
    await stage.say("Shall we?", choices=(Choice(id="1.yes", label="Yes"), Choice(id="1.no", label="No")))
    await visit.asked(2)
    buttons, question = await visit.announced()
    assert buttons == "Bounceback:\nShall we?\nYes\nNo"
    assert "Skip" not in question


async def test_urgent_lines_are_announced_with_their_message(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    await stage.say(
        "That sounds hard.", urgent=Urgent(kind="crisis", lines=(Signpost(text="Ring", number="999"),))
    )
    await visit.message(1).wait_for()
    assert await visit.announced() == ["Bounceback:\nThat sounds hard.\nRing 999"]


async def test_a_bot_message_never_moves_the_keyboard(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    await visit.box.fill("half a sent")
    await stage.say("Are you there?", choices=(Choice(id="1.yes", label="Yes"),))
    await visit.asked(2)
    await visit.page.keyboard.type("ence")
    assert await visit.box.input_value() == "half a sentence"


async def test_a_used_choice_is_aria_disabled_and_keeps_the_keyboard(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    await stage.say("Shall we?", choices=(Choice(id="1.yes", label="Yes"), Choice(id="1.no", label="No")))
    await visit.button("Yes").press("Enter")
    await stage.heard()
    await stage.say("Good.")
    await visit.message(3).wait_for()
    assert await visit.button("Yes").get_attribute("aria-disabled") == "true"
    assert await visit.button("No").get_attribute("disabled") is None
    assert await visit.focused() == "Yes"


async def test_a_used_choice_does_nothing_more(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    await stage.say("Shall we?", choices=(Choice(id="1.yes", label="Yes"), Choice(id="1.no", label="No")))
    await visit.button("Yes").click()
    await stage.heard()
    await visit.button("No").click(force=True)
    await visit.write("done")
    assert [frame.choice for frame in await stage.heard(2)] == ["1.yes", None]


async def test_a_newer_question_uses_up_the_older_ones(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    await stage.say("Shall we?", choices=(Choice(id="1.yes", label="Yes"),))
    await visit.asked(2)
    assert await visit.button("Yes").get_attribute("aria-disabled") == "true"


async def test_each_message_says_its_language_and_finds_its_direction(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    await stage.say("مرحبا", lang="ar")
    words = visit.message(1).locator(".words")
    await words.wait_for()
    assert await words.get_attribute("lang") == "ar"
    assert await words.evaluate("(words) => getComputedStyle(words).direction") == "rtl"


async def test_urgent_lines_are_a_card_with_numbers_to_press(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    lines = (Signpost(text="In danger", number="999"), Signpost(text="Text SHOUT", number="85258"))
    await stage.say("I am glad you told me.", urgent=Urgent(kind="crisis", lines=lines))
    card = visit.page.get_by_role("region", name="You can talk to somebody now")
    await expect(card.get_by_role("link")).to_have_count(2)
    links = [await link.get_attribute("href") for link in await card.get_by_role("link").all()]
    assert links == ["tel:999", "sms:85258"]
