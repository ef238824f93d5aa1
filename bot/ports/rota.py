"""Who is away and who is on call: kept by people at the desk and by calendars that they bring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.core.rota import Entry, Fault, Leave, Roster, Shift
from bot.core.values import ServiceId


@dataclass(frozen=True)
class Feed:
    """A calendar that brought shifts. ``place``: its file, or its address. ``seen_at``: of a file, when somebody last gave
    it; at an address, when it was last read and could be used. ``error``: what was wrong with it last time."""

    id: UUID
    place: str
    seen_at: datetime
    error: str | None = None


class Rota(Protocol):
    async def between(self, service: ServiceId, since: datetime, until: datetime) -> Roster:
        """Whatever holds at any moment from ``since`` to ``until``, in order; both alike: at that moment. One query."""

    async def add_leave(self, service: ServiceId, leave: Leave) -> None: ...

    async def end_leave(self, service: ServiceId, leave: UUID, at: datetime) -> None:
        """They are back: it ends now, or goes altogether where it has not begun."""

    async def add_shift(self, service: ServiceId, shift: Shift) -> None: ...

    async def drop_shift(self, service: ServiceId, shift: UUID) -> bool:
        """Whether there was one."""

    async def bring(self, service: ServiceId, feed: Feed, shifts: Sequence[Shift]) -> None:
        """What a calendar says now, in the place of what it said before."""

    async def failed(self, service: ServiceId, feed: Feed) -> None:
        """It could not be read: what it said before stands."""

    async def same(self, service: ServiceId, feed: Feed) -> None:
        """It was read, and says what it said before."""

    async def forget(self, service: ServiceId, feed: UUID) -> bool:
        """With all the shifts that it brought. Whether there was one."""

    async def feeds(self, service: ServiceId) -> Sequence[Feed]: ...


class Calendars(Protocol):
    def read(
        self, body: bytes, zone: ZoneInfo, since: datetime, until: datetime
    ) -> tuple[tuple[Entry, ...], tuple[Fault, ...]]:
        """What a calendar says of that time. ``zone``: of times that name none."""
