"""Hints on their way out: gathered beside the turn, and sent together."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from bot.adapters.bus.servers import TROUBLES, Servers, channel_of
from bot.core.values import ServiceId

REST_S = 1.0  # after a failure a server is left alone for so long
PAUSE_S = 0.005  # between two sends: a call costs 100 µs of CPU, so hints of the same moment travel together
LAST_S = 0.5  # the most that closing waits for the last hints
MOST_GATHERED = 10_000
MISSED = "missed"

Hint = tuple[str, Mapping[str, Any]]
OfServices = dict[ServiceId, list[Hint]]


class Sending:
    def __init__(self, servers: Servers, me: str) -> None:
        self._servers, self._me = servers, me
        self._gathered: dict[tuple[ServiceId, str, Any], Mapping[str, Any]] = {}
        self._untold: set[ServiceId] = set()  # a hint of theirs was lost: others are told so when they can be
        self._rests_until: dict[str, float] = {}
        self._some = asyncio.Event()
        self._sender: asyncio.Task[None] | None = None
        self._closing = False

    def hint(self, service: ServiceId, topic: str, payload: Mapping[str, Any]) -> None:
        if self._closing:
            return
        key = (service, topic, _what(topic, payload))
        if len(self._gathered) < MOST_GATHERED or key in self._gathered:
            self._gathered[key] = payload
        else:
            self._untold.add(service)
        self._some.set()
        if self._sender is None:
            self._sender = asyncio.create_task(self._send_what_gathers(), name="bus")

    def rests(self, channel: str) -> bool:
        """Whether its server did not answer a moment ago."""
        home = self._servers.home(channel)
        return home is None or asyncio.get_running_loop().time() < self._rests_until.get(home, 0.0)

    async def _send_what_gathers(self) -> None:
        """One round trip for everything that was hinted during the last one, and nothing when nothing was."""
        while not (self._closing and not self._gathered):
            await self._something()
            gathered, self._gathered = self._gathered, {}
            of_services: OfServices = defaultdict(list)
            for (service, topic, _), payload in gathered.items():
                of_services[service].append((topic, payload))
            await self._send(of_services)
            if not self._closing:
                await asyncio.sleep(PAUSE_S)

    async def _something(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(REST_S if self._untold else None):
                await self._some.wait()
        self._some.clear()

    async def _send(self, of_services: OfServices) -> None:
        await self._servers.find()
        for service in [s for s in self._untold if not self.rests(channel_of(s))]:
            self._untold.discard(service)
            of_services[service].append((MISSED, {}))
        of_servers: dict[str, OfServices] = defaultdict(dict)
        for service, hints in of_services.items():
            home = self._servers.home(channel_of(service))
            if home is None or self.rests(channel_of(service)):
                self._untold.add(service)
            else:
                of_servers[home][service] = hints
        await asyncio.gather(*(self._send_to(home, of_services) for home, of_services in of_servers.items()))

    async def _send_to(self, home: str, of_services: OfServices) -> None:
        try:
            async with self._servers.client(home).pipeline(transaction=False) as together:
                for service, hints in of_services.items():
                    said = json.dumps(hints, default=str, separators=(",", ":"))
                    together.execute_command("SPUBLISH", channel_of(service), f"{self._me} {said}")
                answers = await together.execute(raise_on_error=False)
        except TROUBLES:
            self._rests_until[home] = asyncio.get_running_loop().time() + REST_S
            self._untold |= of_services.keys()
            self._servers.doubt()
            return
        refused = {s for s, answer in zip(of_services, answers, strict=True) if isinstance(answer, Exception)}
        if refused:
            self._untold |= refused
            self._servers.doubt()

    async def close(self) -> None:
        self._closing = True
        self._some.set()
        if self._sender is not None:
            await asyncio.wait([self._sender], timeout=LAST_S)
            self._sender.cancel()
            await asyncio.gather(self._sender, return_exceptions=True)


def _what(topic: str, payload: Mapping[str, Any]) -> Any:
    """What the newest hint stands for: how far a Line has come; of other things each different one counts."""
    return payload["line"] if topic in ("line", "room") else tuple(payload.items())
