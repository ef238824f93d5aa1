"""The record's own time, told by every process alike, whatever its machine's clock says."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta

from bot.adapters.postgres.engine import Database
from bot.core.errors import Unavailable

MEASURE_EVERY_S = 10.0


class RecordClock:
    """Time that passed here since the record was last asked, added to what it said.

    The machine's date is never looked at, only how many seconds went by; ``elapsed`` counts them.
    """

    def __init__(self, database: Database, elapsed: Callable[[], float] = time.monotonic) -> None:
        self._db = database
        self._elapsed = elapsed
        self._anchor: tuple[datetime, float] = (datetime.now(UTC), elapsed())

    def now(self) -> datetime:
        said, at = self._anchor
        return said + timedelta(seconds=self._elapsed() - at)

    async def measure(self) -> None:
        """Ask the record. What it says counts where it differs by more than the question took."""
        began = self._elapsed()
        rows = await self._db.fetch_raw("SELECT clock_timestamp()", [])
        took = self._elapsed() - began
        middle = began + took / 2
        said: datetime = rows[0][0]
        ours = self._anchor[0] + timedelta(seconds=middle - self._anchor[1])
        if abs((said - ours).total_seconds()) > took:
            self._anchor = (said, middle)


@asynccontextmanager
async def record_clock(database: Database) -> AsyncIterator[RecordClock]:
    """To be measured before it counts; then again every few seconds. An outage of the record leaves it running."""
    clock = RecordClock(database)
    measuring = asyncio.create_task(_measure(clock), name="clock")
    try:
        yield clock
    finally:
        measuring.cancel()
        await asyncio.gather(measuring, return_exceptions=True)


async def _measure(clock: RecordClock) -> None:
    while True:
        await asyncio.sleep(MEASURE_EVERY_S)
        with suppress(Unavailable):
            await clock.measure()
