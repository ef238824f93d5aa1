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
SentState = Literal["accepted", "failed", "refused", "expired"]


@dataclass(frozen=True)
class SentBy:
    """``accepted``: the other side took it; whether it was seen only ``opened_at`` tells."""

    way: ReminderWay
    state: SentState
    attempts: int
    last_error: str | None
    made_at: datetime
    accepted_at: datetime | None
    opened_at: datetime | None


@dataclass(frozen=True)
class ReminderSeen:
    id: UUID
    what: str
    state: Literal["planned", "given", "dropped"]
    due_at: datetime
    why: str | None
    seq: int | None
    ended_at: datetime | None
    sent: tuple[SentBy, ...]


class Reminders(Protocol):
    async def of(
        self, service: ServiceId, line: LineId, *, most: int = 50, by: Looker | None = None
    ) -> Sequence[ReminderSeen]:
        """Newest first. ``by`` None: for the patient."""

    async def sent(self, service: ServiceId, line: LineId, reminder: UUID) -> Sequence[SentBy]: ...

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
