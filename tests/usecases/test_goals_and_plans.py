"""Goals with their own ratings, three plans by one mechanism, and the diary in the record."""

from __future__ import annotations

import pytest
from clinic import Clinic, Patient
from sqlalchemy import text

from bot.adapters.postgres.engine import Database
from bot.core.facts import GoalEnded, GoalRated, GoalReworded, facts_as_json
from bot.ports import Looker
from bot.usecases.looking import PatientOpened, open_patient
from bot.usecases.own_plan import plans_of


@pytest.fixture
async def sam(clinic: Clinic) -> Patient:
    return await clinic.join("copd")


async def sets(sam: Patient, words: str) -> str:
    for key in ("menu:more", "menu:goals", "menu:goal"):
        await sam.presses(key)
    await sam.says(words)
    return str((await sam.state()).goals[-1].id)


async def opens(sam: Patient, goal: str) -> None:
    for key in ("menu:more", "menu:goals", f"goals:{goal}"):
        await sam.presses(key)


async def seen_by_team(sam: Patient) -> PatientOpened:
    house, service = sam.clinic.house, sam.clinic.service.id
    looker = Looker(sam.clinic.therapist.id, sam.clinic.clock.now())
    opened = await open_patient(house, service, sam.id, looker, last_messages=100)
    assert opened is not None
    return opened


# -- goals --------------------------------------------------------------------------------------------


async def test_a_goal_is_rated_put_in_other_words_and_done(clinic: Clinic, sam: Patient) -> None:
    goal = await sets(sam, "walk to the gate")
    await opens(sam, goal)
    await sam.presses("goal.rate")
    await sam.answers(7)
    await opens(sam, goal)
    await sam.presses("goal.words")
    await sam.says("walk to the door")
    assert "walk to the door" in sam.bot_said()[0].text
    await opens(sam, goal)
    await sam.presses("goal.rate")
    await sam.says("3")
    assert "rest counts too" in sam.bot_said()[0].text
    await opens(sam, goal)
    await sam.presses("goal.done")
    assert (await sam.state()).goals == ()
    kinds = [type(f) for f in await sam.facts() if isinstance(f, GoalRated | GoalReworded | GoalEnded)]
    assert kinds == [GoalRated, GoalReworded, GoalRated, GoalEnded]
    [seen] = (await seen_by_team(sam)).goals
    assert (seen.text, [rating for _, rating in seen.ratings], seen.ended) == (
        "walk to the door",
        [7, 3],
        "done",
    )
    assert "door" not in facts_as_json(tuple(await sam.facts()))


async def test_they_are_asked_once_where_they_want_to_be(clinic: Clinic, sam: Patient) -> None:
    goal = await sets(sam, "walk to the gate")
    await opens(sam, goal)
    await sam.presses("goal.later")
    clinic.clock.advance(days=3, minutes=1)
    await clinic.work()
    await sam.catches_up()
    assert "how is it going with this? *walk to the gate*" in sam.last.shown.text
    await sam.presses(f"rate:{goal}")
    await sam.answers(8)
    assert (await sam.state()).goals[0].rating == 8
    assert not any(
        t.kind == "later" and t.key.startswith("goal:") for t in (await sam.state()).timers.values()
    )


async def test_a_goal_is_never_asked_about_in_the_middle_of_a_check_in(clinic: Clinic, sam: Patient) -> None:
    await opens(sam, await sets(sam, "walk to the gate"))
    await sam.presses("goal.later")
    await sam.presses("menu:menu")
    clinic.clock.advance(days=3, minutes=-10)
    await sam.presses("menu:check_in")
    clinic.clock.advance(minutes=11)
    await clinic.work()
    assert not any("walk to the gate" in m.shown.text for m in await sam.catches_up())


async def test_nobody_is_promised_a_question_that_they_stopped(clinic: Clinic, sam: Patient) -> None:
    goal = await sets(sam, "walk to the gate")
    for key in ("menu:more", "menu:reminders", "remind:stop", "menu:menu"):
        await sam.presses(key)
    await opens(sam, goal)
    await sam.presses("goal.later")
    assert [shown.text for shown in sam.bot_said()] == [
        "You get no reminders from me. You can still come here whenever you like."
    ]
    assert (await sam.state()).reminders == {}
    await sam.presses("remind:on")
    await opens(sam, goal)
    await sam.presses("goal.later")
    assert "in 3 days" in sam.bot_said()[0].text


async def test_a_rating_changes_nothing_but_the_rating(sam: Patient) -> None:
    """Nothing is raised, counted in a row or set anew by how it goes (NICE NG206)."""
    goal = await sets(sam, "rest after lunch")
    before = (await sam.state()).goals[0]
    for points in (10, 10, 10):
        await opens(sam, goal)
        await sam.presses("goal.rate")
        await sam.answers(points)
    [after] = (await sam.state()).goals
    assert after.but(rating=None, rated_at=None) == before
    said = " ".join(m.shown.text for m in sam.seen).casefold()
    assert not [word for word in ("streak", "in a row", "next level", "a bit more") if word in said]


# -- plans --------------------------------------------------------------------------------------------

FLARE = (
    "more phlegm",
    "rest and sit up",
    "rescue pack as agreed, cobalt otter",
    "nurse 01632 960000",
    "as my team told me",
)


async def writes(sam: Patient, plan: str, parts: tuple[str, ...], share: str) -> None:
    for key in ("menu:more", "menu:plans", f"plan:{plan}"):
        await sam.presses(key)
    for words in parts:
        await sam.says(words)
    await sam.chooses(share)


async def test_a_flare_up_plan_says_when_to_call_999_by_condition(sam: Patient) -> None:
    await writes(sam, "flare", FLARE, "No")
    for key in ("menu:more", "menu:plans", "plan:flare"):
        await sam.presses(key)
    assert "Call 999 now if you cannot get your words out" in sam.last.shown.text
    assert tuple(line.answer for line in sam.last.shown.read_back) == FLARE
    await sam.presses("change.plan.flare_do")
    await sam.says("open the window")
    [plan] = await plans_of(sam.clinic.house, sam.clinic.service.id, sam.id)
    assert (plan.plan, [part.text for part in plan.parts][1]) == ("flare", "open the window")
    assert plan.calls and "999" in plan.calls[0]


async def test_each_plan_is_shared_by_itself(sam: Patient) -> None:
    await writes(sam, "flare", FLARE, "No")
    await writes(sam, "well", ("walks", "no sleep", "ring my sister", "Ana", "walks"), "Yes")
    opened = await seen_by_team(sam)
    assert [plan.plan for plan in opened.plans] == ["well"]
    said = " ".join(m.shown.text for m in opened.messages)
    assert "cobalt otter" not in said and "ring my sister" in said


async def test_a_plan_is_sealed(sam: Patient, database: Database) -> None:
    await writes(sam, "flare", FLARE, "No")
    assert "otter" not in facts_as_json(tuple(await sam.facts()))
    async with database.reading() as c:
        sql = "SELECT body FROM word WHERE service_id = :s AND owner_id = :l AND kind = 'plan'"
        bodies = [row[0] for row in await c.execute(text(sql), {"s": sam.clinic.service.id, "l": sam.id})]
    assert len(bodies) == len(FLARE) and not any(b"otter" in body for body in bodies)


async def test_only_the_plan_for_hard_hours_is_brought_out_in_a_crisis(sam: Patient) -> None:
    await writes(sam, "well", ("walks", "no sleep", "ring my sister", "Ana", "walks"), "No")
    await sam.says("i want to die")
    assert not any("ring my sister" in shown.text for shown in sam.bot_said())


# -- the diary in the record --------------------------------------------------------------------------


async def test_every_line_is_in_the_record_and_the_team_sees_it(clinic: Clinic, sam: Patient) -> None:
    for number in ("320", "350"):
        for key in ("menu:more", "menu:diary", "diary:peak_flow"):
            await sam.presses(key)
        await sam.says(number)
        clinic.clock.advance(days=1)
    for key in ("menu:more", "menu:diary", "diary:activity"):
        await sam.presses(key)
    await sam.says("watered the tomatoes")
    await sam.says("15")
    lines = await clinic.house.record.diary.of(clinic.service.id, sam.id)
    assert [(line.kind, line.number, line.unit) for line in lines] == [
        ("activity", 15, "min"),
        ("peak_flow", 350, "L/min"),
        ("peak_flow", 320, "L/min"),
    ]
    opened = await seen_by_team(sam)
    assert [line.text for line in opened.diary] == ["watered the tomatoes", None, None]
    assert "tomatoes" not in (await sam.state()).json()


async def test_a_number_that_rings_is_an_alert_with_the_number(clinic: Clinic) -> None:
    ana = await clinic.join("diabetes", name="Ana")
    for key in ("menu:more", "menu:diary", "diary:glucose"):
        await ana.presses(key)
    await ana.says("28.4")
    [alert] = await ana.alerts()
    assert alert.concern == "emergency:diabetes"
    assert alert.evidence[0].numbers["glucose"] == 28.4
    assert any(shown.urgent for shown in ana.bot_said())
    [line] = await clinic.house.record.diary.of(clinic.service.id, ana.id)
    assert line.number == 28.4
