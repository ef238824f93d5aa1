"""What every turn needs at hand: the library in force, releases that Runs still stand on, services' settings."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Literal

from bot.core.errors import Misuse, Refused, Unavailable
from bot.core.library import Library
from bot.core.library.bundle import Bundle
from bot.core.service import Service
from bot.core.values import ServiceId
from bot.ports import Pointer, Releases, Services

Origin = Literal["in force", "last published (file)", "packaged"]


class Shelf:
    """Kept fresh by ``refresh``; a broken record leaves the last good library in place (I10)."""

    def __init__(self, releases: Releases, services: Services, *, hears: bool = True) -> None:
        """``hears`` False: nobody will say anything, so no patterns are compiled before they are asked for."""
        self._hears = hears
        self._releases = releases
        self._services = services
        self._books: dict[str, Library] = {}
        self._overtaken: frozenset[str] = frozenset()
        self._pointer: Pointer | None = None
        self._settings: dict[ServiceId, Service] = {}
        self._at_work: dict[ServiceId, Service] = {}  # the same, with the bank holidays of the library
        self._slugs: dict[str, ServiceId] = {}
        self._asked = False  # whether the record ever said which services there are
        self._standby: tuple[Bundle, Origin] | None = None

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
            self._at_work.clear()

    def stand_by(self, bundle: Bundle, origin: Origin) -> None:
        """What screens and signposts until a library is in force."""
        self._standby = bundle, origin
        self._at_work.clear()
        if not self._asked:
            self._know(bundle.services)

    @property
    def in_force(self) -> bool:
        """Whether the record said what is."""
        return self._pointer is not None and self._pointer.n > 0

    @property
    def for_safety(self) -> Library:
        """What screens and signposts: the library in force, or what stands by. Conversations need ``library``."""
        if self._standby is not None and not self.in_force:
            return self._standby[0].library
        return self.library

    @property
    def safety_from(self) -> tuple[Origin, str] | None:
        """Where that comes from, and of which release it is; None where there is nothing."""
        if self._pointer is not None and self.in_force:
            return "in force", self._pointer.release
        return None if self._standby is None else (self._standby[1], self._standby[0].release)

    def _know(self, services: Iterable[Service]) -> None:
        self._settings = {s.id: s for s in services}
        self._slugs = {s.slug: s.id for s in self._settings.values()}
        self._at_work.clear()

    async def refresh(self) -> bool:
        """Read the pointer and the services' settings. True when the library in force changed."""
        self._know(await self._services.all())
        self._asked = True
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
            self._pointer, self._overtaken, self._standby = pointer, overtaken, None
            self._at_work.clear()
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
            if self._pointer is not None:
                book.safety.take_over(self.library.safety)
            if self._hears:
                # Before it is in force: the first message under it must not wait for its screen.
                await asyncio.to_thread(lambda: book.screen)
            self._books[release] = book

    def service(self, service: ServiceId) -> Service:
        """Its settings, and closed on the bank holidays of the content in force."""
        at_work = self._at_work.get(service)
        if at_work is None:
            found = self._settings.get(service)
            if found is None:
                raise self._unknown()
            at_work = self._at_work[service] = found.closed_also_on(self._bank_holidays(found))
        return at_work

    def _bank_holidays(self, service: Service) -> frozenset[date]:
        if self._pointer is None and self._standby is None:
            return frozenset()
        return self.for_safety.policy.bank_holidays.of(service.nation)

    def by_slug(self, slug: str) -> Service:
        service = self._slugs.get(slug)
        if service is None:
            raise self._unknown()
        return self.service(service)

    def _unknown(self) -> Refused | Unavailable:
        """Nobody is called a stranger before the record was asked."""
        return Refused("no_such_service") if self._asked else Unavailable("record")

    def services(self) -> tuple[Service, ...]:
        return tuple(map(self.service, self._settings))

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
