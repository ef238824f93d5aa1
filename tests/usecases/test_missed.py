"""What another process did and no hint told: looked up in the record while the bus is gone, and once when it is back."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import pytest_asyncio
from clinic import Clinic, Patient

from bot.adapters.bus import RedisBus
from bot.core.values import LineId, ServiceId
from bot.usecases import missed, peers, ways_in
from bot.usecases.erasing import erase
from bot.usecases.feeds import Feeds
from bot.usecases.hot import HotLines
from bot.usecases.house import House
from bot.usecases.hub import Hub, News
from bot.usecases.missed import Missed
from bot.usecases.turn import Inbound
from bot.usecases.working import follow
from bot.wiring import Urls

sys.path.insert(0, str(Path(__file__).parent.parent / "web"))

from peers import host_does, host_writes, member

NOBODY_THERE = "redis://127.0.0.1:1/"


class Elsewhere:
    """Another process on the same record, with listeners of its own."""

    def __init__(self, clinic: Clinic, bus: RedisBus) -> None:
        self.house: House = replace(clinic.house, hub=Hub(), hot=HotLines(), bus=bus)
        self.missed = Missed(self.house)
        self.service = clinic.service.id
        self.news: list[News] = []
        self.called = 0
        self._open = AsyncExitStack()

    def listens(self, line: LineId) -> None:
        self._open.enter_context(self.house.hub.listening(self.service, line, self.news.append))
        self._open.enter_context(self.house.hub.answering(self.service, line, self._call))

    def _call(self) -> None:
        self.called += 1

    async def looks(self) -> list[News]:
        self.news.clear()
        await self.missed.round()
        return list(self.news)

    async def close(self) -> None:
        await self._open.aclose()


@pytest_asyncio.fixture
async def deaf(clinic: Clinic) -> AsyncIterator[Elsewhere]:
    bus = RedisBus(NOBODY_THERE)
    elsewhere = Elsewhere(clinic, bus)
    yield elsewhere
    await elsewhere.close()
    await bus.close()


@pytest_asyncio.fixture
async def hearing(clinic: Clinic, urls: Urls) -> AsyncIterator[Elsewhere]:
    bus = RedisBus(urls.redis)

    async def listen() -> None:
        async for _ in bus.hints(lambda: [clinic.service.id]):
            pass

    listening = asyncio.create_task(listen())
    async with asyncio.timeout(10):
        while not bus.hears(clinic.service.id):
            await asyncio.sleep(0.005)
    elsewhere = Elsewhere(clinic, bus)
    yield elsewhere
    await elsewhere.close()
    listening.cancel()
    await asyncio.gather(listening, return_exceptions=True)
    await bus.close()


@pytest_asyncio.fixture
async def patient(clinic: Clinic) -> Patient:
    return await clinic.join()


async def test_without_a_bus_a_screen_hears_what_another_process_did(
    deaf: Elsewhere, patient: Patient
) -> None:
    deaf.listens(patient.id)
    await deaf.looks()
    changed = await patient.says("hello")
    assert changed.state is not None
    assert await deaf.looks() == [News(deaf.service, patient.id, changed.state.seq)]


async def test_it_hears_of_it_once(deaf: Elsewhere, patient: Patient) -> None:
    deaf.listens(patient.id)
    await patient.says("hello")
    assert len(await deaf.looks()) == 1
    assert await deaf.looks() == []


async def test_only_lines_that_somebody_listens_to_are_told(deaf: Elsewhere, patient: Patient) -> None:
    other = await patient.clinic.join()
    deaf.listens(other.id)
    await deaf.looks()
    await patient.says("hello")
    assert await deaf.looks() == []


async def test_a_memory_that_another_process_has_overtaken_is_forgotten(
    deaf: Elsewhere, patient: Patient
) -> None:
    hot = patient.clinic.house.hot.get((deaf.service, patient.id))
    assert hot is not None
    deaf.house.hot.place((deaf.service, patient.id)).line = replace(hot)
    deaf.listens(patient.id)
    await deaf.looks()
    assert deaf.house.hot.get((deaf.service, patient.id)) is not None
    await patient.says("hello")
    await deaf.looks()
    assert deaf.house.hot.get((deaf.service, patient.id)) is None


async def test_a_room_is_read_again_from_the_post_that_was_hidden(deaf: Elsewhere, clinic: Clinic) -> None:
    _, group = await member(clinic, "Robin")
    room = LineId(UUID(group))
    deaf.listens(room)
    for text in ("one", "two", "three"):
        await host_writes(clinic, group, text)
    await deaf.looks()
    await host_does(clinic, group, 1, "hide")
    assert await deaf.looks() == [News(deaf.service, room, 1)]


@pytest.mark.parametrize("how", ["took_posts", "erased", "left"])
async def test_what_somebody_takes_along_goes_from_the_screens_of_a_process_that_no_hint_told(
    deaf: Elsewhere, clinic: Clinic, how: str
) -> None:
    (author, group), (reader, _) = await member(clinic, "Robin"), await member(clinic, "Wren")
    room = LineId(UUID(group))
    await host_writes(clinic, group, "Good morning")
    for text in ("one", "two"):
        said = Inbound(clinic.service.id, author.id, uuid4(), text=text)
        await peers.post(clinic.house, said, room)
        await clinic.settle()
    await host_does(clinic, group, 2, "release")
    await host_writes(clinic, group, "Good evening")
    got: list[Any] = []
    with Feeds(deaf.house).following(clinic.service.id, room, reader.id, 4, got.append):
        await deaf.looks()
        await deaf.house.afterwards.settle()
        got.clear()
        if how == "erased":
            await erase(clinic.house, clinic.service.id, author.id, "operator")
        else:
            left = Inbound(clinic.service.id, author.id, uuid4())
            await peers.leave(clinic.house, left, room, take_posts=how == "took_posts")
        await clinic.settle()
        await deaf.looks()
        await deaf.house.afterwards.settle()
    told = {
        post.seq: (post.shown.text, post.status) for page in got if isinstance(page, tuple) for post in page
    }
    gone = {"took_posts": "withdrawn", "erased": "hidden"}
    taken = dict.fromkeys((2, 3), ("", gone[how])) if how in gone else {}
    assert {seq: post for seq, post in told.items() if seq in (2, 3)} == taken


async def test_what_was_hidden_just_before_the_first_look_is_not_missed(
    deaf: Elsewhere, clinic: Clinic
) -> None:
    _, group = await member(clinic, "Robin")
    room = LineId(UUID(group))
    for text in ("one", "two", "three"):
        await host_writes(clinic, group, text)
    deaf.listens(room)
    await host_does(clinic, group, 2, "hide")
    (news,) = await deaf.looks()
    assert news.seq <= 2


async def test_a_process_that_begins_asks_the_others_to_look(
    hearing: Elsewhere, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    hints: list[tuple[ServiceId, str]] = []
    monkeypatch.setattr(hearing.house.bus, "hint", lambda service, topic, _: hints.append((service, topic)))
    following = asyncio.create_task(follow(hearing.house, lambda what, error: None))
    await asyncio.sleep(0.05)
    following.cancel()
    await asyncio.gather(following, return_exceptions=True)
    assert (clinic.service.id, "missed") in hints


async def test_without_a_bus_the_desk_looks_for_itself(deaf: Elsewhere) -> None:
    desk = LineId(deaf.service)
    deaf.listens(desk)
    assert await deaf.looks() == [News(deaf.service, desk, 0)]


async def test_without_a_bus_a_session_that_ended_elsewhere_calls_its_screens_back_once(
    deaf: Elsewhere, patient: Patient
) -> None:
    deaf.listens(patient.id)
    await deaf.looks()
    await ways_in.sign_out(patient.clinic.house, patient.token)
    await deaf.looks()
    await deaf.looks()
    assert deaf.called == 1


async def test_while_hints_arrive_the_record_is_left_alone_until_one_may_have_been_missed(
    hearing: Elsewhere, patient: Patient
) -> None:
    hearing.listens(patient.id)
    await hearing.looks()
    await patient.says("hello")
    assert await hearing.looks() == []
    hearing.missed.ask(hearing.service)
    assert len(await hearing.looks()) == 1


async def test_an_open_room_is_looked_at_while_hints_arrive_and_nothing_else_is(
    hearing: Elsewhere, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever wrote there may have died before the hint."""
    someone, group = await member(clinic, "Robin")
    room = LineId(UUID(group))
    hearing.listens(room)
    hearing.listens(someone.id)
    await hearing.looks()
    with hearing.house.hub.room_open(hearing.service, room, hearing.news.append):
        await host_writes(clinic, group, "nobody was told of this")
        await someone.says("hello")
        assert await hearing.looks() == []
        monkeypatch.setattr(missed, "LOOK_AT_ROOMS_S", 0.0)
        hearing.missed.ask(hearing.service)
        await hearing.looks()
        await host_writes(clinic, group, "nor of this")
        await someone.says("hello again")
        (news,) = await hearing.looks()
        assert news.line == room
        assert await hearing.looks() == []
    await host_writes(clinic, group, "nobody looks any more")
    assert await hearing.looks() == []
