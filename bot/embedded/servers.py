"""Both servers of one data folder, shared by every process that uses it and stopped by the last."""

import asyncio
import fcntl
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.embedded import postgres, valkey
from bot.embedded.places import Place, account_for, make_private
from bot.embedded.processes import Account, Users, ask, ended, locked, open_lock, taken
from bot.embedded.troubles import OWN_SERVERS, EmbeddedFailed, explained


@dataclass(frozen=True)
class Servers:
    """Where they are. Both URLs are complete and hold for as long as somebody uses the data folder."""

    database_url: str
    redis_url: str


@asynccontextmanager
async def embedded_servers(data: Path, *, durable: bool = True) -> AsyncIterator[Servers]:
    """Start PostgreSQL and Valkey in ``data``, or join them where they run; the last user stops them.

    ``durable=False`` gives up fsync and belongs in test suites only. Raises EmbeddedFailed.
    """
    async with servers_under_way(data, durable=durable) as coming:
        yield await asyncio.shield(coming)


@asynccontextmanager
async def servers_under_way(data: Path, *, durable: bool = True) -> AsyncIterator[asyncio.Future[Servers]]:
    """The same without waiting for them: there is other work while they start. Whoever awaits shields it."""
    stay = _Stay(Place.of(data))
    entering = asyncio.ensure_future(asyncio.to_thread(stay.enter, durable=durable))
    try:
        yield entering
    finally:
        # A thread cannot be cancelled: let it arrive, then leave in order.
        await asyncio.wait([entering])
        if not entering.cancelled():
            entering.exception()  # looked at: perhaps nobody came to ask
        await asyncio.to_thread(stay.leave)


async def find_running(data: Path) -> Servers | None:
    """The servers of this data folder if they run, without starting or keeping them."""
    return await asyncio.to_thread(_running, Place.of(data))


def _running(place: Place) -> Servers | None:
    try:
        found = postgres.ready(place) and valkey.answers(place)
        return _servers(place) if found else None
    except PermissionError as refused:
        raise explained(str(refused), place.home) from None


def _servers(place: Place) -> Servers:
    return Servers(postgres.url(place), valkey.url(place))


@dataclass
class _Stay:
    """One use of the servers. A shared lock on ``users.lock`` counts it; the kernel lets go of it after kill -9."""

    place: Place
    account: Account | None = None
    users: int | None = None
    started: list[int] = field(default_factory=list)

    def enter(self, *, durable: bool) -> Servers:
        if sys.platform != "linux":
            raise EmbeddedFailed(f"Bounceback starts its own servers only on Linux: {OWN_SERVERS}.")
        try:
            self.account = account_for(self.place)
            make_private(self.place.home, self.account)
            with locked(self.place.home):
                return self._start(self.account, durable=durable)
        except OSError as refused:
            raise explained(str(refused), self.place.home) from None

    def leave(self) -> None:
        if self.account is None or self.users is None:
            return
        try:
            with locked(self.place.home):
                if taken(self.users, fcntl.LOCK_EX):
                    valkey.stop(self.place, self.account)
                    postgres.stop(self.place, self.account)
                    self.place.forget_sockets()
        except FileNotFoundError:
            # Somebody deleted the folder: what we started must not outlive us.
            ask(self.started, signal.SIGQUIT)
        finally:
            os.close(self.users)
        for pid in self.started:
            ended(pid)

    def _start(self, account: Account, *, durable: bool) -> Servers:
        self.users = open_lock(self.place.home / "users.lock", account)
        users = Users.join(self.users)
        self.place.choose_sockets(account)
        make_private(self.place.bus, account)
        self._keep(postgres.ensure(self.place, account, durable=durable, users=users))
        self._keep(valkey.ensure(self.place, account, users=users))
        return _servers(self.place)

    def _keep(self, pid: int | None) -> None:
        if pid is not None:
            self.started.append(pid)
