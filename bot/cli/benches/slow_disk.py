"""A disk whose syncs take as long as an ordinary one's, whatever the disk of this machine is.

PostgreSQL itself waits before each flush of its log (``commit_delay``): what a turn costs beside a sync can be told
only where a sync costs what it does elsewhere.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.cli.benches.ground import Ground
from bot.core.errors import Misuse
from bot.embedded.places import Place
from bot.wiring import Gauge

SYNC_MS = 4
KNOWN_WITHIN_LOOKS = 100


@asynccontextmanager
async def slow_disk(ground: Ground, gauge: Gauge) -> AsyncIterator[None]:
    """Of the bench's own record alone."""
    cluster = Place.of(ground.data).cluster
    written = cluster / "postgresql.auto.conf"
    before = written.read_text()
    postmaster = int((cluster / "postmaster.pid").read_text().split()[0])
    try:
        written.write_text(f"{before}\ncommit_delay = {SYNC_MS * 1000}\ncommit_siblings = 0\n")
        await _read_again(postmaster, gauge, f"{SYNC_MS * 1000}")
        yield
    finally:
        written.write_text(before)
        await _read_again(postmaster, gauge, "0")


async def _read_again(postmaster: int, gauge: Gauge, wanted: str) -> None:
    os.kill(postmaster, signal.SIGHUP)
    for _ in range(KNOWN_WITHIN_LOOKS):
        if await gauge.setting("commit_delay") == wanted:
            return
        await asyncio.sleep(0.1)
    raise Misuse("PostgreSQL did not read its settings again")
