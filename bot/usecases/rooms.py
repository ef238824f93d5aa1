"""Peer groups from outside their Lines: reading posts, opening rooms, hosts at work, telling members live."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid5

from msgspec import structs

from bot.core.errors import Refused
from bot.core.facts import Fact, PostHidden, PostReleased
from bot.core.inputs import HostSaid, Moderate, Open
from bot.core.room import Room
from bot.core.service import Service
from bot.core.shown import Shown
from bot.core.values import LineId, ServiceId, StaffId
from bot.ports import PostSeen
from bot.usecases.change import Changed, Once, change, hand_in
from bot.usecases.house import House
from bot.usecases.hub import Delivered, News


def room_id(service: ServiceId, group: str) -> LineId:
    """A service's room for a group of the content: the same id every time."""
    return LineId(uuid5(service, f"group:{group}"))


async def open_room(house: House, service: Service, group: str) -> LineId:
    """Begin the group's Line, once."""
    line = room_id(service.id, group)
    if await house.record.lines.load(service.id, line) is None:
        key, key_id = house.vault.new_key(line)
        await house.record.lines.open(service.id, line, "group", Room().json(), key, key_id)

    async def prepare(room: Room) -> Open:
        if room.group:
            raise Refused("already_open")
        return Open(group)

    try:
        await change(house, service.id, line, prepare)
    except Refused as known:
        if known.code != "already_open":
            raise
    return line


PAGE = 200
Keys = dict[LineId, Any]


async def posts_since(
    house: House, service: ServiceId, room: LineId, after: int, reader: LineId
) -> tuple[Delivered, ...]:
    """One page of a room's posts as a member sees them: what is shown, and their own held ones."""
    posts = await posts_opened(house, service, room, after)
    return tuple(seen for post in posts if (seen := as_seen_by(post, reader)) is not None)


def as_seen_by(post: Delivered, reader: LineId | None) -> Delivered | None:
    """Of a hidden post its place stays; a held one is there for its author alone. ``reader`` None: none of the authors."""
    if post.status == "held" and post.author != reader:
        return None
    return post if post.status != "hidden" else structs.replace(post, shown=Shown(text=""))


async def posts_opened(
    house: House, service: ServiceId, room: LineId, after: int, keys: Keys | None = None
) -> tuple[Delivered, ...]:
    """One page of a room's posts with all their words, for hosts. ``keys``: those that are open, and from here on more."""
    seen = await house.record.reading.posts(service, room, after, most=PAGE)
    keys = {} if keys is None else keys
    await _open_keys(house, service, seen, keys)
    out = []
    for p in seen:
        text = house.vault.unseal(keys[p.word.owner], p.word) if p.word else ""
        name = house.vault.unseal(keys[p.pseudonym.owner], p.pseudonym) if p.pseudonym else None
        out.append(_as_delivered(room, p, text, name))
    return tuple(out)


def _as_delivered(room: LineId, p: PostSeen, text: str, name: str | None) -> Delivered:
    return Delivered(
        seq=p.seq,
        sender="host" if p.author is None else "member",
        shown=Shown(text=text),
        at=p.at,
        room=room,
        author=p.author,
        staff=p.staff,
        name=name,
        status=p.status if p.word is not None else "hidden",  # type: ignore[arg-type]
    )


async def _open_keys(house: House, service: ServiceId, posts: Sequence[PostSeen], keys: Keys) -> None:
    """Those of the posts' words: the record is asked for what neither is open here nor belongs to a Line in memory."""
    owners = {w.owner for p in posts for w in (p.word, p.pseudonym) if w is not None}
    for line in owners - keys.keys():
        hot = house.hot.get((service, line))
        if hot is not None:
            keys[line] = hot.key
    if missing := owners - keys.keys():
        wrapped = await house.record.reading.keys(service, sorted(missing, key=str))
        keys.update(
            {line: house.vault.open_key(line, key, key_id) for line, (key, key_id) in wrapped.items()}
        )


async def tell_room(house: House, service: ServiceId, room: LineId, facts: tuple[Fact, ...]) -> None:
    """An old post is another one now: members' screens read from there again, in every process.

    Of a new one they hear with the room's turn itself.
    """
    changed = [f.seq for f in facts if isinstance(f, PostHidden | PostReleased)]
    if changed:
        house.hub.tell(News(service, room, min(changed)))
        house.bus.hint(service, "posts", {"line": str(room), "seq": min(changed)})


async def host_post(
    house: House, service: ServiceId, room: LineId, by: StaffId, client_id: UUID, text: str
) -> Changed:
    if not text.strip():
        raise Refused("empty")

    said = HostSaid(client_id, by, text.strip())
    body = json.dumps([str(by), text], ensure_ascii=False).encode()
    changed = await hand_in(house, service, room, said, once=Once(client_id, body))
    await tell_room(house, service, room, changed.facts)
    return changed


async def moderate(house: House, service: ServiceId, room: LineId, act: Moderate) -> None:
    """A host hides a post or lets it through."""

    changed = await hand_in(house, service, room, act)
    await tell_room(house, service, room, changed.facts)
