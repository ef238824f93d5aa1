"""Hints between processes over Redis or Valkey. Its loss costs latency, never a message."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any
from uuid import UUID, uuid4

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from bot.core.values import ServiceId

TIMEOUT_S = 0.2
REST_S = 1.0  # after a failure the bus is left alone for so long: a dead one must not slow every turn
PAUSE_S = 0.005  # between two sends: a call costs 100 µs of CPU, so hints of the same moment travel together
LAST_S = 0.5  # the most that closing waits for the last hints
MOST_GATHERED = 10_000  # lines with news; what comes on top of them is not hinted
PREFIX = "bounceback:"


def make_redis(url: str, *, read_timeout_s: float | None = TIMEOUT_S) -> Redis:
    """One client from one URL, without the library's retries: they stall for seconds on a dead socket."""
    return Redis.from_url(
        url,
        socket_timeout=read_timeout_s,
        socket_connect_timeout=TIMEOUT_S,
        retry=Retry(NoBackoff(), 0),
        decode_responses=True,
    )


class RedisBus:
    def __init__(self, url: str) -> None:
        self._redis = make_redis(url)
        self._url = url
        self._me = uuid4().hex
        self._rests_until = 0.0
        self._gathered: dict[tuple[ServiceId, str, Any], Mapping[str, Any]] = {}
        self._some = asyncio.Event()
        self._sender: asyncio.Task[None] | None = None
        self._closing = False

    def hint(self, service: ServiceId, topic: str, payload: Mapping[str, Any]) -> None:
        key = (service, topic, payload.get("line"))
        if self._closing or (len(self._gathered) >= MOST_GATHERED and key not in self._gathered):
            return
        self._gathered[key] = payload
        self._some.set()
        if self._sender is None:
            self._sender = asyncio.create_task(self._send_what_gathers(), name="bus")

    async def _send_what_gathers(self) -> None:
        """One round trip for everything that was hinted during the last one, and nothing when nothing was."""
        while not (self._closing and not self._gathered):
            await self._some.wait()
            self._some.clear()
            gathered, self._gathered = self._gathered, {}
            if gathered and asyncio.get_running_loop().time() >= self._rests_until:
                await self._send(gathered)
            if not self._closing:
                await asyncio.sleep(PAUSE_S)

    async def _send(self, gathered: Mapping[tuple[ServiceId, str, Any], Mapping[str, Any]]) -> None:
        of_service: dict[ServiceId, list[tuple[str, Mapping[str, Any]]]] = {}
        for (service, topic, _), payload in gathered.items():
            of_service.setdefault(service, []).append((topic, payload))
        try:
            async with self._redis.pipeline(transaction=False) as together:
                for service, hints in of_service.items():
                    together.publish(f"{PREFIX}{{{service}}}", f"{self._me} {json.dumps(hints)}")
                await together.execute()
        except (RedisError, OSError, TimeoutError):
            self._rests_until = asyncio.get_running_loop().time() + REST_S

    async def hints(self) -> AsyncIterator[tuple[ServiceId, str, Mapping[str, Any]]]:
        while True:
            reader = make_redis(self._url, read_timeout_s=None)
            try:
                async with reader.pubsub() as pubsub:
                    await pubsub.psubscribe(f"{PREFIX}*")
                    async for message in pubsub.listen():
                        if message["type"] != "pmessage":
                            continue
                        sender, _, hints = message["data"].partition(" ")
                        if sender == self._me:
                            continue
                        service = ServiceId(UUID(message["channel"].removeprefix(PREFIX).strip("{}")))
                        for topic, payload in json.loads(hints):
                            yield service, topic, payload
            except (RedisError, OSError, TimeoutError, ValueError, KeyError):
                await asyncio.sleep(REST_S)
            finally:
                await reader.aclose()

    async def standing(self) -> str:
        try:
            await self._redis.ping()
        except (RedisError, OSError, TimeoutError):
            return "unavailable"
        return "ok"

    async def close(self) -> None:
        """What was hinted last still leaves, if it can at once."""
        self._closing = True
        self._some.set()
        if self._sender is not None:
            await asyncio.wait([self._sender], timeout=LAST_S)
            self._sender.cancel()
            await asyncio.gather(self._sender, return_exceptions=True)
        await self._redis.aclose()
