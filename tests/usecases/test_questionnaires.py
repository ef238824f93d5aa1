"""Questionnaires of every kind as patients meet them, from the files to the stored score."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from clinic import Clinic, Patient
from packed import PACK, with_example
from sqlalchemy import text

from bot.adapters.postgres.engine import Database
from bot.authoring import CONTENT_SHIPPED, shipped_library
from bot.core.errors import Misuse, Refused
from bot.core.facts import QuestionAnswered, ScoreRecorded, facts_in
from bot.core.library import Ask, Branch, CheckIn, Choose, Compare, Library, Link, Module, Say, Step, When
from bot.core.state import CheckInRun, Conversation, SafetyRun
from bot.usecases.publish import publish
from bot.wiring import with_screen

STARTED_AGAIN = "It has been more than 14 days"


@pytest.fixture
async def clinic_of(clinic: Clinic, library: Library) -> AsyncIterator[Clinic]:
    """What is published belongs to no service: the shipped library is in force again afterwards."""
    yield clinic
    await publish(clinic.house, library, "tests")


def asking(library: Library, measure: str, *more: Any, first: tuple[Any, ...] = ()) -> Library:
    """The library with one module alone, which runs the measure."""
    parts = (*first, CheckIn(measure=measure), *more, Choose(links=(Link(label="Finish", to="#end"),)))
    module = Module(
        id="copd/asking",
        language="en",
        title="Some questions",
        summary="",
        suits=("copd",),
        minutes=5,
        author="",
        clinical_lead="signed for this test",
        review_by="2027-11-01",
        licence="",
        steps=(Step(id="only", title="Only", parts=parts),),
    )
    return library.model_copy(update={"modules": {module.id: module}})


async def asked(clinic: Clinic, library: Library, title: str = "Some questions") -> Patient:
    """Somebody with the measure's first question on the screen."""
    await publish(clinic.house, with_screen(library), "tests")
    patient = await clinic.join("copd")
    await patient.chooses("Something that may help")
    await patient.chooses(title)
    return patient


async def asked_about(clinic: Clinic, library: Library, measure: str, *more: Any) -> Patient:
    return await asked(clinic, asking(library, measure, *more))


def said(patient: Patient) -> str:
    return "\n".join(shown.text for shown in patient.bot_said())


def buttons(patient: Patient) -> list[str]:
    question = next(m for m in reversed(patient.seen) if m.shown.question is not None)
    return [choice.label for choice in question.shown.choices]


async def score(patient: Patient) -> ScoreRecorded:
    return [f for f in await patient.facts() if isinstance(f, ScoreRecorded)][-1]


# -- a licensed one, from skeleton and pack to the score ----------------------------------------------


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    content, packs = with_example(tmp_path / "content"), tmp_path / "packs"
    packs.mkdir()
    (packs / "burden.yaml").write_text(PACK)
    return content, packs


async def test_an_invented_measure_is_answered_scored_and_banded(
    clinic_of: Clinic, folders: tuple[Path, Path], database: Database
) -> None:
    content, packs = folders
    made = shipped_library(content, packs=packs)
    made = made.model_copy(update={"modules": {"copd/burden": made.modules["copd/burden"]}})
    patient = await asked(clinic_of, made, "A heavy example")
    question = patient.last.shown.question
    assert question is not None
    assert (question.stem, question.text) == (
        "How heavy is the example?",
        "Carrying the shopping up the invented hill",
    )
    assert (question.kind, question.min, question.max) == ("scale", 0, 8)
    assert (question.min_label, question.max_label) == ("not heavy", "far too heavy")

    await patient.answers(6)
    assert buttons(patient) == ["Back", "Does not apply to me", "Skip this one", "Finish later"]
    await patient.chooses("Does not apply to me")
    await patient.says("far too heavy")
    assert [line.answer for line in patient.last.shown.read_back] == ["6", "Does not apply to me", "8"]
    await patient.chooses("Send my answers")

    kept = await score(patient)
    assert (kept.total, kept.of, kept.complete) == (14, 16, True)
    assert kept.items == {"1": 6, "2": "does_not_apply", "3": 8}
    assert "came to 14 out of 16: a heavy example." in said(patient)
    assert "That is heavy." in said(patient)
    async with database.reading() as c:
        rows = (
            await c.execute(
                text("SELECT total, items FROM score WHERE line_id = :l AND service_id = :s"),
                {"l": patient.id, "s": clinic_of.service.id},
            )
        ).all()
    assert [(row.total, row.items["2"]) for row in rows] == [(14.0, "does_not_apply")]


def test_without_its_pack_the_page_is_no_content(folders: tuple[Path, Path]) -> None:
    with pytest.raises(Misuse, match="'burden' needs your licensed pack"):
        shipped_library(folders[0])


# -- what does not apply, what one is not sure of, what is skipped ------------------------------------


async def test_an_item_that_does_not_apply_is_stored_as_such(clinic_of: Clinic, library: Library) -> None:
    patient = await asked_about(clinic_of, library, "phq15")
    await patient.fills_in(1, 1, 1)
    await patient.says("does not apply to me")
    await patient.fills_in(*[1] * 11)
    await patient.chooses("Send my answers")
    answered = [f for f in await patient.facts() if isinstance(f, QuestionAnswered)]
    assert [f.points for f in answered][3] == "does_not_apply"
    kept = await score(patient)
    assert (kept.total, kept.of, kept.items["4"], kept.complete) == (14, 28, "does_not_apply", True)
    assert "came to 14 out of 28" in said(patient)


async def test_skipping_that_item_is_not_the_same(clinic_of: Clinic, library: Library) -> None:
    patient = await asked_about(clinic_of, library, "phq15")
    await patient.fills_in(1, 1, 1, None, *[1] * 11)
    await patient.chooses("Send my answers")
    kept = await score(patient)
    assert (kept.total, kept.items["4"], kept.complete) == (None, None, False)


async def test_only_an_item_that_may_not_apply_offers_it(clinic_of: Clinic, library: Library) -> None:
    patient = await asked_about(clinic_of, library, "phq15")
    assert "Does not apply to me" not in buttons(patient)
    with pytest.raises(Refused, match="not_asked"):
        await patient._send(choice=f"{patient.last.seq}.does_not_apply")


async def test_not_sure_is_kept_apart_from_0_and_from_skipped(clinic_of: Clinic, library: Library) -> None:
    patient = await asked_about(clinic_of, library, "service_use")
    assert buttons(patient) == ["Not sure", "Skip this one", "Finish later"]
    await patient.says("three times")
    await patient.chooses("Not sure")
    await patient.answers(0)
    await patient.answers(None)
    await patient.answers(2)
    assert [line.answer for line in patient.last.shown.read_back] == ["3", "Not sure", "0", "Skipped", "2"]
    await patient.chooses("Send my answers")
    kept = await score(patient)
    assert kept.items == {"gp": 3, "emergency": "not_sure", "outpatient": 0, "admissions": None, "nights": 2}
    assert (kept.total, kept.complete) == (None, False)
    assert "add up a score" not in said(patient)
    state = await patient.state()
    assert "service_use" not in state.scores
    assert state.item_points == {"service_use.gp": 3, "service_use.outpatient": 0, "service_use.nights": 2}


async def test_a_count_takes_no_more_than_there_can_be(clinic_of: Clinic, library: Library) -> None:
    patient = await asked_about(clinic_of, library, "service_use")
    for value in (100, -1):
        with pytest.raises(Refused, match="not_an_option"):
            await patient.answers(value)


# -- scores with decimals, and pages that compare them ------------------------------------------------


async def test_a_page_compares_a_mean(clinic_of: Clinic, library: Library, tmp_path: Path) -> None:
    packs = tmp_path / "packs"
    packs.mkdir()
    labels = ", ".join(f'"{n}": "answer {n}"' for n in range(1, 7))
    words = 'items: {"1": First, "2": Second}\nanswers: {' + labels + "}\n"
    (packs / "dds2.yaml").write_text(f"id: dds2\nlicence: {{holder: A, number: B}}\n{words}")
    made = shipped_library(CONTENT_SHIPPED, packs=packs)
    high = Branch(when=Compare(subject="dds2", how="at_least", low=2.5), says=(Say(text="Two and a half."),))
    low = Branch(when=None, says=(Say(text="Less."),))
    patient = await asked_about(clinic_of, made, "dds2", When(branches=(high, low)))
    await patient.fills_in(2, 3)
    await patient.chooses("Send my answers")
    assert (await score(patient)).total == 2.5
    assert "came to 2.5 out of 6: some distress." in said(patient)
    assert "Two and a half." in said(patient)


async def test_a_rating_has_no_band_and_says_only_the_number(clinic_of: Clinic, library: Library) -> None:
    patient = await asked_about(clinic_of, library, "rate_pain")
    await patient.says("7 out of 10")
    await patient.chooses("Send my answers")
    assert (await score(patient)).total == 7
    assert said(patient).count("came to 7 out of 10.") == 1
    assert "That is" not in said(patient)


async def test_the_mrc_grade_is_the_answer(clinic_of: Clinic, library: Library) -> None:
    patient = await asked_about(clinic_of, library, "mrc")
    question = patient.last.shown.question
    assert question is not None and (question.stem, question.text) == ("", "Which of these is most like you?")
    await patient.answers(3)
    await patient.chooses("Send my answers")
    assert (await score(patient)).total == 3


# -- the red-flag question ----------------------------------------------------------------------------


async def _chest_pain(clinic: Clinic, library: Library, points: int = 2) -> Patient:
    patient = await asked_about(clinic, library, "phq15")
    await patient.fills_in(0, 0, 0)
    await patient.chooses("Does not apply to me")
    await patient.fills_in(0, points)
    return patient


async def test_chest_pain_a_lot_opens_the_red_flag_question(clinic_of: Clinic, library: Library) -> None:
    patient = await _chest_pain(clinic_of, library)
    assert "Is it an emergency right now?" in said(patient)
    assert "ending your life" not in said(patient)
    assert isinstance((await patient.state()).top, SafetyRun)
    assert [(a.concern, a.level) for a in await patient.alerts()] == [("emergency:heart", "soon")]


async def test_a_little_chest_pain_does_not(clinic_of: Clinic, library: Library) -> None:
    patient = await _chest_pain(clinic_of, library, 1)
    assert isinstance((await patient.state()).top, CheckInRun)
    assert await patient.alerts() == []


@pytest.mark.parametrize("answer", ["Yes", "Rather not say"])
async def test_anything_but_no_is_an_emergency(clinic_of: Clinic, library: Library, answer: str) -> None:
    patient = await _chest_pain(clinic_of, library)
    await patient.chooses(answer)
    assert "Call 999 now" in said(patient)
    assert [(a.concern, a.level) for a in await patient.alerts()] == [("emergency:heart", "now")]


async def test_silence_after_the_red_flag_question_is_an_emergency(
    clinic_of: Clinic, library: Library
) -> None:
    patient = await _chest_pain(clinic_of, library)
    clinic_of.clock.advance(minutes=library.policy.ladder.gentle_question_minutes + 1)
    await clinic_of.work()
    await patient.catches_up()
    assert [a.level for a in await patient.alerts()] == ["now"]
    assert "call 999" in said(patient).lower()


async def test_after_a_no_the_form_goes_on_where_it_was(clinic_of: Clinic, library: Library) -> None:
    patient = await _chest_pain(clinic_of, library)
    await patient.chooses("No")
    assert "If any of that starts, call 999" in said(patient)
    await patient.chooses("Go on")
    await patient.fills_in(*[0] * 9)
    await patient.chooses("Send my answers")
    assert (await score(patient)).total == 2
    assert [(a.concern, a.level) for a in await patient.alerts()] == [("emergency:heart", "soon")]


# -- half done for too long ---------------------------------------------------------------------------


async def _half_done(clinic: Clinic, days: float) -> Patient:
    patient = await clinic.join()
    await patient.chooses("Check how I am")
    await patient.fills_in(1, 2, 3)
    clinic.clock.advance(days=days)
    return patient


async def test_a_form_half_done_for_13_days_goes_on(clinic: Clinic) -> None:
    patient = await _half_done(clinic, 13)
    await patient.answers(1)
    assert STARTED_AGAIN not in said(patient)
    assert (await patient.state()).runs[-1].item == 4  # type: ignore[union-attr]


@pytest.mark.parametrize("how", ["answer", "typed", "button", "later"])
async def test_a_form_half_done_for_15_days_starts_again(clinic: Clinic, how: str) -> None:
    patient = await clinic.join()
    await patient.chooses("Check how I am")
    await patient.fills_in(1, 2, 3)
    if how == "later":
        await patient.chooses("Finish later")
    clinic.clock.advance(days=15)
    match how:
        case "answer":
            await patient.answers(2)
        case "typed":
            await patient.says("several days")
        case "button":
            await patient.chooses("Back")
        case _:
            await patient.chooses("Go on")
    assert STARTED_AGAIN in said(patient)
    (run,) = (await patient.state()).runs
    assert isinstance(run, CheckInRun)
    assert (run.item, run.answers, run.then) == (0, {}, ("gad7",))
    await patient.fills_in(*[0] * 9)
    await patient.chooses("Send my answers")
    assert (await score(patient)).total == 0


async def test_read_back_answers_of_15_days_ago_are_not_sent(clinic: Clinic) -> None:
    patient = await clinic.join()
    await patient.chooses("Check how I am")
    await patient.fills_in(*[1] * 8, 0)
    clinic.clock.advance(days=15)
    await patient.chooses("Send my answers")
    assert STARTED_AGAIN in said(patient)
    assert [f for f in await patient.facts() if isinstance(f, ScoreRecorded)] == []


async def test_it_starts_again_on_the_measure_that_is_in_force_now(
    clinic_of: Clinic, library: Library
) -> None:
    patient = await clinic_of.join()
    await patient.chooses("Check how I am")
    await patient.fills_in(1)
    newer = library.measures["phq9"].model_copy(update={"version": "2"})
    await publish(
        clinic_of.house,
        with_screen(library.model_copy(update={"measures": {**library.measures, "phq9": newer}})),
        "tests",
    )
    await patient.answers(1)
    assert (await patient.state()).runs[-1].measure_version == "1"  # type: ignore[union-attr]
    clinic_of.clock.advance(days=15)
    await patient.answers(1)
    assert (await patient.state()).runs[-1].measure_version == "2"  # type: ignore[union-attr]


async def test_a_called_form_whose_measure_is_gone_lets_its_module_go_on(
    clinic_of: Clinic, library: Library
) -> None:
    patient = await asked_about(clinic_of, library, "rate_pain", Say(text="Behind the questions."))
    without = {k: m for k, m in library.measures.items() if k != "rate_pain"}
    await publish(clinic_of.house, with_screen(library.model_copy(update={"measures": without})), "tests")
    clinic_of.clock.advance(days=15)
    await patient.answers(3)
    assert "Behind the questions." in said(patient)


async def test_a_step_that_began_before_a_measure_went_still_has_it(
    clinic_of: Clinic, library: Library
) -> None:
    ready = Ask(name="ready", how="yes or no", text="Are you ready?")
    patient = await asked(clinic_of, asking(library, "rate_pain", first=(ready,)))
    without = {k: m for k, m in library.measures.items() if k != "rate_pain"}
    await publish(clinic_of.house, with_screen(library.model_copy(update={"measures": without})), "tests")
    await patient.answers(1)
    await patient.answers(4)
    await patient.chooses("Send my answers")
    assert (await score(patient)).total == 4
    assert await patient.alerts() == []


# -- what was stored before ---------------------------------------------------------------------------


def test_facts_and_states_of_before_are_still_read() -> None:
    old_facts = [
        {"type": "question_answered", "measure": "phq9", "item": "1", "points": 2, "was": 1, "changed": True},
        {"type": "question_answered", "measure": "phq9", "item": "2", "points": None},
        {
            "type": "score_recorded",
            "score_id": "00000000-0000-0000-0000-000000000001",
            "measure": "phq9",
            "measure_version": "1",
            "items": {"1": 2, "2": None},
            "total": 13,
            "complete": True,
            "at": "2026-03-02T10:00:00Z",
        },
    ]
    read = facts_in(json.dumps(old_facts))
    assert [getattr(f, "points", None) for f in read[:2]] == [2, None]
    assert isinstance(read[2], ScoreRecorded)
    assert (read[2].total, read[2].of) == (13, None)
    old_state = {
        "status": "joined",
        "runs": [
            {
                "kind": "check_in",
                "measure": "phq9",
                "measure_version": "1",
                "release": "a",
                "item": 2,
                "answers": {"1": 2, "2": None},
                "then": ["gad7"],
            }
        ],
        "scores": {"phq9": [{"total": 13, "at": "2026-03-02T10:00:00Z"}]},
    }
    state = Conversation.from_json(json.dumps(old_state))
    assert isinstance(state.top, CheckInRun)
    assert (state.top.answers, state.top.began_at) == ({"1": 2, "2": None}, None)
    assert state.scores["phq9"][0].total == 13
