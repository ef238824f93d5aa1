"""What other processes did and no hint told us: looked up in the record, for the Lines that somebody here listens to."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from datetime import timedelta

from bot.core.values import LineId, ServiceId
from bot.usecases.house import House
from bot.usecases.hub import News

LOOK_ANYWAY_S = 30.0  # also while hints arrive: one may be lost without a trace
LOOK_AT_ROOMS_S = (
    3.0  # a process may die between a post and its hint, and others look on who do not come back for it
)
MOST_LINES = 5_000  # in one question to the record
ENDED_LATELY = timedelta(seconds=60)


class Missed:
    """Once a second where the bus is gone, once where it was, and now and then in any case."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._asked: set[ServiceId] = set()
        self._versions: dict[ServiceId, dict[LineId, int | None]] = {}
        self._next_look: dict[ServiceId, float] = {}
        self._next_look_at_rooms: dict[ServiceId, float] = {}
        self._ended: dict[ServiceId, frozenset[bytes]] = {}

    def ask(self, service: ServiceId) -> None:
        """Something may have been said that did not arrive: look with the next round."""
        self._asked.add(service)

    async def round(self) -> None:
        """One question a service, where it is time. Raises Unavailable; what was asked stays asked then."""
        now = asyncio.get_running_loop().time()
        listened = self._house.hub.services()
        self._asked.intersection_update(listened)
        for service in listened:
            missed = service in self._asked or not self._house.bus.hears(service)
            if not missed and now < self._next_look.get(service, 0.0):
                await self._look_at_rooms(service, now)
                continue
            lines = self._house.hub.lines(service)
            self._versions[service] = await self._look_for_news(service, lines)
            if missed:
                await self._look_for_ended_sessions(service, lines)
                self._house.hub.tell(News(service, LineId(service), 0))
            self._asked.discard(service)
            self._next_look[service] = now + LOOK_ANYWAY_S
            self._next_look_at_rooms[service] = now + LOOK_AT_ROOMS_S
        for service in self._versions.keys() - set(listened):
            del self._versions[service], self._next_look[service], self._next_look_at_rooms[service]
            self._ended.pop(service, None)

    async def _look_at_rooms(self, service: ServiceId, now: float) -> None:
        rooms = self._house.hub.rooms(service)
        if rooms and now >= self._next_look_at_rooms[service]:
            self._versions[service] |= await self._look_for_news(service, rooms)
            self._next_look_at_rooms[service] = now + LOOK_AT_ROOMS_S

    async def _look_for_news(self, service: ServiceId, lines: Sequence[LineId]) -> dict[LineId, int | None]:
        """What of them is known from here on."""
        before = self._versions.get(service, {})
        seen = {line: before.get(line) for line in lines if line != service}
        for some in _in_parts(tuple(seen)):
            known = {line: seen[line] for line in some}
            for moved in await self._house.record.reading.moved_on(service, known):
                seen[moved.line] = moved.version
                hot = self._house.hot.get((service, moved.line))
                if hot is not None and hot.version < moved.version:
                    self._house.hot.forget((service, moved.line))
                self._house.hub.tell(News(service, moved.line, moved.first))
        return seen

    async def _look_for_ended_sessions(self, service: ServiceId, patients: Sequence[LineId]) -> None:
        since = self._house.clock.now() - ENDED_LATELY
        before, seen = self._ended.get(service, frozenset()), set()
        for some in _in_parts(patients):
            for token_hash, patient in await self._house.record.sessions.ended(service, some, since):
                seen.add(token_hash)
                if token_hash not in before:
                    self._house.hub.call_back(service, patient)
        self._ended[service] = frozenset(seen)


def _in_parts(lines: Sequence[LineId]) -> Iterator[Sequence[LineId]]:
    return (lines[n : n + MOST_LINES] for n in range(0, len(lines), MOST_LINES))
