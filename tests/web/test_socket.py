"""One patient on one screen: welcomed, gapless, acknowledged when durable, never lost in a crowd."""

from __future__ import annotations

import asyncio
from uuid import uuid4

import pytest
from aiohttp import WSMsgType
from clinic import Clinic, in_time
from doors import OpenDoor, OpenSite
from talker import Door, Line, question

from bot.core.inputs import EndCare, TeamSaid
from bot.core.state import CheckInRun
from bot.core.values import LineId
from bot.usecases.alerts import act
from bot.usecases.care import end_care
from bot.usecases.ways_in import begin_session
from bot.web.frames import PROTOCOL

BIG = "x" * 1_000_000  # a few of these fill what the kernel keeps for somebody who does not read


async def team_writes(clinic: Clinic, patient: LineId, text: str) -> None:
    await act(clinic.house, clinic.service.id, patient, TeamSaid(clinic.therapist.id, text))


def seqs(line: Line) -> list[int]:
    return [m["seq"] for m in line.messages]


# -- coming in ----------------------------------------------------------------------------------------


async def test_the_welcome_comes_first_and_says_how_far_the_conversation_is(
    clinic: Clinic, door: Door
) -> None:
    patient = await clinic.join("copd")
    async with door.screen(patient.token) as line:
        assert (line.ws.protocol, line.heard[0]["type"]) == (PROTOCOL, "welcome")
        assert (line.welcomed["seq"], line.welcomed["resumed"]) == (patient.last.seq, False)


async def test_everything_is_replayed_without_gaps(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    await patient.says("hello")
    async with door.screen(patient.token) as line:
        assert seqs(line) == list(range(1, patient.last.seq + 1))


async def test_only_what_came_after_is_replayed(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    await patient.says("hello")
    async with door.screen(patient.token, after=2) as line:
        assert (seqs(line), line.welcomed["resumed"]) == (list(range(3, patient.last.seq + 1)), True)


async def test_nothing_is_replayed_to_who_has_it_all(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    async with door.screen(patient.token, after=patient.last.seq) as line:
        await line.answer_to(await line.say("hello"))
        await line.next()
        assert seqs(line) == [patient.last.seq + 1]


async def test_a_conversation_of_many_pages_is_replayed_whole(
    clinic: Clinic, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = await clinic.join("copd")
    for _ in range(3):
        await patient.says("hello")
    monkeypatch.setattr("bot.usecases.conversation.PAGE", 4)
    async with door.screen(patient.token) as line:
        assert line.welcomed["seq"] == patient.last.seq
        assert seqs(line) == list(range(1, patient.last.seq + 1))


# -- saying something ---------------------------------------------------------------------------------


async def test_the_acknowledgement_comes_before_the_replies(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    async with door.screen(patient.token) as line:
        before = line.seq
        said = await line.say("hello")
        first, own, reply = [await line.next() for _ in range(3)]
        assert (first["type"], first["id"], first["seq"]) == ("ack", said, before + 1)
        assert (own["from"], own["id"], own["seq"]) == ("patient", said, before + 1)
        assert (reply["from"], reply["seq"]) == ("bot", before + 2)


async def test_a_repeated_id_gets_the_same_acknowledgement_and_nothing_new(
    clinic: Clinic, door: Door
) -> None:
    patient = await clinic.join("copd")
    async with door.screen(patient.token) as line:
        said = str(uuid4())
        acks = [await line.answer_to(await line.say("hello", said)) for _ in range(3)]
        await line.answer_to(await line.say("thank you"))
        await line.next()
        assert acks == [acks[0]] * 3
        assert [m["text"] for m in line.messages if m["from"] == "patient"] == ["hello", "thank you"]


async def test_a_button_that_was_pressed_is_acknowledged_again_when_it_is_sent_again(
    clinic: Clinic, door: Door
) -> None:
    patient = await clinic.join("copd")
    choice = next(c.id for c in patient.last.shown.choices if c.label == "Check how I am")
    async with door.screen(patient.token) as line:
        said = await line.say(choice=choice)
        first = await line.answer_to(said)
        again = await line.answer_to(await line.say(id=said, choice=choice))
        assert first == again


async def test_words_typed_to_a_question_that_has_gone_by_answer_nothing(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    await patient.chooses("Check how I am")
    asked = patient.last.seq
    await patient.answers(1)
    async with door.screen(patient.token) as line:
        await line.answer_to(await line.say("3", re=asked))
    (run,) = (await patient.state()).runs
    assert isinstance(run, CheckInRun)
    assert run.answers == {"1": 1}


async def test_two_devices_see_the_same_messages(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    async with door.screen(patient.token) as here, door.screen(patient.token) as there:
        await here.say("hello")
        await here.until(lambda f: f.get("from") == "bot")
        await there.up_to(here.seq)
        assert there.messages == here.messages


async def test_what_the_team_writes_arrives_by_itself(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    async with door.screen(patient.token) as line:
        await team_writes(clinic, patient.id, "How was the walk?")
        message = await line.next()
        assert (message["from"], message["text"]) == ("team", "How was the walk?")


async def test_messages_of_a_flood_are_read_later_and_none_is_dropped(
    clinic: Clinic, open_door: OpenDoor
) -> None:
    door = await open_door(frames_per_s=20, frames_burst=2)
    patient = await clinic.join("copd")
    async with door.screen(patient.token) as line:
        began = asyncio.get_running_loop().time()
        said = [await line.say("hello") for _ in range(6)]
        acks = [await line.answer_to(one) for one in said]
        assert [a["type"] for a in acks] == ["ack"] * 6
        assert [a["seq"] for a in acks] == sorted(a["seq"] for a in acks)
        assert asyncio.get_running_loop().time() - began >= 4 / 20


async def test_a_ping_is_answered(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    async with door.screen(patient.token) as line:
        await line.ws.ping(b"there?")
        message = await in_time(line.ws.receive())
        assert (message.type, bytes(message.data)) == (WSMsgType.PONG, b"there?")


async def test_typing_and_reading_are_taken_in_silence(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    async with door.screen(patient.token) as line:
        await line.send({"type": "typing"})
        await line.send({"type": "read", "seq": 1})
        assert (await in_time(line.answer_to(await line.say("hello"))))["type"] == "ack"
        assert not [f for f in line.heard if f["type"] == "nack"]


async def test_a_question_has_its_answers_and_its_place(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    await patient.chooses("Check how I am")
    async with door.screen(patient.token) as line:
        asked = question(line.messages)
        assert (asked["item"], [o["value"] for o in asked["options"]]) == ("phq9.1", [0, 1, 2, 3])
        assert line.messages[-1]["progress"] == {"at": 1, "of": 9}


# -- who reads ----------------------------------------------------------------------------------------


async def test_in_opening_hours_the_welcome_says_when_the_team_reads(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    async with door.screen(patient.token) as line:
        assert line.welcomed["reading"] == "Your team next reads this today until 5pm."


async def test_outside_opening_hours_the_welcome_says_that_nobody_reads(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    clinic.clock.advance(days=5)
    async with door.screen(patient.token) as line:
        assert (
            line.welcomed["reading"] == "Nobody is reading this right now. Your team reads Mon–Fri 9am–5pm."
        )


@pytest.mark.parametrize("how", ["discharged", "transferred", "died"])
async def test_whose_care_has_ended_is_promised_no_reader(clinic: Clinic, door: Door, how: str) -> None:
    patient = await clinic.join("copd")
    ending = EndCare(how, clinic.therapist.id, "Harbour Clinic")  # type: ignore[arg-type]
    await end_care(clinic.house, clinic.service.id, patient.id, ending)
    wanted = clinic.house.shelf.for_safety.say(f"after_{how}", "en", {"service": clinic.service.name})
    async with door.screen(patient.token) as line:
        assert line.welcomed["reading"] == wanted
    there = await door.get("/v1/availability", patient.token)
    assert there.body["reading"] == wanted and "Your team reads" not in wanted


async def test_an_open_screen_says_at_once_who_reads_when_their_care_ends(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    service, by = clinic.service, clinic.therapist.id
    async with door.screen(patient.token) as line:
        before, seq = line.welcomed["reading"], line.seq
        await end_care(clinic.house, service.id, patient.id, EndCare("discharged", by, ""))
        while (frame := await line.next())["type"] != "bye":
            assert frame["type"] == "msg", "the farewell comes first"
            seq = frame["seq"]
        assert frame["code"] == "come_back"
        await line.closed()
    async with door.screen(patient.token, after=seq) as line:
        assert line.welcomed["reading"] == clinic.house.shelf.for_safety.say(
            "after_discharged", "en", {"service": service.name}
        )
        assert line.welcomed["reading"] != before


# -- going away ---------------------------------------------------------------------------------------


async def test_everybody_is_told_before_the_process_goes(clinic: Clinic, opened: OpenSite) -> None:
    site = await opened()
    patient = await clinic.join("copd")
    async with site.door.screen(patient.token) as line:
        going = asyncio.create_task(site.runner.cleanup())
        bye = await line.next()
        assert (bye["type"], bye["code"], bye["retry_after"] > 0) == ("bye", "restarting", True)
        assert await line.closed() == 1001
        await in_time(going)


async def test_signing_out_closes_the_sockets_and_another_device_comes_back(
    clinic: Clinic, door: Door
) -> None:
    patient = await clinic.join("copd")
    other = await begin_session(clinic.house, clinic.service, "patient", patient.id)
    async with door.screen(patient.token) as line:
        await door.post("/v1/sign-out", {}, patient.token)
        assert (await line.next())["type"] == "bye"
        await line.closed()
    async with door.socket() as gone:
        await gone.send({"type": "hello", "token": patient.token})
        assert (await gone.next())["code"] == "signed_out"
    async with door.screen(other) as still:
        assert still.welcomed["type"] == "welcome"


async def test_who_does_not_read_is_cut_off_and_the_others_see_everything(
    clinic: Clinic, open_door: OpenDoor
) -> None:
    door = await open_door(waiting_frames=3)
    patient = await clinic.join("copd")
    async with door.screen(patient.token) as slow, door.screen(patient.token) as quick:
        for _ in range(30):
            await team_writes(clinic, patient.id, BIG)
            await quick.next()
        assert await slow.closed() == 1006
        assert len(quick.messages) - len(slow.messages) > 0
    assert seqs(quick) == list(range(1, quick.seq + 1))


async def test_who_does_not_read_the_replay_gives_its_seat_back(clinic: Clinic, open_door: OpenDoor) -> None:
    door = await open_door(drain_s=0.2, sockets_per_patient=1)
    patient = await clinic.join("copd")
    for _ in range(30):
        await team_writes(clinic, patient.id, BIG)
    async with door.socket() as slow:
        await slow.send({"type": "hello", "token": patient.token})
        await slow.ws.receive()  # its welcome; where the machine stood still, its end
        await in_time(seat_for(door, patient.token, after=33), 20)


async def test_who_leaves_after_a_long_wait_gives_its_seat_back(clinic: Clinic, open_door: OpenDoor) -> None:
    door = await open_door(sockets_per_patient=1)
    patient = await clinic.join("copd")
    async with (
        door.screen(patient.token) as line,
        clinic.house.hot.place((clinic.service.id, patient.id)).alone,
    ):
        early = await line.answer_to(await line.say("i want to die"))  # from now on its screen reads ahead
    assert early["type"] == "nack"
    await in_time(seat_for(door, patient.token, after=0), 20)


async def seat_for(door: Door, token: str, after: int) -> None:
    """Comes again until there is a seat."""
    welcomed = False
    while not welcomed:
        async with door.socket() as line:
            await line.send({"type": "hello", "token": token, "after": after})
            first = await line.ws.receive()
            welcomed = first.type is WSMsgType.TEXT and first.json()["type"] == "welcome"
