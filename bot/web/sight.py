"""A message as one particular reader sees it, put into a frame."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

from bot.core.room import handle_of
from bot.core.values import LineId
from bot.usecases.hub import Delivered
from bot.usecases.own_rooms import OwnRoom, window_from
from bot.usecases.room_now import RoomNow
from bot.web.frames import Msg, RoomName, Status, as_bytes
from bot.web.outgoing import text_frame


def msg_for(message: Delivered, reader: LineId) -> Msg:
    """``reader``: the patient whose screen it is; others' ids never leave the house."""
    shown = message.shown
    return Msg(
        seq=message.seq,
        group=message.room,
        sender=message.sender,
        name=message.name,
        mine=message.author == reader if message.room is not None else None,
        hidden=True if message.status == "hidden" else None,
        held=True if message.status == "held" else None,
        withdrawn=True if message.status == "withdrawn" else None,
        id=message.client_id,
        text=shown.text,
        lang=shown.lang,
        at=message.at,
        choices=shown.choices,
        question=shown.question,
        progress=shown.progress,
        urgent=shown.urgent,
        exercise=shown.exercise,
        read_back=shown.read_back,
        charts=shown.charts,
        picture=shown.picture,
        room=shown.room,
    )


def post_for(post: Delivered, reader: LineId) -> Msg:
    """A post of a group, as ``reader`` sees it: members by their handles, and of what was pressed how many it were."""
    msg = msg_for(post, reader)
    assert post.room is not None
    pressed = post.reactions or {}
    return msg.but(
        id=post.client_id if post.author == reader else None,
        by=handle_of(post.room, post.author) if post.author is not None else None,
        reply_to=post.reply_to,
        shown_at=post.shown_at,
        warning=post.warning,
        mentioned=True if reader in post.mentions else None,
        kind=post.kind if post.kind != "post" else None,
        about=post.about,
        reactions={kind: len(who) for kind, who in sorted(pressed.items())},
        pressed=tuple([kind for kind, who in sorted(pressed.items()) if reader in who]),
    )


def name_of(room: OwnRoom) -> RoomName:
    mine, missed = room.membership, room.missed
    return RoomName(
        id=room.seen.id,
        title=room.title,
        seq=room.seen.seq,
        first=window_from(room.seen.seq),
        kind=room.group.kind if room.group is not None else "open",
        unread=missed.posts,
        people=missed.people,
        mentions=missed.mentions,
        replies=missed.replies,
        first_unread=missed.first or None,
        read_at=room.seen.read_at,
        resting=room.resting,
        rests_until=mine.rests_until if mine is not None and room.resting else None,
        paused=room.paused,
        muted=mine.muted if mine is not None else (),
    )


def status_of(now: RoomNow) -> Status:
    if now.typing is not None:
        return Status(group=now.room, typing=True)
    return Status(
        group=now.room,
        host_present=now.host,
        asleep=now.asleep,
        open_until=now.open_until,
        opens_at=now.opens_at,
        week=now.week or None,
        over=True if now.over else None,
    )


def concerns(post: Delivered, reader: LineId) -> bool:
    """Whether this reader sees it otherwise than all others."""
    pressed = post.reactions or {}
    return post.author == reader or reader in post.mentions or any(reader in who for who in pressed.values())


NOBODY = LineId(UUID(int=0))
"""A reader who wrote, pressed and is named nowhere."""


class Alike:
    """Posts as all see them who wrote none of them, put into frames once for as long as one page is handed out.

    Then it is forgotten: nobody's words stay here.
    """

    def __init__(self) -> None:
        self._page: tuple[Delivered, ...] | None = None
        self._frames: list[bytes] = []
        self._whole = b""

    def frames(self, page: tuple[Delivered, ...], fresh: Sequence[Delivered], reader: LineId) -> bytes:
        """Those of the page that are ``fresh`` to this reader, as they go over the wire."""
        if any(concerns(post, reader) for post in fresh):
            return b"".join([text_frame(as_bytes(post_for(post, reader))) for post in fresh])
        if page is not self._page:
            self._make(page)
        if len(fresh) == len(page):
            return self._whole
        made = zip(page, self._frames, strict=True)
        return b"".join([frame for post, frame in made if any(post is one for one in fresh)])

    def _make(self, page: tuple[Delivered, ...]) -> None:
        if self._page is None:
            asyncio.get_running_loop().call_soon(self._forget)
        self._page = page
        self._frames = [text_frame(as_bytes(post_for(post, NOBODY))) for post in page]
        self._whole = b"".join(self._frames)

    def _forget(self) -> None:
        self._page, self._frames, self._whole = None, [], b""
