"""The one writer of a process: the turns that queue while one commit runs are committed together by the next."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.core.errors import BadRow, NotTaken, Unavailable
from bot.core.values import ServiceId
from bot.ports import Entry, Lines

MOST_AT_ONCE = 256
MOST_WAITING = 4_096


@dataclass(eq=False)
class _Waiting:
    service: ServiceId
    entry: Entry
    won: asyncio.Future[bool] = field(repr=False)


class Writer:
    """Group commit without added delay: alone, a turn is committed at once; among many, with the others.

    A batch is of one service, so that it stays one statement on one shard, and has at most one turn of a Line.
    """

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._queue: deque[_Waiting] = deque()
        self._working: asyncio.Task[None] | None = None
        self._closed = False

    async def commit(self, service: ServiceId, entry: Entry) -> bool:
        """True: on disk. False: the Line has moved on, or has heard this message before.

        Raises NotTaken where too many wait or the record was not reached, Unavailable where the outcome is not known,
        BadRow where the record refuses this entry.
        """
        if self._closed or len(self._queue) >= MOST_WAITING:
            raise NotTaken("record")
        waiting = _Waiting(service, entry, asyncio.get_running_loop().create_future())
        self._queue.append(waiting)
        if self._working is None:
            self._working = asyncio.create_task(self._work(), name="writer")
        return await waiting.won

    async def close(self, limit_s: float) -> None:
        """Nothing more is taken; what waits is committed within ``limit_s``, the rest is told Unavailable."""
        self._closed = True
        if self._working is None:
            return
        _, late = await asyncio.wait({self._working}, timeout=limit_s)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)

    async def _work(self) -> None:
        batch: list[_Waiting] = []
        try:
            while self._queue:
                batch = self._next_batch()
                await self._commit(batch)
        finally:
            self._working = None
            for waiting in batch:
                _settle(waiting, Unavailable("record"))
            for waiting in self._queue:
                _settle(waiting, NotTaken("record"))
            self._queue.clear()

    def _next_batch(self) -> list[_Waiting]:
        service = self._queue[0].service
        batch: list[_Waiting] = []
        later: list[_Waiting] = []
        lines = set()
        while self._queue and len(batch) < MOST_AT_ONCE:
            waiting = self._queue.popleft()
            if waiting.service == service and waiting.entry.line not in lines:
                lines.add(waiting.entry.line)
                batch.append(waiting)
            else:
                later.append(waiting)
        self._queue.extendleft(reversed(later))
        return batch

    async def _commit(self, batch: Sequence[_Waiting]) -> None:
        try:
            won = await self._lines.commit(batch[0].service, [waiting.entry for waiting in batch])
        except BadRow as error:
            # Of 256 with one bad row, halving takes 17 commits where trying each alone would take 257.
            if len(batch) == 1:
                _settle(batch[0], error)
                return
            middle = len(batch) // 2
            await self._commit(batch[:middle])
            await self._commit(batch[middle:])
        except Exception as error:
            # A lost connection is nobody's bad row.
            for waiting in batch:
                _settle(waiting, error)
        else:
            for n, waiting in enumerate(batch):
                _settle(waiting, n in won)


def _settle(waiting: _Waiting, outcome: bool | Exception) -> None:
    if waiting.won.done():
        return
    if isinstance(outcome, bool):
        waiting.won.set_result(outcome)
    else:
        waiting.won.set_exception(outcome)
