"""Words that ask for help while nothing can be stored: whoever is on duty gets a letter that says so."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from clinic import MONDAY_TEN as NOW
from clinic import Clinic, Patient, text_of
from doors import Fragile
from post_office import PostOffice
from talker import Frame

from bot.adapters.mail import SmtpMail
from bot.core.values import LineId
from bot.usecases import unstored
from bot.usecases.unstored import Unstored, learn_who_is_on_duty

CRISIS = "i want to kill myself tonight"


@pytest.fixture
async def down(clinic: Clinic, fragile: Fragile) -> Fragile:
    """A process that knows who is on duty; its record can be cut."""
    await learn_who_is_on_duty(fragile.house)
    return fragile


async def says_while_down(down: Fragile, patient: Patient, *texts: str) -> list[Frame]:
    """With the record cut; what each was answered."""
    answers = []
    async with down.door.screen(patient.token) as line:
        await down.cutter.cut()
        for text in texts:
            answers.append(await line.answer_to(await line.say(text)))
        await down.house.afterwards.settle()
    return answers


async def test_whoever_is_on_duty_is_told_that_nothing_was_stored(clinic: Clinic, down: Fragile) -> None:
    patient = await clinic.join("copd")
    await says_while_down(down, patient, CRISIS)
    [letter] = clinic.letters(clinic.duty)
    assert "UNSTORED" in letter["Subject"]
    assert "no alert exists" in letter["Subject"]
    assert f"/desk/patients/{patient.id}" in text_of(letter)


async def test_the_letter_holds_no_word_and_no_name(clinic: Clinic, down: Fragile) -> None:
    patient = await clinic.join("copd", name="Marmaduke")
    await says_while_down(down, patient, CRISIS)
    [letter] = clinic.letters(clinic.duty)
    whole = letter.as_string().lower()
    assert not [w for w in ("marmaduke", "kill", "tonight", "suicid", "crisis", "risk") if w in whole]


async def test_one_letter_a_patient_however_often_it_is_sent(clinic: Clinic, down: Fragile) -> None:
    one, two = await clinic.join("copd"), await clinic.join("copd")
    await says_while_down(down, one, CRISIS, CRISIS, CRISIS)
    await down.cutter.restore()
    await says_while_down(down, two, CRISIS)
    assert len(clinic.letters(clinic.duty)) == 2


async def test_ordinary_words_are_nobodys_letter(clinic: Clinic, down: Fragile) -> None:
    patient = await clinic.join("copd")
    [answer] = await says_while_down(down, patient, "hello there")
    assert (answer["code"], clinic.letters(clinic.duty)) == ("unavailable", [])


async def test_the_answer_waits_for_no_mail_server(
    clinic: Clinic, down: Fragile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unstored, "PAUSE_S", 0.0)
    patient = await clinic.join("copd")
    office = PostOffice()
    await office.fall_silent()
    down.house.mail = SmtpMail(office.url, "bounceback@clinic.example")
    async with down.door.screen(patient.token) as line:
        await down.cutter.cut()
        answer = await line.answer_to(await line.say(CRISIS))
        await office.until_waiting(1)
    await office.open()
    await down.house.afterwards.settle()
    await office.close()
    assert answer["urgent"]["lines"]


async def test_what_is_stored_after_all_is_an_alert_and_no_such_letter(clinic: Clinic, down: Fragile) -> None:
    patient = await clinic.join("copd")
    async with down.door.screen(patient.token) as line:
        await line.answer_to(await line.say(CRISIS))
    await down.house.afterwards.settle()
    assert clinic.letters(clinic.duty) == []
    assert len(clinic.letters(clinic.therapist)) == 1


async def test_where_nobody_could_be_written_to_the_next_message_tries_again(
    clinic: Clinic, down: Fragile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unstored, "PAUSE_S", 0.0)
    patient = await clinic.join("copd")
    clinic.post_box.refusing = True
    await says_while_down(down, patient, CRISIS)
    await down.cutter.restore()
    clinic.post_box.refusing = False
    await says_while_down(down, patient, CRISIS)
    assert len(clinic.letters(clinic.duty)) == 1


def test_ten_minutes_later_it_is_worth_another_letter() -> None:
    known, patient = Unstored(), LineId(uuid4())
    minutes = (0, 9, 11)
    assert [known.first_in_a_while(patient, NOW + timedelta(minutes=m)) for m in minutes] == [
        True,
        False,
        True,
    ]


def test_only_the_latest_patients_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unstored, "MOST_PATIENTS", 2)
    known = Unstored()
    first, *rest = (LineId(uuid4()) for _ in range(3))
    for patient in (first, *rest):
        known.first_in_a_while(patient, NOW)
    assert known.first_in_a_while(first, NOW)
