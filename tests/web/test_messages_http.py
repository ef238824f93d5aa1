"""The chat over plain HTTP: the same acknowledgements, the same messages, a long poll for the next."""

from __future__ import annotations

import asyncio
from uuid import uuid4

from clinic import Clinic, in_time
from doors import OpenDoor
from talker import Door, button, question

CRISIS = "i want to die"


async def test_a_message_is_acknowledged_with_its_place(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    known = str(uuid4())
    reply = await door.post("/v1/messages", {"id": known, "text": "hello"}, patient.token)
    assert (reply.status, reply.body) == (200, {"type": "ack", "id": known, "seq": patient.last.seq + 1})


async def test_the_key_in_the_header_is_the_messages_id(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    key = str(uuid4())
    reply = await door.post("/v1/messages", {"text": "hello"}, patient.token, Idempotency_Key=key)
    assert reply.body["id"] == key


async def test_the_same_message_again_gets_the_same_answer_and_nothing_new(
    clinic: Clinic, door: Door
) -> None:
    patient = await clinic.join("copd")
    body = {"id": str(uuid4()), "text": "hello"}
    first = await door.post("/v1/messages", body, patient.token)
    seen = await door.read(patient.token)
    again = await door.post("/v1/messages", body, patient.token)
    assert (again.body, await door.read(patient.token)) == (first.body, seen)


async def test_a_message_over_both_doors_takes_effect_once(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    async with door.screen(patient.token) as line:
        known = await line.say("hello")
        over_socket = await line.answer_to(known)
    over_http = await door.post("/v1/messages", {"id": known, "text": "hello"}, patient.token)
    assert over_http.body == over_socket


async def test_messages_are_read_without_gaps(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    await door.say(patient.token, "hello")
    seqs = [m["seq"] for m in await door.read(patient.token)]
    assert seqs == list(range(1, len(seqs) + 1))


async def test_both_doors_show_the_same_messages(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    await patient.chooses("Check how I am")
    async with door.screen(patient.token) as line:
        assert await door.read(patient.token) == line.messages


async def test_a_button_and_an_answer_work_like_words(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    choice = button(await door.read(patient.token), "Check how I am")
    await door.post("/v1/messages", {"id": str(uuid4()), "choice": choice}, patient.token)
    answer = {"item": question(await door.read(patient.token))["item"], "value": 2}
    reply = await door.post("/v1/messages", {"id": str(uuid4()), "answer": answer}, patient.token)
    assert reply.status == 200
    assert question(await door.read(patient.token))["item"] == "phq9.2"


async def test_a_long_poll_ends_with_the_first_new_message(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    waiting = asyncio.create_task(door.read(patient.token, patient.last.seq, wait=25))
    async with door.screen(patient.token) as line:
        await line.answer_to(await line.say("hello"))
    fresh = await in_time(waiting, 20)
    assert fresh[0]["text"] == "hello"


async def test_a_long_poll_without_news_ends_empty_where_it_began(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    reply = await door.get(f"/v1/messages?after={patient.last.seq}&wait=0.05", patient.token)
    assert reply.body == {"messages": [], "seq": patient.last.seq}


async def test_numbers_that_are_none_are_refused(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    asked = ("after=x", "after=-1", "after=nan", "after=inf", "after=1e30", "wait=soon", "wait=-1")
    replies = [await door.get(f"/v1/messages?{query}", patient.token) for query in asked]
    assert [(r.status, r.code) for r in replies] == [(400, "bad_frame")] * len(asked)


async def test_too_many_messages_at_once_are_refused_and_none_is_kept(
    clinic: Clinic, open_door: OpenDoor
) -> None:
    door = await open_door(frames_per_s=0.001, frames_burst=1)
    patient = await clinic.join("copd")
    replies = [await door.say(patient.token, text) for text in ("hello", "thank you")]
    said = [m["text"] for m in await door.read(patient.token) if m["from"] == "patient"]
    assert ([r.status for r in replies], said) == ([200, 429], ["hello"])


async def test_crisis_words_that_come_too_fast_are_told_where_to_turn(
    clinic: Clinic, open_door: OpenDoor
) -> None:
    door = await open_door(frames_per_s=0.001, frames_burst=1)
    patient = await clinic.join("copd")
    await door.say(patient.token, "hello")
    reply = await door.say(patient.token, CRISIS)
    assert (reply.code, reply.body["urgent"]["kind"]) == ("rate_limited", "crisis")


async def test_crisis_words_of_somebody_signed_out_are_told_where_to_turn(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    await door.post("/v1/sign-out", {}, patient.token)
    reply = await door.say(patient.token, CRISIS)
    assert (reply.code, reply.body["urgent"]["kind"]) == ("signed_out", "crisis")


async def test_ordinary_words_that_are_refused_bring_no_crisis_lines(clinic: Clinic, door: Door) -> None:
    reply = await door.say(None, "hello")
    assert "urgent" not in reply.body


async def test_an_embedding_page_may_ask_and_any_other_may_not(clinic: Clinic, door: Door) -> None:
    allowed = await door.get("/v1/availability", Origin="http://127.0.0.1:8000")
    foreign = await door.get("/v1/availability", Origin="https://evil.example")
    seen = [r.headers.get("Access-Control-Allow-Origin") for r in (allowed, foreign)]
    assert seen == ["http://127.0.0.1:8000", None]
