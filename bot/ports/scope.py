"""Whom a member of staff may open."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.core.values import LineId, ServiceId, StaffId


class Scopes(Protocol):
    async def within(
        self, service: ServiceId, staff: StaffId, at: datetime, lines: Sequence[LineId]
    ) -> frozenset[LineId]:
        """Those of the Lines that they may open at that moment (``core.scope``). What is not there is not among them."""
