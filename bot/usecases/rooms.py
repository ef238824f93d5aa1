"""A group's rooms: opened when they are needed, and people let into them."""

from __future__ import annotations

from uuid import UUID

from bot.core.errors import Refused
from bot.core.facts import (
    MemberWaits,
)
from bot.core.inputs import (
    Admit,
    Leave,
    Open,
)
from bot.core.posts import seen_alike
from bot.core.room import Room, room_id
from bot.core.room.members import group_named, has_a_place
from bot.core.state import Conversation
from bot.core.values import LineId, ServiceId, WordId
from bot.usecases.change import Once, change
from bot.usecases.house import House
from bot.usecases.room_turns import standing_of, tell_room

PSEUDONYM = b"pseudonym"


async def open_room(house: House, service: ServiceId, group: str, n: int = 1) -> LineId:
    """Begin the n-th room of the group, once."""
    line = room_id(service, group, n)
    if await house.record.lines.load(service, line) is None:
        key, key_id = house.vault.new_key(line)
        await house.record.lines.open(service, line, "group", Room().json(), key, key_id)

    async def prepare(room: Room) -> Open:
        if room.group:
            raise Refused("already_open")
        return Open(group, n)

    try:
        await change(house, service, line, prepare)
    except Refused as known:
        if known.code != "already_open":
            raise
    return line


async def admit(
    house: House,
    service: ServiceId,
    group: str,
    patient: LineId,
    word: WordId,
    once: UUID,
    *,
    moved: bool = False,
) -> None:
    """Into the first of the group's rooms that has a place, or on the list of its newest. Twice is once, wherever it was.

    ``moved``: from the list of another room, where a host has looked if one had to. Whoever was erased comes in nowhere.
    """
    asked = await house.record.peers.asked(service, patient, group)
    rooms = [room.id for room in await house.record.peers.rooms(service, group)]
    name = await _name_index(house, service, patient, word)
    if name is None:
        return
    known = not moved and await _paused_elsewhere(house, service, patient)
    for room in [asked] if asked is not None else rooms:
        heard = Admit(patient, word, name, known)
        if room != rooms[-1] and room != asked and not await _has_a_place(house, service, room):
            continue
        changed = await tell_room(house, service, room, heard, Once(once, b"promise"))
        if changed.repeated or any(isinstance(fact, MemberWaits) for fact in changed.facts):
            await _go_on_from(house, service, group, room, patient)
        return


async def _go_on_from(house: House, service: ServiceId, group: str, room: LineId, patient: LineId) -> None:
    """Who opened the next room while they asked may have read this one's list before they stood on it."""
    newest = (await house.record.peers.rooms(service, group))[-1].id
    state = await standing_of(house, service, room)
    if newest != room and state is not None and patient in state.next_in:
        await tell_room(house, service, room, Leave(patient, moved=True))


async def _has_a_place(house: House, service: ServiceId, room: LineId) -> bool:
    """Whether it would take somebody in, without asking it to."""
    state, library = await standing_of(house, service, room), house.shelf.library
    if state is None:
        return False
    return has_a_place(state, group_named(library.groups, state.group), library.policy.groups)


async def open_another(house: House, service: ServiceId, group: str, n: int) -> None:
    """The group's next room, for those who wait in the one before it: they come in together. Whom a host looks at first
    stays."""
    await open_room(house, service, group, n)
    await let_next_go_on(house, service, group, room_id(service, group, n - 1))


async def let_next_go_on(house: House, service: ServiceId, group: str, before: LineId) -> None:
    """Where there is a newer room, the first who waits in this one is let go, with a promise in the same commit that brings
    them there and then lets the next one go: in order, and nobody falls between. Who got a place here meanwhile stays."""
    newest = (await house.record.peers.rooms(service, group))[-1].id
    state = await standing_of(house, service, before) if newest != before else None
    for patient in state.next_in if state is not None else ():
        if (await tell_room(house, service, before, Leave(patient, moved=True))).facts:
            return


async def _name_index(house: House, service: ServiceId, patient: LineId, word: WordId) -> str | None:
    """By which two names that look alike are one. Keyed, so that it tells nobody what they are called. None: it is gone."""
    stored = await house.record.lines.load(service, patient)
    sealed = await house.record.lines.words(service, patient, (word,))
    if stored is None or stored.wrapped_key is None or not sealed:
        return None
    key = house.vault.open_key(patient, stored.wrapped_key, stored.key_id)
    plain = seen_alike(house.vault.unseal(key, sealed[0]))
    return house.vault.sign(PSEUDONYM, plain.encode()).hex()[:24]


async def _paused_elsewhere(house: House, service: ServiceId, patient: LineId) -> bool:
    """Whether somebody who was paused in this service's groups, under another record, has the same address."""
    for other in await house.record.contacts.same(service, patient):
        stored = await house.record.lines.load(service, other)
        if stored is not None and stored.kind == "patient":
            state = Conversation.from_json(stored.state)
            if state.barred_at(house.clock.now()) is not None:
                return True
    return False
