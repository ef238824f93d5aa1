"""What no well-behaved client sends: each gets its answer, and the connection and the house go on."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from aiohttp import WSMsgType
from clinic import Clinic
from talker import Door, Frame, button, question, still_there

ID = "0b8f6f1e-3a70-4d0e-9c58-6d1f0a6f2a11"
ROOM = "6c0d3c0e-9a63-4a53-8f0b-2f6f4f0d1b22"
HUGE = 2**63
DEEP = "[" * 5000
WORD = "xylophone"


def say(**fields: object) -> Frame:
    return {"type": "say", "id": ID, **fields}


FRAMES: dict[str, Any] = {
    "an unknown frame": {"type": "shout", "id": ID, "text": WORD},
    "an array": [1, 2],
    "no JSON": "{",
    "deep JSON": DEEP,
    "deep JSON in a field": f'{{"type":"say","id":"{ID}","text":{DEEP}',
    "nothing that is said": say(),
    "text and a button": say(text=WORD, choice="3.menu:check_in"),
    "text and an answer": say(text=WORD, answer={"item": "phq9.1", "value": 1}),
    "an unknown field": say(text=WORD, mood="low"),
    "an unknown field in an answer": say(answer={"item": "phq9.1", "value": 1, "why": WORD}),
    "a number for text": say(text=5),
    "a list for text": say(text=[WORD]),
    "a number for an id": say(text=WORD) | {"id": 5},
    "a word for an id": say(text=WORD) | {"id": WORD},
    "points in a string": say(answer={"item": "phq9.1", "value": "1"}),
    "points that are true": say(answer={"item": "phq9.1", "value": True}),
    "points with a fraction": say(answer={"item": "phq9.1", "value": 1.5}),
    "points beyond counting": say(answer={"item": "phq9.1", "value": HUGE}),
    "more picks than any question has": say(answer={"item": "phq9.1", "value": list(range(65))}),
    "a seq before the first": say(text=WORD, re=-1),
    "a seq beyond counting": say(text=WORD, re=HUGE),
    "half a character": '{"type":"say","id":"' + ID + '","text":"\\ud800"}',
    "a NUL in the text": say(text=f"{WORD}\x00"),
    "a NUL in a post": {"type": "post", "id": ID, "group": ROOM, "text": f"{WORD}\x00"},
    "a post for a group without an id": {"type": "post", "id": ID, "group": "copd", "text": WORD},
    "a reply to a post beyond counting": {
        "type": "post",
        "id": ID,
        "group": ROOM,
        "text": WORD,
        "reply_to": HUGE,
    },
    "a report of no post": {"type": "report", "id": ID, "group": ROOM, "seq": 0},
    "a hello in the middle": {"type": "hello", "token": "x"},
}
SAID: dict[str, tuple[Any, str, int]] = {
    "nothing": (say(text=""), "empty", 400),
    "blanks": (say(text=" \n\t"), "empty", 400),
    "10,000 characters": (say(text="word " * 2000), "too_long", 413),
    "an answer that nobody asked for": (say(answer={"item": "phq9.9", "value": 3}), "not_asked", 409),
    "a button that nobody offered": (say(choice="99.menu:erase"), "not_asked", 409),
    "an intent in place of a button": (say(choice="/affirm{}"), "not_asked", 409),
    "a post in a group of others": (
        {"type": "post", "id": ID, "group": ROOM, "text": WORD},
        "not_a_member",
        404,
    ),
}


def raw(frame: Any) -> str:
    return frame if isinstance(frame, str) else json.dumps(frame)


# -- frames -------------------------------------------------------------------------------------------


async def test_a_socket_refuses_every_bad_frame_and_goes_on(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    async with door.screen(patient.token) as line:
        answers = {}
        for name, frame in FRAMES.items():
            await line.ws.send_str(raw(frame))
            answers[name] = (await line.refusal())["code"]
        assert answers == dict.fromkeys(FRAMES, "bad_frame")
        assert await still_there(line)


async def test_http_refuses_every_bad_frame_and_goes_on(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    answers = {}
    for name, frame in FRAMES.items():
        reply = await door.post("/v1/messages", token=patient.token, data=raw(frame).encode())
        answers[name] = (reply.status, reply.code)
    assert answers == dict.fromkeys(FRAMES, (400, "bad_frame"))
    assert (await door.say(patient.token, "hello")).status == 200


async def test_a_refused_frame_leaves_nothing_behind(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    before = await patient.facts()
    for frame in FRAMES.values():
        await door.post("/v1/messages", token=patient.token, data=raw(frame).encode())
    assert await patient.facts() == before


async def test_the_answer_to_a_bad_frame_does_not_repeat_it(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    async with door.screen(patient.token) as line:
        for frame in FRAMES.values():
            await line.ws.send_str(raw(frame))
            assert WORD not in str(await line.refusal())


async def test_a_bad_frame_with_an_id_is_refused_by_that_id(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    async with door.screen(patient.token) as line:
        await line.send(say(text=WORD, mood="low"))
        assert (await line.refusal())["id"] == ID


async def test_crisis_words_in_a_bad_frame_are_still_answered(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    frame = say(text="i want to die", mood="low")
    async with door.screen(patient.token) as line:
        await line.send(frame)
        over_socket = await line.refusal()
    over_http = (await door.post("/v1/messages", frame, patient.token)).body
    assert over_socket["urgent"] == over_http["urgent"]
    assert over_http["urgent"]["kind"] == "crisis"


async def test_a_binary_frame_is_refused_and_the_socket_goes_on(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    async with door.screen(patient.token) as line:
        await line.ws.send_bytes(b'{"type":"typing"}')
        assert (await line.refusal())["code"] == "bad_frame"
        assert await still_there(line)


async def test_broken_utf8_ends_the_socket_and_only_that(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    async with door.screen(patient.token) as beside:
        async with door.screen(patient.token) as line:
            await line.ws.send_frame(b'{"type":"say","text":"\xff\xfe"}', WSMsgType.TEXT)
            assert await line.closed() == 1007
        assert await still_there(beside)


async def test_broken_utf8_over_http_is_a_bad_frame(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    body = b'{"id":"' + ID.encode() + b'","text":"\xff\xfe"}'
    reply = await door.post("/v1/messages", token=patient.token, data=body)
    assert (reply.status, reply.code) == (400, "bad_frame")


async def test_another_charset_in_the_header_changes_nothing(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    body = raw(say(text="café")).encode()
    kind = "application/json; charset=no-such-thing"
    reply = await door.post("/v1/messages", token=patient.token, data=body, Content_Type=kind)
    assert reply.status == 200


async def test_a_frame_of_a_megabyte_ends_the_socket_and_only_that(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    async with door.screen(patient.token) as beside:
        async with door.screen(patient.token) as line:
            await line.ws.send_str("x" * 2**20)
            assert await line.closed() == 1009
        assert await still_there(beside)


async def test_a_body_of_a_megabyte_is_too_long(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    reply = await door.post("/v1/messages", token=patient.token, data=b"x" * 2**20)
    assert (reply.status, reply.code) == (413, "too_long")


async def test_what_was_acknowledged_before_a_bad_frame_is_kept(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    async with door.screen(patient.token) as line:
        ack = await line.answer_to(await line.say("hello"))
        await line.ws.send_str("x" * 2**20)
        await line.closed()
    kept = {m["seq"]: m["text"] for m in await door.read(patient.token)}
    assert kept[ack["seq"]] == "hello"


# -- what is said -------------------------------------------------------------------------------------


async def test_a_socket_refuses_what_cannot_be_said_and_goes_on(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    async with door.screen(patient.token) as line:
        answers = {}
        for name, (frame, _, _) in SAID.items():
            await line.send(frame)
            answers[name] = (await line.answer_to(ID))["code"]
        assert answers == {name: code for name, (_, code, _) in SAID.items()}
        assert await still_there(line)


async def test_http_refuses_what_cannot_be_said(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    answers = {}
    for name, (frame, _, _) in SAID.items():
        reply = await door.post("/v1/messages", frame, patient.token)
        answers[name] = (reply.code, reply.status)
    assert answers == {name: (code, status) for name, (_, code, status) in SAID.items()}


async def test_an_answer_beyond_the_scale_is_not_an_option(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    await patient.chooses("Check how I am")
    item = question(await door.read(patient.token))["item"]
    reply = await door.post("/v1/messages", say(answer={"item": item, "value": 4}), patient.token)
    assert reply.code == "not_an_option"


async def test_an_answer_to_the_question_before_is_not_counted(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    await patient.chooses("Check how I am")
    await patient.answers(1)
    reply = await door.post("/v1/messages", say(answer={"item": "phq9.1", "value": 3}), patient.token)
    assert reply.code == "not_asked"


async def test_a_button_of_an_earlier_question_is_not_pressed(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    await patient.chooses("Check how I am")
    skip = button(await door.read(patient.token), "Skip this one")
    await patient.answers(1)
    reply = await door.post("/v1/messages", say(choice=skip), patient.token)
    assert reply.code == "not_asked"


@pytest.mark.parametrize("words", ["i want to die. ", "did the birthday cards up to 18. "])
async def test_crisis_words_that_are_too_long_are_kept_cut_and_raise_their_alert(
    clinic: Clinic, door: Door, words: str
) -> None:
    """A hint let it in, so the hint speaks: it is never cut and passed over."""
    patient = await clinic.join("copd")
    reply = await door.say(patient.token, words + "word " * 2000)
    await clinic.settle()
    assert reply.status == 200
    assert [a.concern for a in await patient.alerts()] == ["risk"]


# -- the same id again --------------------------------------------------------------------------------


async def test_an_id_used_for_other_words_is_a_conflict_and_the_first_stand(
    clinic: Clinic, door: Door
) -> None:
    patient = await clinic.join("copd")
    first = await door.post("/v1/messages", say(text="hello"), patient.token)
    second = await door.post("/v1/messages", say(text="goodbye"), patient.token)
    again = await door.post("/v1/messages", say(text="hello"), patient.token)
    said = [m["text"] for m in await door.read(patient.token) if m["from"] == "patient"]
    assert (second.status, second.code, again.body, said) == (409, "conflict", first.body, ["hello"])


async def test_a_conflict_over_the_socket_is_refused_and_the_socket_goes_on(
    clinic: Clinic, door: Door
) -> None:
    patient = await clinic.join("copd")
    async with door.screen(patient.token) as line:
        await line.answer_to(await line.say("hello", ID))
        refused = await line.answer_to(await line.say("goodbye", ID))
        assert (refused["type"], refused["code"]) == ("nack", "conflict")
        assert await still_there(line)


async def test_a_key_that_is_no_id_is_refused(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    reply = await door.post("/v1/messages", {"text": "hello"}, patient.token, Idempotency_Key="monday")
    assert (reply.status, reply.code) == (400, "bad_frame")


async def test_a_key_that_differs_from_the_id_is_refused(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    reply = await door.post("/v1/messages", say(text="hello"), patient.token, Idempotency_Key=str(uuid4()))
    assert (reply.status, reply.code) == (400, "bad_frame")


async def test_a_message_without_any_id_is_refused(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    reply = await door.post("/v1/messages", {"text": "hello"}, patient.token)
    assert (reply.status, reply.code) == (400, "bad_frame")
