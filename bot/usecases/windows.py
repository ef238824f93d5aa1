"""The windows of the post office: so many letters are handed over at once in this process, the gravest first."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.core.rows import PRIORITY

URGENT = PRIORITY["now"]
# Somebody sits before a screen and waits for their link.
LINK = 3
AT_ONCE = 8
# Only for what needs somebody now: it finds a window open behind however many others.
KEPT_FREE = 4

Grave = tuple[int, int]
"""The priority of the outbox, and 0 for whoever is asked first: they have every alert before a colleague has a copy."""


class Windows:
    """Who waits the same way is served in the order in which they came. ``kept_free``: windows for the urgent alone."""

    def __init__(self, at_once: int = AT_ONCE, kept_free: int = KEPT_FREE) -> None:
        self._at_once, self._kept_free = at_once, kept_free
        self._busy = 0
        self._came = itertools.count()
        self._waiting: list[tuple[Grave, int, asyncio.Future[None]]] = []

    @asynccontextmanager
    async def at_one(self, grave: Grave) -> AsyncIterator[bool]:
        """Yields whether it had to wait: then what was true before may not be true any more."""
        waited = not self._open(grave) or self._somebody_before(grave)
        if waited:
            await self._turn(grave)
        else:
            self._busy += 1
        try:
            yield waited
        finally:
            self._busy -= 1
            self._call_next()

    def _open(self, grave: Grave) -> bool:
        return self._busy < (self._at_once if grave[0] <= URGENT else self._at_once - self._kept_free)

    def _somebody_before(self, grave: Grave) -> bool:
        return any(other <= grave and not called.done() for other, _, called in self._waiting)

    async def _turn(self, grave: Grave) -> None:
        called: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (grave, next(self._came), called))
        try:
            await called
        except asyncio.CancelledError:
            if called.done() and not called.cancelled():
                self._busy -= 1
                self._call_next()
            raise

    def _call_next(self) -> None:
        while self._waiting:
            grave, _, called = self._waiting[0]
            if called.done():
                heapq.heappop(self._waiting)
            elif self._open(grave):
                heapq.heappop(self._waiting)
                self._busy += 1
                called.set_result(None)
            else:
                return
