"""What patients wrote that waits for a person: where it stands, never its words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from bot.core.values import AlertId, LineId, ServiceId, StaffId
from bot.ports.alerts import Looker

Why = Literal["asked", "chat", "reply"]


@dataclass(frozen=True)
class Waiting:
    """One patient, with all that waits of theirs. ``why``: they asked for a person, wrote while a colleague had taken
    over, or answered the team. ``held_by``: who is in the chat now. ``taken_on``: who acknowledged that they asked."""

    line: LineId
    seq: int
    since: datetime
    last: datetime
    number: int
    why: tuple[Why, ...]
    alert: AlertId | None = None
    taken_on: StaffId | None = None
    held_by: StaffId | None = None
    held_since: datetime | None = None


class Inbox(Protocol):
    async def waiting(
        self, service: ServiceId, by: Looker | None, *, noted: bool = True
    ) -> Sequence[Waiting]:
        """Who has waited longest first; one look, as a list. ``noted`` False: counted only, so nobody looks."""
