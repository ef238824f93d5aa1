"""Rasa's REST channel: its shape, the same conversation as at every other door, and refusals that can be shown."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from clinic import Clinic
from doors import Fragile, OpenDoor
from talker import Door, Reply

from bot.web.rasa import RestMessage

CRISIS = "i want to die"


async def said(door: Door, sender: str, message: str, **more: Any) -> Reply:
    return await door.post("/webhooks/rest/webhook", {"sender": sender, "message": message, **more})


def payload(reply: Reply, title: str) -> str:
    """Of the latest button with this title."""
    return next(
        str(b["payload"]) for part in reversed(reply.body) for b in part["buttons"] if b["title"] == title
    )


async def begun(door: Door, token: str) -> Reply:
    """A check-in at its first question."""
    return await said(door, token, "check in")


async def mine(door: Door, token: str) -> list[str]:
    return [m["text"] for m in await door.read(token) if m["from"] == "patient"]


# -- Rasa's shape -------------------------------------------------------------------------------------


async def test_the_answer_is_a_list_of_messages_to_the_sender(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    reply = await said(door, patient.token, "hello")
    assert (reply.status, reply.headers["Content-Type"]) == (200, "application/json; charset=utf-8")
    assert [set(part) for part in reply.body] == [{"recipient_id", "text", "buttons", "custom"}] * len(
        reply.body
    )
    assert {part["recipient_id"] for part in reply.body} == {patient.token}


async def test_a_button_has_a_title_and_a_payload_and_nothing_else(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    buttons = [b for part in (await said(door, patient.token, "hello")).body for b in part["buttons"]]
    assert {tuple(b) for b in buttons} == {("title", "payload")}


async def test_the_answer_holds_what_the_other_doors_show(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    reply = await said(door, patient.token, "hello")
    shown = [m for m in await door.read(patient.token, patient.last.seq) if m["from"] == "bot"]
    assert [(p["custom"]["seq"], p["text"]) for p in reply.body] == [(m["seq"], m["text"]) for m in shown]


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "nonsense"])
async def test_the_body_is_json_whatever_its_type_is_called(clinic: Clinic, door: Door, kind: str) -> None:
    patient = await clinic.join("copd")
    body = {"sender": patient.token, "message": "hello"}
    reply = await door.post("/webhooks/rest/webhook", body, Content_Type=kind)
    assert reply.status == 200


async def test_what_else_a_client_of_rasa_sends_is_not_read(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    reply = await said(door, patient.token, "hello", input_channel="rest", metadata={"page": "/home"})
    assert reply.status == 200


# -- questions, buttons and numbers -------------------------------------------------------------------


async def test_a_question_comes_with_its_lead_in_and_an_answer_a_button(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    question = (await begun(door, patient.token)).body[-1]
    assert question["text"].startswith("Over the last 2 weeks")
    assert question["buttons"][1] == {"title": "Several days", "payload": "/answer phq9.1 1"}


@pytest.mark.parametrize("answer", ["/answer phq9.1 2", "2", "More than half the days"])
async def test_a_payload_a_number_and_a_title_are_the_same_answer(
    clinic: Clinic, door: Door, answer: str
) -> None:
    patient = await clinic.join("copd")
    await begun(door, patient.token)
    reply = await said(door, patient.token, answer)
    assert reply.body[-1]["custom"]["question"]["item"] == "phq9.2"


async def test_a_buttons_payload_presses_the_button(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    await begun(door, patient.token)
    second = await said(door, patient.token, "1")
    back = await said(door, patient.token, payload(second, "Back"))
    assert back.body[-1]["custom"]["question"]["item"] == "phq9.1"


async def test_the_answers_are_read_back_in_words(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    await begun(door, patient.token)
    for points in "12121210":
        await said(door, patient.token, points)
    reply = await said(door, patient.token, "0")
    assert reply.body[-1]["text"].count(": Several days") == 4


async def test_the_sum_is_told_when_it_is_sent(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    await begun(door, patient.token)
    for points in "12121210":
        await said(door, patient.token, points)
    read_back = await said(door, patient.token, "0")
    sent = await said(door, patient.token, payload(read_back, "Send my answers"))
    assert "10 out of 27" in " ".join(part["text"] for part in sent.body)


async def test_a_button_that_is_not_on_the_screen_is_not_counted(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    reply = await said(door, patient.token, "/answer phq9.1 2")
    assert (reply.status, reply.body[0]["custom"]["code"]) == (409, "not_asked")


async def test_words_that_begin_like_a_payload_are_words(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    await said(door, patient.token, "/choose me please")
    assert (await mine(door, patient.token))[-1] == "/choose me please"


async def test_what_an_action_brings_is_in_the_same_answer(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    hello = await said(door, patient.token, "hello")
    reply = await said(door, patient.token, payload(hello, "Something that may help"))
    shown = [m for m in await door.read(patient.token, hello.body[-1]["custom"]["seq"]) if m["from"] == "bot"]
    assert [p["custom"]["seq"] for p in reply.body] == [m["seq"] for m in shown]
    assert len(reply.body) > 0


# -- once ---------------------------------------------------------------------------------------------


async def test_the_same_message_again_gets_the_same_answer_and_changes_nothing(
    clinic: Clinic, door: Door
) -> None:
    patient = await clinic.join("copd")
    once = {"message_id": str(uuid4())}
    first = await said(door, patient.token, "hello", metadata=once)
    seen = await door.read(patient.token)
    again = await said(door, patient.token, "hello", metadata=once)
    assert (again.body, await door.read(patient.token)) == (first.body, seen)


async def test_a_message_without_an_id_is_a_new_one_each_time(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    for _ in range(2):
        await said(door, patient.token, "hello")
    assert await mine(door, patient.token) == ["hello", "hello"]


async def test_the_same_id_with_other_words_is_refused(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    once = {"message_id": str(uuid4())}
    await said(door, patient.token, "hello", metadata=once)
    reply = await said(door, patient.token, "thank you", metadata=once)
    assert (reply.status, reply.body[0]["custom"]["code"]) == (409, "conflict")


# -- refusals -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"not json", 400, "bad_frame"),
        (b"[]", 400, "bad_frame"),
        (b'{"sender": 7, "message": "hello"}', 400, "bad_frame"),
        (b'{"message": "hello"}', 400, "bad_frame"),
        (b'{"sender": "x", "message": null}', 400, "bad_frame"),
        (b'{"sender": "x", "message": "hello", "metadata": {"message_id": "1"}}', 400, "bad_frame"),
        (b'{"sender": "user", "message": "hello"}', 401, "signed_out"),
        (b"x" * (64 * 1024 + 1), 413, "too_long"),
    ],
)
async def test_what_cannot_be_read_is_refused_with_a_sentence(
    clinic: Clinic, door: Door, body: bytes, status: int, code: str
) -> None:
    reply = await door.post("/webhooks/rest/webhook", data=body)
    assert (reply.status, reply.body[0]["custom"]["code"]) == (status, code)
    assert reply.body[0]["text"].endswith(".")


async def test_a_sender_that_looks_right_and_is_nobodys_is_signed_out(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    reply = await said(door, patient.token[:-1] + "~", "hello")
    assert (reply.status, reply.body[0]["custom"]["code"]) == (401, "signed_out")


async def test_the_id_of_a_patient_is_no_sender(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    replies = [
        await said(door, name, "hello") for name in (str(patient.id), f"{clinic.service.slug}.{patient.id}")
    ]
    assert [r.status for r in replies] == [401, 401]


async def test_a_sender_who_signed_out_is_unknown_at_once(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    await said(door, patient.token, "hello")
    await door.post("/v1/sign-out", {}, patient.token)
    assert (await said(door, patient.token, "hello")).status == 401


@pytest.mark.parametrize(("text", "code"), [("  ", "empty"), ("word " * 801, "too_long")])
async def test_nothing_and_too_much_are_refused(clinic: Clinic, door: Door, text: str, code: str) -> None:
    patient = await clinic.join("copd")
    reply = await said(door, patient.token, text)
    assert reply.body[0]["custom"]["code"] == code


async def test_too_many_messages_at_once_are_refused(clinic: Clinic, open_door: OpenDoor) -> None:
    door = await open_door(frames_per_s=0.001, frames_burst=1)
    patient = await clinic.join("copd")
    replies = [await said(door, patient.token, "hello") for _ in range(2)]
    assert [r.status for r in replies] == [200, 429]


async def test_a_foreign_page_may_not_speak_for_a_patient(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    body = {"sender": patient.token, "message": "hello"}
    reply = await door.post("/webhooks/rest/webhook", body, Origin="https://evil.example")
    assert reply.status == 403


# -- crisis -------------------------------------------------------------------------------------------


async def test_crisis_words_raise_the_alert_and_are_told_where_to_turn_in_words(
    clinic: Clinic, door: Door
) -> None:
    patient = await clinic.join("copd")
    reply = await said(door, patient.token, CRISIS)
    assert "116 123" in " ".join(part["text"] for part in reply.body)
    assert [a.concern for a in await patient.alerts()] == ["risk"]


@pytest.mark.parametrize("sender", ["user", ""])
async def test_crisis_words_of_somebody_unknown_are_told_where_to_turn(
    clinic: Clinic, door: Door, sender: str
) -> None:
    reply = await said(door, sender, CRISIS)
    assert reply.status >= 400
    assert "116 123" in reply.body[0]["text"]


async def test_crisis_words_dressed_as_a_payload_are_told_where_to_turn(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    reply = await said(door, patient.token, "/choose i-want-to-die")
    assert reply.body[0]["custom"]["urgent"]["kind"] == "crisis"


async def test_ordinary_words_that_are_refused_bring_no_crisis_lines(clinic: Clinic, door: Door) -> None:
    assert "116 123" not in (await said(door, "user", "hello")).raw


async def test_without_the_record_nothing_is_acknowledged(clinic: Clinic, fragile: Fragile) -> None:
    patient = await clinic.join("copd")
    await fragile.cutter.cut()
    reply = await said(fragile.door, patient.token, "hello")
    await fragile.cutter.restore()
    assert (reply.status, reply.body[0]["custom"]["code"], reply.headers["Retry-After"]) == (
        503,
        "unavailable",
        "2",
    )
    assert await mine(fragile.door, patient.token) == []


async def test_without_the_record_crisis_words_are_told_where_to_turn(
    clinic: Clinic, fragile: Fragile
) -> None:
    patient = await clinic.join("copd")
    await fragile.cutter.cut()
    reply = await said(fragile.door, patient.token, CRISIS)
    assert (reply.status, reply.body[0]["custom"]["urgent"]["kind"]) == (503, "crisis")
    assert "I may not have kept what you wrote" in reply.body[0]["text"]


async def test_crisis_words_are_answered_before_a_slow_outcome_is_known(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    async with clinic.house.hot.place((clinic.service.id, patient.id)).alone:
        reply = await said(door, patient.token, CRISIS)
    assert (reply.status, reply.body[0]["custom"]["urgent"]["kind"]) == (503, "crisis")


async def test_crisis_words_that_were_answered_early_still_raise_their_alert(
    clinic: Clinic, door: Door
) -> None:
    patient = await clinic.join("copd")
    line = clinic.house.hot.place((clinic.service.id, patient.id))
    async with line.alone:
        await said(door, patient.token, CRISIS)
    async with line.alone:  # after the message, which has been waiting longer
        await clinic.settle()
    assert [a.concern for a in await patient.alerts()] == ["risk"]


# -- the document -------------------------------------------------------------------------------------


def documented(kind: str) -> str:
    text = (Path(__file__).parents[2] / "docs" / "integrators.md").read_text(encoding="utf-8")
    return text.split(f"<!-- checked: {kind} -->\n```json\n")[1].split("\n```")[0]


def test_the_documented_message_is_one() -> None:
    RestMessage.model_validate_json(documented("rasa-message"))


async def test_the_documented_answer_has_the_shape_of_a_real_one(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    real, (shown,) = (await begun(door, patient.token)).body[-1], json.loads(documented("rasa-answer"))
    assert shown["text"] == real["text"]
    assert shown["buttons"][0] in real["buttons"]
    assert (set(shown), set(shown["custom"]) - set(real["custom"])) == (set(real), set())
