"""Everything that the record holds about one patient, to be handed to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.core.facts import Fact
from bot.core.values import LineId, ServiceId
from bot.ports.alerts import Looker
from bot.ports.lines import Sealed


@dataclass(frozen=True)
class Held:
    """``journal``: every turn's facts in order. ``words``: all of theirs, sealed, in no order."""

    journal: Sequence[tuple[datetime, tuple[Fact, ...]]]
    words: Sequence[Sealed] = field(repr=False)


class Holdings(Protocol):
    async def of(self, service: ServiceId, patient: LineId, by: Looker | None) -> Held | None:
        """``by`` None: for the patient themselves. Anybody else leaves one row of having looked, in the transaction of the
        read (I11); None where they may not open it, or there is no such patient."""
