"""Reading together: what is asked while a question is under way travels in the next one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Generic, TypeVar

from bot.core.values import ServiceId

K = TypeVar("K")
V = TypeVar("V")

MOST_AT_ONCE = 256

Ask = Callable[[ServiceId, Sequence[K]], Awaitable[Mapping[K, V]]]


class Together(Generic[K, V]):
    """A herd of callers costs a few questions and one connection, where each alone would queue for the pool.

    Nobody is answered from a question that began before they asked.
    """

    def __init__(self, ask: Ask[K, V], *, most: int = MOST_AT_ONCE) -> None:
        self._ask, self._most = ask, most
        self._waiting: dict[ServiceId, dict[K, asyncio.Future[V | None]]] = {}
        self._asking: asyncio.Task[None] | None = None

    async def of(self, service: ServiceId, key: K) -> V | None:
        """What the record has under this key. Raises what the question raises."""
        waiting = self._waiting.setdefault(service, {})
        answer = waiting.get(key)
        if answer is None:
            answer = waiting[key] = asyncio.get_running_loop().create_future()
            answer.add_done_callback(_noted)
        if self._asking is None:
            self._asking = asyncio.create_task(self._work(), name="reading-together")
        return await asyncio.shield(answer)

    async def _work(self) -> None:
        try:
            while self._waiting:
                service, waiting = next(iter(self._waiting.items()))
                keys = tuple(waiting)[: self._most]
                asked = {key: waiting.pop(key) for key in keys}
                del self._waiting[service]
                if waiting:
                    # Behind the other services' questions.
                    self._waiting[service] = waiting
                await self._answer(service, asked)
        finally:
            self._asking = None

    async def _answer(self, service: ServiceId, asked: Mapping[K, asyncio.Future[V | None]]) -> None:
        try:
            found = await self._ask(service, tuple(asked))
        except BaseException as error:
            for answer in asked.values():
                if isinstance(error, Exception):
                    answer.set_exception(error)
                else:
                    answer.cancel()
            if not isinstance(error, Exception):
                raise
        else:
            for key, answer in asked.items():
                answer.set_result(found.get(key))


def _noted(answer: asyncio.Future[V | None]) -> None:
    """Everybody who asked may have gone away meanwhile."""
    if not answer.cancelled():
        answer.exception()
