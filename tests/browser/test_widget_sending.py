"""Nothing that was written gets lost, nothing is sent twice, and what was refused says why."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Any

from playwright.async_api import expect
from stage import Stage
from visit import Visit, check_in

from bot.core.shown import Choice, Signpost, Urgent
from bot.web.frames import Ack, Msg, Welcome


async def test_a_message_is_shown_as_sending_until_it_is_acknowledged(visit: Visit, stage: Stage) -> None:
    stage.acknowledges = False
    await visit.signed_in()
    await visit.write("hello")
    await visit.page.get_by_text("Sending …").wait_for()
    await stage.heard()
    stage.acknowledges = True
    await stage.hang_up()
    await visit.page.get_by_text("Sent", exact=True).wait_for()


async def test_what_is_written_offline_is_sent_later_once(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    await visit.context.set_offline(True)
    await visit.state("offline")
    await visit.write("I cannot sleep")
    await visit.page.get_by_text("Not sent yet. I will send this later.").wait_for()
    await visit.context.set_offline(False)
    await stage.heard()
    await visit.page.get_by_text("Sent", exact=True).wait_for()
    assert [frame.text for frame in stage.of("say")] == ["I cannot sleep"]


async def test_offline_is_said_in_words(visit: Visit) -> None:
    await visit.signed_in()
    await visit.context.set_offline(True)
    notice = visit.page.get_by_role("status")
    await visit.state("offline")
    assert (
        "You are offline. What you write waits here, and I will send it later." in await notice.inner_text()
    )


async def test_what_was_not_acknowledged_is_sent_again_under_the_same_id(visit: Visit, stage: Stage) -> None:
    stage.acknowledges = False
    await visit.signed_in()
    await visit.write("one")
    await visit.write("two")
    await stage.heard(2)
    await stage.hang_up()
    sent = await stage.heard(4)
    assert [frame.id for frame in sent[:2]] == [frame.id for frame in sent[2:]]
    assert [frame.text for frame in sent] == ["one", "two", "one", "two"]


async def test_the_page_warns_before_it_is_closed_with_something_unsent(visit: Visit, stage: Stage) -> None:
    stage.acknowledges = False
    await visit.signed_in()
    await visit.write("hello")
    await stage.heard()
    prevented = await visit.page.evaluate("!dispatchEvent(new Event('beforeunload', { cancelable: true }))")
    assert prevented


async def test_the_page_closes_without_a_word_when_all_is_sent(visit: Visit) -> None:
    await visit.signed_in()
    await visit.write("hello")
    await visit.page.get_by_text("Sent", exact=True).wait_for()
    assert not await visit.page.evaluate("!dispatchEvent(new Event('beforeunload', { cancelable: true }))")


async def test_a_refusal_stands_beside_the_message_and_is_not_repeated(visit: Visit, stage: Stage) -> None:
    stage.acknowledges = False
    await visit.signed_in()
    await visit.write("hello")
    [said] = await stage.heard()
    await stage.refuse(said, "conflict", "This was sent before with other words.")
    await (
        visit.page.locator('[data-state="failed"]')
        .get_by_text("This was sent before with other words.")
        .wait_for()
    )
    await stage.hang_up()
    await stage.greeted(2)
    await visit.state("online")
    assert len(stage.of("say")) == 1


async def test_a_refused_message_can_be_written_again(visit: Visit, stage: Stage) -> None:
    stage.acknowledges = False
    await visit.signed_in()
    await visit.write("hello")
    [said] = await stage.heard()
    await stage.refuse(said, "too_long", "This is too long.")
    await visit.button("Write it again").click()
    assert await visit.box.input_value() == "hello"


async def test_when_the_record_is_away_the_message_is_sent_again_by_itself(
    visit: Visit, stage: Stage
) -> None:
    stage.acknowledges = False
    await visit.signed_in()
    await visit.write("hello")
    [said] = await stage.heard()
    await stage.refuse(said, "unavailable", "We cannot keep this right now.", retry_after=0.2)
    await visit.page.get_by_text("We cannot keep this right now.").first.wait_for()
    again = await stage.heard(2)
    assert again[1].id == said.id


async def test_a_refusal_with_urgent_lines_shows_and_announces_them(visit: Visit, stage: Stage) -> None:
    stage.acknowledges = False
    await visit.signed_in()
    await visit.write("i want to die")
    [said] = await stage.heard()
    lines = (Signpost(text="If your life is in danger", number="999"),)
    await stage.refuse(
        said, "unavailable", "I could not keep this.", urgent=Urgent(kind="crisis", lines=lines)
    )
    card = visit.page.get_by_role("region", name="You can talk to somebody now")
    await card.get_by_role("link", name="Call 999").wait_for()
    assert "If your life is in danger 999" in (await visit.announced())[-1]


LINES = Urgent(kind="crisis", lines=(Signpost(text="If your life is in danger", number="999"),))


async def told_early(visit: Visit, stage: Stage) -> Any:
    """Words that ask for help, answered before it is known whether they were kept; the frame that the widget sent."""
    stage.acknowledges = False
    await visit.signed_in()
    await visit.write("i want to die")
    [said] = await stage.heard()
    await stage.refuse(said, "unavailable", "I may not have kept it.", urgent=LINES, retry_after=0.2)
    await visit.page.get_by_role("link", name="Call 999").first.wait_for()
    return said


MANY = tuple(
    Signpost(text=f"Another place that listens by day and by night, number {n}", number=f"0800 00{n}")
    for n in range(8)
)


async def test_where_to_turn_is_shown_from_its_first_line_on_a_small_screen(
    visit: Visit, stage: Stage
) -> None:
    await visit.page.set_viewport_size({"width": 320, "height": 568})
    stage.acknowledges = False
    await visit.signed_in()
    await visit.write("i want to die")
    [said] = await stage.heard()
    lines = (*LINES.lines, *MANY)
    await stage.refuse(said, "unavailable", "I may not have kept it.", urgent=LINES.but(lines=lines))
    await expect(visit.page.get_by_role("link", name="Call 999").first).to_be_in_viewport(ratio=1)
    log = await visit.log.evaluate("(log) => log.scrollHeight - log.scrollTop - log.clientHeight")
    assert log > 50, "the card must be longer than the screen for this to tell anything"


async def test_where_to_turn_is_shown_once_however_often_it_is_sent_and_refused(
    visit: Visit, stage: Stage
) -> None:
    said = await told_early(visit, stage)
    before = len(await visit.announced())
    for count in (2, 3):
        await stage.heard(count)
        await stage.refuse(said, "unavailable", "I may not have kept it.", urgent=LINES, retry_after=0.2)
    await stage.heard(4)
    await expect(visit.page.get_by_role("region", name="You can talk to somebody now")).to_have_count(1)
    assert len(await visit.announced()) == before


async def test_after_an_early_answer_an_acknowledgement_still_makes_it_sent(
    visit: Visit, stage: Stage
) -> None:
    said = await told_early(visit, stage)
    await stage.send(Ack(id=said.id, seq=1))
    await visit.page.get_by_text("Sent", exact=True).wait_for()
    await expect(visit.page.get_by_role("link", name="Call 999")).to_have_count(1)


async def test_once_the_bot_says_where_to_turn_the_early_card_is_gone(visit: Visit, stage: Stage) -> None:
    said = await told_early(visit, stage)
    stage.keep("i want to die", "patient", id=said.id)
    await stage.send(Ack(id=said.id, seq=1))
    await stage.say("I am glad you told me.", urgent=LINES)
    await visit.message(2).wait_for()
    cards = visit.page.get_by_role("region", name="You can talk to somebody now")
    await expect(cards).to_have_count(1)


async def test_a_frame_that_closed_the_connection_is_not_sent_again(visit: Visit, stage: Stage) -> None:
    stage.acknowledges = False
    await visit.signed_in()
    await visit.write("hello")
    await stage.heard()
    await stage.hang_up(code=1009)
    await stage.greeted(2)
    await visit.page.locator('[data-state="failed"]').wait_for()
    assert len(stage.of("say")) == 1


async def test_a_long_text_is_split_at_the_end_of_a_sentence(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    await visit.box.fill("A short sentence. " * 400)
    await expect(visit.page.get_by_text("This is long, so I will send it in 2 parts.")).to_be_visible()
    await visit.box.press("Enter")
    parts = await stage.heard(2)
    assert [frame.text[-9:] for frame in parts] == ["sentence."] * 2
    assert max(len(frame.text) for frame in parts) <= 4000


async def test_the_characters_are_counted_when_few_are_left(visit: Visit) -> None:
    await visit.signed_in()
    await visit.box.fill("x" * 3990)
    await expect(visit.page.get_by_text("10 characters left")).to_be_visible()


async def test_typed_words_belong_to_the_question_they_were_begun_under(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    await visit.asked(1)
    await visit.box.type("abo")
    await stage.say(**check_in(2, item="phq9.4"))
    await visit.message(2).wait_for()
    await visit.box.type("ut half")
    await visit.box.press("Enter")
    [said] = await stage.heard()
    assert (said.text, said.re) == ("about half", 1)


async def test_a_repeated_message_is_shown_once(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    msg = await stage.say("Only once.")
    await stage.send(msg)
    await stage.say("The next.")
    await visit.message(2).wait_for()
    await expect(visit.log.get_by_text("Only once.")).to_have_count(1)


async def test_after_a_break_only_what_is_missing_is_asked_for(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    await stage.say("One.")
    await stage.say("Two.")
    await visit.message(2).wait_for()
    await stage.hang_up()
    hellos = await stage.greeted(2)
    assert [hello.after for hello in hellos] == [0, 2]


async def test_a_gap_is_asked_for_again(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    await stage.say("One.")
    stage.keep("Two, lost on the way.")
    await stage.say("Three.")
    await visit.message(3).wait_for()
    await stage.hang_up()
    hellos = await stage.greeted(2)
    await visit.message(2).wait_for()
    assert hellos[1].after == 1
    order = await visit.page.locator(".msg").evaluate_all("(all) => all.map((one) => one.dataset.seq)")
    assert order == ["1", "2", "3"]


async def test_a_bye_is_honoured_until_its_time_is_over(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    told = time.monotonic()
    await stage.bye("going_away", retry_after=1.0)
    await stage.greeted(2)
    assert time.monotonic() - told >= 1.0


async def test_after_the_server_signed_one_out_there_is_a_way_back_in(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    await stage.say("Something private.")
    await visit.message(1).wait_for()
    await stage.bye("signed_out", retry_after=0)
    await visit.page.get_by_role("heading", name="Welcome").wait_for()
    await expect(visit.page.get_by_text("Something private.")).to_have_count(0)


async def test_there_is_never_more_than_one_socket(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    for _ in range(3):
        await visit.page.evaluate("dispatchEvent(new Event('online'))")
        count = len(stage.hellos)
        await stage.hang_up()
        await stage.greeted(count + 1)
        await visit.state("online")
    assert stage.most_open == 1


async def test_a_connection_that_answers_nothing_is_given_up(visit: Visit, stage: Stage) -> None:
    stage.acknowledges = False
    await visit.page.clock.install()
    await visit.signed_in()
    await visit.write("hello")
    await stage.heard()
    await visit.page.clock.fast_forward(11_000)
    await stage.greeted(2)
    sent = await stage.heard(2)
    assert sent[0].id == sent[1].id


async def test_between_two_attempts_the_waits_grow_and_differ(visit: Visit, stage: Stage) -> None:
    await visit.page.clock.install()
    await visit.signed_in()
    waits = await visit.page.evaluate(
        """() => {
          const real = window.setTimeout;
          window.waits = [];
          window.setTimeout = (act, wait) => (wait >= 200 && wait < 40000 && window.waits.push(wait), real(act, wait));
          window.WebSocket = class { constructor() { real(() => this.onclose({ code: 1006 }), 0); } close() {} };
        }"""
    )
    await stage.hang_up()
    for _ in range(12):
        await visit.page.clock.fast_forward(31_000)
        await asyncio.sleep(0)
    waits = [wait for wait in await visit.page.evaluate("window.waits") if wait != 10000]
    assert len(waits) >= 6
    assert waits[0] <= 500 < waits[3] < waits[5]
    assert max(waits) <= 30_000


async def test_the_patient_sees_who_reads_and_when(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    await expect(visit.page.get_by_text("Your team reads Monday to Friday, 9 to 5.")).to_be_visible()


async def test_a_conversation_that_begins_anew_clears_the_screen(visit: Visit) -> None:
    await visit.signed_in()
    await visit.stage.say("The old words.", choices=(Choice(id="1.0", label="An old button"),))
    await visit.message(1).wait_for()
    await visit.stage.send(Welcome(seq=1, resumed=False, reading="Nobody reads this."))
    await visit.stage.send(Msg(seq=1, sender="bot", text="The new words.", at=datetime.now(UTC)))
    await expect(visit.log).to_contain_text("The new words.")
    await expect(visit.log).not_to_contain_text("The old words.")
    await expect(visit.button("An old button")).to_have_count(0)
    await visit.write("I am still heard.")
    assert (await visit.stage.heard())[0].text == "I am still heard."
