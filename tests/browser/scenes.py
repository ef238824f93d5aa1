"""Every state a patient can see, each brought about as a patient would meet it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import get_args
from uuid import UUID

from stage import TOKEN, Stage
from visit import Visit, check_in

from bot.core.flow.directory import Standing
from bot.core.shown import (
    Answer,
    Chart,
    Choice,
    ExerciseShown,
    MoveShown,
    PictureShown,
    Point,
    ReadBack,
    Signpost,
    Urgent,
)
from bot.web.answers import Choosable
from bot.web.directory import GroupCard, GroupsOf
from bot.web.frames import RoomName, Status

Scene = Callable[[Visit, Stage], Awaitable[None]]

ROOM = RoomName(id=UUID(int=5), title="Breathe easier, people with COPD", seq=3)
MOVES = (
    MoveShown(do="Breathe in gently through your nose", seconds=2),
    MoveShown(do="Purse your lips and breathe out, as slow as you can", seconds=4),
)
LINES = (
    Signpost(text="If your life is in danger", number="999"),
    Signpost(text="Text SHOUT, day and night", number="85258"),
)


async def closed(visit: Visit, stage: Stage) -> None:
    await visit.open("/host")


async def floating(visit: Visit, stage: Stage) -> None:
    stage.attributes = 'open token="t"'
    await visit.open("/host")
    await stage.greeted()
    await visit.asked()


async def join(visit: Visit, stage: Stage) -> None:
    await visit.open("/chat#invite=ABCD-1234")
    await visit.join_until("What you agree to")


async def join_about_you(visit: Visit, stage: Stage) -> None:
    await visit.open("/chat#invite=ABCD-1234")
    await visit.join_until("About you")


async def join_coming_back(visit: Visit, stage: Stage) -> None:
    await visit.open("/chat#invite=ABCD-1234")
    await visit.join_until("Coming back")


async def join_mistakes(visit: Visit, stage: Stage) -> None:
    await visit.open("/chat#invite=ABCD-1234")
    await visit.join_until("What you agree to")
    await visit.button("Next").click()
    await visit.page.locator(".problem:visible").first.wait_for()


async def coming_back(visit: Visit, stage: Stage) -> None:
    stage.answers["return"] = (202, {"text": "If we know this address, we have sent a link."})
    await visit.open()
    await visit.button("I have been here before").click()
    await visit.page.get_by_label("Your e-mail address").fill("sam@example.org")
    await visit.button("Send me a link").click()
    await visit.page.locator(".form-answer").wait_for()


async def chat(visit: Visit, stage: Stage) -> None:
    stage.keep("Hello. It is *good* to see you.")
    stage.keep("hello", "patient")
    stage.keep("I have read what you wrote. Shall we speak on Monday?", "team", name="Ade, your nurse")
    await visit.signed_in()
    choices = (
        Choice(id="4.in", label="Check how I am"),
        Choice(id="4.breathe", label="I feel breathless now"),
    )
    await stage.say("What would you like to do?", choices=choices)
    await visit.message(4).wait_for()


async def menu(visit: Visit, stage: Stage) -> None:
    stage.rooms = (ROOM,)
    await chat(visit, stage)
    await visit.page.locator("summary").click()


async def question(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    await visit.asked()
    await visit.page.get_by_label("Several days").check()


async def unanswered(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    await visit.asked()
    await visit.button("Next").click()


async def answered(visit: Visit, stage: Stage) -> None:
    await question(visit, stage)
    await visit.button("Next").click()
    await stage.heard()
    await visit.asked(3)


async def scale(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    ends = {"min": 0, "max": 10, "min_label": "Not at all", "max_label": "As bad as it can be"}
    await stage.say(
        **check_in(1, stem="", text="How breathless were you today?", kind="scale", options=(), **ends)
    )
    await visit.page.get_by_role("radio").nth(4).check(force=True)


async def pick_any(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    options = tuple(Answer(value=n, label=label) for n, label in enumerate(("Walking", "Stairs", "Talking")))
    await stage.say(
        **check_in(1, stem="", text="What makes you breathless?", kind="pick_any", options=options)
    )
    await visit.page.get_by_label("Stairs").check()


async def number(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    await stage.say(**check_in(1, stem="", text="What was your blood sugar?", kind="number", options=()))
    await visit.button("Next").click()


async def count(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    asked = check_in(1, stem="In the last 3 months:", text="Nights in hospital?", kind="count", options=())
    choices = (Choice(id="1.not_sure", label="Not sure"), Choice(id="1.skip", label="Skip this one"))
    question = asked["question"].but(min=0, max=92)
    await stage.say(**(asked | {"choices": choices, "question": question}))
    await visit.button("Next").click()


async def date(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    await stage.say(**check_in(1, stem="", text="When did it begin?", kind="date", options=()))
    await visit.button("Next").wait_for()


async def read_back(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    lines = (
        ReadBack(item="phq9.1", text="Little interest or pleasure in doing things", answer="Several days"),
        ReadBack(item="phq9.2", text="Feeling down, depressed, or hopeless", answer=""),
    )
    await stage.say("Is this right?", read_back=lines, choices=(Choice(id="1.send", label="Yes, send it"),))
    await visit.button("Yes, send it").wait_for()


async def urgent(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    choices = (Choice(id="1.yes", label="Yes"), Choice(id="1.no", label="No"))
    await stage.say("I am glad you told me.", urgent=Urgent(kind="crisis", lines=LINES), choices=choices)
    await visit.button("No").wait_for()


async def exercise(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    shown = ExerciseShown(seconds=180, moves=MOVES)
    choices = (Choice(id="1.done", label="I have done it"), Choice(id="1.stop", label="Stop the exercise"))
    await stage.say("Breathe in. Breathe out.", exercise=shown, choices=choices)
    await visit.button("Start").wait_for()


async def exercise_running(visit: Visit, stage: Stage) -> None:
    await exercise(visit, stage)
    await visit.button("Start").click()


async def chart(visit: Visit, stage: Stage) -> None:
    await visit.signed_in()
    points = tuple(Point(on=f"2026-0{month}-03", total=21 - 2 * month, band="mild") for month in range(3, 9))
    await stage.say(
        "Here you are.",
        charts=(
            Chart(
                measure="phq9",
                title="How low you have felt",
                low=0,
                high=27,
                sentence="It fell.",
                points=points,
            ),
        ),
    )
    await visit.page.get_by_text("The same as a table").click()


WREN, HERON = UUID(int=21), UUID(int=22)
BEFORE = datetime(2026, 1, 1, tzinfo=UTC)


async def in_the_group(visit: Visit, stage: Stage) -> None:
    """Posts of all kinds, some of them new."""
    stage.rooms = (
        ROOM.but(seq=7, unread=3, people=2, replies=1, mentions=1, first_unread=5, read_at=BEFORE),
        RoomName(id=UUID(int=6), title="Living with pain", seq=0, unread=1),
    )
    stage.standings = [Status(group=ROOM.id, host_present=False, asleep=False)]
    heron = {"room": ROOM, "name": "Heron", "by": HERON}
    await stage.post("Please be kind.", room=ROOM, sender="host", name="Robin")
    kind = {"reactions": {"heart": 2, "me_too": 1}, "pressed": ("heart",)}
    await stage.post(
        "To the gate and back! The first time since spring.", name="Wren", room=ROOM, by=WREN, **kind
    )
    await stage.post("How far is your gate?", room=ROOM, name="Kestrel", mine=True, reactions={"hug": 1})
    await stage.post("", hidden=True, **heron)
    await stage.post("Forty steps.", room=ROOM, name="Wren", by=WREN, reply_to=3)
    await stage.post("My mother could not breathe at the end.", warning="dying", **heron)
    await stage.post("@Kestrel come and see it!", room=ROOM, name="Wren", by=WREN, reply_to=3, mentioned=True)
    await visit.signed_in()
    await visit.page.locator("summary").first.click()
    await visit.page.get_by_role("button", name="My groups").click()
    await visit.button(ROOM.title + ": 3 new posts").click()
    await visit.page.get_by_role("article", name="Heron").first.wait_for()


async def groups(visit: Visit, stage: Stage) -> None:
    stage.rooms = (ROOM.but(unread=3), RoomName(id=UUID(int=6), title="Living with pain", seq=0, unread=1))
    await visit.signed_in()
    await visit.chooses_in_menu("My groups: 4 new posts")
    await visit.button("Living with pain: 1 new post").wait_for()


async def group(visit: Visit, stage: Stage) -> None:
    await in_the_group(visit, stage)
    await visit.button("Report the post by Wren").first.click()


async def group_kind(visit: Visit, stage: Stage) -> None:
    await in_the_group(visit, stage)
    await visit.button("A kind word for Wren").first.click()
    await visit.message(6).get_by_role("button", name="Show it").click()


async def group_writing(visit: Visit, stage: Stage) -> None:
    stage.acknowledges = False
    await in_the_group(visit, stage)
    await visit.button("Reply to Wren").first.click()
    await visit.page.get_by_text("Name or warning").click()
    await visit.page.get_by_label("What others should know").select_option("hard")
    await visit.box.fill("I know that")
    await visit.button("Send").click()
    [post] = await stage.heard(kind="post")
    await stage.refuse(
        post, "too_many", "That was a lot of posts in an hour.", urgent=Urgent(kind="crisis", lines=LINES)
    )
    await visit.button("Write it again").wait_for()
    await visit.page.get_by_text("Name or warning").click()


async def group_thread(visit: Visit, stage: Stage) -> None:
    await in_the_group(visit, stage)
    await visit.page.get_by_role("button", name="2 answers").click()
    await visit.button("Take back").click()


async def group_wishes(visit: Visit, stage: Stage) -> None:
    await in_the_group(visit, stage)
    await visit.button("For me").click()
    await visit.button("Leave the group").click()


async def group_on_a_break(visit: Visit, stage: Stage) -> None:
    stage.rooms = (ROOM.but(resting=True),)
    await visit.signed_in()
    await visit.chooses_in_menu("My groups")
    await visit.button("Come back to the group").wait_for()


async def group_paused(visit: Visit, stage: Stage) -> None:
    stage.rooms = (ROOM.but(paused=True, first=40, seq=40),)
    await stage.post("Please be kind.", room=stage.rooms[0], sender="host", name="Robin")
    await visit.signed_in()
    await visit.chooses_in_menu("My groups")
    await visit.button("Earlier posts").wait_for()
    await stage.say("A host has decided that you cannot write in groups until Monday.")
    await visit.button("Close").wait_for()


async def help_with_a_plan(visit: Visit, stage: Stage) -> None:
    part = {"title": "Places where I feel safer", "text": "the bench by the canal, " * 5}
    stage.plan = {"lang": "en", "parts": [part, {"title": "Who", "text": "x" * 90}]}
    await visit.signed_in()
    await visit.button("Get help now").click()
    await visit.button("Print my safety plan").wait_for()


async def who_looked(visit: Visit, stage: Stage) -> None:
    names = ("Ruth from your team", "Somebody from your team", "x" * 70)
    lines = [f"{name} opened your record at 10:14." for name in names]
    stage.looks = [{"day": f"On Tuesday {n} November 2026", "lines": lines} for n in (3, 10)]
    await visit.signed_in()
    await visit.page.locator("summary").click()
    await visit.button("Who looked at my record").click()
    await visit.page.get_by_text("On Tuesday 10 November 2026").wait_for()


CURVE = {
    "measure": "phq9",
    "title": "How your mood has been",
    "low": 0,
    "high": 27,
    "sentence": "On 10 November you scored 8 of 27: some signs of low mood.",
    "points": [
        {"on": "2026-11-03", "total": 12, "band": "quite a few signs of low mood"},
        {"on": "2026-11-10", "total": 8, "band": "some signs of low mood"},
    ],
    "bands": [
        {"low": 0, "high": 4, "name": "few signs of low mood"},
        {"low": 5, "high": 9, "name": "some signs of low mood"},
        {"low": 10, "high": 14, "name": "quite a few signs of low mood"},
        {"low": 15, "high": 19, "name": "many signs of low mood"},
        {"low": 20, "high": 27, "name": "a great many signs of low mood"},
    ],
}


async def own_record(visit: Visit, stage: Stage) -> None:
    team = [
        "They can read what you write here in the chat, and what we answer.",
        "They see the goals you set.",
    ]
    stage.record = {"lang": "en", "charts": [CURVE], "team": team, "erasing": "We will erase it on 9 March."}
    await visit.signed_in()
    await visit.page.locator("summary").first.click()
    await visit.button("My record").click()
    await visit.page.get_by_text("They see the goals you set.").wait_for()


async def people_like_me(visit: Visit, stage: Stage) -> None:
    """Every way to stand with a group, and what one would like in common unfolded."""
    standings: tuple[Standing, ...] = get_args(Standing)
    cards = tuple(
        GroupCard(
            id=f"g{n}",
            title="Living with something that has no name " + "x" * 40 * (n == 1),
            summary="A small, kind room.",
            lang="en",
            why="You see this because you live with COPD.",
            kind="session",
            kind_name="An hour a week",
            rhythm="Meets on Thursdays, 6pm to 7pm.",
            standing=standing,
            rules=("Be kind.", "Say what you think, not what others should do."),
            next="Next time: Thursday 3 December, 6pm to 7pm.",
            opens_at=datetime(2026, 12, 3, 18, tzinfo=UTC),
            room=ROOM.id if standing in ("member", "resting", "barred") else None,
        )
        for n, standing in enumerate(standings)
    )
    themes = tuple(Choosable(id=name, name=name.title()) for name in ("work", "waiting and not knowing"))
    stages = (Choosable(id="new", name="New to it"),)
    kinds = (Choosable(id="open", name="There every day"), Choosable(id="session", name="An hour a week"))
    stage.groups = GroupsOf(lang="en", groups=cards, themes=themes, stages=stages, kinds=kinds)
    await visit.signed_in()
    await visit.page.locator("summary").first.click()
    await visit.button("People like me").click()
    await visit.page.get_by_text("What would you like to have in common with them?").click()
    await visit.button("Work").click()
    await visit.page.get_by_text(f"{len(cards)} groups").wait_for()
    await visit.page.locator(".rules summary").first.click()


async def help_open(visit: Visit, stage: Stage) -> None:
    await chat(visit, stage)
    await visit.button("Get help now").click()


async def offline(visit: Visit, stage: Stage) -> None:
    await chat(visit, stage)
    await visit.context.set_offline(True)
    await visit.state("offline")
    await visit.write("I cannot sleep")


async def refused(visit: Visit, stage: Stage) -> None:
    stage.acknowledges = False
    await visit.signed_in()
    await visit.write("hello")
    [said] = await stage.heard()
    await stage.refuse(said, "too_long", "This is too long.", urgent=Urgent(kind="emergency", lines=LINES))
    await visit.button("Write it again").wait_for()


async def settings(visit: Visit, stage: Stage) -> None:
    await chat(visit, stage)
    await visit.chooses_in_menu("How this looks and sounds")
    await visit.page.get_by_text("has no voice of its own").wait_for()


async def settings_before_joining(visit: Visit, stage: Stage) -> None:
    await visit.open()
    await visit.chooses_in_menu("How this looks and sounds")
    await visit.page.get_by_label("No movement").check()


async def module_page(visit: Visit, stage: Stage) -> None:
    lines = [
        {"text": "Breathing out takes **longer** than in.", "lang": ""},
        {"text": "Sit down.", "lang": ""},
    ]
    stage.module = {
        "title": "Breathlessness and worry",
        "lang": "en",
        "urgent": {"text": "Call 999 if you cannot speak.", "lang": ""},
        "sections": [{"title": "What helps", "lines": lines}, {"title": "At night", "lines": lines[1:]}],
    }
    await chat(visit, stage)
    await visit.chooses_in_menu("Read my module")
    await visit.page.get_by_role("heading", name="At night").wait_for()


async def picture_to_ask_for(visit: Visit, stage: Stage) -> None:
    await settings_before_joining(visit, stage)
    await visit.page.get_by_label("Load pictures and films only").check()
    await visit.page.evaluate(
        """(token) => {
          const chat = document.querySelector("bounceback-chat");
          chat.setAttribute("token", token);
          chat.begin();
        }""",
        TOKEN,
    )
    await stage.greeted()
    await stage.say("Look.", picture=PictureShown(source="/widget/icon.svg", description="A path up a hill"))
    await visit.page.get_by_role("button", name="Load the picture").wait_for()


async def urgent_page(visit: Visit, stage: Stage) -> None:
    await visit.page.goto(visit.base + "/urgent")


SCENES: tuple[Scene, ...] = (
    closed,
    floating,
    join,
    join_about_you,
    join_coming_back,
    join_mistakes,
    coming_back,
    chat,
    menu,
    question,
    unanswered,
    answered,
    scale,
    pick_any,
    number,
    count,
    date,
    read_back,
    urgent,
    exercise,
    exercise_running,
    chart,
    groups,
    group,
    group_kind,
    group_writing,
    group_thread,
    group_wishes,
    group_on_a_break,
    group_paused,
    help_open,
    who_looked,
    own_record,
    people_like_me,
    help_with_a_plan,
    offline,
    refused,
    settings,
    settings_before_joining,
    module_page,
    picture_to_ask_for,
    urgent_page,
)
