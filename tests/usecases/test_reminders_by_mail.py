"""Reminders by e-mail: sent once, tried again under one name, and never after it is not wanted or worth it any more."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
from clinic import Clinic, text_of
from post_office import PostOffice
from reminded import by, comes_due, joined, seen, stops

from bot.adapters.mail import SmtpMail
from bot.core.inputs import EndCare
from bot.usecases import stopping
from bot.usecases.care import end_care
from bot.usecases.change import hand_in
from bot.usecases.promises import take_due
from bot.usecases.remind import MOST_TRIES, WORTH_SENDING_FOR
from bot.usecases.wake import take_timers


@pytest.fixture
async def office(clinic: Clinic) -> AsyncIterator[PostOffice]:
    """A mail server of the test's own."""
    office = PostOffice()
    await office.open()
    clinic.house.mail = SmtpMail(office.url, "bounceback@clinic.example")
    yield office
    await office.close()


async def test_a_reminder_is_one_mail_that_says_nothing(clinic: Clinic, office: PostOffice) -> None:
    patient = await joined(clinic, "one.mail@people.example")
    given = await comes_due(clinic, patient)
    assert given.state == "given"
    [letter] = office.to("one.mail@people.example")
    text = text_of(letter)
    assert letter["Subject"] == "A message from Valley Clinic"
    assert "There is something waiting for you." in text
    whole = letter.as_string() + text
    for told in ("Aurelia", "check-in", "COPD", "copd", "mood", "PHQ", str(patient.id)):
        assert told not in whole
    assert letter["Message-ID"] == f"<reminder.{given.id}@clinic.example>"
    sent = await by(clinic, patient, "email")
    assert (sent.state, sent.attempts, sent.accepted_at) == ("accepted", 1, clinic.clock.now())


async def test_whoever_likes_gets_it_without_the_services_name(clinic: Clinic, office: PostOffice) -> None:
    patient = await joined(clinic, "discreet@people.example")
    await clinic.house.record.reminders.wish(clinic.service.id, patient.id, discreet=True)
    await comes_due(clinic, patient)
    [letter] = office.to("discreet@people.example")
    assert letter["Subject"] == "A reminder for you"
    assert clinic.service.name not in letter.as_string() + text_of(letter)


@pytest.mark.parametrize("wants", [None, False])
async def test_without_a_yes_it_stays_in_the_chat(
    clinic: Clinic, office: PostOffice, wants: bool | None
) -> None:
    patient = await joined(clinic, f"no.{wants}@people.example", wants=wants)
    given = await comes_due(clinic, patient)
    assert (given.state, given.sent) == ("given", ())
    assert office.all == []


async def test_through_an_outage_it_comes_once_and_under_one_name(clinic: Clinic, office: PostOffice) -> None:
    patient = await joined(clinic, "outage@people.example")
    await office.close()
    given = await comes_due(clinic, patient)
    sent = await by(clinic, patient, "email")
    assert (sent.state, sent.last_error) == ("failed", "mail not connected")
    await office.open()
    office.cuts = True  # it has the letter, and hangs up before it says so
    clinic.clock.advance(seconds=30)
    await clinic.work()
    assert (await by(clinic, patient, "email")).state == "failed"
    office.cuts = False
    clinic.clock.advance(seconds=60)
    await clinic.work()
    assert (await by(clinic, patient, "email")).state == "accepted"
    clinic.clock.advance(hours=2)
    await clinic.work()
    ids = [letter["Message-ID"] for letter in office.to("outage@people.example")]
    assert ids == [f"<reminder.{given.id}@clinic.example>"] * 2


async def test_a_server_that_never_says_what_became_of_it_is_not_asked_for_ever(
    clinic: Clinic, office: PostOffice
) -> None:
    patient = await joined(clinic, "uncertain@people.example")
    office.cuts = True
    await comes_due(clinic, patient)
    for _ in range(3):
        clinic.clock.advance(minutes=5)
        await clinic.work()
    assert (await by(clinic, patient, "email")).state == "likely"
    assert len(office.to("uncertain@people.example")) == 2


async def test_an_address_that_nobody_has_is_not_tried_again(clinic: Clinic, office: PostOffice) -> None:
    patient = await joined(clinic, "unknown@people.example")
    office.unknown.add("unknown@people.example")
    await comes_due(clinic, patient)
    sent = await by(clinic, patient, "email")
    assert (sent.state, sent.last_error) == ("refused", "mail 550")
    office.unknown.clear()
    clinic.clock.advance(hours=1)
    await clinic.work()
    assert office.all == []


async def test_a_death_recorded_while_the_mail_server_is_down_ends_it(
    clinic: Clinic, office: PostOffice
) -> None:
    patient = await joined(clinic, "died@people.example")
    await office.close()
    await comes_due(clinic, patient)
    await end_care(clinic.house, clinic.service.id, patient.id, EndCare("died", clinic.therapist.id))
    await office.open()
    clinic.clock.advance(minutes=10)
    await clinic.work()
    assert office.all == []
    sent = await by(clinic, patient, "email")
    assert (sent.state, sent.last_error) == ("expired", "care_ended")


@pytest.mark.parametrize("how", ["discharged", "transferred", "died"])
async def test_nothing_is_sent_once_their_care_has_ended(
    clinic: Clinic, office: PostOffice, how: str
) -> None:
    patient = await joined(clinic, f"ended.{how}@people.example")
    await office.close()
    await comes_due(clinic, patient)
    ended = EndCare(how, clinic.therapist.id, "Hill Clinic")  # type: ignore[arg-type]
    await end_care(clinic.house, clinic.service.id, patient.id, ended)
    await office.open()
    clinic.clock.advance(days=9)
    await clinic.work()
    assert office.to(f"ended.{how}@people.example") == []


async def test_a_death_while_it_waits_at_the_window_is_seen_there(clinic: Clinic, office: PostOffice) -> None:
    """Planned, claimed, and behind others in the queue: looked at once more before it is handed over."""
    patient = await joined(clinic, "window@people.example")
    windows = clinic.house.hands.windows
    planned = (await patient.state()).reminders["check_in"]
    clinic.clock.set(planned.due_at)
    async with (
        windows.at_one((3, 0)),
        windows.at_one((3, 0)),
        windows.at_one((3, 0)),
        windows.at_one((3, 0)),
    ):
        await take_timers(clinic.house, clinic.house.hands.reminders, clinic.only)
        await clinic.house.hands.reminders.until_idle()
        await take_due(clinic.house, clinic.house.hands.reminding, clinic.only)
        async with asyncio.timeout(20):
            while not windows._waiting:
                await asyncio.sleep(0.01)
        died = EndCare("died", clinic.therapist.id)
        await hand_in(clinic.house, clinic.service.id, patient.id, died)
    await clinic.settle()
    assert office.all == []
    assert (await by(clinic, patient, "email", planned.id)).last_error == "care_ended"


async def test_who_stops_reminders_gets_none_that_wait_already(clinic: Clinic, office: PostOffice) -> None:
    patient = await joined(clinic, "stops@people.example")
    await office.close()
    await comes_due(clinic, patient)
    await stops(clinic, patient)
    await office.open()
    clinic.clock.advance(minutes=10)
    await clinic.work()
    assert office.all == []
    sent = await by(clinic, patient, "email")
    assert (sent.state, sent.last_error) == ("expired", "not_wanted")
    assert (await patient.state()).profile.consents["reminders"] is False


async def test_who_has_answered_meanwhile_is_not_written_to(clinic: Clinic, office: PostOffice) -> None:
    patient = await joined(clinic, "answered@people.example")
    await office.close()
    given = await comes_due(clinic, patient)
    await patient.catches_up()
    clinic.clock.advance(minutes=1)
    await patient.says("hello")
    await office.open()
    clinic.clock.advance(minutes=10)
    await clinic.work()
    assert office.all == []
    sent = await by(clinic, patient, "email", given.id)
    assert (sent.state, sent.last_error) == ("expired", "opened")
    assert (await seen(clinic, patient, given.id)).opened_at is not None


async def test_what_would_come_too_late_does_not_come(clinic: Clinic, office: PostOffice) -> None:
    patient = await joined(clinic, "late@people.example")
    await office.close()
    given = await comes_due(clinic, patient)
    await office.open()
    clinic.clock.set(clinic.clock.now() + WORTH_SENDING_FOR)
    clinic.clock.advance(minutes=1)
    await clinic.work()
    assert office.all == []
    assert (await by(clinic, patient, "email", given.id)).last_error == "too_late"


async def test_tries_have_an_end(clinic: Clinic, office: PostOffice) -> None:
    patient = await joined(clinic, "tries@people.example")
    await office.close()
    given = await comes_due(clinic, patient)
    for _ in range(40):
        clinic.clock.advance(seconds=31 * 60)
        await clinic.work()
    sent = await by(clinic, patient, "email", given.id)
    assert sent.state == "expired"
    assert sent.attempts <= MOST_TRIES


async def test_the_link_of_a_mail_says_that_it_was_opened(clinic: Clinic, office: PostOffice) -> None:
    patient = await joined(clinic, "opened@people.example")
    given = await comes_due(clinic, patient)
    assert given.opened_at is None
    [letter] = office.to("opened@people.example")
    [code] = re.findall(r"/chat#reminder=([A-Za-z0-9_-]+)", text_of(letter))
    clinic.clock.advance(minutes=3)
    await stopping.came_by(clinic.house, code)
    now = clinic.clock.now()
    clinic.clock.advance(minutes=3)
    await stopping.came_by(clinic.house, code)
    opened = await seen(clinic, patient, given.id)
    assert opened.opened_at == now
    assert (await by(clinic, patient, "email")).opened_at == now


async def test_one_press_in_the_mail_ends_all_of_it(clinic: Clinic, office: PostOffice) -> None:
    patient = await joined(clinic, "one.press@people.example")
    await comes_due(clinic, patient)
    [letter] = office.to("one.press@people.example")
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    [code] = re.findall(r"/unsubscribe/([A-Za-z0-9_-]+)", letter["List-Unsubscribe"])
    await stopping.stop(clinic.house, code)
    await stopping.stop(clinic.house, code)
    assert (await patient.state()).reminders == {}
    for _ in range(30):
        clinic.clock.advance(days=1)
        await clinic.work()
    assert len(office.to("one.press@people.example")) == 1
