"""What one socket is sent, in order: at once where the socket takes it, else by a task that waits until it does.

Most of what is said is small and its reader is there, so a screen at rest has no task and no queue of its own.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable
from typing import Generic, TypeVar

import structlog
from aiohttp import WSCloseCode, web

from bot.core.errors import Refused, Unavailable
from bot.logs import failure_of

CLOSED_WITHIN_S = 1.0
TAKEN_AT_ONCE = 32 << 10  # bytes that may still wait in the socket when more is written

_LAST, _TEXT, _PONG = 0x80, 0x1, 0xA

log = structlog.get_logger()
T = TypeVar("T")


class Outgoing(Generic[T]):
    """``most`` items may wait, each at most ``within_s``; who reads slower than that is cut off.

    ``at_once`` writes an item without waiting for anything, or returns False and has written nothing; ``in_turn``
    sends it whatever it has to wait for.
    """

    __slots__ = ("_at_once", "_in_turn", "_most", "_task", "_transport", "_waiting", "_within_s", "_ws")

    def __init__(
        self,
        ws: web.WebSocketResponse,
        transport: asyncio.Transport | None,
        *,
        most: int,
        within_s: float,
        at_once: Callable[[T], bool],
        in_turn: Callable[[T], Awaitable[None]],
    ) -> None:
        self._ws, self._transport = ws, transport
        self._most, self._within_s = most, within_s
        self._at_once, self._in_turn = at_once, in_turn
        self._waiting: deque[T | None] | None = deque()
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """What was put so far goes out now, and from here on all that is put."""
        if self._waiting:
            self._start()
        else:
            self._waiting = None

    def put(self, item: T | None) -> None:
        """None: close when all before it has gone."""
        if self._waiting is None:
            if item is not None and self._told_at_once(item):
                return
            self._waiting = deque()
            self._start()
        if len(self._waiting) >= self._most:
            # It does not read what waits for it: the record keeps all of it for the next connection.
            self.cut()
        else:
            self._waiting.append(item)

    def _told_at_once(self, item: T) -> bool:
        try:
            return self._has_room() and self._at_once(item)
        except Exception as error:
            # Whoever puts is not to blame, and has others to tell.
            log.error("socket_failed", **failure_of(error))
            self.cut()
            return True

    def _has_room(self) -> bool:
        transport = self._transport
        return (
            transport is not None
            and not transport.is_closing()
            and not self._ws.closed
            and transport.get_write_buffer_size() < TAKEN_AT_ONCE
        )

    def write(self, texts: Iterable[bytes]) -> None:
        """For ``at_once``."""
        assert self._transport is not None
        self._transport.write(b"".join([_frame(_TEXT, text) for text in texts]))

    def write_frames(self, frames: bytes) -> None:
        """For ``at_once``: whole frames, as ``text_frame`` makes them."""
        assert self._transport is not None
        self._transport.write(frames)

    def write_pong(self, data: bytes) -> None:
        """For ``at_once``."""
        assert self._transport is not None
        self._transport.write(_frame(_PONG, data))

    # -- what has to wait

    def _start(self) -> None:
        self._task = asyncio.create_task(self._tell_what_waits(), name="screen-writer")

    async def _tell_what_waits(self) -> None:
        try:
            while self._waiting:
                item = self._waiting.popleft()
                if item is None:
                    await self._end(WSCloseCode.GOING_AWAY)
                    return
                async with asyncio.timeout(self._within_s):
                    await self._in_turn(item)
            self._waiting = self._task = None
        except (Refused, Unavailable):
            await self._end(WSCloseCode.TRY_AGAIN_LATER)
        except Exception as error:
            # Nobody writes any more: a socket that only listens would leave every message unanswered.
            self.cut()
            if not isinstance(error, TimeoutError | ConnectionError):
                log.error("socket_failed", **failure_of(error))

    async def _end(self, code: int) -> None:
        """Who reads nothing does not read that either."""
        try:
            async with asyncio.timeout(2 * CLOSED_WITHIN_S):
                await self._ws.close(code=code)
        except Exception:
            self.cut()

    def cut(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)


def text_frame(text: bytes) -> bytes:
    """One whole frame."""
    return _frame(_TEXT, text)


def _frame(opcode: int, payload: bytes) -> bytes:
    """One whole frame of a server's (RFC 6455, 5.2): never masked, never in parts."""
    size = len(payload)
    if size < 126:
        return bytes((_LAST | opcode, size)) + payload
    if size < 1 << 16:
        return bytes((_LAST | opcode, 126)) + size.to_bytes(2) + payload
    return bytes((_LAST | opcode, 127)) + size.to_bytes(8) + payload
