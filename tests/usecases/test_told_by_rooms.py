"""What a room decides reaches whom it is about, in their own chat; what somebody says there reaches a person."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from clinic import Clinic
from club import GROUP, Club
from sqlalchemy import text

from bot.adapters.postgres.engine import Database
from bot.core.errors import Refused
from bot.core.inputs import Admit, AnswerAppeal, AnswerJoining, Moderate, Strike
from bot.core.library import Library
from bot.core.room import room_id
from bot.usecases import peers
from bot.usecases.publish import publish
from bot.usecases.room_turns import tell_room
from bot.usecases.rooms import open_room

CRISIS = "I want to kill myself"


@pytest.fixture
async def club(clinic: Clinic) -> Club:
    return Club(clinic)


@pytest.fixture
async def narrow(clinic: Clinic, library: Library, database: Database) -> AsyncIterator[Club]:
    """Rooms of one, and another one for two who wait; the shipped library is in force again afterwards."""
    numbers = library.policy.groups.model_copy(update={"size": 1, "enough_to_open": 2})
    policy = library.policy.model_copy(update={"groups": numbers})
    groups = {
        key: g.model_copy(update={"size": None}) if g.id == GROUP else g for key, g in library.groups.items()
    }
    await publish(clinic.house, library.model_copy(update={"policy": policy, "groups": groups}), "tests")
    yield Club(clinic)
    await publish(clinic.house, library, "tests")
    async with database.transaction() as c:
        await c.execute(text("UPDATE release SET put_at = '2026-01-01'"))  # each test has a clock of its own


async def test_a_pause_by_a_host_that_follows_one_by_flags_holds_in_every_group(club: Club) -> None:
    heron = await club.comes("Heron")
    others = [await club.comes(name) for name in ("Wren", "Plover", "Robin", "Finch", "Siskin")]
    await club.posts(heron)
    await peers.post(club.house, club.said(heron, "And good evening"), club.first)
    await club.clinic.settle()
    seq = (await club.room()).seq
    for other in others:
        await peers.report(club.house, club.said(other), club.first, seq)
        await club.clinic.settle()
    assert "Several people in the group asked" in await club.told(heron)
    await club.hears(Strike(heron.id, club.host, "unkind"))
    assert "you cannot write in groups until" in await club.told(heron)
    assert (await heron.state()).barred


async def test_whoever_is_turned_away_hears_it_and_may_ask_again(club: Club) -> None:
    before = await club.comes("Heron", contact="heron@patients.example", pin="2468")
    await club.hears(Strike(before.id, club.host, "unkind"))
    again = await club.comes("Plover", contact="heron@patients.example", pin="1357")
    await club.hears(AnswerJoining(again.id, club.host, let_in=False))
    assert "you cannot come into" in await club.told(again)
    assert (await again.state()).rooms[GROUP].status == "left"
    await club.asks(again, "Dipper")
    assert [case.kind for case in (await club.room()).cases.values()] == ["joining"]


async def test_whoever_leaves_the_list_of_the_next_room_is_in_no_room_later(narrow: Club) -> None:
    club, second = narrow, room_id(narrow.service.id, GROUP, 2)
    await club.comes("Heron")
    wren, plover = await club.comes("Wren"), await club.comes("Plover")
    assert await club.rooms_of(wren) == [second]
    listed = (await plover.state()).rooms[GROUP]
    assert (listed.status, listed.room) == ("waiting", second)
    for patient in (plover, wren):
        await peers.leave(club.house, club.said(patient), second, take_posts=False)
        await club.clinic.settle()
    assert await club.rooms_of(plover) == []


async def test_whom_a_host_lets_in_late_goes_to_the_room_that_opened_meanwhile(narrow: Club) -> None:
    club, second = narrow, room_id(narrow.service.id, GROUP, 2)
    heron = await club.comes("Heron", contact="heron@patients.example", pin="2468")
    await club.hears(Strike(heron.id, club.host, "unkind"))
    dipper = await club.comes("Dipper", contact="heron@patients.example", pin="1357")
    wren, plover = await club.comes("Wren"), await club.comes("Plover")
    assert await club.rooms_of(wren) == [second]
    for patient in (wren, plover):
        await peers.leave(club.house, club.said(patient), second, take_posts=False)
        await club.clinic.settle()
    await club.hears(AnswerJoining(dipper.id, club.host, let_in=True))
    assert await club.rooms_of(dipper) == [second]
    assert (await club.room()).waiting == ()


async def test_whoever_left_before_a_room_let_them_in_leaves_that_room_too(club: Club) -> None:
    heron = await club.comes("Heron")
    word = (await heron.state()).rooms[GROUP].pseudonym
    await peers.leave(club.house, club.said(heron), club.first, take_posts=False)
    await club.clinic.settle()
    second = await open_room(club.house, club.service.id, GROUP, 2)
    await tell_room(club.house, club.service.id, second, Admit(heron.id, word))
    await club.clinic.settle()
    assert await club.rooms_of(heron) == []
    assert (await heron.state()).rooms[GROUP].status == "left"


@pytest.mark.parametrize("how", ["left", "paused"])
async def test_words_of_crisis_are_heard_although_no_room_takes_them(club: Club, how: str) -> None:
    heron = await club.comes("Heron")
    if how == "left":
        await peers.leave(club.house, club.said(heron), club.first, take_posts=False)
        await club.clinic.settle()
    else:
        await club.hears(Strike(heron.id, club.host, "unkind"))
    with pytest.raises(Refused):
        await peers.post(club.house, club.said(heron, "Good morning"), club.first)
    assert await heron.alerts() == []
    await peers.post(club.house, club.said(heron, CRISIS), club.first)
    await club.clinic.settle()
    assert [alert.concern for alert in await heron.alerts()] == ["risk"]
    await heron.catches_up()
    assert any(m.shown.urgent for m in heron.seen)
    assert (await club.room()).seq == 0


async def test_a_report_of_somebody_who_leaves_at_once_reaches_a_host(club: Club) -> None:
    heron, wren = await club.comes("Heron"), await club.comes("Wren")
    seq = await club.posts(heron)
    await peers.report(club.house, club.said(wren), club.first, seq, why="worried")
    await peers.leave(club.house, club.said(wren), club.first, take_posts=False)
    await club.clinic.settle()
    assert [(c.kind, c.why) for c in (await club.room()).cases.values()] == [("reported", "worried")]


async def test_what_somebody_says_to_no_decision_is_read_by_a_person(club: Club) -> None:
    heron = await club.comes("Heron")
    await peers.appeal(club.house, club.said(heron, "I was hidden a month ago"), club.first, 1)
    await club.clinic.settle()
    ((number, case),) = (await club.room()).cases.items()
    assert (case.kind, case.member) == ("complaint", heron.id)
    await club.hears(AnswerAppeal(number, club.other, uphold=True))
    assert "Somebody has looked at your complaint" in await club.told(heron)


async def test_what_is_said_after_an_appeal_is_read_by_a_person_too(club: Club) -> None:
    heron = await club.comes("Heron")
    seq = await club.posts(heron)
    await club.hears(Moderate(seq, club.host, "hide", "unkind"))
    for words in ("It was a joke", "I forgot to say that we are friends"):
        await peers.appeal(club.house, club.said(heron, words), club.first, seq)
        await club.clinic.settle()
    assert [case.kind for case in (await club.room()).cases.values()] == ["appeal", "complaint"]


@pytest.mark.parametrize(
    "name", ["Gary Sugden", "Fat idiot", "Stop your meds", "Mr Khan", "Sam", "S a m", "Sunny Sаm"]
)
async def test_no_name_says_what_a_post_may_not_say_nor_is_ones_own(club: Club, name: str) -> None:
    patient = await club.comes(name)
    assert await club.rooms_of(patient) == []
    assert "Please choose another" in await club.told(patient)
    await patient.says("Sunny")
    await club.clinic.settle()
    assert await club.rooms_of(patient) == [club.first]
