"""A house for one command: the servers of the data folder, or those that the URLs name."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import uvloop

from bot import logs
from bot.cli.options import DATA, AsJson, Data
from bot.core.errors import Misuse
from bot.core.service import Service
from bot.settings import Settings, read_settings
from bot.usecases.house import House
from bot.wiring import open_house, servers

T = TypeVar("T")


@asynccontextmanager
async def house_at(data: Path) -> AsyncIterator[tuple[House, Settings]]:
    """``data``: absolute."""
    settings = read_settings()
    async with servers(settings, data) as urls, open_house(settings, data, urls, hears=False) as house:
        yield house, settings


def with_house(data: Path, do: Callable[[House, Settings], Awaitable[T]]) -> T:
    """Run one command against the instance of a data folder."""
    logs.set_up()
    folder = data.absolute()

    async def run() -> T:
        async with house_at(folder) as (house, settings):
            result = await do(house, settings)
            await house.afterwards.settle()
            return result

    return uvloop.run(run())


def service_named(house: House, slug: str | None) -> Service:
    """The service with this slug; the only one where none is named."""
    services = house.shelf.services()
    if slug is None and len(services) == 1:
        return services[0]
    found = next((s for s in services if s.slug == slug), None)
    if found is None:
        names = (
            ", ".join(sorted(s.slug for s in services))
            or "none yet: add one with `bounceback service add FILE`"
        )
        raise Misuse(f"name a service with --service. There are: {names}")
    return found


__all__ = ["DATA", "AsJson", "Data", "house_at", "service_named", "with_house"]
