"""Six ways to lose the record: nothing false is said, whoever asks for help is answered in time, and all is well again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from uuid import UUID, uuid4

import pytest
from clinic import Clinic, Patient, in_time
from doors import Fragile
from talker import Frame, Line

from bot.core.errors import BadRow
from bot.web import overdue

CRISIS = "i want to die"
IN_TIME_S = 1.0  # P7
WELL_AGAIN_S = 5.0  # P13


async def refused(fragile: Fragile) -> None:
    await fragile.cutter.cut()


async def black_holed(fragile: Fragile) -> None:
    fragile.cutter.silence()


async def half_open(fragile: Fragile) -> None:
    fragile.cutter.lose()


async def slow(fragile: Fragile) -> None:
    fragile.cutter.slow_down(3.0)


async def mute(fragile: Fragile) -> None:
    fragile.cutter.silence_answers()


OUTAGES = [refused, black_holed, half_open, slow, mute]
Outage = Callable[[Fragile], Awaitable[None]]
every_outage = pytest.mark.parametrize("outage", OUTAGES, ids=lambda outage: outage.__name__)


def say(text: str) -> Frame:
    return {"type": "say", "id": str(uuid4()), "text": text}


async def timed(what: Awaitable[Frame]) -> tuple[Frame, float]:
    began = time.monotonic()
    return await what, time.monotonic() - began


async def until_acknowledged(line: Line, frame: Frame) -> None:
    """As a client does: told that it was not kept, it sends the same again a little later."""
    while True:
        await line.send(frame)
        try:
            if (await in_time(line.answer_to(frame["id"]), 2))["type"] == "ack":
                return
        except TimeoutError:
            continue
        await asyncio.sleep(0.2)


def held_up(fragile: Fragile, patient: Patient) -> AbstractAsyncContextManager[None]:
    """Whatever is said on the patient's Line meanwhile waits, as behind a slow commit."""
    return fragile.house.hot.place((patient.clinic.service.id, patient.id)).alone


async def said_by(fragile: Fragile, patient: Patient) -> list[str]:
    """What the record holds of the patient's words, in order."""
    return [m["text"] for m in await fragile.door.read(patient.token) if m["from"] == "patient"]


# -- whoever asks for help ----------------------------------------------------------------------------


@every_outage
async def test_crisis_words_are_signposted_in_a_second(
    clinic: Clinic, fragile: Fragile, outage: Outage
) -> None:
    patient = await clinic.join("copd")
    async with fragile.door.screen(patient.token) as line:
        await line.answer_to(await line.say("hello"))
        await outage(fragile)
        answer, took = await timed(line.answer_to(await line.say(CRISIS)))
    assert (answer["code"], answer["urgent"]["kind"]) == ("unavailable", "crisis")
    assert took <= IN_TIME_S


@every_outage
async def test_crisis_words_over_http_are_signposted_in_a_second(
    clinic: Clinic, fragile: Fragile, outage: Outage
) -> None:
    patient = await clinic.join("copd")
    await outage(fragile)
    began = time.monotonic()
    reply = await fragile.door.say(patient.token, CRISIS)
    assert time.monotonic() - began <= IN_TIME_S
    assert (reply.status, reply.code, reply.body["urgent"]["kind"]) == (503, "unavailable", "crisis")


async def test_crisis_words_behind_ones_own_stuck_message_do_not_wait_for_it(
    clinic: Clinic, fragile: Fragile
) -> None:
    patient = await clinic.join("copd")
    async with fragile.door.screen(patient.token) as line:
        await line.answer_to(await line.say("hello"))
        fragile.cutter.silence()
        await line.say("are you there")
        answer, took = await timed(line.answer_to(await line.say(CRISIS)))
    assert answer["urgent"]["kind"] == "crisis"
    assert took <= IN_TIME_S


async def test_crisis_words_behind_fifty_others_do_not_wait_for_them(
    clinic: Clinic, fragile: Fragile
) -> None:
    patient = await clinic.join("copd")
    others = [await clinic.join("copd") for _ in range(5)]
    async with fragile.door.screen(patient.token) as line:
        await line.answer_to(await line.say("hello"))
        fragile.cutter.silence()
        waiting = [
            asyncio.create_task(fragile.door.say(other.token, "hello")) for other in others for _ in range(10)
        ]
        await asyncio.sleep(0)
        answer, took = await timed(line.answer_to(await line.say(CRISIS)))
        await fragile.cutter.cut()
        replies = await asyncio.gather(*waiting)
    assert answer["urgent"]["kind"] == "crisis"
    assert took <= IN_TIME_S
    assert {r.status for r in replies} == {503}


async def test_in_another_nation_the_lines_are_that_nations(clinic: Clinic, fragile: Fragile) -> None:
    patient = await clinic.join("copd")
    welsh = clinic.service.model_copy(update={"nation": "wales"})
    fragile.house.shelf._know([welsh])
    fragile.cutter.silence()
    over_http = (await fragile.door.say(patient.token, CRISIS)).body
    assert any("111" in (line.get("number") or "") for line in over_http["urgent"]["lines"])


# -- said before the outcome is known -----------------------------------------------------------------


async def test_words_whose_fate_is_slow_are_answered_once_and_acknowledged_after(
    clinic: Clinic, fragile: Fragile
) -> None:
    patient = await clinic.join("copd")
    async with fragile.door.screen(patient.token) as line:
        await line.answer_to(await line.say("hello"))
        async with held_up(fragile, patient):
            said = await line.say(CRISIS)
            first = await line.answer_to(said)
        second = await line.answer_to(said)
    assert (first["type"], first["urgent"]["kind"], second["type"]) == ("nack", "crisis", "ack")
    assert await said_by(fragile, patient) == ["hello", CRISIS]


async def test_what_was_said_early_is_not_said_again_when_it_fails(clinic: Clinic, fragile: Fragile) -> None:
    patient = await clinic.join("copd")
    async with fragile.door.screen(patient.token) as line:
        await line.answer_to(await line.say("hello"))
        fragile.cutter.silence()
        crisis = await line.say(CRISIS)
        await line.answer_to(crisis)
        await line.answer_to(await line.say("hello"))
        nacks = [f for f in line.heard if f["type"] == "nack" and f["id"] == crisis]
    assert len(nacks) == 1


async def test_ordinary_words_are_not_answered_before_their_outcome(clinic: Clinic, fragile: Fragile) -> None:
    patient = await clinic.join("copd")
    async with fragile.door.screen(patient.token) as line:
        async with held_up(fragile, patient):
            said = await line.say("thank you")
            await asyncio.sleep(2 * overdue.LOOK_AFTER_S)
        answer = await line.answer_to(said)
    assert answer["type"] == "ack"


async def test_nobody_on_duty_is_written_to_before_it_is_known_that_nothing_was_stored(
    clinic: Clinic, fragile: Fragile
) -> None:
    patient = await clinic.join("copd")
    fragile.house.unstored.learn(clinic.service.id, [clinic.duty.email])
    async with fragile.door.screen(patient.token) as line:
        async with held_up(fragile, patient):
            said = await line.say(CRISIS)
            await line.answer_to(said)
        await line.answer_to(said)
        await fragile.house.afterwards.settle()
    assert clinic.letters(clinic.duty) == []


async def test_the_same_words_sent_again_over_http_are_acknowledged_once_they_are_stored(
    clinic: Clinic, fragile: Fragile
) -> None:
    patient = await clinic.join("copd")
    await fragile.door.say(patient.token, "hello")
    body = {"id": str(uuid4()), "text": CRISIS}
    async with held_up(fragile, patient):
        early = await fragile.door.post("/v1/messages", body, patient.token)
    after = await fragile.door.post("/v1/messages", body, patient.token)
    assert (early.status, after.status) == (503, 200)
    assert await said_by(fragile, patient) == ["hello", CRISIS]


# -- and then -----------------------------------------------------------------------------------------


@every_outage
async def test_well_again_in_time_with_nothing_lost_and_nothing_twice(
    clinic: Clinic, fragile: Fragile, outage: Outage
) -> None:
    patient = await clinic.join("copd")
    during, crisis = say("during it"), say(CRISIS)
    async with fragile.door.screen(patient.token) as line:
        await line.answer_to(await line.say("before it"))
        await outage(fragile)
        await line.send(during)
        await line.send(crisis)
        await line.answer_to(crisis["id"])
        await fragile.cutter.restore()
        await in_time(until_acknowledged(line, during), WELL_AGAIN_S)
        await in_time(until_acknowledged(line, crisis), WELL_AGAIN_S)
    said = await said_by(fragile, patient)
    assert sorted(said) == sorted(["before it", "during it", CRISIS])


@every_outage
async def test_ordinary_words_are_never_acknowledged_falsely(
    clinic: Clinic, fragile: Fragile, outage: Outage
) -> None:
    patient = await clinic.join("copd")
    async with fragile.door.screen(patient.token) as line:
        await line.answer_to(await line.say("before it"))
        await outage(fragile)
        answer = await line.answer_to(await line.say("during it"))
    assert (answer["type"], answer["code"]) == ("nack", "unavailable")


async def test_a_commit_whose_answer_was_lost_took_effect_once(clinic: Clinic, fragile: Fragile) -> None:
    patient = await clinic.join("copd")
    frame = say("was this kept")
    async with fragile.door.screen(patient.token) as line:
        await line.answer_to(await line.say("hello"))
        fragile.cutter.silence_answers()
        await line.send(frame)
        await in_time(stored(clinic, patient, UUID(frame["id"])))
        await fragile.cutter.cut()
        during = await line.answer_to(frame["id"])
        await fragile.cutter.restore()
        await in_time(until_acknowledged(line, frame), WELL_AGAIN_S)
    assert during["code"] == "unavailable"
    assert await said_by(fragile, patient) == ["hello", "was this kept"]


async def stored(clinic: Clinic, patient: Patient, id: UUID) -> None:
    lines = clinic.house.record.lines
    while await lines.heard(clinic.service.id, patient.id, id) is None:
        await asyncio.sleep(0.01)


async def test_eight_connections_that_died_in_silence_hold_nobody_up_afterwards(
    clinic: Clinic, fragile: Fragile
) -> None:
    patient = await clinic.join("copd")
    await asyncio.gather(*(fragile.door.read(patient.token) for _ in range(16)))
    async with fragile.door.screen(patient.token) as line:
        fragile.cutter.lose()
        await line.answer_to(await line.say("hello"))
        await fragile.cutter.restore()
        await in_time(until_acknowledged(line, say("again")), 1)
        await in_time(asyncio.gather(*(fragile.door.read(patient.token) for _ in range(16))), 2)


async def test_while_one_call_tries_the_others_are_told_at_once(clinic: Clinic, fragile: Fragile) -> None:
    patient = await clinic.join("copd")
    fragile.cutter.silence()
    assert (await fragile.door.say(patient.token, "hello")).code == "unavailable"
    began = time.monotonic()
    replies = await asyncio.gather(*(fragile.door.get("/v1/messages", patient.token) for _ in range(20)))
    fast = sum(r.status == 503 for r in replies)
    assert fast == 20
    assert time.monotonic() - began < 4 * 1.5


async def test_what_never_left_is_known_not_to_be_written_and_the_line_stays_in_memory(
    clinic: Clinic, fragile: Fragile
) -> None:
    patient = await clinic.join("copd")
    async with fragile.door.screen(patient.token) as line:
        await line.answer_to(await line.say("hello"))
        known = fragile.house.hot.get((clinic.service.id, patient.id))
        await fragile.cutter.cut()
        await line.answer_to(await line.say("hello"))
        await fragile.cutter.restore()
    assert known is not None
    assert fragile.house.hot.get((clinic.service.id, patient.id)) is known


async def test_what_may_have_been_written_is_looked_up_anew(clinic: Clinic, fragile: Fragile) -> None:
    patient = await clinic.join("copd")
    async with fragile.door.screen(patient.token) as line:
        await line.answer_to(await line.say("hello"))
        fragile.cutter.silence_answers()
        await line.answer_to(await line.say("hello"))
        await fragile.cutter.restore()
    assert fragile.house.hot.get((clinic.service.id, patient.id)) is None


async def test_an_error_of_our_own_still_signposts(
    clinic: Clinic, fragile: Fragile, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> bool:
        raise BadRow("the record refused a row")

    monkeypatch.setattr(fragile.house.writer, "commit", broken)
    patient = await clinic.join("copd")
    async with fragile.door.screen(patient.token) as line:
        over_socket = await line.answer_to(await line.say(CRISIS))
    over_http = (await fragile.door.say(patient.token, CRISIS)).body
    assert [n["urgent"]["kind"] for n in (over_socket, over_http)] == ["crisis", "crisis"]
