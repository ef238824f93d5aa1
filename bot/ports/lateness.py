"""What should have happened by itself and has not: timers that nobody woke, reminders that nothing will give."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.core.values import ServiceId


@dataclass(frozen=True)
class Late:
    """``oldest_due``: of the timer that has waited longest. ``reminders``: planned, past their time, with no timer of their
    patient's that is still to come."""

    timers: int = 0
    oldest_due: datetime | None = None
    reminders: int = 0

    @property
    def any(self) -> bool:
        return bool(self.timers or self.reminders)


@dataclass(frozen=True)
class LateSpell:
    """A time in which a service was late. ``told_at``: when somebody was written to about it."""

    began_at: datetime
    told_at: datetime | None


class Lateness(Protocol):
    async def late(self, service: ServiceId, before: datetime) -> Late:
        """What was due before that."""

    async def begin(self, service: ServiceId, at: datetime) -> LateSpell:
        """The spell that lasts, or a new one: of several processes one begins it."""

    async def told(self, service: ServiceId, spell: LateSpell, at: datetime) -> bool:
        """False where another process has told of it."""

    async def untold(self, service: ServiceId, spell: LateSpell) -> None:
        """Nobody took the letter: somebody has to be written to again."""

    async def end(self, service: ServiceId, at: datetime) -> None: ...
