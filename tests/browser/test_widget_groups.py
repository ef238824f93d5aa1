"""A group from a member's side: answers, kind words, names, warnings, what is new, and what one wishes for oneself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from playwright.async_api import Locator, expect
from scenes import BEFORE, HERON, LINES, ROOM, WREN, in_the_group
from stage import TOKEN, Stage
from test_widget_clinic import Site
from test_widget_clinic import in_the_group as joins
from test_widget_settings import VOICES
from visit import Visit

from bot.core.inputs import Moderate
from bot.core.shown import Urgent
from bot.usecases.hosting import moderate
from bot.web.frames import Ack, Msg, MutedWord, RoomName, Status

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
BY_WREN: dict[str, Any] = {"room": ROOM, "name": "Wren", "by": WREN}


async def opens(visit: Visit, stage: Stage, **room: Any) -> None:
    """The group with what was posted so far."""
    stage.rooms = (ROOM.but(**{"seq": len(stage.posts), **room}),)
    await visit.signed_in()
    await visit.page.locator("summary").first.click()
    await visit.page.get_by_role("button", name="My groups").click()
    await expect(visit.page.get_by_role("heading", name=ROOM.title)).to_be_focused()


async def writes(visit: Visit, stage: Stage, text: str) -> Any:
    """What goes to the server."""
    before = len(stage.of("post"))
    await visit.box.fill(text)
    await visit.button("Send").click()
    return (await stage.heard(before + 1, kind="post"))[-1]


def within(visit: Visit, seq: int, name: str) -> Locator:
    return visit.message(seq).get_by_role("button", name=name, exact=True)


# -- answers ------------------------------------------------------------------------------------------


async def test_an_answer_says_to_what_and_leads_there(visit: Visit, stage: Stage) -> None:
    await in_the_group(visit, stage)
    await within(visit, 5, "In answer to Kestrel: How far is your gate?").click()
    await expect(visit.message(3)).to_be_focused()


async def test_one_answers_a_post_and_may_think_better_of_it(visit: Visit, stage: Stage) -> None:
    await in_the_group(visit, stage)
    await within(visit, 2, "Reply to Wren").click()
    assert await visit.focused() == "Write to the group"
    note = visit.page.get_by_text("You answer Wren: To the gate and back!")
    await expect(note).to_be_visible()
    assert (await writes(visit, stage, "Well done")).reply_to == 2
    await expect(note).to_be_hidden()
    await within(visit, 2, "Reply to Wren").click()
    await visit.button("Do not answer this post").click()
    assert (await writes(visit, stage, "Good morning all")).reply_to is None


async def test_a_thread_holds_one_post_and_its_answers(visit: Visit, stage: Stage) -> None:
    await in_the_group(visit, stage)
    await visit.button("2 answers to the post by Kestrel").click()
    await expect(visit.page.get_by_role("heading", name="One post and its answers")).to_be_focused()
    shown = visit.page.get_by_role("article")
    await expect(shown).to_have_count(3)
    await expect(visit.page.get_by_role("textbox", name="Reply to Kestrel")).to_be_visible()
    assert (await writes(visit, stage, "I will!")).reply_to == 3
    await stage.post("Me too.", **BY_WREN, reply_to=5)
    await stage.post("Something else.", **BY_WREN)
    await expect(shown).to_have_count(5)  # with the one on its way
    await visit.button("Back to all posts").click()
    await expect(visit.message(3)).to_be_focused()
    await expect(visit.message(9)).to_be_visible()
    await expect(visit.button("3 answers to the post by Kestrel")).to_be_visible()


# -- kind words ---------------------------------------------------------------------------------------


async def test_a_kind_word_is_pressed_and_taken_back(visit: Visit, stage: Stage) -> None:
    await in_the_group(visit, stage)
    heart = within(visit, 2, "♥ Thinking of you: 2")
    await expect(heart).to_have_attribute("aria-pressed", "true")
    await expect(within(visit, 2, "A hug")).to_be_hidden()
    await within(visit, 2, "A kind word for Wren").press("Enter")
    await within(visit, 2, "A hug").press("Enter")
    await expect(within(visit, 2, "A hug: 1")).to_have_attribute("aria-pressed", "true")
    await expect(within(visit, 2, "A hug: 1")).to_be_focused()
    await heart.press("Space")
    pressed = await stage.heard(2, kind="react")
    assert [(one.seq, one.kind, one.on) for one in pressed] == [(2, "hug", True), (2, "heart", False)]
    await stage.send(stage.posts[1].but(reactions={"hug": 5}, pressed=("hug",)))
    await expect(within(visit, 2, "A hug: 5")).to_be_visible()


async def test_a_kind_word_that_was_not_taken_goes_again(visit: Visit, stage: Stage) -> None:
    stage.acknowledges = False
    await in_the_group(visit, stage)
    await within(visit, 2, "Me too: 1").click()
    [pressed] = await stage.heard(kind="react")
    await stage.refuse(pressed, "post_gone", "This post is not there any more.")
    await expect(within(visit, 2, "Me too: 1")).to_have_attribute("aria-pressed", "false")


async def test_of_ones_own_posts_one_sees_how_many_and_presses_nothing(visit: Visit, stage: Stage) -> None:
    await in_the_group(visit, stage)
    await expect(visit.message(3).get_by_text("A hug: 1", exact=True)).to_be_visible()
    await expect(visit.message(3).locator(".kindness")).to_have_count(0)


# -- names and warnings -------------------------------------------------------------------------------


async def test_typing_an_at_offers_names_and_the_handle_is_sent(visit: Visit, stage: Stage) -> None:
    await in_the_group(visit, stage)
    await visit.box.press_sequentially("Thank you @")
    assert await visit.announced() == ["You can choose a name under the box."]
    names = visit.page.get_by_role("group", name="Name somebody").get_by_role("button")
    assert await names.all_inner_texts() == ["Wren", "Heron"]
    await names.first.press("Enter")
    await expect(visit.box).to_have_value("Thank you @Wren ")
    await visit.box.press("Enter")
    [post] = await stage.heard(kind="post")
    assert (post.text, post.mentions) == ("Thank you Wren", (WREN,))


async def test_a_longer_name_is_not_a_shorter_one(visit: Visit, stage: Stage) -> None:
    await stage.post("Hello", **BY_WREN)
    await stage.post("Hello", room=ROOM, name="Wrenna", by=HERON)
    await opens(visit, stage)
    post = await writes(visit, stage, "Dear @Wrenna!")
    assert (post.text, post.mentions) == ("Dear Wrenna!", (HERON,))


async def test_a_post_that_names_me_says_so(visit: Visit, stage: Stage) -> None:
    await in_the_group(visit, stage)
    await expect(visit.message(7).get_by_text("This post names you.")).to_be_visible()
    await expect(visit.page.get_by_text("This post names you.")).to_have_count(1)


async def test_what_it_is_about_is_said_before_it_is_opened(visit: Visit, stage: Stage) -> None:
    await in_the_group(visit, stage)
    words = visit.message(6).get_by_text("My mother could not breathe at the end.")
    await expect(visit.message(6).get_by_text("This is about dying.")).to_be_visible()
    await expect(words).to_be_hidden()
    await expect(within(visit, 6, "Show it")).to_have_attribute("aria-expanded", "false")
    await within(visit, 6, "Show it").press("Enter")
    await expect(words).to_be_visible()
    await expect(within(visit, 6, "Fold it again")).to_be_focused()


async def test_a_folded_post_is_not_read_out(visit: Visit, stage: Stage) -> None:
    await in_the_group(visit, stage)
    await stage.post("I weigh less every week.", **BY_WREN, warning="food")
    await visit.message(8).wait_for()
    assert await visit.announced() == ["Wren: This is about food and weight."]


async def test_an_author_warns_others_once(visit: Visit, stage: Stage) -> None:
    await in_the_group(visit, stage)
    await visit.button("Name or warning").click()
    await visit.page.get_by_label("What others should know").select_option("hard")
    await expect(visit.page.get_by_text("Others first see that this is about hard feelings.")).to_be_visible()
    assert (await writes(visit, stage, "I cried a lot")).warning == "hard"
    assert (await writes(visit, stage, "Better now")).warning is None


async def test_a_warning_and_an_answer_go_with_every_part_of_a_long_post(visit: Visit, stage: Stage) -> None:
    await in_the_group(visit, stage)
    await within(visit, 2, "Reply to Wren").click()
    await visit.button("Name or warning").click()
    await visit.page.get_by_label("What others should know").select_option("dying")
    await writes(visit, stage, "She could not breathe. " * 110)
    parts = await stage.heard(2, kind="post")
    assert [(part.warning, part.reply_to) for part in parts] == [("dying", 2), ("dying", 2)]
    assert (await writes(visit, stage, "Good morning all")).warning is None


async def test_what_was_not_taken_is_put_back_with_its_warning_and_whom_it_answers(
    visit: Visit, stage: Stage
) -> None:
    stage.acknowledges = False
    await in_the_group(visit, stage)
    await within(visit, 2, "Reply to Wren").click()
    await visit.button("Name or warning").click()
    await visit.page.get_by_label("What others should know").select_option("hard")
    post = await writes(visit, stage, "Me too, @Wren")
    await stage.refuse(post, "too_many", "That was a lot.")
    await visit.button("Write it again").click()
    await visit.button("Send").click()
    again = (await stage.heard(2, kind="post"))[-1]
    assert (again.text, again.warning, again.reply_to, again.mentions) == ("Me too, Wren", "hard", 2, (WREN,))


# -- what is new --------------------------------------------------------------------------------------


async def test_what_is_new_is_told_in_words_and_divided_from_the_rest(visit: Visit, stage: Stage) -> None:
    await in_the_group(visit, stage)
    told = "Since you were last here: 3 posts by 2 people, 1 answers you, 1 names you."
    await expect(visit.page.get_by_text(told)).to_be_visible()
    order = await visit.page.locator(".log > *").evaluate_all(
        "(all) => all.map((one) => one.dataset.seq || one.textContent).slice(-4)"
    )
    assert order == ["New since you were here", "5", "6", "7"]
    await visit.button("Go to the first new one").press("Enter")
    await expect(visit.message(5)).to_be_focused()


LEFT = "(box) => box.scrollHeight - box.scrollTop - box.clientHeight"


async def at_the_end(visit: Visit) -> bool:
    return bool(await visit.page.locator(".room-scroll").evaluate(LEFT) < 2)


async def two_screens(visit: Visit, stage: Stage) -> None:
    for n in range(1, 25):
        await stage.post(f"Post {n}", **BY_WREN)
    await opens(visit, stage, unread=20, people=1, first_unread=5, read_at=BEFORE)
    await expect(visit.page.locator(".digest")).to_be_in_viewport()
    assert not await at_the_end(visit)


async def comes(visit: Visit, stage: Stage) -> None:
    post = await stage.post("One more", **BY_WREN)
    await visit.message(post.seq).wait_for()


SCROLLED = "(box) => new Promise((done) => { box.onscroll = done; box.scrollTop = box.scrollHeight; })"


async def test_whoever_has_read_to_the_end_stays_there(visit: Visit, stage: Stage) -> None:
    await two_screens(visit, stage)
    await visit.page.locator(".room-scroll").evaluate(SCROLLED)
    await comes(visit, stage)
    assert await at_the_end(visit)
    await visit.box.focus()
    assert await at_the_end(visit)
    await visit.page.set_viewport_size({"width": 420, "height": 700})
    await visit.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
    assert await at_the_end(visit)
    await visit.button("For me").click()
    await visit.button("Back to the group").click()
    await expect(visit.message(25)).to_be_in_viewport()


async def test_the_first_new_one_is_gone_to_once(visit: Visit, stage: Stage) -> None:
    await two_screens(visit, stage)
    await visit.button("Go to the first new one").click()
    await expect(visit.message(5)).to_be_in_viewport()
    await visit.page.locator(".room-scroll").evaluate(SCROLLED)
    await comes(visit, stage)
    assert await at_the_end(visit)


async def test_where_to_turn_is_seen_by_whoever_has_not_read_what_is_new(visit: Visit, stage: Stage) -> None:
    await two_screens(visit, stage)
    await stage.say("I would like to talk with you.", urgent=Urgent(kind="crisis", lines=LINES))
    await expect(visit.page.get_by_role("link", name="Call 999")).to_be_in_viewport()


async def test_nothing_new_is_nothing_said(visit: Visit, stage: Stage) -> None:
    await stage.post("Hello", **BY_WREN)
    await opens(visit, stage)
    await expect(visit.page.get_by_text("Since you were last here")).to_have_count(0)
    await expect(visit.page.get_by_text("New since you were here")).to_have_count(0)


async def test_whoever_was_never_here_missed_nothing_and_sees_the_newest(visit: Visit, stage: Stage) -> None:
    for n in range(12):
        await stage.post(f"Post {n}", **BY_WREN)
    await opens(visit, stage, unread=12, people=1, first_unread=1)
    await expect(visit.message(12)).to_be_in_viewport()
    await expect(visit.page.get_by_text("Since you were last here")).to_have_count(0)
    await expect(visit.page.get_by_text("New since you were here")).to_have_count(0)


async def test_the_menu_counts_what_comes_and_forgets_what_was_read(visit: Visit, stage: Stage) -> None:
    await stage.post("Hello", **BY_WREN)
    stage.rooms = (ROOM.but(seq=1, read_at=BEFORE),)
    await visit.signed_in()
    await stage.post("One", **BY_WREN)
    await stage.post("Two", **BY_WREN)
    await visit.chooses_in_menu("My groups: 2 new posts")
    await expect(visit.page.get_by_text("Since you were last here: 2 posts by 1 person.")).to_be_visible()
    [read] = await stage.heard(kind="read")
    assert (read.group, read.seq) == (ROOM.id, 3)
    await visit.button("Back to my chat").click()
    await visit.page.locator("summary").first.click()
    await expect(visit.button("My groups")).to_be_visible()


async def test_several_groups_are_chosen_from_with_what_is_new_in_them(visit: Visit, stage: Stage) -> None:
    other = RoomName(id=UUID(int=6), title="Living with pain", seq=0, unread=1)
    stage.rooms = (ROOM.but(seq=0), other)
    await visit.signed_in()
    await visit.chooses_in_menu("My groups: 1 new post")
    await expect(visit.page.get_by_role("heading", name="My groups")).to_be_focused()
    await visit.button("Living with pain: 1 new post").click()
    await expect(visit.page.get_by_role("heading", name="Living with pain")).to_be_focused()


async def test_earlier_posts_come_when_they_are_asked_for(visit: Visit, stage: Stage) -> None:
    room = ROOM.but(first=61, seq=61)
    at = {"at": NOW, "group": ROOM.id, "sender": "member", "name": "Heron"}
    stage.earlier = [Msg(seq=seq, text=f"Post {seq}", **at) for seq in range(1, 61)]
    await stage.post("Newest", room=room, name="Wren", by=WREN, reply_to=3)
    await opens(visit, stage, first=61, seq=61)
    await expect(within(visit, 61, "In answer to an earlier post")).to_be_visible()
    await visit.button("Earlier posts").press("Enter")
    await visit.message(11).wait_for(state="attached")
    await expect(visit.message(10)).to_have_count(0)
    await expect(visit.button("Earlier posts")).to_be_focused()
    await within(visit, 61, "In answer to an earlier post").press("Enter")
    await expect(visit.message(3)).to_be_focused()
    await expect(within(visit, 61, "In answer to Heron: Post 3")).to_be_attached()
    await expect(visit.button("Earlier posts")).to_have_count(0)


async def test_a_reconnection_asks_only_for_what_is_new(visit: Visit, stage: Stage) -> None:
    """Posts that are held for others leave gaps which are none."""
    await stage.post("One", **BY_WREN)
    stage.posts[0] = stage.posts[0].but(seq=4)
    await opens(visit, stage, seq=4)
    await stage.hang_up()
    await stage.greeted(2)
    assert stage.hellos[1].rooms == {ROOM.id: 4}


# -- who is there -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("room", "now", "said"),
    [
        ({}, {"host_present": True}, "A host is here now."),
        ({}, {"host_present": False}, "No host is here right now."),
        ({}, {"host_present": False, "asleep": True}, "The group sleeps at night."),
        (
            {"kind": "course"},
            {"host_present": False, "week": 3},
            "This is week 3 of the course. No host is here",
        ),
        (
            {"kind": "course"},
            {"host_present": False, "week": 6, "over": True},
            "you can go on talking here. No host is",
        ),
        ({"kind": "session"}, {"host_present": True, "open_until": NOW}, "The group is open until"),
        ({"kind": "session"}, {"host_present": False, "opens_at": NOW}, "It opens again: Monday"),
    ],
)
async def test_a_group_says_who_is_there_and_never_more(
    visit: Visit, stage: Stage, room: dict[str, Any], now: dict[str, Any], said: str
) -> None:
    stage.standings = [Status(group=ROOM.id, **now)]
    await opens(visit, stage, **room)
    await expect(visit.page.locator(".room-head .hint")).to_contain_text(said)
    writable = "opens_at" not in now
    await expect(visit.page.get_by_label("Write to the group")).to_have_count(int(writable))


async def test_a_host_who_comes_is_shown(visit: Visit, stage: Stage) -> None:
    stage.standings = [Status(group=ROOM.id, host_present=False)]
    await opens(visit, stage)
    await stage.send(Status(group=ROOM.id, host_present=True))
    await expect(visit.page.get_by_text("A host is here now.")).to_be_visible()


@pytest.mark.parametrize("asleep", [False, True])
async def test_nothing_is_said_of_hosts_without_a_connection(
    visit: Visit, stage: Stage, asleep: bool
) -> None:
    said = "The group sleeps at night." if asleep else "A host is here now."
    here = Status(group=ROOM.id, host_present=not asleep, asleep=asleep)
    stage.standings = [here]
    await opens(visit, stage)
    head = visit.page.locator(".room-head .hint")
    await expect(head).to_contain_text(said)
    stage.standings = []
    await visit.context.set_offline(True)
    await visit.state("offline")
    await expect(head).to_have_text("Everybody in the group can read this. They see the name you chose here.")
    await visit.context.set_offline(False)
    await visit.state("online")
    await expect(head).not_to_contain_text(said)
    await stage.send(here)
    await expect(head).to_contain_text(said)


async def test_somebody_writes_for_a_moment_and_only_when_it_was_said(visit: Visit, stage: Stage) -> None:
    await visit.page.clock.install()
    await opens(visit, stage)
    writing = visit.page.get_by_text("Somebody is writing …")
    await expect(writing).to_be_hidden()
    await stage.send(Status(group=ROOM.id, typing=True))
    await expect(writing).to_be_visible()
    await visit.page.clock.run_for(7000)
    await expect(writing).to_be_hidden()


@pytest.mark.parametrize("shows", [False, True])
async def test_that_one_writes_is_told_only_if_one_wishes(visit: Visit, stage: Stage, shows: bool) -> None:
    stage.shows_typing = shows
    await opens(visit, stage)
    await visit.box.press_sequentially("Hello")
    await visit.box.press("Enter")
    await stage.heard(kind="post")
    assert [frame.group for frame in stage.of("typing")] == ([ROOM.id] if shows else [])


# -- for oneself --------------------------------------------------------------------------------------


async def test_a_member_is_muted_and_heard_again(visit: Visit, stage: Stage) -> None:
    await in_the_group(visit, stage)
    await within(visit, 2, "Mute Wren").click()
    await visit.button("Yes, mute").click()
    words = visit.message(2).get_by_text("To the gate and back!")
    await expect(visit.message(2).get_by_text("You have muted Wren.")).to_be_visible()
    await expect(words).to_be_hidden()
    await visit.button("For me").click()
    await expect(visit.button("Back to the group")).to_be_visible()
    await visit.button("Unmute Wren").press("Enter")
    await expect(visit.page.get_by_text("Nobody. To mute somebody")).to_be_visible()
    await visit.button("Back to the group").click()
    await expect(words).to_be_visible()
    assert [(one.member, one.on) for one in stage.of("mute")] == [(WREN, True), (WREN, False)]


async def test_a_muted_word_folds_posts_and_is_on_the_list(visit: Visit, stage: Stage) -> None:
    await in_the_group(visit, stage)
    await visit.button("For me").click()
    await visit.page.get_by_label("A word or a few words").fill("gate")
    stage.muted_words = (MutedWord(id=UUID(int=9), text="Gate"),)
    await visit.button("Mute this word").click()
    [muted] = await stage.heard(kind="mute_word")
    assert muted.text == "gate"
    await stage.greeted(2)
    await visit.button("Unmute “Gate”").wait_for()
    await visit.button("Back to the group").click()
    folded = visit.message(2).get_by_text("A word that you muted is in this post.")
    await expect(folded).to_be_visible()
    await expect(visit.message(3).get_by_text("How far is your gate?")).to_be_visible()
    await visit.button("For me").click()
    await visit.button("Unmute “Gate”").click()
    assert (await stage.heard(kind="unmute_word"))[0].word == UUID(int=9)
    await visit.button("Back to the group").click()
    await expect(folded).to_have_count(0)


async def test_showing_that_one_writes_is_off_and_can_be_turned_on(visit: Visit, stage: Stage) -> None:
    await opens(visit, stage)
    await visit.button("For me").click()
    box = visit.page.get_by_label("Show others that somebody is writing")
    await expect(box).not_to_be_checked()
    await box.check(force=True)
    [shown] = await stage.heard(kind="show_typing")
    assert shown.on is True


@pytest.mark.parametrize(
    ("name", "days"), [("For 1 week", 7), ("For 1 month", 30), ("Until I come back", None)]
)
async def test_a_break_and_back(visit: Visit, stage: Stage, name: str, days: int | None) -> None:
    await in_the_group(visit, stage)
    await visit.button("For me").click()
    await visit.button(name).click()
    await expect(visit.page.get_by_text("You are taking a break from this group.")).to_be_visible()
    await expect(visit.page.get_by_text("It ends on")).to_have_count(int(days is not None))
    await expect(visit.page.get_by_role("article")).to_have_count(0)
    await visit.button("Come back to the group").click()
    await expect(visit.message(2)).to_be_visible()
    assert [(rest.on, rest.days) for rest in stage.of("rest")] == [(True, days), (False, None)]


@pytest.mark.parametrize("along", [False, True])
async def test_one_leaves_without_a_reason(visit: Visit, stage: Stage, along: bool) -> None:
    await in_the_group(visit, stage)
    await visit.button("For me").click()
    await visit.button("Leave the group").click()
    if along:
        await visit.page.get_by_label("Take what I wrote along.").check(force=True)
    await visit.button("Yes, leave the group").click()
    goodbye = "You have left the group. You can come back any day. There is nothing to explain."
    await expect(visit.page.get_by_text(goodbye)).to_be_focused()
    [left] = stage.of("leave")
    assert (left.group, left.take_posts) == (ROOM.id, along)
    await visit.button("Back to my chat").click()
    await stage.post("Still here", **BY_WREN)
    await visit.page.locator("summary").first.click()
    await expect(
        visit.page.get_by_role("button", name="My groups: 1 new post")
    ).to_be_visible()  # the other's


async def test_ones_own_post_is_taken_back(visit: Visit, stage: Stage) -> None:
    await in_the_group(visit, stage)
    await within(visit, 3, "Take back").click()
    await visit.button("Yes, take it back").click()
    [back] = await stage.heard(kind="withdraw")
    assert (back.group, back.seq) == (ROOM.id, 3)
    await stage.send(stage.posts[2].but(withdrawn=True, text="", reactions={}))
    await expect(visit.message(3).get_by_text("You took this post back.")).to_be_visible()
    await expect(within(visit, 5, "In answer to Kestrel: You took this post back.")).to_be_attached()


async def test_another_look_at_ones_hidden_post(visit: Visit, stage: Stage) -> None:
    await stage.post("", room=ROOM, name="Kestrel", mine=True, hidden=True)
    await opens(visit, stage)
    await within(visit, 1, "Ask for another look").click()
    await visit.page.get_by_label("Say in your own words").fill("It was a joke")
    await visit.message(1).get_by_role("button", name="Send").click()
    [appeal] = await stage.heard(kind="appeal")
    assert (appeal.seq, appeal.text, appeal.complaint) == (1, "It was a joke", False)
    await expect(visit.message(1).get_by_text("Somebody will look at it again.")).to_be_focused()


async def test_whoever_is_paused_reads_and_may_ask(visit: Visit, stage: Stage) -> None:
    await stage.post("Hello", **BY_WREN)
    await opens(visit, stage, paused=True)
    await expect(visit.page.get_by_text("You cannot write in this group for now.")).to_be_visible()
    await expect(visit.page.get_by_label("Write to the group")).to_have_count(0)
    await expect(within(visit, 1, "Reply to Wren")).to_have_count(0)
    await visit.button("Ask for another look").click()
    await visit.page.get_by_label("Say in your own words").fill("Please look again")
    await visit.button("Send").first.click()
    [appeal] = await stage.heard(kind="appeal")
    assert (appeal.seq, appeal.text) == (None, "Please look again")


async def test_one_complains_about_the_group(visit: Visit, stage: Stage) -> None:
    await opens(visit, stage)
    await visit.button("For me").click()
    await visit.page.get_by_label("Tell us what is wrong.").fill("Nobody answers")
    await visit.button("Send").click()
    [appeal] = await stage.heard(kind="appeal")
    assert (appeal.complaint, appeal.seq) == (True, None)
    await expect(visit.page.get_by_text("Thank you for telling us.")).to_be_focused()


async def test_where_to_turn_is_seen_wherever_one_writes(visit: Visit, stage: Stage) -> None:
    await opens(visit, stage)
    await visit.button("For me").click()
    await visit.page.get_by_label("Tell us what is wrong.").fill("i want to die")
    await visit.button("Send").click()
    await stage.heard(kind="appeal")
    await stage.say("I am glad that you told me.", urgent=Urgent(kind="crisis", lines=LINES))
    await expect(visit.page.get_by_role("link", name="Call 999")).to_be_in_viewport()
    await visit.button("Close").click()
    assert await visit.focused() == "For me in this group"


async def test_a_report_says_why(visit: Visit, stage: Stage) -> None:
    await in_the_group(visit, stage)
    await within(visit, 2, "Report the post by Wren").press("Enter")
    await visit.page.get_by_label("I am worried about this person").check(force=True)
    await visit.button("Yes, report it").press("Enter")
    [report] = await stage.heard(kind="report")
    assert (report.seq, report.why) == (2, "worried")
    await expect(visit.message(2).get_by_text("Thank you. A person will look at it.")).to_be_focused()


async def test_whoever_opens_a_box_gets_the_keyboard_back(visit: Visit, stage: Stage) -> None:
    await in_the_group(visit, stage)
    button = within(visit, 2, "Report the post by Wren")
    await button.press("Enter")
    await expect(button).to_have_attribute("aria-expanded", "true")
    await visit.button("No, leave it").press("Enter")
    await expect(button).to_be_focused()


# -- what becomes of a post ---------------------------------------------------------------------------


async def test_on_its_way_held_and_shown_are_told_apart(visit: Visit, stage: Stage) -> None:
    stage.acknowledges = False
    await opens(visit, stage)
    post = await writes(visit, stage, "  Good morning ")
    own = visit.page.get_by_role("article")
    await expect(own).to_contain_text("Sending …")
    stage.acknowledges = True
    await stage.hang_up()
    await stage.heard(2, kind="post")
    await expect(own).to_contain_text("Kept. It is on its way to the group.")
    more = {"mine": True, "id": post.id}
    held = await stage.post("Good morning", room=ROOM, name="Kestrel", held=True, shown_at=None, **more)
    await expect(own).to_have_count(1)
    await expect(own).to_contain_text("A host looks at this before others see it.")
    await stage.send(held.but(held=None, shown_at=datetime.now(UTC)))
    await expect(own).not_to_contain_text("A host looks at this")
    assert (await visit.announced())[-1] == "Your post is in the group now."
    assert post.text == "Good morning"


async def test_a_post_is_known_by_its_id_and_not_by_its_words(visit: Visit, stage: Stage) -> None:
    await opens(visit, stage)
    sent = await writes(visit, stage, "Thank you")
    mine: dict[str, Any] = {"room": ROOM, "name": "Kestrel", "mine": True}
    await stage.post("Thank you", **mine, id=UUID(int=77))  # from another device
    await expect(visit.page.get_by_role("article")).to_have_count(2)
    await expect(visit.page.get_by_text("Kept. It is on its way to the group.")).to_be_visible()
    await stage.post("Thank", **mine, id=sent.id)  # as it was kept: cut
    await expect(visit.page.get_by_text("Kept. It is on its way to the group.")).to_have_count(0)
    await expect(visit.page.get_by_role("article")).to_have_count(2)


async def test_a_post_that_is_quicker_than_its_acknowledgement_stands_there_once(
    visit: Visit, stage: Stage
) -> None:
    stage.acknowledges = False
    await opens(visit, stage)
    sent = await writes(visit, stage, "Thank you")
    await stage.post("Thank you", room=ROOM, name="Kestrel", mine=True, id=sent.id)
    await expect(visit.message(1)).to_be_visible()
    await stage.send(Ack(id=sent.id, seq=1))
    await stage.post("Welcome", **BY_WREN)
    await expect(visit.message(2)).to_be_visible()
    await expect(visit.page.get_by_role("article")).to_have_count(2)


# -- after a connection was lost ----------------------------------------------------------------------


async def test_a_group_is_as_the_record_says_after_a_reconnection(visit: Visit, stage: Stage) -> None:
    """Whoever was writing and reading goes on where they were."""
    await visit.begin(viewport={"width": 420, "height": 700})
    for n in range(1, 21):
        kind = {"reactions": {"hug": 2}, "pressed": ("hug",)} if n == 9 else {}
        await stage.post(f"Post {n}", **BY_WREN, **kind)
    await opens(visit, stage)
    await visit.box.fill("I was just")
    await visit.message(9).evaluate("(post) => post.scrollIntoView()")
    before = await visit.message(9).bounding_box()
    stage.posts[8] = stage.posts[8].but(reactions={}, pressed=())
    stage.posts[4] = stage.posts[4].but(text="", hidden=True)
    stage.comes_again = [5]
    await stage.hang_up()
    await stage.greeted(2)
    await expect(visit.message(5).get_by_text("This post is hidden.")).to_be_attached()
    await expect(visit.page.get_by_text("Post 5", exact=True)).to_have_count(0)
    await expect(visit.page.locator('.msg[data-seq="9"] .kindness:visible')).to_have_count(0)
    await expect(visit.box).to_have_value("I was just")
    after = await visit.message(9).bounding_box()
    assert before and after and abs(before["y"] - after["y"]) <= 30


async def test_what_was_missed_is_announced_in_one_sentence(visit: Visit, stage: Stage) -> None:
    await stage.post("Hello", **BY_WREN)
    await opens(visit, stage)
    stage.rooms = (ROOM.but(seq=6),)
    await stage.hang_up()
    for n in range(5):
        await stage.post(f"Missed {n}", **BY_WREN)
    await stage.greeted(2)
    await visit.message(6).wait_for()
    await visit.page.wait_for_function("() => window.announced.length")
    assert await visit.announced() == [f"{ROOM.title}: 5 new posts"]
    await stage.post("Good evening", **BY_WREN)
    await visit.message(7).wait_for()
    assert (await visit.announced())[1:] == ["Wren: Good evening"]


@pytest.mark.parametrize("writing", [False, True])
async def test_a_thread_whose_first_post_is_out_of_reach_closes_and_an_answer_stays_one(
    visit: Visit, stage: Stage, writing: bool
) -> None:
    await in_the_group(visit, stage)
    await visit.button("2 answers to the post by Kestrel").click()
    await expect(visit.page.get_by_role("heading", name="One post and its answers")).to_be_focused()
    if writing:
        await visit.box.fill("Half an")
    stage.posts.clear()
    stage.rooms = (ROOM.but(first=101, seq=101), OTHER)
    await stage.post("Newest", room=stage.rooms[0], name="Wren", by=WREN)
    await stage.hang_up()
    await expect(visit.page.get_by_role("heading", name="One post and its answers")).to_be_hidden()
    await expect(visit.message(101)).to_be_visible()
    if not writing:
        await expect(visit.page.locator(".room [role=log]")).to_be_focused()
        assert (await writes(visit, stage, "Good morning all")).reply_to is None
        return
    await expect(visit.box).to_be_focused()
    await expect(visit.page.get_by_text("You answer Kestrel: How far is your gate?")).to_be_visible()
    await visit.box.press("Enter")
    [answer] = await stage.heard(kind="post")
    assert (answer.text, answer.reply_to) == ("Half an", 3)


async def test_a_half_written_answer_stays_one_out_of_its_thread(visit: Visit, stage: Stage) -> None:
    await in_the_group(visit, stage)
    await visit.button("2 answers to the post by Kestrel").click()
    await visit.box.fill("Half an")
    await visit.button("Back to all posts").click()
    await expect(visit.message(3)).to_be_focused()
    await visit.box.press("Enter")
    [answer] = await stage.heard(kind="post")
    assert answer.reply_to == 3


async def test_earlier_posts_are_asked_for_again_after_a_reconnection(visit: Visit, stage: Stage) -> None:
    room = ROOM.but(first=61, seq=61)
    at = {"at": NOW, "group": ROOM.id, "sender": "member", "name": "Heron"}
    stage.earlier = [Msg(seq=seq, text=f"Post {seq}", **at) for seq in range(1, 61)]
    await stage.post("Newest", room=room, name="Wren", by=WREN)
    await opens(visit, stage, first=61, seq=61)
    await visit.button("Earlier posts").press("Enter")
    await visit.message(11).wait_for(state="attached")
    stage.earlier[29] = stage.earlier[29].but(text="", withdrawn=True)
    await stage.hang_up()
    await stage.greeted(2)
    await expect(visit.message(30)).to_contain_text("Whoever wrote this has taken it back.")
    await expect(visit.message(11)).to_contain_text("Post 11")


# -- half of the window -------------------------------------------------------------------------------

POSTS_SEEN = """() => {
  const root = document.querySelector("bounceback-chat").shadowRoot;
  const edge = (one, side) => one && one.getClientRects().length ? one.getBoundingClientRect()[side] : null;
  const room = root.querySelector(".room");
  const bar = [...room.querySelectorAll(".room-head, .room-head > .tools")]
    .filter((one) => one.getClientRects().length && getComputedStyle(one).position === "sticky");
  const top = Math.max(edge(room, "top"), ...bar.map((one) => edge(one, "bottom")));
  const below = [...room.children].filter((one) => !one.matches(".room-scroll") && edge(one, "top") !== null);
  const scrolls = getComputedStyle(room).overflowY === "auto";
  const bottom = scrolls ? edge(room, "bottom") : Math.min(...below.map((one) => edge(one, "top")));
  return [Math.min(bottom, innerHeight) - top, Math.max(...below.map((one) => edge(one, "bottom")))];
}"""


async def has_half(visit: Visit, height: int) -> None:
    """Posts have at least half of the window, and what stands under them is in it."""
    seen, end = await visit.page.evaluate(POSTS_SEEN)
    assert seen >= height / 2 and end <= height


@pytest.mark.parametrize(("width", "height"), [(320, 740), (320, 640), (1280, 720)])
async def test_posts_have_half_of_the_window(visit: Visit, stage: Stage, width: int, height: int) -> None:
    """With the banner of a demo on top of it, with what one missed, a note from the chat, and the box to write in."""
    await visit.begin(viewport={"width": width, "height": height})
    stage.demo = True
    for n in range(12):
        await stage.post(f"Post {n}, and a few more words", **BY_WREN)
    await opens(visit, stage, unread=12, people=1, first_unread=1, read_at=BEFORE)
    await has_half(visit, height)
    await visit.box.press_sequentially("I was just going to say that it took me all day, too.")
    await has_half(visit, height)
    await stage.say("Thank you. A first post waits for a host to read it, which can take a while.")
    await visit.button("Close").wait_for()
    await has_half(visit, height)
    await visit.message(12).get_by_role("button", name="Report the post by Wren").press("Enter")
    await visit.page.wait_for_function(NOBODY_WRITES)
    await has_half(visit, height)


NOBODY_WRITES = """() =>
  !document.querySelector("bounceback-chat").shadowRoot.querySelector(".room").classList.contains("writing")"""


async def test_a_chosen_name_and_a_warning_never_push_the_box_out_of_the_window(
    visit: Visit, stage: Stage
) -> None:
    await visit.begin(viewport={"width": 320, "height": 640})
    stage.demo = True
    await in_the_group(visit, stage)
    await within(visit, 2, "Reply to Wren").click()
    await visit.button("Name or warning").click()
    _, end = await visit.page.evaluate(POSTS_SEEN)
    assert end <= 640
    fits = "(box) => box.scrollWidth <= box.clientWidth"
    assert await visit.page.locator(".room > .composer").evaluate(fits)
    await visit.page.get_by_label("What others should know").select_option("hard")
    await visit.button("Send").scroll_into_view_if_needed()
    await expect(visit.button("Send")).to_be_in_viewport()


async def test_the_box_stays_in_the_window_when_that_is_turned(visit: Visit, stage: Stage) -> None:
    await visit.begin(viewport={"width": 420, "height": 740})
    stage.demo = True
    for _ in range(12):
        await stage.post("So many words that a narrow window breaks their line. " * 6, **BY_WREN)
    await opens(visit, stage)
    await visit.box.fill("I was just")
    await visit.page.set_viewport_size({"width": 320, "height": 560})
    await expect(visit.page.locator(".room")).to_have_attribute("data-size", "flow")
    await expect(visit.box).to_be_in_viewport(ratio=1)


async def test_nobody_of_the_team_is_said_to_read_a_group(visit: Visit, stage: Stage) -> None:
    await opens(visit, stage)
    await expect(visit.page.locator(".reading")).to_be_hidden()
    await visit.button("Back to my chat").click()
    await expect(visit.page.locator(".reading")).to_be_visible()


# -- paused -------------------------------------------------------------------------------------------


async def test_whoever_is_paused_sees_kind_words_and_presses_none(visit: Visit, stage: Stage) -> None:
    await in_the_group(visit, stage)
    await within(visit, 2, "Me too: 1").click()
    stage.rooms = (stage.rooms[0].but(paused=True),)
    await stage.hang_up()
    await stage.greeted(2)
    await expect(visit.page.locator(".kindness:visible")).to_have_count(0)
    await expect(visit.button("A kind word for Wren")).to_have_count(0)
    await expect(visit.message(2).get_by_text("Thinking of you: 2")).to_be_visible()


async def test_a_post_that_was_not_taken_can_be_written_again(visit: Visit, stage: Stage) -> None:
    stage.acknowledges = False
    await opens(visit, stage)
    post = await writes(visit, stage, "Hello")
    await stage.refuse(post, "barred", "A host has paused you in groups for now.")
    own = visit.page.get_by_role("article")
    await expect(own).to_contain_text("This was not sent. A host has paused you in groups for now.")
    await expect(visit.page.get_by_text("You cannot write in this group for now.")).to_be_visible()
    assert await visit.announced() == ["A host has paused you in groups for now."]


async def test_where_to_turn_is_shown_where_one_writes(visit: Visit, stage: Stage) -> None:
    stage.acknowledges = False
    await opens(visit, stage)
    post = await writes(visit, stage, "i want to die")
    await stage.refuse(post, "unavailable", "Not kept yet.", urgent=Urgent(kind="crisis", lines=LINES))
    card = visit.page.get_by_role("article").get_by_role("region", name="You can talk to somebody now")
    await expect(card.get_by_role("link", name="Call 999")).to_be_visible()


OTHER = RoomName(id=UUID(int=6), title="Living with pain", seq=0)


async def goes_to(visit: Visit, title: str) -> None:
    """Into a group by the list of groups."""
    await visit.button("Back to my chat").first.click()
    await visit.chooses_in_menu("My groups")
    await visit.button(title).click()
    await expect(visit.page.get_by_role("heading", name=title)).to_be_focused()


async def turned_to(visit: Visit, stage: Stage, post: Any) -> None:
    """Once it was refused, the chat shows where to turn under the words."""
    await stage.refuse(post, "unavailable", "Not kept yet.", urgent=Urgent(kind="crisis", lines=LINES))
    await expect(visit.page.get_by_role("link", name="Call 999")).to_be_in_viewport()
    await expect(visit.log.get_by_text("i want to die")).to_be_visible()


async def test_where_to_turn_is_shown_when_one_has_gone_back_to_the_chat(visit: Visit, stage: Stage) -> None:
    stage.acknowledges = False
    await opens(visit, stage)
    post = await writes(visit, stage, "i want to die")
    await visit.button("Back to my chat").click()
    await turned_to(visit, stage, post)
    await expect(visit.log.get_by_text("Not sent yet.")).to_be_visible()
    await visit.chooses_in_menu("My groups")
    await expect(visit.page.get_by_role("article").get_by_role("link", name="Call 999")).to_be_visible()
    await visit.button("Back to my chat").click()
    await stage.send(Ack(id=post.id, seq=1))
    await expect(visit.log.get_by_text("Sent", exact=True)).to_be_visible()
    await stage.say("I am glad that you told me.", urgent=Urgent(kind="crisis", lines=LINES))
    await expect(visit.message(1)).to_be_visible()
    await expect(visit.page.get_by_role("link", name="Call 999")).to_have_count(1)


async def test_where_to_turn_is_shown_over_the_list_of_groups(visit: Visit, stage: Stage) -> None:
    stage.acknowledges = False
    await opens(visit, stage)
    post = await writes(visit, stage, "i want to die")
    stage.rooms = (ROOM.but(seq=0), OTHER)
    await stage.hang_up()
    await stage.greeted(2)
    await visit.chooses_in_menu("My groups")
    await expect(visit.page.get_by_role("heading", name="My groups")).to_be_focused()
    await turned_to(visit, stage, post)


async def test_where_to_turn_is_shown_in_another_group_and_among_ones_wishes(
    visit: Visit, stage: Stage
) -> None:
    stage.acknowledges = False
    urgent = Urgent(kind="crisis", lines=LINES)
    stage.rooms = (ROOM.but(seq=0), OTHER)
    await visit.signed_in()
    await visit.chooses_in_menu("My groups")
    await visit.button(ROOM.title).click()
    first = await writes(visit, stage, "i want to die")
    await goes_to(visit, "Living with pain")
    await stage.refuse(first, "unavailable", "Not kept yet.", urgent=urgent)
    await expect(visit.page.get_by_role("link", name="Call 999")).to_be_in_viewport()
    await visit.button("Close").click()
    second = await writes(visit, stage, "i want to die")
    await visit.button("For me").click()
    await visit.button("Back to the group").wait_for()
    await stage.refuse(second, "unavailable", "Not kept yet.", urgent=urgent)
    await expect(visit.page.get_by_role("link", name="Call 999")).to_be_in_viewport()


async def test_where_to_turn_is_shown_after_a_reload(visit: Visit, stage: Stage) -> None:
    stage.acknowledges = False
    await visit.remembered(TOKEN)
    stage.rooms = (ROOM.but(seq=0),)
    await visit.open()
    await visit.chooses_in_menu("My groups")
    await writes(visit, stage, "i want to die")
    visit.page.once("dialog", lambda dialog: dialog.accept())
    await visit.page.reload()
    [_, again] = await stage.heard(2, kind="post")
    await turned_to(visit, stage, again)


@pytest.mark.parametrize(("code", "button"), [("too_many", "Write it again"), ("barred", "Open the group")])
async def test_the_words_of_a_refused_post_are_never_lost(
    visit: Visit, stage: Stage, code: str, button: str
) -> None:
    stage.acknowledges = False
    await opens(visit, stage)
    post = await writes(visit, stage, "It took me all day")
    await visit.button("Back to my chat").click()
    await stage.refuse(post, code, "This is why.")
    await expect(visit.log.get_by_text("It took me all day")).to_be_visible()
    await expect(visit.log.get_by_text("This was not sent. This is why.")).to_be_visible()
    await visit.button(button).click()
    if code == "barred":
        stage.rooms = (ROOM.but(seq=0, paused=True),)
        await stage.hang_up()
        await stage.greeted(2)
        await expect(visit.page.get_by_text("You cannot write in this group for now.")).to_be_visible()
        await expect(visit.page.get_by_role("article")).to_contain_text("It took me all day")
        await expect(visit.button("Write it again")).to_be_hidden()
        stage.rooms = (ROOM.but(seq=0),)
        await stage.hang_up()
        await stage.greeted(3)
        await visit.button("Write it again").click()
    await expect(visit.box).to_have_value("It took me all day")
    await expect(visit.box).to_be_focused()
    await expect(visit.page.get_by_role("article")).to_have_count(0)
    await visit.button("Back to my chat").click()
    await expect(visit.page.get_by_text("It took me all day")).to_have_count(0)


async def test_what_became_of_a_post_is_told_in_another_group(visit: Visit, stage: Stage) -> None:
    stage.acknowledges = False
    stage.rooms = (ROOM.but(seq=0), OTHER)
    await visit.signed_in()
    await visit.chooses_in_menu("My groups")
    await visit.button(ROOM.title).click()
    post = await writes(visit, stage, "It took me all day")
    await goes_to(visit, "Living with pain")
    await stage.refuse(post, "too_many", "That was a lot.")
    note = visit.page.locator(".chat-says")
    await expect(note.get_by_text("This was not sent. That was a lot.")).to_be_visible()
    await goes_to(visit, ROOM.title)
    await expect(visit.page.get_by_role("article")).to_contain_text("It took me all day")


async def test_what_the_chat_answers_is_seen_in_the_group(visit: Visit, stage: Stage) -> None:
    await opens(visit, stage)
    await writes(visit, stage, "i want to die")
    await stage.say("I would like to talk with you about it here.", urgent=Urgent(kind="crisis", lines=LINES))
    note = visit.page.locator(".chat-says")
    await expect(note.get_by_text("I would like to talk with you about it here.")).to_be_visible()
    await expect(note.get_by_role("link", name="Call 999")).to_be_visible()
    await expect(visit.page.get_by_role("article")).to_contain_text("This is not in the group yet.")
    await stage.say("Something else.")
    await expect(note.get_by_text("Something else.")).to_be_visible()
    await expect(note.get_by_text("I would like to talk with you about it here.")).to_be_visible()
    await expect(note.get_by_role("link", name="Call 999")).to_be_visible()
    await note.get_by_role("button", name="Back to my chat").click()
    await expect(visit.log.get_by_text("Something else.")).to_be_visible()


ON_TOP = """(element) => {
  const { left, top } = element.getBoundingClientRect();
  return element.contains(element.getRootNode().elementFromPoint(left + 4, top + 4));
}"""


@pytest.mark.parametrize("height", [640, 740])
async def test_what_the_chat_answers_to_distress_is_read_from_its_beginning(
    visit: Visit, stage: Stage, height: int
) -> None:
    await visit.begin(viewport={"width": 320, "height": height})
    await in_the_group(visit, stage)
    sent = await writes(visit, stage, "i want to die")
    answer = "I would like to talk with you about it here."
    await stage.say(answer, urgent=Urgent(kind="crisis", lines=LINES * 3))
    await expect(visit.page.locator(".chat-says")).to_be_visible()
    own: dict[str, Any] = {"room": ROOM, "name": "Kestrel", "mine": True, "held": True, "id": sent.id}
    await stage.post("i want to die", **own)
    await expect(visit.page.get_by_text("A host looks at this before others see it.")).to_be_attached()
    first = visit.page.locator(".chat-says").get_by_text(answer)
    await expect(first).to_be_in_viewport(ratio=1)
    assert await first.evaluate(ON_TOP), "a bar lies over it"


async def test_posts_are_read_aloud_and_folded_ones_only_when_they_are_open(
    visit: Visit, stage: Stage
) -> None:
    await visit.page.add_init_script(VOICES)
    await in_the_group(visit, stage)
    await visit.chooses_in_menu("How this looks and sounds")
    await visit.page.get_by_label("A button under each message").check()
    await visit.page.locator("summary").first.click()
    await visit.page.get_by_role("button", name="My groups").click()
    await visit.page.get_by_role("button", name=ROOM.title).click()
    await expect(visit.message(2).get_by_role("button", name="Read aloud")).to_be_visible()
    for seq, count in ((3, 0), (4, 0), (6, 0)):
        await expect(visit.message(seq).get_by_role("button", name="Read aloud")).to_have_count(count)
    await within(visit, 6, "Show it").click()
    await expect(visit.message(6).get_by_role("button", name="Read aloud")).to_be_visible()
    await visit.message(6).get_by_role("button", name="Read aloud").click()
    said = [one for one in await visit.page.evaluate("said") if one[1] != "stop"]
    assert said == [["My mother could not breathe at the end.", "Own", "en-GB"]]
    await stage.send(stage.posts[5].but(hidden=True, text="", warning=None))
    await expect(visit.message(6).get_by_role("button", name="Read aloud")).to_have_count(0)


async def test_hidden_and_taken_back_keep_their_place_in_words(visit: Visit, stage: Stage) -> None:
    await stage.post("", room=ROOM, name="Wren", by=WREN, hidden=True)
    await stage.post("", room=ROOM, name="Wren", by=WREN, withdrawn=True)
    await opens(visit, stage)
    await expect(visit.message(1).get_by_text("This post is hidden.")).to_be_visible()
    await expect(visit.message(2).get_by_text("Whoever wrote this has taken it back.")).to_be_visible()
    for seq in (1, 2):
        await expect(within(visit, seq, "Report the post by Wren")).to_have_count(0)
        await expect(within(visit, seq, "Reply to Wren")).to_have_count(0)


async def test_a_late_post_is_said_once_it_is_shown(visit: Visit, stage: Stage) -> None:
    await stage.post("One", **BY_WREN)
    stage.posts[0] = stage.posts[0].but(seq=2)
    await opens(visit, stage, seq=2)
    late = stage.posts[0].but(seq=1, text="Held until now", shown_at=datetime.now(UTC) + timedelta(minutes=1))
    await stage.send(late)
    await visit.message(1).wait_for()
    assert await visit.announced() == ["Wren: Held until now"]


# -- the real server ----------------------------------------------------------------------------------


def post_of(visit: Visit, seq: int) -> Locator:
    """The chat's own messages stand in the page besides."""
    return visit.page.locator(f'article[data-seq="{seq}"]')


async def test_two_members_answer_each_other_kindly(there: Visit, site: Site) -> None:
    clinic = site.clinic
    await joins(there, await clinic.join("copd"), "Wren")
    other = Visit(there.browser, site.url)
    await other.begin()
    await joins(other, await clinic.join("copd"), "Heron")
    room = clinic.service.rooms["copd"]
    await there.write("To the gate and back!")
    await expect(there.page.get_by_role("article")).to_contain_text(
        "A host looks at this before others see it."
    )
    await expect(there.page.get_by_role("article")).to_have_count(1)
    await moderate(clinic.house, clinic.service.id, room, Moderate(1, clinic.host.id, "release"))
    await other.button("A kind word for Wren").press("Enter")
    await other.button("Strength").press("Enter")
    await expect(post_of(there, 1).get_by_text("Strength: 1")).to_be_visible()
    await other.button("Reply to Wren").press("Enter")
    await other.write("Well done @Wren")
    await expect(
        other.page.locator(".chat-says").get_by_text("A first post waits for a host")
    ).to_be_visible()
    await expect(post_of(other, 2)).to_contain_text("A host looks at this before others see it.")
    await moderate(clinic.house, clinic.service.id, room, Moderate(2, clinic.host.id, "release"))
    await expect(post_of(there, 2).get_by_text("This post names you.")).to_be_visible()
    await expect(there.button("1 answer to the post by Wren")).to_be_visible()
    await there.button("Take back").press("Enter")
    await there.button("Yes, take it back").press("Enter")
    await expect(post_of(other, 1).get_by_text("Whoever wrote this has taken it back.")).to_be_visible()
    await other.button("For me").press("Enter")
    await other.button("Leave the group").press("Enter")
    await other.button("Yes, leave the group").press("Enter")
    await expect(other.page.get_by_text("You have left the group.").last).to_be_visible()
    await clinic.settle()
    await other.button("Back to my chat").first.press("Enter")
    await other.page.reload()
    await other.state("online")
    await other.page.locator("summary").first.click()
    await expect(other.button("My groups")).to_be_hidden()
    await other.end()
