"""An hour in a group comes: told in the chat, and outside it only as they agreed, with no word of any group."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from clinic import Clinic, Patient, text_of
from reminded import joined, seen, stops

from bot.core.inputs import RestFromGroup
from bot.core.matching import Wish
from bot.usecases import peers
from bot.usecases.change import hand_in
from bot.usecases.own_directory import own_directory
from bot.usecases.own_reminders import own_reminders
from bot.usecases.turn import Inbound


async def to_the_hour(clinic: Clinic, patient: Patient) -> datetime:
    """Into the group that meets on Thursdays; returns when it is told of."""
    look = Inbound(clinic.service.id, patient.id, clinic.house.ids.new())
    await peers.look_at(clinic.house, look, "thursday-hour")
    await patient.catches_up()
    await patient.chooses("Join the group")
    await patient.says("Robin")
    listed = await own_directory(clinic.house, clinic.service.id, patient.id, Wish(kind="session"))
    opens = listed.cards[0].opens
    assert opens is not None
    return opens - timedelta(hours=24)


async def comes(clinic: Clinic, patient: Patient, at: datetime) -> None:
    clinic.clock.set(at)
    for _ in range(2):
        await clinic.work()
    await patient.catches_up()


def told(patient: Patient) -> bool:
    return any("Thursday hour meets on" in m.shown.text for m in patient.seen)


async def test_who_wants_reminders_has_it_by_mail_too_without_a_word_of_a_group(clinic: Clinic) -> None:
    patient = await joined(clinic, "hour@people.example")
    at = await to_the_hour(clinic, patient)
    await comes(clinic, patient, at)
    assert told(patient)
    given = await seen(clinic, patient)
    assert (given.what, given.state) == ("meets", "given")
    [letter] = clinic.post_box.to("hour@people.example")
    text = text_of(letter)
    assert "There is something waiting for you." in text
    whole = (letter.as_string() + text).casefold()
    assert [
        word for word in ("thursday", "group", "hour in", "robin", str(patient.id)) if word in whole
    ] == []
    own = await own_reminders(clinic.house, clinic.service.id, patient.id)
    assert any("An hour in a group" in line for r in own.reminders for line in r.lines)
    assert (await patient.state()).reminders.get("meets") is None, "none waits"


@pytest.mark.parametrize("wants", [None, False])
async def test_without_a_yes_it_stays_in_the_chat(clinic: Clinic, wants: bool | None) -> None:
    patient = await joined(clinic, f"no.{wants}@people.example".lower(), wants=wants)
    at = await to_the_hour(clinic, patient)
    await comes(clinic, patient, at)
    assert told(patient)
    assert clinic.post_box.to(f"no.{wants}@people.example".lower()) == []


async def test_whoever_has_stopped_reminders_reads_it_in_the_chat_alone(clinic: Clinic) -> None:
    patient = await joined(clinic, "stopped@people.example")
    at = await to_the_hour(clinic, patient)
    await stops(clinic, patient)
    await comes(clinic, patient, at)
    assert told(patient)
    assert clinic.post_box.to("stopped@people.example") == []
    every = await clinic.house.record.reminders.of(clinic.service.id, patient.id)
    assert [r for r in every if r.what == "meets"] == []


async def test_in_the_middle_of_a_check_in_it_stays_in_the_chat(clinic: Clinic) -> None:
    patient = await joined(clinic, "middle@people.example")
    at = await to_the_hour(clinic, patient)
    clinic.clock.set(at - timedelta(minutes=5))
    await patient.presses("menu:check_in")
    await comes(clinic, patient, at)
    assert told(patient)
    every = await clinic.house.record.reminders.of(clinic.service.id, patient.id)
    assert [r for r in every if r.what == "meets"] == []


async def test_who_takes_a_break_hears_nothing_of_it(clinic: Clinic) -> None:
    patient = await joined(clinic, "break@people.example")
    at = await to_the_hour(clinic, patient)
    room = (await patient.state()).rooms["thursday-hour"].room
    rest = RestFromGroup(clinic.house.ids.new(), room, on=True)
    await hand_in(clinic.house, clinic.service.id, patient.id, rest)
    await comes(clinic, patient, at)
    assert not told(patient)
    assert clinic.post_box.to("break@people.example") == []
