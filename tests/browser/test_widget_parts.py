"""What is loaded on demand: exercise, charts, pictures, groups. And how words become nodes."""

from uuid import UUID

import pytest
from playwright.async_api import expect
from stage import Stage
from visit import Visit

from bot.core.shown import Chart, Choice, ExerciseShown, MoveShown, PictureShown, Point
from bot.web.frames import RoomName

BREATHE = ExerciseShown(
    seconds=12,
    moves=(
        MoveShown(do="Breathe in through your nose", seconds=2),
        MoveShown(do="Breathe out slowly", seconds=4),
    ),
)
ROOM = RoomName(id=UUID(int=5), title="Breathe easier", seq=2)
CURVE = Chart(
    measure="phq9",
    title="How low you have felt",
    low=0,
    high=27,
    sentence="Your score went from 17 to 8. Lower is better.",
    points=(
        Point(on="2026-06-03", total=17, band="moderately severe"),
        Point(on="2026-10-03", total=8, band="mild"),
    ),
)


async def exercise(visit: Visit, stage: Stage) -> None:
    await visit.page.clock.install()
    await visit.signed_in()
    choices = (Choice(id="1.done", label="Done"), Choice(id="1.stop", label="Stop the exercise"))
    await stage.say("Breathe in. Breathe out.", exercise=BREATHE, choices=choices)
    await visit.button("Start").wait_for()


async def test_the_moves_are_repeated_and_each_is_said_once(visit: Visit, stage: Stage) -> None:
    await exercise(visit, stage)
    await visit.button("Start").click()
    for _ in range(13):
        await visit.page.clock.run_for(1000)
    said = (await visit.announced())[1:]
    moves = [move.do for move in BREATHE.moves]
    assert said == [*moves, *moves, "That is the end of the exercise."]


async def test_done_waits_for_the_end_of_the_exercise(visit: Visit, stage: Stage) -> None:
    await exercise(visit, stage)
    done = visit.button("Done")
    await expect(done).to_have_attribute("aria-disabled", "true")
    await visit.button("Start").click()
    await visit.page.clock.run_for(13_000)
    await expect(done).not_to_have_attribute("aria-disabled", "true")
    await done.click()
    [said] = await stage.heard()
    assert said.choice == "1.done"


async def test_a_stopped_exercise_says_nothing_more(visit: Visit, stage: Stage) -> None:
    await exercise(visit, stage)
    await visit.button("Start").click()
    await visit.button("Stop the exercise").click()
    [said] = await stage.heard()
    before = await visit.announced()
    await visit.page.clock.run_for(13_000)
    assert said.choice == "1.stop"
    assert await visit.announced() == before


async def test_a_paused_exercise_stands_still(visit: Visit, stage: Stage) -> None:
    await exercise(visit, stage)
    await visit.button("Start").click()
    await visit.page.clock.run_for(3000)
    await visit.button("Pause").click()
    left = visit.page.get_by_text("Paused. 9 seconds left")
    await expect(left).to_be_visible()
    await visit.page.clock.run_for(60_000)
    await expect(left).to_be_visible()
    await visit.button("Go on").click()
    await visit.page.clock.run_for(1000)
    await expect(visit.page.get_by_text("8 seconds left")).to_be_visible()


async def test_the_seconds_are_shown_and_not_said(visit: Visit, stage: Stage) -> None:
    await exercise(visit, stage)
    await visit.button("Start").click()
    await visit.page.clock.run_for(3000)
    count = visit.page.locator(".countdown")
    await expect(count).to_have_text("3")
    await expect(count).to_have_attribute("aria-hidden", "true")


@pytest.mark.parametrize(("motion", "moving"), [("reduce", False), ("no-preference", True)])
async def test_nothing_moves_for_those_who_want_less_motion(
    visit: Visit, stage: Stage, motion: str, moving: bool
) -> None:
    await visit.begin(reduced_motion=motion)
    await exercise(visit, stage)
    await visit.button("Start").click()
    transform = await visit.page.locator(".breath").evaluate("(circle) => getComputedStyle(circle).transform")
    arrival = await visit.message(1).evaluate("(one) => getComputedStyle(one).animationName")
    assert ((transform != "none"), (arrival != "none")) == (moving, moving)


async def test_scores_are_a_sentence_a_curve_and_a_table(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    await stage.say("Here you are.", charts=(CURVE,))
    part = visit.page.get_by_role("region", name="How low you have felt")
    await expect(part.get_by_text(CURVE.sentence, exact=True)).to_be_visible()
    await expect(part.get_by_role("img")).to_have_attribute("aria-label", f"{CURVE.title}. {CURVE.sentence}")
    await part.get_by_text("The same as a table").click()
    rows = await part.locator("tbody tr").all_inner_texts()
    assert rows == ["3 June 2026\t17\tmoderately severe", "3 October 2026\t8\tmild"]


async def test_a_picture_has_its_description(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    await stage.say("Look.", picture=PictureShown(source="/widget/icon.svg", description="A wave"))
    await expect(visit.page.get_by_alt_text("A wave")).to_be_visible()


async def test_a_picture_of_another_server_is_not_loaded(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    await stage.say(
        "Look.", picture=PictureShown(source="https://elsewhere.example/x.png", description="A wave")
    )
    await expect(visit.message(1).get_by_text("A wave")).to_be_visible()
    await expect(visit.page.locator("img")).to_have_count(0)


async def test_parts_are_loaded_only_when_they_are_needed(visit: Visit, stage: Stage) -> None:
    asked: list[str] = []
    visit.page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    await visit.signed_in()
    parts = {"exercise.js", "charts.js", "group.js", "picture.js", "entry.js"}
    assert parts & set(asked) == set()


async def test_a_part_that_cannot_be_loaded_can_be_tried_again(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    await visit.context.route("**/charts.js", lambda route: route.abort())
    await stage.say("Here you are.", charts=(CURVE,))
    await visit.button("Try again").wait_for()
    await visit.context.unroute("**/charts.js")
    await visit.button("Try again").click()
    await expect(visit.page.get_by_role("img")).to_be_visible()


# -- groups


async def in_a_group(visit: Visit, stage: Stage) -> None:
    stage.rooms = (ROOM,)
    await stage.post("Please be kind.", room=ROOM, sender="host", name="Robin")
    await stage.post("To the gate and back!", room=ROOM, name="Kingfisher")
    await visit.signed_in()
    await visit.page.locator("summary").click()
    await visit.button("My groups").click()
    await visit.page.get_by_role("article").get_by_text("To the gate and back!").wait_for()


async def test_a_group_shows_what_was_written_before_by_whom(visit: Visit, stage: Stage) -> None:
    await in_a_group(visit, stage)
    host, member = [await post.inner_text() for post in await visit.page.get_by_role("article").all()]
    assert "Robin" in host
    assert "Host" in host
    assert "Kingfisher" in member
    assert [hello.rooms for hello in stage.hellos] == [{}]


async def test_a_new_post_comes_live_and_is_said(visit: Visit, stage: Stage) -> None:
    await in_a_group(visit, stage)
    await stage.post("Me too.", room=ROOM, name="Heron")
    await expect(visit.page.get_by_role("article").get_by_text("Me too.")).to_be_visible()
    assert await visit.announced() == ["Heron: Me too."]


async def test_one_writes_to_the_group_not_to_the_team(visit: Visit, stage: Stage) -> None:
    await in_a_group(visit, stage)
    await visit.page.get_by_label("Write to the group").fill("Well done")
    await visit.button("Send").click()
    [post] = await stage.heard(kind="post")
    assert (post.group, post.text) == (ROOM.id, "Well done")
    assert stage.of("say") == []


async def test_a_post_that_was_held_says_why(visit: Visit, stage: Stage) -> None:
    stage.acknowledges = False
    await in_a_group(visit, stage)
    await visit.page.get_by_label("Write to the group").fill("Ring me")
    await visit.button("Send").click()
    [post] = await stage.heard(kind="post")
    await stage.refuse(post, "held", "A host will look at this first.")
    await expect(visit.page.locator(".delivery")).to_contain_text("A host will look at this first.")


async def test_ones_own_post_replaces_what_was_waiting(visit: Visit, stage: Stage) -> None:
    await in_a_group(visit, stage)
    await visit.page.get_by_label("Write to the group").fill("Well done")
    await visit.button("Send").click()
    [post] = await stage.heard(kind="post")
    await stage.post("Well done", room=ROOM, sender="patient", name="Wren", mine=True, id=post.id)
    await expect(visit.page.get_by_role("article", name="Wren")).to_be_visible()
    await expect(visit.page.get_by_role("article")).to_have_count(3)


async def test_a_post_can_be_reported_to_a_person(visit: Visit, stage: Stage) -> None:
    await in_a_group(visit, stage)
    await visit.button("Report the post by Kingfisher").click()
    await visit.button("Yes, report it").click()
    [report] = await stage.heard(kind="report")
    assert (report.group, report.seq) == (ROOM.id, 2)
    await expect(visit.page.get_by_text("Thank you. A person will look at it.")).to_be_visible()


async def test_a_hidden_post_says_so(visit: Visit, stage: Stage) -> None:
    await in_a_group(visit, stage)
    await stage.send(stage.posts[1].but(hidden=True, text=""))
    await expect(visit.page.get_by_text("This post is hidden.")).to_be_visible()
    await expect(visit.page.get_by_role("article").get_by_text("To the gate and back!")).to_have_count(0)


async def test_a_message_may_lead_into_its_group(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    stage.rooms = (ROOM,)
    await stage.say("You are in.", room=ROOM.id)
    await visit.button("Open the group").click()
    await expect(visit.page.get_by_label("Write to the group")).to_be_visible()
    await visit.button("Back to my chat").click()
    await expect(visit.log.get_by_text("You are in.")).to_be_visible()


# -- words


async def test_marks_become_elements(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    await stage.say("**Call 999** if *you* are **really *very* unwell**")
    words = visit.message(1).locator(".words")
    assert await words.evaluate("(words) => words.innerHTML") == (
        "<strong>Call 999</strong> if <em>you</em> are <strong>really <em>very</em> unwell</strong>"
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (r"2 \* 3 \* 4", "2 * 3 * 4"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        (r"\*not so\*", "*not so*"),
        (r"a \\ b", "a \\ b"),
        ("**open", "**open"),
    ],
)
async def test_what_is_no_mark_stays_text(visit: Visit, stage: Stage, text: str, shown: str) -> None:
    await visit.signed_in()
    await stage.say(text)
    words = visit.message(1).locator(".words")
    await words.wait_for()
    assert await words.evaluate("(words) => [words.textContent, words.childElementCount]") == [shown, 0]


async def test_no_words_ever_become_html(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    bad = '<img src=x onerror="window.bad=1"> **<b onclick=x>bold</b>**'
    await stage.say(bad, choices=(Choice(id="1.a", label=bad),))
    await visit.write(bad)
    await visit.message(2).wait_for()
    await expect(visit.page.locator(".msg img, .msg b")).to_have_count(0)
    assert await visit.page.evaluate("window.bad") is None


async def test_ones_own_stars_stay_as_they_were_typed(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    await visit.write("*sigh*")
    await expect(visit.message(1).locator(".words")).to_have_text("*sigh*")
