"""What every bus does for those who hint and those who listen. A subclass's module has the fixture ``bus_url``."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

from bot.adapters.bus import RedisBus
from bot.core.values import ServiceId

Hint = tuple[ServiceId, str, Mapping[str, Any]]


class Listener:
    """Another process that listens to services. ``services`` may grow while it does."""

    def __init__(self, bus: RedisBus, services: Iterable[ServiceId]) -> None:
        self.bus, self.services = bus, list(services)
        self.heard: list[Hint] = []
        self._more = asyncio.Event()

    async def listen(self) -> None:
        async for hint in self.bus.hints(lambda: self.services):
            self.heard.append(hint)
            self._more.set()

    async def until(self, enough: Callable[[list[Hint]], bool]) -> None:
        async with asyncio.timeout(10):
            while not enough(self.heard):
                self._more.clear()
                await self._more.wait()

    async def hears(self, *services: ServiceId, yes: bool = True) -> None:
        """Until the services' channels are open (or are not)."""
        async with asyncio.timeout(10):
            while any(self.bus.hears(service) is not yes for service in services or self.services):
                await asyncio.sleep(0.005)

    def of(self, topic: str) -> list[Mapping[str, Any]]:
        return [payload for _, said, payload in self.heard if said == topic]


@asynccontextmanager
async def bus_on(url: str) -> AsyncIterator[RedisBus]:
    bus = RedisBus(url)
    yield bus
    await bus.close()


@asynccontextmanager
async def listening(url: str, *services: ServiceId) -> AsyncIterator[Listener]:
    async with bus_on(url) as bus:
        listener = Listener(bus, services)
        task = asyncio.create_task(listener.listen())
        try:
            await listener.hears()
            await listener.until(lambda heard: len(heard) >= len(services))  # told so: ``missed`` of each
            listener.heard.clear()
            yield listener
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


def some_service() -> ServiceId:
    return ServiceId(uuid4())


class BusContract:
    async def test_what_one_process_hints_another_hears(self, bus_url: str) -> None:
        services = [some_service() for _ in range(20)]
        async with bus_on(bus_url) as bus, listening(bus_url, *services) as other:
            for n, service in enumerate(services):
                bus.hint(service, "line", {"line": str(service), "seq": n})
            await other.until(lambda heard: len(heard) >= 20)
        expected = [(s, "line", {"line": str(s), "seq": n}) for n, s in enumerate(services)]
        assert sorted(other.heard, key=lambda hint: hint[2]["seq"]) == expected

    async def test_nobody_hears_themselves(self, bus_url: str) -> None:
        service = some_service()
        async with listening(bus_url, service) as one, listening(bus_url, service) as other:
            one.bus.hint(service, "line", {"line": "a", "seq": 1})
            await other.until(lambda heard: len(heard) == 1)
            other.bus.hint(service, "line", {"line": "b", "seq": 1})
            await one.until(lambda heard: len(heard) == 1)
        assert one.of("line") == [{"line": "b", "seq": 1}]

    async def test_the_newest_hint_on_a_line_stands_for_the_older_ones(self, bus_url: str) -> None:
        service = some_service()
        async with bus_on(bus_url) as bus, listening(bus_url, service) as other:
            for seq in range(1, 9):
                bus.hint(service, "line", {"line": "a", "seq": seq})
            bus.hint(service, "alerts", {})
            await other.until(lambda heard: len(heard) == 2)
        assert other.of("line") == [{"line": "a", "seq": 8}]

    async def test_each_post_that_was_hidden_is_told(self, bus_url: str) -> None:
        service = some_service()
        async with bus_on(bus_url) as bus, listening(bus_url, service) as other:
            for seq in (3, 9):
                bus.hint(service, "posts", {"line": "room", "seq": seq})
            await other.until(lambda heard: len(heard) == 2)
        assert [payload["seq"] for payload in other.of("posts")] == [3, 9]

    async def test_a_service_that_is_new_is_heard_by_itself(self, bus_url: str) -> None:
        first, second = some_service(), some_service()
        async with bus_on(bus_url) as bus, listening(bus_url, first) as other:
            other.services.append(second)
            await other.hears(second)
            bus.hint(second, "alerts", {})
            await other.until(lambda heard: (second, "alerts", {}) in heard)

    async def test_what_was_hinted_last_leaves_before_the_bus_is_closed(self, bus_url: str) -> None:
        service = some_service()
        async with listening(bus_url, service) as other:
            async with bus_on(bus_url) as bus:
                bus.hint(service, "alerts", {})
            await other.until(lambda heard: len(heard) == 1)

    async def test_it_says_that_it_stands(self, bus_url: str) -> None:
        async with bus_on(bus_url) as bus:
            assert await bus.standing() == "ok"
