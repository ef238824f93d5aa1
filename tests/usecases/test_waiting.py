"""People who come by themselves: they wait, are screened, are answered, and nobody under 18 leaves a trace."""

from __future__ import annotations

from datetime import timedelta

import pytest
from clinic import Clinic, Patient

from bot.core.errors import Refused
from bot.core.flow import graduating
from bot.core.inputs import AnswerReferral
from bot.core.state import timer_id
from bot.usecases import referring, ways_in
from bot.usecases.services import add_service

CRISIS = "i want to kill myself tonight"
ASKED = {"care": True, "groups": False}


async def opens(clinic: Clinic) -> None:
    await add_service(clinic.house, clinic.service.model_copy(update={"self_referral": True}))


async def comes(clinic: Clinic) -> Patient:
    await opens(clinic)
    address = f"robin-{clinic.service.slug}@post.example"
    asked = referring.Referring(
        consents=ASKED,
        conditions=("pain",),
        name="Robin",
        contact=address,
        pin="4821",
        service=clinic.service.slug,
    )
    token = await referring.refer(clinic.house, asked)
    line = (await ways_in.who_is(clinic.house, token, "patient")).subject
    patient = Patient(clinic, line, token)  # type: ignore[arg-type]
    await clinic.settle()
    await patient.catches_up()
    return patient


def words(patient: Patient) -> str:
    return " ".join(m.text for m in patient.bot_said())


async def answers(patient: Patient, **answer: object) -> None:
    clinic = patient.clinic
    given = AnswerReferral(clinic.therapist.id, **answer)  # type: ignore[arg-type]
    await referring.answer_referral(clinic.house, clinic.service.id, patient.id, given)
    await patient.catches_up()


async def test_whoever_waits_reads_that_nobody_reads_yet_and_where_to_turn(clinic: Clinic) -> None:
    patient = await comes(clinic)
    assert "Until then nobody reads what you write here" in words(patient)
    assert patient.bot_said()[1].urgent is not None
    await patient.says("hello")
    assert "nobody reads this yet" in words(patient)
    assert (await patient.state()).status == "waiting"


async def test_what_rings_while_they_wait_is_never_nobodys(clinic: Clinic) -> None:
    patient = await comes(clinic)
    await patient.says(CRISIS)
    (alert,) = await patient.alerts()
    assert (alert.concern, alert.level, alert.owner) == ("risk", "now", None)
    await clinic.work()
    assert clinic.letters(clinic.therapist)
    clinic.clock.advance(hours=1)
    await clinic.work()
    assert clinic.letters(clinic.duty)


async def test_nothing_begins_before_they_are_accepted(clinic: Clinic) -> None:
    patient = await comes(clinic)
    state = await patient.state()
    assert (state.expected, state.reminders, state.profile.owner) == (None, {}, None)
    labels = [c.label for c in patient.bot_said()[-1].choices]
    assert "Check how I am" not in labels


async def test_whoever_is_accepted_is_looked_after(clinic: Clinic) -> None:
    patient = await comes(clinic)
    await answers(patient, owner=clinic.therapist.id)
    state = await patient.state()
    assert (state.status, state.profile.owner) == ("joined", clinic.therapist.id)
    assert state.expected is not None
    assert state.timers[timer_id("later", graduating.KEY)].due_at > clinic.clock.now() + timedelta(weeks=25)
    assert "will look after you here" in words(patient)
    with pytest.raises(Refused, match="not_waiting"):
        await answers(patient, reason="other_help")


@pytest.mark.parametrize(
    "reason", ["other_help", "not_here", "condition", "known_elsewhere", "could_not_reach"]
)
async def test_whoever_is_declined_is_told_kindly_and_where_to_turn(clinic: Clinic, reason: str) -> None:
    patient = await comes(clinic)
    await answers(patient, reason=reason)
    assert (await patient.state()).status == "not_accepted"
    assert "Your GP" in words(patient) or "talk with the team that knows you" in words(patient)
    assert any(m.urgent for m in patient.bot_said())
    await patient.says(CRISIS)
    assert [a.concern for a in await patient.alerts()] == ["risk"]


async def test_an_answer_leaves_a_row_on_their_chain(clinic: Clinic) -> None:
    patient = await comes(clinic)
    await answers(patient, owner=None)
    looks = await clinic.house.record.audit.own(clinic.service.id, patient.id, most=10)
    assert "referral.accept" in {look.what for look in looks}


async def test_they_come_back_with_their_address_and_pin(clinic: Clinic) -> None:
    patient = await comes(clinic)
    code = await ways_in.return_code(clinic.house, clinic.service, patient.id)
    assert await ways_in.come_back(clinic.house, code, "4821")


async def test_without_the_setting_nobody_comes_uninvited(clinic: Clinic) -> None:
    asked = referring.Referring(
        consents=ASKED,
        conditions=("pain",),
        name="Robin",
        contact="robin@post.example",
        pin="4821",
        service=clinic.service.slug,
    )
    with pytest.raises(Refused, match="not_here"):
        await referring.refer(clinic.house, asked)
