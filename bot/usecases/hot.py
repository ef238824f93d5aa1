"""Lines in memory. A guess that the commit checks: a stale one costs one conflict, never a wrong row."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from weakref import WeakValueDictionary

from bot.core.room import Room
from bot.core.state import Conversation
from bot.core.values import LineId, ServiceId, WordId

MOST_HOT = 20_000

Key = tuple[ServiceId, LineId]


@dataclass
class HotLine:
    """``key``: the Line's opened data key. ``words``: those opened for the next turn; None: not looked at yet."""

    version: int
    state: Conversation | Room
    key: Any = field(repr=False)
    words: dict[WordId, str] | None = field(default=None, repr=False)


class HotLines:
    def __init__(self) -> None:
        self._lines: OrderedDict[Key, HotLine] = OrderedDict()
        self._locks: WeakValueDictionary[Key, asyncio.Lock] = WeakValueDictionary()

    @asynccontextmanager
    async def alone(self, key: Key) -> AsyncIterator[None]:
        """One turn of a Line at a time in this process: in order, and without needless conflicts."""
        lock = self._locks.get(key)
        if lock is None:
            lock = self._locks[key] = asyncio.Lock()
        async with lock:
            yield

    def get(self, key: Key) -> HotLine | None:
        line = self._lines.get(key)
        if line is not None:
            self._lines.move_to_end(key)
        return line

    def put(self, key: Key, line: HotLine) -> None:
        self._lines[key] = line
        self._lines.move_to_end(key)
        while len(self._lines) > MOST_HOT:
            self._lines.popitem(last=False)

    def forget(self, key: Key) -> None:
        self._lines.pop(key, None)

    def clear(self) -> None:
        self._lines.clear()
