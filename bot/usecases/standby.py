"""The safety content outside the record: kept while all is well, stood by with where it is not."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from bot.core.errors import Misuse, Unavailable
from bot.core.library.bundle import Bundle
from bot.core.service import Service
from bot.ports import Bundles
from bot.usecases.shelf import Origin, Shelf

TRY_AGAIN_AFTER = 60  # rounds, where the folder takes no file


class Keeper:
    """Keeps what is in force whenever that, or a service's settings, became another."""

    def __init__(self, shelf: Shelf, bundles: Bundles) -> None:
        self._shelf, self._bundles = shelf, bundles
        self._kept: tuple[str, tuple[Service, ...]] | None = None
        self._pause = 0

    async def round(self) -> None:
        """Raises Unavailable, and not again for a while."""
        if not self._shelf.in_force:
            return
        library, services = self._shelf.library, self._shelf.services()
        self._pause = max(0, self._pause - 1)
        if self._pause or self._kept == (library.release, services):
            return
        try:
            await asyncio.to_thread(self._bundles.keep, Bundle.of(library, services))
        except Unavailable:
            self._pause = TRY_AGAIN_AFTER
            raise
        self._kept = library.release, services


def what_stands_by(bundles: Bundles, refused: Callable[[Misuse], None]) -> tuple[Bundle, Origin] | None:
    """What was published last, or else what the package brings; None of neither. ``refused`` hears why.

    Takes most of a second: the screen is built.
    """
    sources: tuple[tuple[Origin, Callable[[], Bundle | None]], ...] = (
        ("last published (file)", bundles.published),
        ("packaged", bundles.packaged),
    )
    for origin, read in sources:
        try:
            bundle = read()
        except Misuse as error:
            refused(error)
            continue
        if bundle is not None:
            return bundle, origin
    return None
