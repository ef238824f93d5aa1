"""The record is gone: nothing is acknowledged, whoever asks for help is told where to turn, and all is well again after."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from clinic import Clinic, in_time
from doors import Fragile
from talker import Frame, Line

CRISIS = "i want to die"
WELL_AGAIN_S = 5.0  # P13


def say(text: str) -> Frame:
    return {"type": "say", "id": str(uuid4()), "text": text}


async def until_acknowledged(line: Line, frame: Frame) -> list[Frame]:
    """Send it again as a client does; the last answer is the ack."""
    answers: list[Frame] = []
    while not answers or answers[-1]["type"] != "ack":
        await line.send(frame)
        answers.append(await line.answer_to(frame["id"]))
    return answers


async def mine(fragile: Fragile, token: str) -> list[Any]:
    return [m["text"] for m in await fragile.door.read(token) if m["from"] == "patient"]


async def test_a_message_is_kept_only_once_the_record_is_back(clinic: Clinic, fragile: Fragile) -> None:
    patient = await clinic.join("copd")
    frame = say("hello")
    async with fragile.door.screen(patient.token) as line:
        await fragile.cutter.cut()
        await line.send(frame)
        during = await line.answer_to(frame["id"])
        await fragile.cutter.restore()
        answers = await in_time(until_acknowledged(line, frame), WELL_AGAIN_S)
    assert during["code"] == "unavailable"
    assert {a["code"] for a in answers[:-1]} <= {"unavailable"}
    assert await mine(fragile, patient.token) == ["hello"]


async def test_a_message_over_http_is_told_when_to_come_again(clinic: Clinic, fragile: Fragile) -> None:
    patient = await clinic.join("copd")
    await fragile.cutter.cut()
    reply = await fragile.door.post("/v1/messages", say("hello"), patient.token)
    await fragile.cutter.restore()
    assert (reply.status, reply.code, reply.headers["Retry-After"]) == (503, "unavailable", "2")
    assert await mine(fragile, patient.token) == []


async def test_crisis_words_are_signposted_over_both_doors(clinic: Clinic, fragile: Fragile) -> None:
    patient = await clinic.join("copd")
    async with fragile.door.screen(patient.token) as line:
        await fragile.cutter.cut()
        over_socket = await line.answer_to(await line.say(CRISIS))
        over_http = (await fragile.door.say(patient.token, CRISIS)).body
    kinds = [(nack["code"], nack["urgent"]["kind"]) for nack in (over_socket, over_http)]
    assert kinds == [("unavailable", "crisis")] * 2


async def test_crisis_words_are_not_called_sent(clinic: Clinic, fragile: Fragile) -> None:
    patient = await clinic.join("copd")
    await fragile.cutter.cut()
    nack = (await fragile.door.say(patient.token, CRISIS)).body
    assert "I may not have kept what you wrote" in nack["text"]


async def test_what_was_acknowledged_before_is_there_after(clinic: Clinic, fragile: Fragile) -> None:
    patient = await clinic.join("copd")
    await fragile.door.say(patient.token, "hello")
    await fragile.cutter.cut()
    await fragile.door.say(patient.token, "are you there")
    await fragile.cutter.restore()
    assert await mine(fragile, patient.token) == ["hello"]


async def test_nobody_new_comes_in_and_they_are_told_so(clinic: Clinic, fragile: Fragile) -> None:
    patient = await clinic.join("copd")
    await fragile.cutter.cut()
    async with fragile.door.socket() as line:
        await line.send({"type": "hello", "token": patient.token})
        assert (await line.next())["code"] == "unavailable"


async def test_an_invitation_is_not_used_up_by_an_outage(clinic: Clinic, fragile: Fragile) -> None:
    invitation = await clinic.invite("copd")
    asked = {"invite": invitation.code, "adult": True, "consents": {"care": True}}
    await fragile.cutter.cut()
    during = await fragile.door.post("/v1/join", asked)
    await fragile.cutter.restore()
    after = await fragile.door.post("/v1/join", asked)
    assert (during.status, after.status) == (503, 200)


async def test_the_process_is_alive_and_says_that_it_is_not_ready(clinic: Clinic, fragile: Fragile) -> None:
    await fragile.cutter.cut()
    ready, alive = await fragile.door.get("/readyz"), await fragile.door.get("/healthz")
    assert (ready.status, ready.body["parts"]["record"], alive.status) == (503, "unavailable", 200)


async def test_it_is_ready_again_with_the_record(clinic: Clinic, fragile: Fragile) -> None:
    await fragile.door.get("/readyz")
    await fragile.cutter.cut()
    await fragile.door.get("/readyz")
    await fragile.cutter.restore()

    async def ready() -> None:
        while (await fragile.door.get("/readyz")).body["parts"]["record"] == "unavailable":
            pass

    await in_time(ready(), WELL_AGAIN_S)


async def test_the_help_page_and_the_figures_are_still_served(clinic: Clinic, fragile: Fragile) -> None:
    await fragile.cutter.cut()
    replies = [await fragile.door.get(path) for path in ("/urgent", "/metrics")]
    assert [r.status for r in replies] == [200, 200]
    assert "116 123" in replies[0].raw
