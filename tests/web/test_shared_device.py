"""A device that others use too: nobody stays signed in there who has gone."""

from __future__ import annotations

import pytest
from clinic import Clinic
from sqlalchemy import text
from talker import Door

from bot.adapters.postgres.engine import Database
from bot.usecases import ways_in
from bot.usecases.ways_in import begin_session
from bot.web import screen


async def shared(clinic: Clinic) -> str:
    """A token of somebody who joined on a device that is not theirs alone."""
    invitation = await clinic.invite("copd")
    asked = ways_in.Joining(invitation.code, adult=True, consents={"care": True}, shared=True)
    return await ways_in.join(clinic.house, asked)


async def test_a_quarter_of_an_hour_without_a_word_signs_out(clinic: Clinic, door: Door) -> None:
    token = await shared(clinic)
    clinic.clock.advance(minutes=14)
    assert (await door.say(token, "hello")).status == 200
    clinic.clock.advance(minutes=14)
    assert (await door.say(token, "hello")).status == 200
    clinic.clock.advance(minutes=15)
    assert (await door.say(token, "hello")).code == "signed_out"


async def test_an_open_page_alone_keeps_nobody_in(clinic: Clinic, door: Door) -> None:
    token = await shared(clinic)
    for _ in range(3):
        clinic.clock.advance(minutes=6)
        last = await door.get("/v1/messages?after=0", token)
    assert last.code == "signed_out"


async def test_it_ends_after_four_hours_however_much_is_said(clinic: Clinic, door: Door) -> None:
    token = await shared(clinic)
    for _ in range(24):
        clinic.clock.advance(minutes=10)
        last = await door.say(token, "hello")
    assert last.code == "signed_out"


async def test_an_open_socket_is_closed_and_its_session_is_over(
    clinic: Clinic, door: Door, monkeypatch: pytest.MonkeyPatch, database: Database
) -> None:
    token = await shared(clinic)
    monkeypatch.setattr(screen, "SHARED_IDLE", screen.SHARED_IDLE / 3_000)
    async with door.screen(token) as line:
        assert (await line.next())["code"] == "signed_out"
        await line.closed()
    who = {"s": clinic.service.id, "h": ways_in.secret_hash(token)}
    async with database.reading() as c:
        found = await c.execute(
            text("SELECT ended_at FROM session WHERE service_id = :s AND token_hash = :h"), who
        )
        assert found.scalar() is not None


async def test_what_is_said_over_a_socket_counts_as_use(clinic: Clinic, door: Door) -> None:
    token = await shared(clinic)
    ticket = (await door.post("/v1/ticket", {}, token)).body["ticket"]
    async with door.socket() as line:
        await line.send({"type": "hello", "ticket": ticket})
        assert (await line.next())["type"] == "welcome"
        clinic.clock.advance(minutes=10)
        await line.answer_to(await line.say(text="hello"))
    clinic.clock.advance(minutes=10)
    assert (await door.say(token, "hello")).status == 200


async def test_somebody_elses_own_device_is_not_touched(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    clinic.clock.advance(days=2)
    assert (await door.say(patient.token, "hello")).status == 200


async def test_signing_out_closes_this_devices_socket_and_the_other_stays_in(
    clinic: Clinic, door: Door
) -> None:
    """Both are open at once; each is asked anew who it is, and only one is let in again."""
    patient = await clinic.join("copd")
    other = await begin_session(clinic.house, clinic.service, "patient", patient.id)
    async with door.screen(patient.token) as first, door.screen(other) as second:
        await door.post("/v1/sign-out", {}, patient.token)
        assert [(await line.next())["type"] for line in (first, second)] == ["bye", "bye"]
        await first.closed()
        await second.closed()
    async with door.socket() as gone:
        await gone.send({"type": "hello", "token": patient.token})
        assert (await gone.next())["code"] == "signed_out"
    async with door.screen(other) as again:
        assert again.welcomed["type"] == "welcome"
