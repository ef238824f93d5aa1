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

    async def hint(self, service: ServiceId, topic: str, payload: Mapping[str, Any]) -> None:
        loop = asyncio.get_running_loop()
        if loop.time() < self._rests_until:
            return
        body = json.dumps({"from": self._me, "topic": topic, **payload})
        try:
            await self._redis.publish(f"{PREFIX}{{{service}}}", body)
        except (RedisError, OSError, TimeoutError):
            self._rests_until = loop.time() + REST_S

    async def hints(self) -> AsyncIterator[tuple[ServiceId, str, Mapping[str, Any]]]:
        while True:
            reader = make_redis(self._url, read_timeout_s=None)
            try:
                async with reader.pubsub() as pubsub:
                    await pubsub.psubscribe(f"{PREFIX}*")
                    async for message in pubsub.listen():
                        if message["type"] != "pmessage":
                            continue
                        body = json.loads(message["data"])
                        if body.pop("from", None) != self._me:
                            service = message["channel"].removeprefix(PREFIX).strip("{}")
                            yield ServiceId(UUID(service)), body.pop("topic"), body
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
        await self._redis.aclose()
