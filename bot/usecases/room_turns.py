"""What a room hears, and telling whoever looks at it, in every process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from bot.core.errors import Refused
from bot.core.facts import (
    Fact,
    OldPost,
    PostHidden,
    PostReacted,
    PostReleased,
    PostWithdrawn,
)
from bot.core.inputs import (
    Leave,
    Moderate,
    React,
    Report,
    RoomInput,
    Withdraw,
)
from bot.core.room import Room, handle_of
from bot.core.values import LineId, ServiceId
from bot.usecases.change import Changed, Once, hand_in
from bot.usecases.house import House
from bot.usecases.hub import News

OF_OLD_POSTS = (PostHidden, PostReleased, PostWithdrawn, PostReacted)


async def tell_room(
    house: House,
    service: ServiceId,
    room: LineId,
    heard: RoomInput,
    once: Once | None = None,
    acknowledge: Callable[[int], None] | None = None,
) -> Changed:
    """The room hears it, and whoever looks at the room is told where it changed."""
    changed = await hand_in(house, service, room, heard, once=once, acknowledge=acknowledge)
    told_again(house, service, room, changed.facts)
    if isinstance(heard, Leave) and heard.take_posts:
        await _told_of_taken(house, service, room, heard.patient)
    if changed.repeated and isinstance(heard, React | Withdraw):
        # Whoever did it may have died before telling the others.
        tell_again_from(house, service, room, heard.seq)
    return changed


async def _told_of_taken(house: House, service: ServiceId, room: LineId, author: LineId) -> None:
    """What somebody took along goes from the screens that are open, too."""
    for posted in await house.record.erasures.posted_in(service, author):
        if posted.room == room and posted.first:
            tell_again_from(house, service, room, posted.first)


def told_again(house: House, service: ServiceId, room: LineId, facts: tuple[Fact, ...]) -> None:
    """Old posts are others now: members' screens are sent each of them, in every process.

    Of a new one they hear with the room's turn itself.
    """
    for seq in sorted({f.seq for f in facts if isinstance(f, OF_OLD_POSTS)}):
        tell_again_from(house, service, room, seq)


def tell_again_from(house: House, service: ServiceId, room: LineId, seq: int) -> None:
    """This post is another one, and later ones may be shown no longer."""
    house.hub.tell(News(service, room, seq))
    house.bus.hint(service, "posts", {"line": str(room), "seq": seq})


def tell_typing(house: House, service: ServiceId, room: LineId, patient: LineId) -> None:
    """To those who look at the room, here and in other processes; kept nowhere."""
    who = handle_of(room, patient)
    house.hub.tell(News(service, room, 0, typing=who))
    house.bus.hint(service, "typing", {"line": str(room), "who": str(who)})


async def of_any_age(
    house: House,
    service: ServiceId,
    room: LineId,
    heard: Moderate | Report | Withdraw,
    once: Once | None = None,
    acknowledge: Callable[[int], None] | None = None,
) -> Changed:
    """Of a post that the room has let go of it is told how it stands. Raises Refused('post_gone') for one that never was."""
    try:
        return await tell_room(house, service, room, heard, once, acknowledge)
    except Refused as gone:
        old = await _old_post(house, service, room, heard.seq) if gone.code == "post_gone" else None
        if old is None:
            raise
        return await tell_room(house, service, room, replace(heard, old=old), once, acknowledge)


async def _old_post(house: House, service: ServiceId, room: LineId, seq: int) -> OldPost | None:
    """How a post stands that the room may have let go of."""
    post = await house.record.peers.post(service, room, seq)
    if post is None:
        return None
    return OldPost(author=post.author, status=post.status, at=post.at, shown_at=post.shown_at)  # type: ignore[arg-type]


async def standing_of(house: House, service: ServiceId, room: LineId) -> Room | None:
    stored = await house.record.lines.load(service, room)
    if stored is None or stored.kind != "group":
        return None
    return Room.from_rows(stored.state, stored.members)
