"""Reminders on a patient's own device: sealed for it, taken by a push service that opens it as a browser does."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from clinic import Clinic, Patient
from push_service import Browser
from reminded import by, comes_due, joined, stops
from sqlalchemy import text

from bot.adapters.postgres.engine import Database
from bot.core.errors import Refused
from bot.core.inputs import EndCare
from bot.ports import Session
from bot.usecases import reaching, ways_in
from bot.usecases.care import end_care
from bot.usecases.reaching import MOST_DEVICES
from bot.usecases.ways_in import secret_hash


@pytest.fixture
async def browser(clinic: Clinic) -> AsyncIterator[Browser]:
    here = Browser()
    async with here.standing("chat") as teller:
        clinic.house.nudgers = {"push": teller}
        yield here


async def registered(clinic: Clinic, patient: Patient, browser: Browser, name: str = "phone") -> None:
    session = await ways_in.who_is(clinic.house, patient.token, "patient")
    await reaching.add_device(
        clinic.house,
        session,
        patient.id,
        secret_hash(patient.token),
        "Firefox on Android",
        browser.endpoint(name),
        browser.keys,
    )


async def devices(clinic: Clinic, patient: Patient) -> int:
    return len(await clinic.house.record.reaches.all(clinic.service.id, patient.id))


async def test_a_reminder_on_a_device_says_nothing(clinic: Clinic, browser: Browser) -> None:
    patient = await joined(clinic, None)
    await registered(clinic, patient, browser)
    await comes_due(clinic, patient)
    [(headers, shown)] = browser.came
    assert (shown["title"], shown["body"]) == (
        "A message from Valley Clinic",
        "There is something waiting for you.",
    )
    assert shown["path"].startswith("/chat#reminder=")
    assert shown["stop"].startswith("/unsubscribe/")
    assert (headers["Topic"], headers["Urgency"]) == ("reminder", "normal")
    assert (await by(clinic, patient, "push")).state == "accepted"


async def test_in_polish_and_discreetly(clinic: Clinic, browser: Browser) -> None:
    patient = await joined(clinic, None, language="pl")
    await registered(clinic, patient, browser)
    await clinic.house.record.reminders.wish(clinic.service.id, patient.id, discreet=True)
    await comes_due(clinic, patient)
    [(_, shown)] = browser.came
    assert (shown["title"], shown["lang"]) == ("Przypomnienie", "pl")
    assert clinic.service.name not in str(shown)


async def test_one_device_that_took_it_is_enough(clinic: Clinic, browser: Browser) -> None:
    patient = await joined(clinic, None)
    await registered(clinic, patient, browser)
    dead = Browser()  # its keys open nothing
    dead.server = browser.server
    session = await ways_in.who_is(clinic.house, patient.token, "patient")
    await reaching.add_device(
        clinic.house,
        session,
        patient.id,
        secret_hash(patient.token),
        "x",
        browser.endpoint("dead"),
        {"p256dh": "A" * 87, "auth": "A" * 22},
    )
    await comes_due(clinic, patient)
    assert (await by(clinic, patient, "push")).state == "accepted"
    assert await devices(clinic, patient) == 1


@pytest.mark.parametrize("status", [404, 410])
async def test_a_device_that_is_gone_is_forgotten(clinic: Clinic, browser: Browser, status: int) -> None:
    patient = await joined(clinic, None)
    await registered(clinic, patient, browser)
    browser.status = status
    await comes_due(clinic, patient)
    sent = await by(clinic, patient, "push")
    assert (sent.state, sent.last_error) == ("refused", "gone")
    assert await devices(clinic, patient) == 0


async def test_while_mail_is_down_the_device_hears_once(clinic: Clinic, browser: Browser) -> None:
    patient = await joined(clinic, "push.and.mail@people.example")
    await registered(clinic, patient, browser)
    clinic.post_box.refusing = True
    await comes_due(clinic, patient)
    clinic.post_box.refusing = False
    clinic.clock.advance(minutes=2)
    await clinic.work()
    assert len(browser.came) == 1
    assert (await by(clinic, patient, "email")).state == "accepted"


async def test_a_death_while_the_push_service_is_down_ends_it(clinic: Clinic, browser: Browser) -> None:
    patient = await joined(clinic, None)
    await registered(clinic, patient, browser)
    browser.status = 503
    await comes_due(clinic, patient)
    assert (await by(clinic, patient, "push")).last_error == "status 503"
    await end_care(clinic.house, clinic.service.id, patient.id, EndCare("died", clinic.therapist.id))
    browser.status = 201
    clinic.clock.advance(minutes=10)
    await clinic.work()
    assert browser.came == []
    assert (await by(clinic, patient, "push")).last_error == "care_ended"


async def test_only_with_a_yes_and_never_on_a_shared_device(clinic: Clinic, browser: Browser) -> None:
    never = await joined(clinic, None, wants=None)
    with pytest.raises(Refused, match="consent_needed"):
        await registered(clinic, never, browser)

    patient = await joined(clinic, None)
    shared = Session(clinic.service.id, "patient", patient.id, shared=True)
    with pytest.raises(Refused, match="shared_device"):
        await reaching.add_device(
            clinic.house, shared, patient.id, b"", "x", browser.endpoint(), browser.keys
        )


async def test_there_are_only_so_many_devices(clinic: Clinic, browser: Browser) -> None:
    patient = await joined(clinic, None)
    for n in range(MOST_DEVICES):
        await registered(clinic, patient, browser, f"n{n}")
    await registered(clinic, patient, browser, "n0")
    with pytest.raises(Refused, match="too_many_devices"):
        await registered(clinic, patient, browser, "one-more")


async def test_a_device_goes_with_its_session_and_all_of_them_with_a_no(
    clinic: Clinic, browser: Browser
) -> None:
    patient = await joined(clinic, None)
    await registered(clinic, patient, browser)
    await ways_in.sign_out(clinic.house, patient.token)
    assert await devices(clinic, patient) == 0
    patient.token = await ways_in.begin_session(clinic.house, clinic.service, "patient", patient.id)
    await registered(clinic, patient, browser)
    await stops(clinic, patient)
    assert await devices(clinic, patient) == 0


async def test_an_address_is_sealed_in_the_record(
    clinic: Clinic, browser: Browser, database: Database
) -> None:
    patient = await joined(clinic, None)
    await registered(clinic, patient, browser)
    async with database.reading() as c:
        held = await c.execute(text("SELECT * FROM reach WHERE service_id = :s"), {"s": clinic.service.id})
        row = str([bytes(v) if isinstance(v, memoryview) else v for v in held.one()])
    assert "/send/phone" not in row
    assert browser.keys["auth"] not in row
