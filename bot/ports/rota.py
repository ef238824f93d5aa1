"""Who is away and who is on call: kept by people at the desk and by calendars that they bring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from bot.core.rota import Leave, Roster, Shift
from bot.core.values import ServiceId


@dataclass(frozen=True)
class Feed:
    """A calendar that brought shifts. ``place``: its file. ``error``: what was wrong with it last time."""

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

    async def feeds(self, service: ServiceId) -> Sequence[Feed]: ...
