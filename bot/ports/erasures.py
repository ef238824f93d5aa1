"""Erasing what may be erased of a patient's record, and deleting a record whose time is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.core.values import LineId, ServiceId
from bot.ports.lines import Entry


@dataclass(frozen=True)
class PostedIn:
    """A room with posts of theirs. ``first``: the seq of the oldest."""

    room: LineId
    first: int


@dataclass(frozen=True)
class Over:
    """A record whose care has ended. ``last``: when anything last happened in it; ``erased``: of words."""

    line: LineId
    status: str
    last: datetime
    erased: bool


@dataclass(frozen=True)
class Moderated:
    """Decisions of hosts, and notes of theirs, whose time is over. ``about``: the member; None where they are about none.
    ``oldest``: of them."""

    room: LineId
    about: LineId | None
    oldest: datetime


class Erasures(Protocol):
    async def erase(self, service: ServiceId, entry: Entry, who: str, at: datetime) -> bool:
        """The turn, and with it all words, the key and the ways in: in one transaction, with the row that says who did it.
        False where the Line has moved on; then nothing is changed."""

    async def posted_in(self, service: ServiceId, patient: LineId) -> Sequence[PostedIn]: ...

    async def over(
        self, service: ServiceId, before: datetime, *, erased: bool | None = None, most: int = 100
    ) -> Sequence[Over]:
        """Records whose care has ended and in which nothing has happened since, the oldest first. ``erased``: only such."""

    async def delete(self, service: ServiceId, line: LineId, before: datetime) -> bool:
        """All rows of a record but who looked. False where something has happened since, or it is not there."""

    async def moderated(
        self, service: ServiceId, before: datetime, *, most: int = 100
    ) -> Sequence[Moderated]:
        """What was decided or noted before that in groups, the oldest first; not what an open appeal is about."""

    async def forget_moderated(self, service: ServiceId, over: Moderated, before: datetime) -> None:
        """The rows of those decisions, and the words of those notes."""

    async def sweep(self, *, whole: bool = False) -> None:
        """What was deleted leaves the data files. ``whole``: at once and to the last byte, while the tables are closed to
        everybody; otherwise its place is used again by and by."""
