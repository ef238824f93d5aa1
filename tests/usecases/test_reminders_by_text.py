"""Reminders by text message: an extra, through a gateway that apprise knows, to a number that the team was given."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from clinic import Clinic
from reminded import by, comes_due, joined, stops

from bot.adapters.tellers import SmsNudger
from bot.core.errors import Misuse, Refused
from bot.core.inputs import EndCare
from bot.usecases.care import end_care
from bot.usecases.reaching import answer_reminders, keep_number

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")
NUMBER = "+447700900123"


@pytest.fixture
async def came(clinic: Clinic) -> AsyncIterator[list[tuple[str, Any]]]:
    """What a gateway on this machine was handed, by the number in its address."""
    came: list[tuple[str, Any]] = []

    async def take(request: web.Request) -> web.Response:
        came.append((request.match_info["number"], await request.json()))
        return web.Response()

    app = web.Application()
    app.router.add_post("/{number}", take)
    async with TestServer(app) as server:
        clinic.house.nudgers = {"sms": SmsNudger(f"json://127.0.0.1:{server.port}/{{number}}")}
        yield came


async def test_a_text_message_says_nothing(clinic: Clinic, came: list[tuple[str, Any]]) -> None:
    patient = await joined(clinic, None)
    await keep_number(clinic.house, clinic.service.id, patient.id, NUMBER)
    await comes_due(clinic, patient)
    [(number, said)] = came
    assert number == NUMBER
    assert said["message"].startswith(
        "A message from Valley Clinic: There is something waiting for you. http"
    )
    for told in ("Aurelia", "copd", "check-in"):
        assert told not in json.dumps(said)
    assert (await by(clinic, patient, "sms")).state == "accepted"


async def test_a_no_forgets_the_number(clinic: Clinic, came: list[tuple[str, Any]]) -> None:
    patient = await joined(clinic, None)
    await keep_number(clinic.house, clinic.service.id, patient.id, NUMBER)
    await stops(clinic, patient)
    assert await clinic.house.record.reaches.all(clinic.service.id, patient.id) == []
    with pytest.raises(Refused, match="consent_needed"):
        await keep_number(clinic.house, clinic.service.id, patient.id, NUMBER)


@pytest.mark.parametrize(
    "keys",
    [("choices", "stop:reminders"), ("reminders", "remind:stop"), ("choices", "stop:care", "withdraw:yes")],
)
async def test_a_no_in_the_chat_forgets_it_in_the_same_commit(
    clinic: Clinic, came: list[tuple[str, Any]], keys: tuple[str, ...]
) -> None:
    patient, other = await joined(clinic, None), await joined(clinic, None)
    for one in (patient, other):
        await keep_number(clinic.house, clinic.service.id, one.id, NUMBER)
    menu, *rest = keys
    for key in ("menu:more", f"menu:{menu}", *rest):
        assert await clinic.house.record.reaches.all(clinic.service.id, patient.id)
        await patient.presses(key)
    assert await clinic.house.record.reaches.all(clinic.service.id, patient.id) == []
    assert await clinic.house.record.reaches.all(clinic.service.id, other.id)


async def test_a_death_forgets_it(clinic: Clinic, came: list[tuple[str, Any]]) -> None:
    patient = await joined(clinic, None)
    await keep_number(clinic.house, clinic.service.id, patient.id, NUMBER)
    await end_care(clinic.house, clinic.service.id, patient.id, EndCare("died", clinic.therapist.id))
    assert await clinic.house.record.reaches.all(clinic.service.id, patient.id) == []


async def test_a_yes_again_sends_to_no_number_of_before(clinic: Clinic, came: list[tuple[str, Any]]) -> None:
    """One that was left from a time when a no in the chat did not forget it."""
    patient = await joined(clinic, None)
    await keep_number(clinic.house, clinic.service.id, patient.id, NUMBER)
    [left] = await clinic.house.record.reaches.all(clinic.service.id, patient.id)
    await stops(clinic, patient)
    await clinic.house.record.reaches.add(left)
    await answer_reminders(clinic.house, clinic.service.id, patient.id, on=True)
    assert await clinic.house.record.reaches.all(clinic.service.id, patient.id) == []


@pytest.mark.parametrize("number", ["07700900123", "+44 7700", "+44/../x", "", "+4477009001234567"])
async def test_only_a_whole_number_is_taken(clinic: Clinic, came: list[tuple[str, Any]], number: str) -> None:
    patient = await joined(clinic, None)
    with pytest.raises(Refused, match="sms_off"):
        await keep_number(clinic.house, clinic.service.id, patient.id, number)


async def test_without_a_gateway_there_are_none(clinic: Clinic) -> None:
    patient = await joined(clinic, None)
    clinic.house.nudgers = {}
    with pytest.raises(Refused, match="sms_off"):
        await keep_number(clinic.house, clinic.service.id, patient.id, NUMBER)


@pytest.mark.parametrize("pattern", ["json://127.0.0.1:9/", "nothing://{number}"])
def test_an_address_that_cannot_be_one_stops_the_start(pattern: str) -> None:
    with pytest.raises(Misuse, match="BOUNCEBACK_SMS_URL"):
        SmsNudger(pattern)
