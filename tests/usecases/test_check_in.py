"""A questionnaire as a tired person meets it: back, skip, change, later, another day."""

from __future__ import annotations

import pytest
from clinic import Clinic, Patient

from bot.core.errors import Refused
from bot.core.facts import QuestionAnswered, ScoreRecorded


async def _begun(clinic: Clinic) -> Patient:
    patient = await clinic.join()
    await patient.chooses("Check how I am")
    return patient


def _progress(patient: Patient) -> tuple[int, int]:
    progress = next(m.shown.progress for m in reversed(patient.seen) if m.shown.progress)
    return progress.at, progress.of


async def test_one_question_a_screen_with_its_progress(clinic: Clinic) -> None:
    patient = await _begun(clinic)
    assert _progress(patient) == (1, 9)
    assert patient.last.shown.question is not None
    assert patient.last.shown.question.stem.startswith("Over the last 2 weeks")
    await patient.answers(1)
    assert _progress(patient) == (2, 9)


async def test_back_shows_the_answer_that_was_given(clinic: Clinic) -> None:
    patient = await _begun(clinic)
    await patient.answers(3)
    await patient.chooses("Back")
    assert _progress(patient) == (1, 9)
    assert patient.last.shown.question is not None
    assert patient.last.shown.question.given == 3


async def test_answers_are_typed_by_label_or_number(clinic: Clinic) -> None:
    patient = await _begun(clinic)
    for words in ("several days", "2", "NOT AT ALL", "three"):
        await patient.says(words)
    answered = [f.points for f in await patient.facts() if isinstance(f, QuestionAnswered)]
    assert answered == [1, 2, 0, 3]


async def test_a_changed_answer_stays_visible_and_counts_as_changed(clinic: Clinic) -> None:
    patient = await _begun(clinic)
    await patient.fills_in(*[1] * 8, 0)
    await patient.presses("change.phq9.2")
    assert _progress(patient) == (2, 9)
    await patient.answers(3)
    assert patient.last.shown.read_back[1].answer == "Nearly every day"
    await patient.chooses("Send my answers")
    facts = await patient.facts()
    changed = [f for f in facts if isinstance(f, QuestionAnswered) and f.changed]
    assert [(f.item, f.was, f.points) for f in changed] == [("2", 1, 3)]
    assert [f.total for f in facts if isinstance(f, ScoreRecorded)] == [10]


async def test_item_nine_taken_back_stays_visible_and_its_alert_stays_open(clinic: Clinic) -> None:
    patient = await _begun(clinic)
    await patient.fills_in(*[0] * 8, 2)
    await patient.chooses("No")
    await patient.chooses("Go on")
    await patient.presses("change.phq9.9")
    await patient.answers(0)
    await patient.chooses("Send my answers")
    changed = [f for f in await patient.facts() if isinstance(f, QuestionAnswered) and f.changed]
    assert [(f.was, f.points) for f in changed] == [(2, 0)]
    assert [(a.concern, a.level, a.state) for a in await patient.alerts()] == [("risk", "now", "open")]


async def test_a_skipped_item_is_not_zero(clinic: Clinic) -> None:
    patient = await _begun(clinic)
    await patient.fills_in(1, None, *[1] * 6, 0)
    assert patient.last.shown.read_back[1].answer == "Skipped"
    await patient.chooses("Send my answers")
    (score,) = [f for f in await patient.facts() if isinstance(f, ScoreRecorded)]
    assert (score.total, score.complete, score.items["2"]) == (None, False, None)


async def test_finish_later_keeps_every_answer_for_another_day(clinic: Clinic) -> None:
    patient = await _begun(clinic)
    await patient.fills_in(1, 2)
    await patient.chooses("Finish later")
    clinic.clock.advance(days=2)
    await patient.chooses("Go on")
    assert _progress(patient) == (3, 9)
    await patient.fills_in(*[0] * 7)
    assert [r.answer for r in patient.last.shown.read_back[:2]] == ["Several days", "More than half the days"]


async def test_an_answer_to_a_question_that_is_not_on_the_screen_is_refused(clinic: Clinic) -> None:
    patient = await _begun(clinic)
    with pytest.raises(Refused, match="not_asked"):
        await patient._send(item="phq9.4", value=1)
    with pytest.raises(Refused, match="not_an_option"):
        await patient._send(item="phq9.1", value=7)


async def test_words_typed_to_an_earlier_question_never_answer_the_next(clinic: Clinic) -> None:
    patient = await _begun(clinic)
    before = patient.last.seq
    await patient.answers(1)
    await patient.says("2", re=before)
    answered = [f.item for f in await patient.facts() if isinstance(f, QuestionAnswered)]
    assert answered == ["1"]


async def test_a_worse_score_raises_one_alert_for_its_measure(clinic: Clinic) -> None:
    patient = await _begun(clinic)
    await patient.fills_in(*[0] * 9)
    await patient.chooses("Send my answers")
    await patient.fills_in(*[0] * 7)
    await patient.chooses("Send my answers")
    assert await patient.alerts() == []
    clinic.clock.advance(weeks=2)
    await patient.chooses("Check how I am")
    await patient.fills_in(*[1] * 8, 0)
    await patient.chooses("Send my answers")
    (alert,) = await patient.alerts()
    assert (alert.concern, alert.level) == ("worsening:phq9", "soon")
    assert len(clinic.letters(clinic.therapist)) == 1


async def test_a_first_score_has_nothing_to_worsen_from(clinic: Clinic) -> None:
    patient = await _begun(clinic)
    await patient.fills_in(*[2] * 8, 0)
    await patient.chooses("Send my answers")
    assert await patient.alerts() == []


class _Asked(Exception):
    """The understanding was asked."""


async def test_a_typed_answer_leaves_nothing_to_understand(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def asked(*_: object, **__: object) -> None:
        raise _Asked

    patient = await clinic.join()
    await patient.chooses("Check how I am")
    monkeypatch.setattr(clinic.house.understanding, "interpret", asked)
    await patient.says("2")
    assert (await patient.state()).wait.item == "phq9.2"  # type: ignore[union-attr]
    await patient.says("not at all")
    assert (await patient.state()).wait.item == "phq9.3"  # type: ignore[union-attr]
    with pytest.raises(_Asked):
        await patient.says("what does this mean")


async def test_simpler_words_are_chosen_among_the_settings_whatever_is_open(clinic: Clinic) -> None:
    patient = await _begun(clinic)
    await patient.answers(2)
    for key, easy in (("menu:easy", True), ("menu:usual", False)):
        await patient._send(choice=f"0.{key}")
        assert (await patient.state()).profile.easy is easy
        assert _progress(patient) == (2, 9)
    await patient.fills_in(*[1] * 7, 0)
    await patient.chooses("Send my answers")
    assert [f.total for f in await patient.facts() if isinstance(f, ScoreRecorded)] == [9]


async def test_simpler_words_are_chosen_by_somebody_who_was_never_asked(clinic: Clinic) -> None:
    patient = await clinic.join()
    await patient._send(choice="0.menu:easy")
    assert (await patient.state()).profile.easy is True
