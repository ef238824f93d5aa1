"""Screens that are open and say nothing, and how many files this machine lets a process have open for them."""

from __future__ import annotations

import asyncio
import json
import resource
import time
from dataclasses import dataclass, field

from bot.cli.benches.wire import Wire, connect
from bot.core.errors import Misuse

SPARE_FILES = 500
AGAIN_S = 0.2
WELCOMED_WITHIN_S = 60.0


def let_open(sockets: int) -> None:
    """As many files as these sockets need, for us and for the processes that we start. Raises Misuse."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = sockets + SPARE_FILES
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise Misuse(
            f"{sockets} sockets need {needed} open files, and a process may have {hard} here: see ulimit -n"
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))


@dataclass(eq=False)
class Screen:
    """One open screen of a patient. ``tries``: how often it had to come before it was let in."""

    token: str = field(repr=False)
    wire: Wire | None = None
    tries: int = 0
    _welcomed: asyncio.Future[None] | None = None

    async def come(self, port: int, after: int = 0) -> float:
        """Again and again until it is welcomed; how long that took. Raises TimeoutError."""
        began = time.perf_counter()
        async with asyncio.timeout(WELCOMED_WITHIN_S):
            while True:
                if await self._once(port, after):
                    return time.perf_counter() - began
                await asyncio.sleep(AGAIN_S)

    async def _once(self, port: int, after: int) -> bool:
        self.tries += 1
        self._welcomed = asyncio.get_running_loop().create_future()
        try:
            self.wire = await connect(port, self._hear, self._lost)
            self.wire.send(json.dumps({"type": "hello", "token": self.token, "after": after}).encode())
            await self._welcomed
        except (OSError, Misuse):
            return False
        return True

    def _hear(self, frame: bytes) -> None:
        if frame.startswith(b'{"type":"welcome"') and self._welcomed and not self._welcomed.done():
            self._welcomed.set_result(None)

    def _lost(self) -> None:
        if self._welcomed and not self._welcomed.done():
            self._welcomed.set_exception(ConnectionError("closed before the welcome"))
            self._welcomed.exception()  # whoever waits gets it; nobody has to

    def cut(self) -> None:
        if self.wire is not None:
            self.wire.cut()


async def open_all(screens: list[Screen], port: int, at_once: int) -> list[float]:
    doors = asyncio.Semaphore(at_once)

    async def one(screen: Screen) -> float:
        async with doors:
            return await screen.come(port)

    return list(await asyncio.gather(*(one(s) for s in screens)))
