"""A message as one particular reader sees it, put into a frame."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from bot.core.values import LineId
from bot.usecases.hub import Delivered
from bot.web.frames import Msg, as_bytes
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
        if any(post.author == reader for post in fresh):
            return b"".join([text_frame(as_bytes(msg_for(post, reader))) for post in fresh])
        if page is not self._page:
            self._make(page, reader)
        if len(fresh) == len(page):
            return self._whole
        made = zip(page, self._frames, strict=True)
        return b"".join([frame for post, frame in made if any(post is one for one in fresh)])

    def _make(self, page: tuple[Delivered, ...], reader: LineId) -> None:
        if self._page is None:
            asyncio.get_running_loop().call_soon(self._forget)
        self._page = page
        self._frames = [text_frame(as_bytes(msg_for(post, reader))) for post in page]
        self._whole = b"".join(self._frames)

    def _forget(self) -> None:
        self._page, self._frames, self._whole = None, [], b""
