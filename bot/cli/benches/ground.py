"""Where a bench works: its folder, whose servers, and how much of each thing is done."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import aiohttp

from bot.cli.proofs.clinic import SLUG, open_clinic, own_settings
from bot.cli.proofs.findings import Tell
from bot.cli.proofs.instance import Instance, an_instance
from bot.core.errors import Misuse
from bot.core.service import Service
from bot.core.values import LineId
from bot.usecases import ways_in
from bot.usecases.house import House
from bot.wiring import Gauge, Urls, open_gauge, open_house, servers

CONNECTIONS = 16
AT_ONCE = 6  # fewer than the pool's connections
KNOWN_WITHIN_LOOKS = 100


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

    async def must_be_empty(self) -> None:
        """Made-up patients do not belong beside real ones. Raises Misuse."""
        if self.database_url is None:
            return
        async with self.inside() as (house, _, _):
            others = [s.slug for s in house.shelf.services() if not s.slug.startswith(SLUG)]
        if others:
            raise Misuse("that record holds services: give the bench an empty database of its own")

    @asynccontextmanager
    async def instance(
        self,
        more: Mapping[str, str] | None = None,
        verb: Literal["run", "web"] = "run",
        profile: Path | None = None,
    ) -> AsyncIterator[Instance]:
        async with an_instance(self.data, self.environment | dict(more or {}), verb, profile) as instance:
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


async def signed_in(
    house: House, instances: Collection[Instance], count: int, slug: str = SLUG
) -> tuple[Service, list[SignedIn]]:
    """So many new patients who have joined, and whom every one of these instances lets in."""
    service, invitations = await open_clinic(house, count, slug)
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(invitation: ways_in.Invitation) -> SignedIn:
        async with turns:
            asked = ways_in.Joining(invitation.code, adult=True, consents={"care": True}, name="Sam")
            return SignedIn(invitation.patient, await ways_in.join(house, asked))

    people = list(await asyncio.gather(*(one(i) for i in invitations)))
    for instance in instances:
        await _known(instance, people[0])
    return service, people


async def _known(instance: Instance, person: SignedIn) -> None:
    """A service made by another process is known within a second."""
    headers = {"Authorization": f"Bearer {person.token}"}
    async with aiohttp.ClientSession(instance.url, headers=headers) as session:
        for _ in range(KNOWN_WITHIN_LOOKS):
            async with session.get("/v1/messages") as answer:
                if answer.status == 200:
                    return
            await asyncio.sleep(0.1)
    raise Misuse("the instance does not know its patients")
