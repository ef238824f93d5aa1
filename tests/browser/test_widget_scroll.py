"""The page never moves under somebody who is reading."""

from playwright.async_api import expect
from stage import Stage
from visit import Visit

LONG = "A line of an older message that fills the screen.\n" * 6


async def filled(visit: Visit, stage: Stage) -> None:
    for n in range(8):
        stage.keep(LONG, "patient" if n % 2 else "bot")
    stage.keep("The end.", "patient")
    await visit.signed_in()
    await visit.message(9).wait_for()


async def top(visit: Visit) -> float:
    return await visit.log.evaluate("(log) => log.scrollTop")


async def test_it_never_scrolls_while_one_reads_above(visit: Visit, stage: Stage) -> None:
    await filled(visit, stage)
    await visit.log.evaluate("(log) => (log.scrollTop = 100)")
    await stage.say("New.")
    await visit.message(10).wait_for(state="attached")
    assert await top(visit) == 100


async def test_a_button_tells_of_what_came_and_leads_there(visit: Visit, stage: Stage) -> None:
    await filled(visit, stage)
    await visit.log.evaluate("(log) => (log.scrollTop = 100)")
    await stage.say("New.")
    button = visit.page.get_by_role("button", name="New message")
    await button.click()
    await button.wait_for(state="hidden")
    assert await visit.message(10).evaluate("(one) => one.getBoundingClientRect().bottom < innerHeight")


async def test_at_the_end_it_follows(visit: Visit, stage: Stage) -> None:
    await filled(visit, stage)
    await stage.say("New.")
    await visit.message(10).wait_for()
    assert await visit.log.evaluate("(log) => log.scrollHeight - log.scrollTop - log.clientHeight") < 2


async def test_a_message_longer_than_the_screen_is_shown_from_its_beginning(
    visit: Visit, stage: Stage
) -> None:
    await filled(visit, stage)
    await stage.say(LONG * 4)
    await visit.message(10).wait_for()
    edges = await visit.message(10).evaluate(
        "(one) => [one.getBoundingClientRect().top, one.closest('[role=log]').getBoundingClientRect().top]"
    )
    assert 0 <= edges[0] - edges[1] < 40
    await expect(visit.page.get_by_role("button", name="More below")).to_be_visible()


async def test_writing_leads_back_to_the_end(visit: Visit, stage: Stage) -> None:
    await filled(visit, stage)
    await visit.log.evaluate("(log) => (log.scrollTop = 100)")
    await visit.write("here")
    await stage.heard()
    assert await visit.log.evaluate("(log) => log.scrollHeight - log.scrollTop - log.clientHeight") < 48


async def test_nothing_scrolls_get_help_now_away(visit: Visit, stage: Stage) -> None:
    await filled(visit, stage)
    await visit.asked(10)
    moved = await visit.log.evaluate(
        "(log) => ((log.closest('.panel').scrollTop = 200), log.closest('.panel').scrollTop)"
    )
    assert moved == 0
    await visit.page.get_by_label("Several days").check()
    await expect(visit.button("Get help now")).to_be_in_viewport(ratio=1)


async def test_what_an_answered_question_folds_away_above_moves_nothing(visit: Visit, stage: Stage) -> None:
    await filled(visit, stage)
    await visit.page.evaluate(
        """() => {
          const sheet = new CSSStyleSheet();
          sheet.replaceSync(".history { overflow-anchor: none }");  // as browsers that hold nothing in its place
          document.querySelector("bounceback-chat").shadowRoot.adoptedStyleSheets.push(sheet);
        }"""
    )
    await visit.asked(10)
    await stage.say(LONG * 4)
    await visit.message(11).wait_for()
    before = await visit.message(11).evaluate("(one) => one.getBoundingClientRect().top")
    await visit.asked(12)
    await visit.page.evaluate("() => new Promise(requestAnimationFrame)")
    after = await visit.message(11).evaluate("(one) => one.getBoundingClientRect().top")
    assert abs(after - before) < 1
