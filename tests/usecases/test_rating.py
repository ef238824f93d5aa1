"""\"Did this help?\": asked once behind a finished module, and in nobody's way."""

from __future__ import annotations

import pytest
from clinic import Clinic, Patient
from desk_scene import begins_breathing, finishes_breathing
from sqlalchemy import text

from bot.adapters.postgres.engine import Database
from bot.core.facts import ModuleRated, RunEnded
from bot.core.inputs import HandBack, TakeOver
from bot.core.state import RatingRun
from bot.usecases import alerts

BREATHING = "copd/breathlessness-and-worry"
ASKED = "Did this help?"
CRISIS = "I want to end my life"


def words_of(patient: Patient) -> list[str]:
    return [shown.text for shown in patient.bot_said()]


def labels(patient: Patient) -> list[str]:
    return [choice.label for choice in patient.last.shown.choices]


async def rated(patient: Patient) -> list[ModuleRated]:
    return [fact for fact in await patient.facts() if isinstance(fact, ModuleRated)]


async def ends(patient: Patient) -> list[tuple[str, str]]:
    return [(fact.kind, fact.how) for fact in await patient.facts() if isinstance(fact, RunEnded)]


async def row(database: Database, patient: Patient) -> tuple[object, ...]:
    sql = (
        "SELECT module, language, steps, ended, helped FROM module_run WHERE service_id = :s AND line_id = :l"
    )
    async with database.reading() as c:
        return tuple((await c.execute(text(sql), {"s": patient.clinic.service.id, "l": patient.id})).one())


@pytest.fixture
async def sam(clinic: Clinic) -> Patient:
    return await clinic.join("copd")


async def test_a_finished_module_is_written_before_it_asks(sam: Patient, database: Database) -> None:
    await finishes_breathing(sam)
    assert words_of(sam)[-1] == ASKED
    assert labels(sam) == ["Yes", "A little", "No", "Skip"]
    steps = ["a-safety-question-first", "breathe-with-me", "it-got-worse"]
    assert await row(database, sam) == (BREATHING, "en", steps, "finished", None)
    assert BREATHING in (await sam.state()).done


@pytest.mark.parametrize(
    ("label", "helped", "thanks"),
    [("Yes", "yes", "I am glad."), ("A little", "little", "A little counts."), ("No", "no", "I am sorry")],
)
async def test_what_is_answered_is_kept_with_its_module(
    sam: Patient, database: Database, label: str, helped: str, thanks: str
) -> None:
    await finishes_breathing(sam)
    await sam.chooses(label)
    (said,) = await rated(sam)
    assert (said.module, said.helped) == (BREATHING, helped)
    assert (await row(database, sam))[-2:] == ("finished", helped)
    assert thanks in words_of(sam)[0]
    assert "Check how I am" in labels(sam)


async def test_an_answer_may_be_typed(sam: Patient) -> None:
    await finishes_breathing(sam)
    await sam.says("a little")
    assert [said.helped for said in await rated(sam)] == ["little"]


async def test_skipping_it_says_nothing(sam: Patient, database: Database) -> None:
    await finishes_breathing(sam)
    await sam.chooses("Skip")
    assert await rated(sam) == []
    assert (await row(database, sam))[-2:] == ("finished", None)
    assert "Check how I am" in labels(sam)
    assert (await sam.state()).runs == ()


async def test_saying_something_else_goes_on_as_usual(sam: Patient) -> None:
    await finishes_breathing(sam)
    await sam.says("find a group")
    assert "These groups of people like you may fit." in " ".join(words_of(sam))
    assert (await ends(sam))[-1] == ("rating", "left")
    assert await rated(sam) == []


async def test_a_button_of_the_menu_goes_on_as_usual(sam: Patient) -> None:
    await finishes_breathing(sam)
    await sam.chooses("Check how I am")
    assert sam.last.shown.question is not None
    assert (await ends(sam))[-1] == ("rating", "left")


async def test_its_own_buttons_are_gone_afterwards(sam: Patient) -> None:
    await finishes_breathing(sam)
    await sam.says("hello")
    assert ASKED not in words_of(sam)
    assert "Yes" not in labels(sam)


async def test_who_is_in_crisis_there_is_not_asked_again(sam: Patient) -> None:
    await finishes_breathing(sam)
    await sam.says(CRISIS)
    assert not any(isinstance(run, RatingRun) for run in (await sam.state()).runs)
    await sam.chooses("No")
    await sam.chooses("By phone")
    await sam.chooses("Back to the menu")
    assert ASKED not in words_of(sam)


async def test_nobody_is_asked_after_an_alert_of_the_module(sam: Patient) -> None:
    await sam.chooses("Something that may help")
    await sam.chooses("Breathlessness and worry")
    await sam.answers(1)
    await sam.chooses("I have called 999")
    await sam.chooses("Finish for now")
    assert (await ends(sam))[-1] == ("module", "finished")
    assert ASKED not in words_of(sam)
    assert (await sam.state()).runs == ()


async def test_nobody_is_asked_after_the_safety_dialogue(sam: Patient) -> None:
    await begins_breathing(sam)
    await sam.says(CRISIS)
    await sam.chooses("No")
    await sam.chooses("By phone")
    await sam.presses("resume")
    for label in ("I have done it", "It got worse"):
        await sam.chooses(label)
    await sam.answers(0)
    await sam.chooses("Finish for today")
    assert (await ends(sam))[-1] == ("module", "finished")
    assert ASKED not in words_of(sam)


async def test_an_alert_of_last_week_keeps_nobody_from_being_asked(clinic: Clinic, sam: Patient) -> None:
    await sam.chooses("Ask for a person")
    clinic.clock.advance(days=7)
    await finishes_breathing(sam)
    assert words_of(sam)[-1] == ASKED


async def test_nobody_is_asked_after_leaving_or_stopping(sam: Patient, database: Database) -> None:
    await begins_breathing(sam)
    await sam.chooses("I have done it")
    await sam.says("stop")
    assert ASKED not in words_of(sam)
    assert (await row(database, sam))[-2:] == ("stopped", None)


async def test_nobody_is_asked_after_a_check_in(sam: Patient) -> None:
    await sam.chooses("Check how I am")
    await sam.fills_in(1, 1, 1, 1, 1, 1, 1, 1, 0)
    await sam.chooses("Send my answers")
    await sam.fills_in(1, 1, 1, 1, 1, 0, 0)
    await sam.chooses("Send my answers")
    assert ASKED not in words_of(sam)


async def test_a_person_who_takes_over_ends_the_question(clinic: Clinic, sam: Patient) -> None:
    await finishes_breathing(sam)
    await alerts.act(clinic.house, clinic.service.id, sam.id, TakeOver(clinic.therapist.id))
    await alerts.act(clinic.house, clinic.service.id, sam.id, HandBack(clinic.therapist.id))
    await clinic.settle()
    await sam.catches_up()
    assert (await ends(sam))[-1] == ("rating", "left")
    assert "Check how I am" in labels(sam)


async def test_a_follow_up_begins_at_the_step_it_leads_to(
    clinic: Clinic, sam: Patient, database: Database
) -> None:
    await begins_breathing(sam)
    await sam.chooses("I have done it")
    await sam.chooses("It helped")
    await sam.chooses("Phone somebody I like")
    await sam.chooses("Finish for today")
    clinic.clock.advance(days=2, minutes=5)
    await clinic.work()
    await sam.catches_up()
    await sam.chooses("I did it")
    sql = "SELECT steps, ended FROM module_run WHERE service_id = :s AND line_id = :l ORDER BY began DESC LIMIT 1"
    async with database.reading() as c:
        last = (await c.execute(text(sql), {"s": clinic.service.id, "l": sam.id})).one()
    assert tuple(last) == (["well-done"], None)
