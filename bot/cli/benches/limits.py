"""What the same machine can do at most, in the same run: a plain echo, one sync of the disk, one row committed."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from bot.cli.benches import pace
from bot.cli.benches.talkers import Echoed
from bot.cli.benches.watch import Used, spread_ms, used_now
from bot.cli.proofs import echo
from bot.cli.proofs.instance import free_port
from bot.core.errors import Misuse
from bot.core.values import ServiceId
from bot.wiring import Gauge

BLOCK = 8192
ROW_BYTES = 700
STARTED_WITHIN_S = 60.0
NOBODY = UUID(int=0)


@asynccontextmanager
async def echoing() -> AsyncIterator[tuple[int, int]]:
    """The port and the process of a plain aiohttp WebSocket echo."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(sys.executable, "-P", str(echo.__file__), str(port))
    try:
        await listens(port)
        yield port, process.pid
    finally:
        process.kill()
        await process.wait()


async def listens(port: int) -> None:
    """Returns when somebody does. Raises Misuse."""
    until = time.monotonic() + STARTED_WITHIN_S
    while time.monotonic() < until:
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            await asyncio.sleep(0.05)
        else:
            writer.close()
            await writer.wait_closed()
            return
    raise Misuse("a yardstick did not come up")


async def echo_at(port: int, pid: int, clients: int, seconds: float) -> dict[str, Any]:
    async def used() -> Used:
        return used_now({pid}, ())

    ran = await pace.run([Echoed(n) for n in range(clients)], port, seconds, used)
    return ran.figures()


async def disk(folder: Path, count: int) -> dict[str, float]:
    """Write a block and wait until it is on the disk that holds the record."""
    return spread_ms(await asyncio.to_thread(_syncs, folder / "sync.probe", count))


def _syncs(path: Path, count: int) -> list[float]:
    took = []
    try:
        with path.open("wb", buffering=0) as file:
            for _ in range(count):
                file.write(bytes(BLOCK))
                began = time.perf_counter()
                os.fdatasync(file.fileno())
                took.append(time.perf_counter() - began)
    finally:
        path.unlink(missing_ok=True)
    return took


async def one_row(gauge: Gauge, service: ServiceId, count: int) -> dict[str, float]:
    """One INSERT after the other on one connection, each its own transaction."""
    body, took = '{"said":"' + "x" * ROW_BYTES + '"}', []
    try:
        for n in range(count):
            began = time.perf_counter()
            await gauge.insert_one_row(service, NOBODY, n, body)
            took.append(time.perf_counter() - began)
    finally:
        await gauge.forget_rows(service, NOBODY)
    return spread_ms(took)
