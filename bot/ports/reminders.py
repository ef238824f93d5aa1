"""Reminders of patients: how each stands, and by which ways it was sent beside the chat."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from bot.core.values import LineId, ServiceId
from bot.ports.alerts import Looker

ReminderWay = Literal["email", "push", "sms"]
SentState = Literal["accepted", "likely", "failed", "refused", "expired"]
OPEN: frozenset[SentState] = frozenset({"failed"})
"""Is tried again; every other state is the end."""


@dataclass(frozen=True)
class SentBy:
    """``accepted``: the other side took it; whether it was seen only ``opened_at`` tells. ``likely``: it had the whole of it
    twice and said nothing. ``refused``: there is nobody at that address. ``expired``: not worth sending any more, and
    ``last_error`` says why."""

    way: ReminderWay
    state: SentState
    attempts: int
    last_error: str | None
    made_at: datetime
    accepted_at: datetime | None
    opened_at: datetime | None


@dataclass(frozen=True)
class ReminderSeen:
    """``opened_at``: when they had read up to its message, wrote after it, or came by the link of a mail or a push."""

    id: UUID
    what: str
    state: Literal["planned", "given", "dropped"]
    due_at: datetime
    why: str | None
    seq: int | None
    ended_at: datetime | None
    opened_at: datetime | None
    sent: tuple[SentBy, ...]


class Reminders(Protocol):
    async def of(
        self, service: ServiceId, line: LineId, *, most: int = 50, by: Looker | None = None
    ) -> Sequence[ReminderSeen]:
        """Newest first. ``by`` None: for the patient."""

    async def one(self, service: ServiceId, line: LineId, reminder: UUID) -> ReminderSeen | None: ...

    async def read_up_to(self, service: ServiceId, line: LineId, seq: int, at: datetime) -> None:
        """Every reminder whose message they have on the screen by now is opened; the first time counts."""

    async def opened_by(
        self, service: ServiceId, line: LineId, reminder: UUID, way: ReminderWay, at: datetime
    ) -> bool:
        """They came by this way. False: it had been opened by it before, or was never sent by it."""

    async def tried(
        self,
        service: ServiceId,
        line: LineId,
        reminder: UUID,
        way: ReminderWay,
        state: SentState,
        error: str | None,
        at: datetime,
    ) -> None:
        """How one try went. What was accepted stays so."""

    async def expire(
        self, service: ServiceId, line: LineId, reminder: UUID, way: ReminderWay, why: str, at: datetime
    ) -> None:
        """It is not tried, or not tried any more."""

    async def discreet(self, service: ServiceId, line: LineId) -> bool:
        """Whether a reminder may not name the service."""

    async def wish(self, service: ServiceId, line: LineId, *, discreet: bool) -> None: ...
