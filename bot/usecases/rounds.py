"""A worker's round over the services it serves: one that fails holds up none of the others."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator

from bot.core.errors import Refused, Unavailable
from bot.core.service import Service
from bot.core.values import ServiceId
from bot.usecases.house import House

Failed = Callable[[str, BaseException], None]


def served(house: House, services: frozenset[ServiceId] | None) -> Iterator[Service]:
    """Those of the services that are there; None: all of them."""
    return (s for s in house.shelf.services() if services is None or s.id in services)


async def each_service(
    house: House,
    what: str,
    failed: Failed,
    services: frozenset[ServiceId] | None,
    look_after: Callable[[Service], Awaitable[None]],
) -> None:
    """``what`` names the work in the log."""
    for service in served(house, services):
        try:
            await look_after(service)
        except (Unavailable, Refused) as error:
            failed(what, error)
