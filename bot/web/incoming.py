"""What one socket sends: in order, at the pace that it may, pings answered on the way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from aiohttp import WSMsgType, web

from bot.web.limits import Bucket

LONGEST_PAUSE_S = 1.0
MOST_AHEAD = 32


@dataclass(frozen=True)
class Pong:
    """Goes out with everything else, so that nobody who does not read is waited for."""

    data: bytes


class Incoming:
    """Read when asked for. After ``look_ahead`` read as it comes, a few frames at most.

    ``noticed`` sees at once what was read ahead, while those before it are still being answered; ``next`` gives all of
    it in order all the same.
    """

    def __init__(
        self,
        ws: web.WebSocketResponse,
        bucket: Bucket,
        *,
        answer: Callable[[Pong], None],
        noticed: Callable[[str], None],
    ) -> None:
        self._ws, self._bucket = ws, bucket
        self._answer, self._noticed = answer, noticed
        self._ahead: asyncio.Queue[str | None] | None = None
        self._room: asyncio.Semaphore | None = None
        self._looking: asyncio.Task[None] | None = None

    async def next(self) -> str | None:
        """The next frame; one that holds no text is empty. None: there are no more."""
        if self._ahead is not None and self._room is not None:
            raw = await self._ahead.get()
            self._room.release()
            if raw is None:
                self._ahead.put_nowait(None)  # whoever asks again is told so again
            return raw
        return await self._received()

    async def _received(self) -> str | None:
        now = asyncio.get_running_loop().time
        while True:
            message = await self._ws.receive()
            if message.type in (WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED, WSMsgType.ERROR):
                return None
            # Over the rate it is read later, not dropped: nothing that was written is lost.
            pause = self._bucket.wait_s(now())
            if pause:
                await asyncio.sleep(min(pause, LONGEST_PAUSE_S))
            if message.type is WSMsgType.TEXT:
                return str(message.data)
            if message.type is WSMsgType.PING:
                self._answer(Pong(message.data))
            elif message.type is WSMsgType.BINARY:
                return ""

    def look_ahead(self) -> None:
        """From now on. To be called while ``next`` is not being waited for."""
        if self._ahead is None:
            self._ahead, self._room = asyncio.Queue(), asyncio.Semaphore(MOST_AHEAD)
            looking = self._look_ahead(self._ahead, self._room)
            self._looking = asyncio.create_task(looking, name="socket-ahead")

    async def _look_ahead(self, ahead: asyncio.Queue[str | None], room: asyncio.Semaphore) -> None:
        try:
            while (raw := await self._received()) is not None:
                self._noticed(raw)
                ahead.put_nowait(raw)
                await room.acquire()
        finally:
            ahead.put_nowait(None)

    async def close(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)
