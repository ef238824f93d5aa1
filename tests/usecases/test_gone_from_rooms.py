"""Whose care has ended, or who has left, and what their rooms still have to say of them: it is kept, and nobody is misled."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

import pytest
from clinic import Clinic, Patient
from club import GROUP, Club

from bot.core.inputs import AnswerAppeal, EndCare, Strike, TakeBack
from bot.core.state import ForRoom
from bot.core.values import ServiceId
from bot.usecases import peers
from bot.usecases.care import end_care, take_back
from bot.usecases.hosting import ask_their_team
from bot.usecases.house import House
from bot.usecases.promises import keep_due

Ending = Literal["discharged", "transferred", "died", "withdrawn"]
ENDINGS: tuple[Ending, ...] = ("discharged", "transferred", "died", "withdrawn")


@pytest.fixture
async def club(clinic: Clinic) -> Club:
    return Club(clinic)


async def opens_choices(patient: Patient) -> None:
    if isinstance((await patient.state()).wait, ForRoom):
        await patient.says("I want to kill myself")  # nothing less leads on from there
        for key in ("yes", "yes", "phone", "menu:menu"):
            await patient.presses(key)
    await patient.presses("menu:more")
    await patient.presses("menu:choices")


async def ends(patient: Patient, how: Ending) -> None:
    clinic = patient.clinic
    if how == "withdrawn":
        await opens_choices(patient)
        await patient.presses("stop:care")
        await patient.presses("withdraw:yes")
    else:
        place = "Harbour Clinic" if how == "transferred" else ""
        await end_care(clinic.house, clinic.service.id, patient.id, EndCare(how, clinic.therapist.id, place))
    await clinic.settle()


async def is_taken_back(patient: Patient) -> None:
    clinic = patient.clinic
    await take_back(clinic.house, clinic.service.id, patient.id, TakeBack(clinic.duty.id))
    await clinic.settle()


# -- a host is worried --------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ENDINGS)
async def test_a_host_who_is_worried_is_heard_and_promises_no_team_where_there_is_none(
    club: Club, how: Ending
) -> None:
    heron = await club.comes("Heron")
    seq = await club.posts(heron)
    await ends(heron, how)
    await heron.catches_up()
    before = len(heron.seen)
    once = club.house.ids.new()
    await ask_their_team(club.house, club.service.id, club.first, seq, club.host, once)
    await club.clinic.settle()
    (alert,) = [alert for alert in await heron.alerts() if alert.concern == "risk"]
    assert alert.owner is None
    await heron.catches_up()
    said = " ".join(message.shown.text for message in heron.seen[before:])
    assert "Your team next reads" not in said and "your own team" not in said
    assert ("A host of the group read your post" in said) == (how != "died")
    assert (len(heron.seen) > before) == (how != "died")


# -- pauses -------------------------------------------------------------------------------------------


async def test_a_pause_that_is_taken_back_after_care_has_ended_is_over_when_they_come_back(
    club: Club,
) -> None:
    heron = await club.comes("Heron")
    await club.hears(Strike(heron.id, club.host, "unkind"))
    assert (await heron.state()).barred_at(club.house.clock.now()) is not None
    await peers.appeal(club.house, club.said(heron, "It was a joke"), club.first, None)
    await club.clinic.settle()
    await ends(heron, "discharged")
    await heron.catches_up()
    before = len(heron.seen)
    (number,) = [n for n, case in (await club.room()).cases.items() if case.kind == "appeal"]
    await club.hears(AnswerAppeal(number, club.other, uphold=False))
    await heron.catches_up()
    assert len(heron.seen) == before
    await is_taken_back(heron)
    assert (await heron.state()).barred_at(club.house.clock.now()) is None


async def test_a_pause_after_care_has_ended_stands_when_they_come_back(club: Club) -> None:
    heron = await club.comes("Heron")
    await club.posts(heron)
    await ends(heron, "discharged")
    await heron.catches_up()
    before = len(heron.seen)
    await club.hears(Strike(heron.id, club.host, "unkind"))
    await heron.catches_up()
    assert len(heron.seen) == before
    await is_taken_back(heron)
    assert (await heron.state()).barred_at(club.house.clock.now()) is not None
    await heron.catches_up()
    await heron.chooses("Talk to others like me")
    await heron.presses("group:new-to-it")
    assert "A host has paused you in groups" in await club.told(heron)


# -- into a room that they have left already ----------------------------------------------------------


async def keeps_nothing(house: House, service: ServiceId, dedupe: str) -> None:
    """A process that was killed right after its commits."""


@asynccontextmanager
async def asking_is_put_off(club: Club) -> AsyncIterator[Patient]:
    """Somebody asks to come in, and until the end of this no process takes that to the room."""
    clinic, outbox = club.clinic, club.house.record.outbox
    keep, clinic.house.keep_promise = clinic.house.keep_promise, keeps_nothing
    patient = await club.comes("Heron")
    clinic.house.keep_promise = keep
    (task,) = await outbox.claim(
        club.service.id, clinic.clock.now(), most=8, lease_s=600.0, kinds=frozenset({"admit"})
    )
    yield patient
    await outbox.give_back(club.service.id, task)
    await keep_due(club.house, clinic.only)
    await clinic.settle()


@pytest.mark.parametrize("how", ["left", *ENDINGS])
async def test_whoever_is_let_in_after_they_had_left_stays_in_no_room(
    club: Club, how: Literal["left"] | Ending
) -> None:
    async with asking_is_put_off(club) as heron:
        if how == "left":
            await opens_choices(heron)
            await heron.presses("stop:groups")
        else:
            await ends(heron, how)
        assert (await heron.state()).rooms[GROUP].status == "left"
        assert heron.id not in (await club.room()).members
    assert heron.id in (await club.room()).members
    assert await club.rooms_of(heron) == []
    assert (await heron.state()).rooms[GROUP].status == "left"
