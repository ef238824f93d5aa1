"""What patients write in their diary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from bot.core.values import LineId, ServiceId
from bot.ports.alerts import Looker
from bot.ports.lines import Sealed


@dataclass(frozen=True)
class DiarySeen:
    """``number``: in ``unit``. ``word``: what they wrote with it, sealed; None where they wrote nothing, or it is erased."""

    id: UUID
    kind: str
    at: datetime
    number: float | None
    unit: str
    word: Sealed | None


class Diaries(Protocol):
    async def of(
        self, service: ServiceId, line: LineId, *, most: int | None = None, by: Looker | None = None
    ) -> Sequence[DiarySeen]:
        """All lines of one patient, newest first; ``most``: the newest only. ``by`` None: for the patient."""
