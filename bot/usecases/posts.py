"""Posts of a room as they are read: with their words, and of each member what they may see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from msgspec import structs

from bot.core.room import post_id
from bot.core.shown import Shown
from bot.core.values import LineId, ServiceId
from bot.ports import PostSeen
from bot.usecases.house import House
from bot.usecases.hub import Delivered

PAGE = 200
Keys = dict[LineId, Any]


async def posts_since(
    house: House, service: ServiceId, room: LineId, after: int, reader: LineId
) -> tuple[Delivered, ...]:
    """Of a room's posts as a member sees them as many as a page has: what is shown, and their own held ones. None only where
    nothing stands above ``after`` that is for them."""
    while True:
        posts = await posts_opened(house, service, room, after)
        visible = tuple([seen for post in posts if (seen := as_seen_by(post, reader)) is not None])
        if visible or len(posts) < PAGE:
            return visible
        after = posts[-1].seq


def as_seen_by(post: Delivered, reader: LineId | None) -> Delivered | None:
    """Of a hidden post, and of one that was taken back, its place stays. What others never saw is there for its author
    alone, whatever became of it. ``reader`` None: none of the authors."""
    never_seen = post.status == "held" or (post.status != "shown" and post.shown_at is None)
    if never_seen and post.author != reader:
        return None
    if post.status in ("hidden", "withdrawn"):
        return structs.replace(post, shown=Shown(text=""), reactions=None, warning=None, mentions=())
    return post


async def posts_opened(
    house: House, service: ServiceId, room: LineId, after: int, keys: Keys | None = None
) -> tuple[Delivered, ...]:
    """One page of a room's posts with all their words, for hosts. ``keys``: those that are open, and from here on more."""
    seen = await house.record.peers.posts(service, room, after, most=PAGE)
    keys = {} if keys is None else keys
    await _open_keys(house, service, seen, keys)
    out = []
    for p in seen:
        text = house.vault.unseal(keys[p.word.owner], p.word) if p.word else ""
        name = house.vault.unseal(keys[p.pseudonym.owner], p.pseudonym) if p.pseudonym else None
        out.append(_as_delivered(room, p, text, name))
    return tuple(out)


def _as_delivered(room: LineId, p: PostSeen, text: str, name: str | None) -> Delivered:
    erased = p.word is None and p.kind != "week"
    return Delivered(
        seq=p.seq,
        sender="host" if p.author is None else "member",
        shown=Shown(text=text),
        at=p.at,
        client_id=post_id(p.author, p.post) if p.author is not None else None,
        room=room,
        author=p.author,
        staff=p.staff,
        name=name,
        status="hidden" if erased and p.status != "withdrawn" else p.status,  # type: ignore[arg-type]
        reply_to=p.reply_to,
        shown_at=p.shown_at,
        warning=p.warning,
        mentions=p.mentions,
        kind=p.kind,  # type: ignore[arg-type]
        about=p.about,
        reactions=p.reactions or None,
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
