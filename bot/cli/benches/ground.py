"""Where a bench works: its folder, whose servers, and how much of each thing is done."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.cli.proofs.clinic import join_all, open_clinic, own_settings
from bot.cli.proofs.findings import Tell
from bot.cli.proofs.instance import Instance, an_instance
from bot.core.values import LineId, ServiceId
from bot.usecases.house import House
from bot.wiring import Gauge, Urls, open_gauge, open_house, servers

CONNECTIONS = 16


@dataclass(frozen=True)
class Ground:
    """``database_url``, ``redis_url``: servers of your own, only where they are given here."""

    folder: Path
    quick: bool
    tell: Tell
    database_url: str | None = field(default=None, repr=False)
    redis_url: str | None = field(default=None, repr=False)

    @property
    def data(self) -> Path:
        return self.folder / "var"

    @property
    def own_record(self) -> bool:
        return self.database_url is None

    @property
    def environment(self) -> dict[str, str]:
        """Settings of the instance, without their prefix."""
        given = {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url}
        return {name: value for name, value in given.items() if value is not None}

    @asynccontextmanager
    async def instance(self, more: Mapping[str, str] | None = None) -> AsyncIterator[Instance]:
        async with an_instance(self.data, self.environment | dict(more or {})) as instance:
            yield instance

    @asynccontextmanager
    async def inside(self) -> AsyncIterator[tuple[House, Gauge, Urls]]:
        """A second way into the record of the instance: its use cases, and a gauge on it."""
        settings = own_settings(self.database_url, self.redis_url)
        async with AsyncExitStack() as stack:
            urls = await stack.enter_async_context(servers(settings, self.data))
            house = await stack.enter_async_context(open_house(settings, self.data, urls))
            gauge = await stack.enter_async_context(open_gauge(urls.database, CONNECTIONS))
            yield house, gauge, urls


@dataclass(frozen=True)
class SignedIn:
    patient: LineId
    token: str = field(repr=False)


async def signed_in(house: House, instance: Instance, count: int) -> tuple[ServiceId, list[SignedIn]]:
    """So many new patients who have joined."""
    service, invitations = await open_clinic(house, count)
    tokens = await join_all(instance.url, [i.code for i in invitations])
    return service.id, [SignedIn(i.patient, t) for i, t in zip(invitations, tokens, strict=True)]
