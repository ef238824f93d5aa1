"""The canary's days: when its sentence was said, when its alarm was heard, when it was put away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from bot.core.values import ServiceId

Reached = Literal["mail", "outbox"]


@dataclass(frozen=True)
class CanaryDay:
    """``reached``: how far the alarm went, which is the outbox where no address is set for its letter."""

    day: date
    said_at: datetime
    heard_at: datetime | None
    reached: Reached | None
    ended_at: datetime | None


class Canaries(Protocol):
    async def begin(self, service: ServiceId, day: date, at: datetime) -> bool:
        """False where this day's has begun already, here or elsewhere."""

    async def heard(self, service: ServiceId, at: datetime, reached: Reached) -> None:
        """Of every day that was still waiting for it."""

    async def ended(self, service: ServiceId, at: datetime) -> None:
        """Of every day that was heard and not yet put away."""

    async def last(self, service: ServiceId) -> CanaryDay | None: ...
