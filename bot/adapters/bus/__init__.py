"""Hints between processes over Redis or Valkey, alone or as a cluster. Their loss costs latency, never a message."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterable, Mapping
from typing import Any
from uuid import uuid4

from bot.adapters.bus.listening import Listening
from bot.adapters.bus.sending import Sending
from bot.adapters.bus.servers import Servers, channel_of
from bot.core.values import ServiceId


class RedisBus:
    """Sharded pub/sub, one channel a service: a server that is no cluster carries every channel itself."""

    def __init__(self, url: str) -> None:
        me = uuid4().hex
        self._servers = Servers(url)
        self._sending = Sending(self._servers, me)
        self._listening = Listening(self._servers, me)

    def hint(self, service: ServiceId, topic: str, payload: Mapping[str, Any]) -> None:
        self._sending.hint(service, topic, payload)

    def hears(self, service: ServiceId) -> bool:
        channel = channel_of(service)
        return self._listening.hears(channel) and not self._sending.rests(channel)

    def hints(
        self, services: Callable[[], Iterable[ServiceId]]
    ) -> AsyncGenerator[tuple[ServiceId, str, Mapping[str, Any]], None]:
        return self._listening.hints(services)

    async def standing(self) -> str:
        return await self._servers.standing()

    async def close(self) -> None:
        """What was hinted last still leaves, if it can at once."""
        await self._sending.close()
        await self._servers.close()
