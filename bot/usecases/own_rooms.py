"""The groups that somebody is in, as they themselves see them: what they missed, what they muted, whether they rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from bot.core.library import Group
from bot.core.service import Service
from bot.core.state import Conversation, Membership
from bot.core.values import LineId
from bot.ports import Missed, RoomSeen
from bot.usecases.house import House
from bot.usecases.hub import Delivered

WINDOW = 100
"""So many of a room's newest posts are brought at least; whoever wants more asks for them."""
STEP = 50

NOTHING = Missed(posts=0, people=0, mentions=0, replies=0, first=0)


@dataclass(frozen=True)
class OwnRoom:
    """``title``: in their language. ``membership``: None where their own Line has not heard of it yet."""

    seen: RoomSeen
    title: str
    group: Group | None
    missed: Missed = NOTHING
    membership: Membership | None = None
    resting: bool = False
    paused: bool = False


@dataclass(frozen=True)
class OwnRooms:
    rooms: tuple[OwnRoom, ...] = ()
    muted_words: Mapping[UUID, str] = field(default_factory=dict)
    shows_typing: bool = False


async def rooms_of(
    house: House, service: Service, patient: LineId, state: Conversation | None, language: str
) -> OwnRooms:
    peers, now = house.record.peers, house.clock.now()
    seen = await peers.rooms_of(service.id, patient)
    if state is None:
        return OwnRooms()
    missed = await peers.missed(service.id, patient) if seen else {}
    words = await _muted_words(house, service, patient, state)
    barred = state.barred_at(now) is not None
    rooms = []
    for room in seen:
        group = house.shelf.library.group(room.group, language)
        mine = next((m for m in state.rooms.values() if m.room == room.id), None)
        resting = mine is not None and mine.rests(now)
        rooms.append(
            OwnRoom(
                room,
                group.title if group is not None else service.name,
                group,
                NOTHING if resting else missed.get(room.id, NOTHING),
                mine,
                resting,
                paused=barred or room.paused,
            )
        )
    return OwnRooms(tuple(rooms), words, state.shows_typing)


async def _muted_words(
    house: House, service: Service, patient: LineId, state: Conversation
) -> Mapping[UUID, str]:
    stored = await house.record.lines.load(service.id, patient) if state.muted_words else None
    if stored is None or stored.wrapped_key is None:
        return {}
    key = house.vault.open_key(patient, stored.wrapped_key, stored.key_id)
    sealed = await house.record.lines.words(service.id, patient, state.muted_words)
    return {word.id: house.vault.unseal(key, word) for word in sealed}


def window_from(head: int) -> int:
    """From which post on a room is brought: the same for all who come at the same time, so that it is read once.

    >>> [window_from(head) for head in (0, 30, 149, 150, 260)]
    [1, 1, 1, 51, 151]
    """
    return max(head - WINDOW, 0) // STEP * STEP + 1


def news_to(post: Delivered, after: int) -> bool:
    """Whether somebody who has all posts up to ``after`` may not have this one as it is now.

    What was hidden or pressed while they were away does not stay on their screen as it was.
    """
    as_it_came = post.status == "shown" and not post.reactions and post.shown_at == post.at
    return post.seq > after or not as_it_came
