"""What every turn needs at hand: the library in force, releases that Runs still stand on, services' settings."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime

from bot.core.errors import Misuse, Refused, Unavailable
from bot.core.library import Library
from bot.core.service import Service
from bot.core.values import ServiceId
from bot.ports import Pointer, Releases, Services


class Shelf:
    """Kept fresh by ``refresh``; a broken record leaves the last good library in place (I10)."""

    def __init__(self, releases: Releases, services: Services) -> None:
        self._releases = releases
        self._services = services
        self._books: dict[str, Library] = {}
        self._overtaken: frozenset[str] = frozenset()
        self._pointer: Pointer | None = None
        self._settings: dict[ServiceId, Service] = {}
        self._slugs: dict[str, ServiceId] = {}

    @property
    def library(self) -> Library:
        """The release in force."""
        if self._pointer is None:
            raise Unavailable("content")
        return self._books[self._pointer.release]

    @property
    def pointer(self) -> Pointer | None:
        return self._pointer

    def put_first(self, library: Library) -> None:
        """Stand in for the record until it has been read: the library shipped with the package."""
        self._books[library.release] = library
        if self._pointer is None:
            self._pointer = Pointer(release=library.release, n=0)

    async def refresh(self) -> bool:
        """Read the pointer and the services' settings. True when the library in force changed."""
        self._settings = {s.id: s for s in await self._services.all()}
        self._slugs = {s.slug: s.id for s in self._settings.values()}
        pointer = await self._releases.pointer()
        if pointer is None or not self._newer(pointer):
            return False
        await self.fetch(pointer.release)
        if pointer.release not in self._books:
            return False  # made by another version, which reads it; here the last good one goes on
        return await self._point_at(pointer)

    def _newer(self, pointer: Pointer) -> bool:
        return self._pointer is None or pointer.n > self._pointer.n

    async def _point_at(self, pointer: Pointer) -> bool:
        """Never back: what was read before somebody published may arrive after it."""
        overtaken = await self._overtaken_by(pointer)
        newer = self._newer(pointer)
        if newer:
            self._pointer, self._overtaken = pointer, overtaken
        return newer

    async def _overtaken_by(self, pointer: Pointer) -> frozenset[str]:
        if pointer.urgent_at is None:
            return frozenset()
        made = await self._releases.list()
        return frozenset(
            r.release for r in made if r.put_at < pointer.urgent_at and r.release != pointer.release
        )

    @property
    def books(self) -> Mapping[str, Library]:
        """Those at hand, by release."""
        return self._books

    @property
    def overtaken(self) -> frozenset[str]:
        """Releases that an urgent one took out of use."""
        return self._overtaken

    async def fetch(self, release: str) -> None:
        """Have a release at hand that a state names. One that is gone stays away, and its module begins again."""
        if release not in self._books and (book := await self._releases.load(release)) is not None:
            # Before it is in force: the first message under it must not wait for its patterns.
            await asyncio.to_thread(lambda: book.screen)
            self._books[release] = book

    def service(self, service: ServiceId) -> Service:
        found = self._settings.get(service)
        if found is None:
            raise Refused("no_such_service")
        return found

    def by_slug(self, slug: str) -> Service:
        service = self._slugs.get(slug)
        if service is None:
            raise Refused("no_such_service")
        return self._settings[service]

    def services(self) -> tuple[Service, ...]:
        return tuple(self._settings.values())

    async def publish(
        self,
        library: Library,
        by: str,
        now: datetime,
        *,
        bodies: Mapping[str, bytes] | None = None,
        over: str | None = None,
        urgent: bool = False,
    ) -> Pointer:
        """Keep a release in the record, put it in force there and here."""
        pointer = await self._releases.publish(library, by, now, bodies=bodies, over=over, urgent=urgent)
        self._books[library.release] = library
        if library.release != pointer.release:
            raise Misuse("the record put another release in force than the one published")
        await self._point_at(pointer)
        return pointer
