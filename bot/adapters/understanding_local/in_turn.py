"""Work of a core, one after another in a thread: several at once would take turns at that core, and each come late."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")
_NEW = 0.1  # what the last one weighs in how long one takes


class InTurn:
    def __init__(self, name: str) -> None:
        self._thread = ThreadPoolExecutor(1, name)
        self._before: set[Future[Any]] = set()
        self._takes_s = 0.0

    async def do(self, work: Callable[[], T], within_s: float) -> T:
        """Raises TimeoutError where it comes too late; at once, and undone, where that can be foreseen: who waits in
        vain takes the turn of somebody who need not."""
        if self._before and (len(self._before) + 1) * self._takes_s > within_s:
            raise TimeoutError
        async with asyncio.timeout(within_s):
            turn = self._thread.submit(self._timed, work)
            self._before.add(turn)
            turn.add_done_callback(self._before.discard)
            return await asyncio.wrap_future(turn)

    def _timed(self, work: Callable[[], T]) -> T:
        began = time.perf_counter()
        try:
            return work()
        finally:
            self._takes_s += (time.perf_counter() - began - self._takes_s) * _NEW
