"""Alerts that somebody took on: put off, handed over, left, and back again; who hears of it by letter."""

from __future__ import annotations

import pytest
from clinic import Clinic, Patient, text_of
from desk_scene import colleague

from bot.core.errors import Refused
from bot.core.values import StaffId
from bot.ports import AlertSeen, Looker
from bot.usecases import alerts
from bot.usecases.looking import open_alert

CRISIS = "i want to kill myself tonight"


async def in_crisis(clinic: Clinic) -> Patient:
    patient = await clinic.join("copd")
    await patient.says(CRISIS)
    return patient


async def the_alert(patient: Patient) -> AlertSeen:
    (alert,) = [a for a in await patient.alerts() if a.concern == "risk"]
    return alert


async def acknowledged(clinic: Clinic, patient: Patient) -> None:
    alert = await the_alert(patient)
    await alerts.acknowledge(clinic.house, clinic.service.id, alert.id, clinic.therapist.id)


def told(clinic: Clinic) -> list[int]:
    """How many letters the therapist and duty have."""
    return [len(clinic.letters(who)) for who in (clinic.therapist, clinic.duty)]


async def test_new_words_of_crisis_after_an_acknowledgement_are_a_letter_of_their_own(clinic: Clinic) -> None:
    patient = await in_crisis(clinic)
    await acknowledged(clinic, patient)
    clinic.clock.advance(minutes=30)
    await patient.says(CRISIS)
    assert told(clinic) == [2, 0]
    assert "it was taken on before, and is open again" in text_of(clinic.letters(clinic.therapist)[-1])
    clinic.clock.advance(minutes=16)
    await clinic.work()
    assert told(clinic) == [2, 1]


async def test_an_alert_that_was_left_is_told_anew_and_climbs(clinic: Clinic) -> None:
    patient = await in_crisis(clinic)
    await acknowledged(clinic, patient)
    clinic.clock.advance(hours=4)
    await clinic.work()
    assert told(clinic) == [2, 0]
    clinic.clock.advance(minutes=15)
    await clinic.work()
    assert told(clinic) == [2, 1]
    await acknowledged(clinic, patient)
    clinic.clock.advance(hours=3)
    await clinic.work()
    assert told(clinic) == [2, 1]


async def test_whoever_took_it_on_hears_that_it_has_come_back(clinic: Clinic) -> None:
    patient = await in_crisis(clinic)
    alert = await the_alert(patient)
    await alerts.acknowledge(clinic.house, clinic.service.id, alert.id, clinic.duty.id)
    clinic.clock.advance(hours=4)
    await clinic.work()
    assert told(clinic) == [2, 1]


async def test_put_off_it_is_silent_until_the_patient_writes(clinic: Clinic) -> None:
    patient = await in_crisis(clinic)
    until = clinic.clock.now().replace(hour=13)
    alert = await the_alert(patient)
    await alerts.snooze(
        clinic.house, clinic.service.id, alert.id, clinic.therapist.id, until, "contact_agreed"
    )
    clinic.clock.advance(hours=2)
    await clinic.work()
    assert ((await the_alert(patient)).state, told(clinic)) == ("snoozed", [1, 0])
    await patient.says("hello")
    alert = await the_alert(patient)
    assert (alert.state, alert.reopened, told(clinic)) == ("open", 1, [2, 0])


async def test_the_one_to_whom_it_is_handed_hears_and_nobody_else(clinic: Clinic) -> None:
    nurse = await colleague(clinic, "clinician")
    patient = await in_crisis(clinic)
    alert = await the_alert(patient)
    await alerts.hand_over(
        clinic.house, clinic.service.id, alert.id, clinic.therapist.id, nurse.id, "He knows her."
    )
    await clinic.settle()
    assert (told(clinic), len(clinic.letters(nurse))) == ([1, 0], 1)
    assert "a colleague has handed it to you" in text_of(clinic.letters(nurse)[0])
    opened = await open_alert(
        clinic.house, clinic.service.id, await the_alert(patient), Looker(clinic.duty.id, clinic.clock.now())
    )
    assert list(opened.notes.values()) == ["He knows her."]
    assert opened.alert.owner == nurse.id


@pytest.mark.parametrize("role", ["host", "editor", "admin"])
async def test_it_is_handed_to_nobody_who_could_not_open_it(clinic: Clinic, role: str) -> None:
    other = await colleague(clinic, role)
    patient = await in_crisis(clinic)
    alert = await the_alert(patient)
    with pytest.raises(Refused, match="not_an_option"):
        await alerts.hand_over(clinic.house, clinic.service.id, alert.id, clinic.therapist.id, other.id)
    assert (await the_alert(patient)).owner == clinic.therapist.id


async def test_it_is_handed_to_somebody_of_the_service_or_to_nobody(clinic: Clinic) -> None:
    patient = await in_crisis(clinic)
    alert = await the_alert(patient)
    stranger = StaffId(clinic.house.ids.new())
    with pytest.raises(Refused, match="not_an_option"):
        await alerts.hand_over(clinic.house, clinic.service.id, alert.id, clinic.therapist.id, stranger)
    assert (await the_alert(patient)).owner == clinic.therapist.id


async def test_a_reason_is_one_of_those_that_there_are(clinic: Clinic) -> None:
    patient = await in_crisis(clinic)
    alert, until = await the_alert(patient), clinic.clock.now().replace(hour=11)
    with pytest.raises(Refused, match="not_an_option"):
        await alerts.snooze(clinic.house, clinic.service.id, alert.id, clinic.therapist.id, until, "too busy")
    assert (await the_alert(patient)).state == "open"
