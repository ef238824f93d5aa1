"""Lines in memory. A guess that the commit checks: a stale one costs one conflict, never a wrong row."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any

from bot.core.room import Room
from bot.core.state import Conversation
from bot.core.values import LineId, ServiceId, WordId

MOST_HOT = 20_000

Key = tuple[ServiceId, LineId]


@dataclass(slots=True)
class HotLine:
    """``key``: the Line's opened data key. ``words``: those opened for the next turn; None: not looked at yet."""

    version: int
    state: Conversation | Room
    key: Any = field(repr=False)
    words: dict[WordId, str] | None = field(default=None, repr=False)


@dataclass(slots=True, eq=False)
class Place:
    """Of one Line: what is remembered of it, and the lock under which its turns are decided.

    One turn of a Line at a time in this process: in order, and without needless conflicts.
    """

    alone: asyncio.Lock = field(default_factory=asyncio.Lock)
    line: HotLine | None = None


class HotLines:
    def __init__(self) -> None:
        self._places: OrderedDict[Key, Place] = OrderedDict()

    def place(self, key: Key) -> Place:
        place = self._places.get(key)
        if place is None:
            place = self._places[key] = Place()
            self._forget_the_oldest()
        else:
            self._places.move_to_end(key)
        return place

    def _forget_the_oldest(self) -> None:
        """But one that somebody is at: two locks for one Line would cost conflicts."""
        if len(self._places) > MOST_HOT:
            oldest = next(iter(self._places))
            if self._places[oldest].alone.locked():
                self._places.move_to_end(oldest)
            else:
                del self._places[oldest]

    def get(self, key: Key) -> HotLine | None:
        place = self._places.get(key)
        return None if place is None else place.line

    def forget(self, key: Key) -> None:
        place = self._places.get(key)
        if place is not None:
            place.line = None
