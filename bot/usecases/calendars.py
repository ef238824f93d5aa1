"""Calendars that lie at an address: read again and again. What one said last stands while it cannot be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.core import rota
from bot.core.errors import Refused, Unavailable
from bot.core.service import Service
from bot.core.values import LineId, ServiceId
from bot.ports import Answered, Call, Feed
from bot.usecases.house import House
from bot.usecases.people import By
from bot.usecases.rota import READ_FOR, bring_calendar
from bot.usecases.rounds import served

LOOK_EVERY_S = 30.0
READ_EVERY = timedelta(minutes=15)
UNREAD_FOR = timedelta(hours=24)
"""After so long without a reading that could be used a lead is told so on the page."""
WITHIN_S = 10.0
MOST_BYTES = 1_000_000
MOST = 10
NOT_CHANGED, READ = 304, 200
MARKS = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}

WRONG = {
    "not an address": "that is no address of a calendar",
    "not https": "its address must begin with https://",
    "host not allowed": "its address is not one that this service may call",
    "private address": "its address is inside a network of its own",
    "silent": "it does not answer",
    "not connected": "there is no connection to it",
    "too long": f"it is larger than {MOST_BYTES // 1_000_000} MB",
}


def unread(feed: Feed, now: datetime) -> bool:
    return rota.is_address(feed.place) and now - feed.seen_at > UNREAD_FOR


async def subscribe(house: House, service: Service, url: str, by: By = None) -> str | None:
    """Read it now and from now on. Returns what is wrong with it and what to do, and then nothing is kept."""
    url = url.strip()
    if not rota.is_address(url):
        return "Give its address, which begins with https://."
    known = await house.record.rota.feeds(service.id)
    if sum(rota.is_address(feed.place) for feed in known) >= MOST:
        return f"There are {MOST} already: take one out first."
    try:
        answered = await house.outward.call(_call(url, {}))
    except Unavailable as error:
        return f"It was not read: {_wrong(error)}. Check the address, and try again."
    if answered.status != READ:
        return f"It was not read: the server answered {answered.status}. Check the address, and try again."
    entries, faults = house.calendars.read(answered.body, *_time(house, service))
    if faults:
        return f"It cannot be used: line {faults[0].line}: {faults[0].what}; {faults[0].hint}."
    await _note(house, service.id, by, "rota.calendar", url)
    _, wrong = await bring_calendar(house, service, url, entries, ())
    if wrong:
        await _drop(house, service.id, url)
        return f"It cannot be used: line {wrong[0].line}: {wrong[0].what}; {wrong[0].hint}."
    return None


async def unsubscribe(house: House, service: Service, feed: UUID, by: By = None) -> None:
    """With the shifts that it brought. Raises Refused('not_found')."""
    known = await house.record.rota.feeds(service.id)
    place = next((each.place for each in known if each.id == feed), None)
    if place is None:
        raise Refused("not_found")
    await _note(house, service.id, by, "rota.calendar_drop", place)
    await house.record.rota.forget(service.id, feed)


@dataclass
class Calendars:
    """The worker's part. ``_marks``: by which a server says that nothing has changed; a new process asks for all of it."""

    house: House
    _next: dict[tuple[ServiceId, str], datetime] = field(default_factory=dict)
    _marks: dict[tuple[ServiceId, str], Mapping[str, str]] = field(default_factory=dict)

    async def round(self, services: frozenset[ServiceId] | None = None) -> None:
        """Whatever is due, one after the other."""
        house = self.house
        for service in served(house, services):
            for feed in await house.record.rota.feeds(service.id):
                key, now = (service.id, feed.place), house.clock.now()
                if rota.is_address(feed.place) and self._next.get(key, now) <= now:
                    self._next[key] = now + READ_EVERY
                    await self._read(service, feed)

    async def _read(self, service: Service, feed: Feed) -> None:
        house, key = self.house, (service.id, feed.place)
        try:
            answered = await house.outward.call(_call(feed.place, self._marks.get(key, {})))
        except Unavailable as error:
            await self._failed(service, feed, _wrong(error))
            return
        now = house.clock.now()
        if answered.status == NOT_CHANGED:
            await house.record.rota.same(service.id, Feed(feed.id, feed.place, now))
        elif answered.status != READ:
            await self._failed(service, feed, f"the server answered {answered.status}")
        else:
            self._marks.pop(key, None)
            entries, faults = house.calendars.read(answered.body, *_time(house, service))
            _, wrong = await bring_calendar(house, service, feed.place, entries, faults, good_at=feed.seen_at)
            if not wrong:
                self._marks[key] = _marks_of(answered)

    async def _failed(self, service: Service, feed: Feed, error: str) -> None:
        await self.house.record.rota.failed(service.id, Feed(feed.id, feed.place, feed.seen_at, error))


def _call(url: str, marks: Mapping[str, str]) -> Call:
    headers = {"Accept": "text/calendar", **marks}
    return Call(url, headers=headers, most=MOST_BYTES, limit_s=WITHIN_S)


def _marks_of(answered: Answered) -> dict[str, str]:
    return {asks: answered.headers[says] for says, asks in MARKS.items() if says in answered.headers}


def _wrong(error: Unavailable) -> str:
    return WRONG.get(error.what, "it cannot be read")


def _time(house: House, service: Service) -> tuple[ZoneInfo, datetime, datetime]:
    now = house.clock.now()
    return ZoneInfo(service.timezone), now, now + READ_FOR


async def _drop(house: House, service: ServiceId, place: str) -> None:
    for feed in await house.record.rota.feeds(service):
        if feed.place == place:
            await house.record.rota.forget(service, feed.id)


async def _note(house: House, service: ServiceId, by: By, what: str, place: str) -> None:
    """Without the address, which may open it."""
    who = f"staff:{by.id}" if by else "operator:cli"
    await house.record.audit.note(service, LineId(service), who, what, rota.called(place), house.clock.now())
