"""Words that ask for help are answered in time, however long the record lets their fate wait (I2).

Every message is noted from its arrival to its outcome. Only one that waits longer than they do is looked at: where its
words ring an alarm, its sender is shown where to turn before the outcome is known. The turn goes on: an
acknowledgement may still follow, and is right.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Protocol

from aiohttp import web

LOOK_AFTER_S = 0.5
LOOK_EVERY_S = 0.1
CATCH_UP_S = 0.05


class Awaited(Protocol):
    """A message whose outcome is not known. ``since``: when it arrived, on the monotonic clock."""

    since: float

    def overdue(self) -> None:
        """It has waited long: called once, and must not wait."""


class Overdue:
    """Every message of this process that waits for its outcome, the oldest first."""

    def __init__(self) -> None:
        self._waiting: dict[Awaited, None] = {}

    def __len__(self) -> int:
        return len(self._waiting)

    def begin(self, message: Awaited) -> None:
        self._waiting[message] = None

    def end(self, message: Awaited) -> None:
        self._waiting.pop(message, None)

    async def look(self) -> None:
        """Once at each message that has become overdue since the last look."""
        if not self._first_overdue():
            return
        # Perhaps only this process was busy: then the outcome is here, and comes first.
        await asyncio.sleep(CATCH_UP_S)
        while message := self._first_overdue():
            del self._waiting[message]
            message.overdue()
            await asyncio.sleep(0)  # reading the words of many must not hold up the rest

    def _first_overdue(self) -> Awaited | None:
        first = next(iter(self._waiting), None)
        return first if first is not None and time.monotonic() - first.since >= LOOK_AFTER_S else None


OVERDUE: web.AppKey[Overdue] = web.AppKey("overdue", Overdue)


async def looking(app: web.Application) -> AsyncIterator[None]:
    """For as long as the application runs."""

    async def look() -> None:
        while True:
            await app[OVERDUE].look()
            await asyncio.sleep(LOOK_EVERY_S)

    task = asyncio.create_task(look(), name="overdue")
    yield
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
