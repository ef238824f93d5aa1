"""By what patients are reached outside the chat beside e-mail: their devices and, as an extra, their telephone numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from bot.core.values import LineId, ServiceId
from bot.ports.channels import Target

ReachKind = Literal["push", "sms"]


@dataclass(frozen=True)
class Reach:
    """``sealed``: its address, under the patient's own key. ``session_hash``: of the session that it was added in, with
    which it goes. ``failing_at``: since when it does not work."""

    service: ServiceId
    line: LineId
    id: UUID
    kind: ReachKind
    label: str
    sealed: bytes = field(repr=False)
    session_hash: bytes | None = field(repr=False)
    made_at: datetime
    ok_at: datetime | None = None
    failing_at: datetime | None = None
    error: str | None = None


@dataclass(frozen=True)
class Nudge:
    """What a reminder says outside the chat: nothing of what it is about, and of nobody. ``id``: the same for every retry.

    ``url``: into the chat; ``stop``: out of reminders with one press; ``stop_label``: of that press.
    """

    id: UUID
    title: str
    text: str
    url: str
    stop: str
    stop_label: str
    language: str = "en"


class Nudger(Protocol):
    def bar(self, address: str) -> str | None:
        """Why nothing is ever sent to this address, as a code; None: it may be."""

    async def nudge(self, target: Target, nudge: Nudge, at: datetime) -> None:
        """It was taken when this returns. Raises Gone, or Unavailable with a code; never a server's words."""


class Reaches(Protocol):
    async def all(self, service: ServiceId, line: LineId) -> Sequence[Reach]:
        """Oldest first."""

    async def add(self, reach: Reach) -> None:
        """One of the same id is replaced."""

    async def drop(self, service: ServiceId, line: LineId, reach: UUID) -> bool: ...

    async def drop_of(self, service: ServiceId, line: LineId, kind: ReachKind | None = None) -> None:
        """Every one of a patient, or those of one kind."""

    async def drop_with(self, service: ServiceId, line: LineId, session_hash: bytes) -> None:
        """What was added in a session that ends."""

    async def went(
        self, service: ServiceId, line: LineId, reach: UUID, at: datetime, error: str | None
    ) -> None:
        """How the last try went; ``error`` None: it was taken."""
