"""How groups do, in numbers; and the record of what was decided, without anybody's words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bot.core.values import LineId, ServiceId, StaffId


@dataclass(frozen=True)
class RoomLoad:
    """What goes on in one room now. ``lately``: members' posts of the last hour."""

    room: LineId
    waiting: int
    oldest: datetime | None
    lately: int
    hosts: int


@dataclass(frozen=True)
class Load:
    """``decided_in``: the median time from asking to deciding, and of how many decisions."""

    rooms: tuple[RoomLoad, ...]
    decided_in: timedelta | None
    decided: int


@dataclass(frozen=True)
class Counted:
    """A number, and how many different people stand behind it."""

    number: int = 0
    people: int = 0


@dataclass(frozen=True)
class Middle:
    """A median. ``people``: how many different people's posts it is made of."""

    time: timedelta | None = None
    people: int = 0


@dataclass(frozen=True)
class Week:
    """``members``: at its end. ``unanswered``: posts that began a thread and had no answer from anybody else in a day."""

    began: datetime
    members: int
    joined: int
    left: int
    posts: Counted
    host_posts: int
    unanswered: Counted
    first_answer: Middle
    held: Counted
    shown: Counted
    hidden: Counted
    reports: Counted
    decided_in: Middle


@dataclass(frozen=True)
class CaseRecorded:
    """One line of the record of moderation. ``member``: whom it is about, where it is about somebody."""

    room: LineId
    case: int
    kind: str
    why: str
    seq: int | None
    member: LineId | None
    of: int | None
    opened_at: datetime
    decision: str | None
    reason: str | None
    by: StaffId | None
    decided_at: datetime | None


class RoomHealth(Protocol):
    async def load(self, service: ServiceId, *, now: datetime, since: datetime) -> Load:
        """``since``: decisions of then or later count for the median. Numbers only, so nobody looks."""

    async def weeks(
        self, service: ServiceId, begins: Sequence[datetime], now: datetime, room: LineId | None
    ) -> Sequence[Week]:
        """One for each of ``begins``, oldest first, up to now; of a room, or of all. Numbers only, so nobody looks."""

    async def made_up(self, service: ServiceId) -> bool:
        """Whether the service has simulated people only."""

    async def record(self, service: ServiceId) -> Sequence[CaseRecorded]:
        """Everything that waited and what became of it, oldest first, for whoever runs the service."""
