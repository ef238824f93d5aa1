"""A group has as many rooms as it needs: a list of who waits, the next room for them, one name for one person."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import pytest
from clinic import Clinic, Patient
from sqlalchemy import text

from bot.adapters.postgres.engine import Database
from bot.core.errors import Refused
from bot.core.inputs import AnswerJoining, EndCare, Leave, Moderate, Strike
from bot.core.library import Library
from bot.core.room import Room, room_id
from bot.core.values import LineId, ServiceId
from bot.usecases import peers, rooms
from bot.usecases.care import end_care
from bot.usecases.house import House
from bot.usecases.publish import publish
from bot.usecases.room_turns import standing_of, tell_room
from bot.usecases.rooms import open_another
from bot.usecases.turn import Inbound

GROUP = "copd"


@dataclass
class Group:
    clinic: Clinic

    @property
    def first(self) -> LineId:
        return self.clinic.service.rooms[GROUP]

    @property
    def second(self) -> LineId:
        return room_id(self.clinic.service.id, GROUP, 2)

    async def room(self, line: LineId) -> Room:
        state = await standing_of(self.clinic.house, self.clinic.service.id, line)
        assert state is not None
        return state

    async def comes(self, name: str, **more: Any) -> Patient:
        patient = await self.clinic.join("copd", **more)
        await self.asks(patient, name)
        return patient

    async def asks(self, patient: Patient, name: str) -> None:
        await patient.chooses("Talk to others like me")
        await patient.presses(f"group:{GROUP}")
        await patient.presses("join")
        await patient.says(name)
        await self.clinic.settle()

    async def places_of(self, patient: Patient) -> list[LineId]:
        """The rooms in which they are a member; their own Line knows the same one."""
        found = await self.clinic.house.record.peers.rooms_of(self.clinic.service.id, patient.id)
        mine = (await patient.state()).rooms[GROUP]
        assert [room.id for room in found] == ([mine.room] if mine.status == "member" else [])
        return [room.id for room in found]

    async def in_first(self) -> set[LineId]:
        room = await self.room(self.first)
        return {p for p, m in room.members.items() if m.status == "member"}


@pytest.fixture
async def group(clinic: Clinic, library: Library, database: Database) -> AsyncIterator[Group]:
    """Rooms of two, and another one for two who wait; the shipped library is in force again afterwards."""
    numbers = library.policy.groups.model_copy(update={"size": 2, "enough_to_open": 2})
    policy = library.policy.model_copy(update={"groups": numbers})
    groups = {
        key: g.model_copy(update={"size": None}) if g.id == GROUP else g for key, g in library.groups.items()
    }
    await publish(clinic.house, library.model_copy(update={"policy": policy, "groups": groups}), "tests")
    yield Group(clinic)
    await publish(clinic.house, library, "tests")
    async with database.transaction() as c:
        await c.execute(text("UPDATE release SET put_at = '2026-01-01'"))  # each test has a clock of its own


async def read(patient: Patient) -> str:
    """All that stands in their chat."""
    await patient.catches_up()
    return "\n".join(m.shown.text for m in patient.seen)


async def test_who_finds_the_room_full_is_on_the_list_and_told_so(group: Group) -> None:
    for name in ("Heron", "Wren"):
        await group.comes(name)
    third = await group.comes("Robin")
    assert (await group.room(group.first)).waiting == (third.id,)
    assert "You are on the list" in await read(third)
    assert not any(m.shown.room for m in third.seen)


async def test_a_place_that_becomes_free_goes_to_the_first_on_the_list(group: Group) -> None:
    heron = await group.comes("Heron")
    await group.comes("Wren")
    robin = await group.comes("Robin")
    said = Inbound(group.clinic.service.id, heron.id, uuid4())
    await peers.leave(group.clinic.house, said, group.first, take_posts=False)
    await group.clinic.settle()
    assert robin.id in await group.in_first()
    await robin.catches_up()
    assert any(m.shown.room == str(group.first) for m in robin.seen)


async def test_enough_who_wait_open_the_next_room_and_come_in_together(group: Group) -> None:
    for name in ("Heron", "Wren"):
        await group.comes(name)
    third, fourth = await group.comes("Robin"), await group.comes("Finch")
    second = await group.room(group.second)
    assert {p for p, m in second.members.items() if m.status == "member"} == {third.id, fourth.id}
    assert (await group.room(group.first)).waiting == ()
    await third.catches_up()
    assert any(m.shown.room == str(group.second) for m in third.seen)


async def test_who_gets_onto_the_list_while_the_next_room_opens_does_not_stay_on_it(
    group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("Heron", "Wren", "Robin", "Finch"):
        await group.comes(name)
    record = group.clinic.house.record.peers
    ask, times = record.rooms, 0

    async def as_it_was_before(*of: Any) -> Any:
        nonlocal times
        times += 1
        found = await ask(*of)
        return found[:1] if times == 1 else found

    said = Inbound(group.clinic.service.id, (await group.comes("Plover")).id, uuid4())
    await peers.leave(group.clinic.house, said, group.second, take_posts=False)
    await group.clinic.settle()
    late = await group.clinic.join("copd")
    monkeypatch.setattr(record, "rooms", as_it_was_before)
    await group.asks(late, "Bittern")
    assert times > 1
    assert (await group.room(group.first)).waiting == ()
    assert late.id in (await group.room(group.second)).members


async def test_who_gets_a_place_while_the_next_room_opens_is_in_that_room_alone(
    group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    heron, _ = [await group.comes(name) for name in ("Heron", "Wren")]
    robin = await group.comes("Robin")
    read, house, service = rooms.standing_of, group.clinic.house, group.clinic.service.id

    async def and_then_somebody_leaves(*of: Any) -> Room | None:
        """Once the list has been read for the next room."""
        state = await read(*of)
        opened = len(await house.record.peers.rooms(service, GROUP)) > 1
        if opened and state is not None and len(state.next_in) == 2:
            await tell_room(house, service, group.first, Leave(heron.id))
        return state

    monkeypatch.setattr(rooms, "standing_of", and_then_somebody_leaves)
    finch = await group.comes("Finch")
    assert robin.id in await group.in_first()
    assert await group.places_of(robin) == [group.first]
    assert await group.places_of(finch) == [group.second]


async def keeps_nothing(house: House, service: ServiceId, dedupe: str) -> None:
    """A process that was killed right after its commits."""


async def test_who_is_on_the_way_to_the_next_room_comes_there_although_a_process_dies(group: Group) -> None:
    heron, _ = [await group.comes(name) for name in ("Heron", "Wren")]
    robin, clinic = await group.comes("Robin"), group.clinic
    killed = replace(clinic.house, keep_promise=keeps_nothing)
    await open_another(killed, clinic.service.id, GROUP, 2)
    await tell_room(clinic.house, clinic.service.id, group.first, Leave(heron.id))
    await open_another(clinic.house, clinic.service.id, GROUP, 2)
    await clinic.work()
    assert len(await group.places_of(robin)) == 1


@pytest.mark.parametrize("how", ["left", "discharged", "transferred", "died"])
async def test_who_leaves_on_the_way_to_the_next_room_is_in_none(group: Group, how: str) -> None:
    for name in ("Heron", "Wren"):
        await group.comes(name)
    robin, clinic = await group.comes("Robin"), group.clinic
    killed = replace(clinic.house, keep_promise=keeps_nothing)
    await open_another(killed, clinic.service.id, GROUP, 2)
    (task,) = await clinic.house.record.outbox.claim(
        clinic.service.id, clinic.clock.now(), most=8, lease_s=600.0, kinds=frozenset({"admit"})
    )
    if how == "left":
        said = Inbound(clinic.service.id, robin.id, uuid4())
        await peers.leave(clinic.house, said, group.first, take_posts=False)
    else:
        ending = EndCare(how, clinic.therapist.id, "Harbour Clinic" if how == "transferred" else "")  # type: ignore[arg-type]
        await end_care(clinic.house, clinic.service.id, robin.id, ending)
    await clinic.settle()
    await clinic.house.record.outbox.give_back(clinic.service.id, task)
    await clinic.work()
    assert robin.id in (await group.room(group.second)).members
    assert await clinic.house.record.peers.rooms_of(clinic.service.id, robin.id) == []


async def test_who_comes_later_is_let_into_the_room_that_has_a_place(group: Group) -> None:
    people = [await group.comes(name) for name in ("Heron", "Wren", "Robin", "Finch")]
    said = Inbound(group.clinic.service.id, people[0].id, uuid4())
    await peers.leave(group.clinic.house, said, group.first, take_posts=False)
    await group.clinic.settle()
    late = await group.comes("Plover")
    assert late.id in await group.in_first()


async def test_a_name_that_looks_like_anothers_is_asked_for_again(group: Group) -> None:
    await group.comes("Robin")
    second = await group.comes("R0bin")
    assert second.id not in await group.in_first()
    assert "Please choose another" in await read(second)
    await second.says("Plover")
    await group.clinic.settle()
    assert second.id in await group.in_first()


async def test_ones_own_name_is_not_a_made_up_one(group: Group) -> None:
    sam = await group.comes("sam carter")
    assert sam.id not in await group.in_first()
    assert "Please choose another" in await read(sam)
    await sam.says("Samphire")
    await group.clinic.settle()
    assert sam.id in await group.in_first()
    assert "There you are Samphire." in await read(sam)


async def test_who_was_paused_under_another_record_waits_for_a_host(group: Group) -> None:
    clinic, host = group.clinic, group.clinic.host.id
    before = await group.comes("Heron", contact="heron@patients.example", pin="2468")
    await tell_room(clinic.house, clinic.service.id, group.first, Strike(before.id, host, "unkind"))
    await clinic.settle()
    again = await group.comes("Plover", contact="heron@patients.example", pin="1357")
    room = await group.room(group.first)
    assert room.members[again.id].status == "waiting"
    assert [c.kind for c in room.cases.values()] == ["joining"]
    await tell_room(clinic.house, clinic.service.id, group.first, AnswerJoining(again.id, host, let_in=True))
    await clinic.settle()
    assert again.id in await group.in_first()


async def test_who_is_paused_by_a_host_is_paused_in_every_group_and_told_until_when(group: Group) -> None:
    clinic, host = group.clinic, group.clinic.host.id
    heron = await group.comes("Heron")
    await tell_room(clinic.house, clinic.service.id, group.first, Strike(heron.id, host, "unkind"))
    await clinic.settle()
    assert "you cannot write in groups until" in await read(heron)
    await heron.chooses("Talk to others like me")
    await heron.presses("group:new-to-it")
    assert "A host has paused you in groups" in await read(heron)


async def test_who_is_paused_by_a_host_presses_nothing_in_any_group(group: Group) -> None:
    clinic, host = group.clinic, group.clinic.host.id
    heron, wren = await group.comes("Heron"), await group.comes("Wren")
    elsewhere = clinic.service.rooms["new-to-it"]
    for who, name in ((heron, "Heron"), (wren, "Wren")):
        await who.chooses("Talk to others like me")
        await who.presses("group:new-to-it")
        await who.presses("join")
        await who.says(name)
        await clinic.settle()
    said = Inbound(clinic.service.id, wren.id, uuid4(), text="Good morning")
    await peers.post(clinic.house, said, elsewhere)
    await clinic.settle()
    await tell_room(clinic.house, clinic.service.id, elsewhere, Moderate(1, host, "release"))
    await tell_room(clinic.house, clinic.service.id, group.first, Strike(heron.id, host, "unkind"))
    await clinic.settle()
    pressed = Inbound(clinic.service.id, heron.id, uuid4())
    with pytest.raises(Refused, match="barred"):
        await peers.react(clinic.house, pressed, elsewhere, 1, "hug", on=True)


async def test_who_takes_their_posts_along_leaves_none_to_read(group: Group) -> None:
    clinic = group.clinic
    heron = await group.comes("Heron")
    said = Inbound(clinic.service.id, heron.id, uuid4(), text="Hello from the stairs")
    await peers.post(clinic.house, said, group.first)
    await clinic.settle()
    gone = Inbound(clinic.service.id, heron.id, uuid4())
    await peers.leave(clinic.house, gone, group.first, take_posts=True)
    await clinic.settle()
    (post,) = await clinic.house.record.peers.posts(clinic.service.id, group.first, 0)
    assert post.status == "withdrawn"
