"""The way to the record, and what everybody does once somebody has found it cut."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.adapters.postgres.troubles import Silent
from bot.core.errors import NotTaken

WAIT_FOR_SCOUT_S = 0.3


class Road:
    """While it is cut one call at a time tries it, the scout; the others wait a moment for the scout's return.

    So a record that answers nobody holds up one caller and not all of them, and is found again by the first call
    after it came back. ``cut_at`` is on the clock of the pool's own notes: connections made before are not trusted.
    """

    def __init__(self) -> None:
        self.cut = False
        self.cut_at = 0.0
        self._scout: asyncio.Future[None] | None = None

    @asynccontextmanager
    async def taken(self) -> AsyncIterator[None]:
        """Raises NotTaken where it is cut and somebody else is trying."""
        scout = await self._turn() if self.cut else None
        try:
            yield
            if scout is not None:
                self.cut = False
        except Silent:
            self.cut, self.cut_at = True, time.time()
            raise
        finally:
            if scout is not None:
                self._scout = None
                scout.set_result(None)

    async def _turn(self) -> asyncio.Future[None] | None:
        if self._scout is not None:
            await asyncio.wait({self._scout}, timeout=WAIT_FOR_SCOUT_S)
        if not self.cut:
            return None
        if self._scout is not None:
            raise NotTaken("record")
        self._scout = asyncio.get_running_loop().create_future()
        return self._scout
