"""The servers of one bus, from one URL, and which of them carries which channel."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.crc import REDIS_CLUSTER_HASH_SLOTS, key_slot
from redis.exceptions import RedisError, ResponseError

from bot.core.errors import Misuse
from bot.core.values import ServiceId

TIMEOUT_S = 0.2
ASK_AGAIN_S = 1.0  # the servers are asked who carries what at most so often
PREFIX = "bounceback:"
TROUBLES = (RedisError, OSError, TimeoutError)

_URL = re.compile(r"(?P<before>rediss?://(?:[^@/?]*@)?)(?P<hosts>[^/?]*)(?P<after>.*)")


def channel_of(service: ServiceId) -> str:
    """The service is the hash tag: all that is said about it stands on one server."""
    return f"{PREFIX}{{{service}}}"


def each_of(url: str) -> tuple[str, ...]:
    """One URL for each of the servers that ``redis://host:port,host:port/`` names."""
    parts = _URL.fullmatch(url)
    if parts is None:
        return (url,)
    return tuple(f"{parts['before']}{host.strip()}{parts['after']}" for host in parts["hosts"].split(","))


def beside(url: str, host: str | None, port: int) -> str:
    """Another server that is reached in the same way. ``host`` None or empty: the same host."""
    parts = _URL.fullmatch(url)
    if parts is None:
        return url
    here = parts["hosts"].rpartition(":")[0] if re.search(r":\d+$", parts["hosts"]) else parts["hosts"]
    there = f"[{host}]" if host and ":" in host else host
    return f"{parts['before']}{there or here}:{port}{parts['after']}"


def make_redis(url: str) -> Redis:
    """One client from one URL, without what stalls: retries, and time-outs that the server may relax.

    RESP2 without a name for the library: nothing is sent that Redis 7.0 does not know.
    """
    return Redis.from_url(
        url,
        socket_timeout=TIMEOUT_S,
        socket_connect_timeout=TIMEOUT_S,
        retry=Retry(NoBackoff(), 0),
        decode_responses=True,
        protocol=2,
        driver_info=None,
    )


@dataclass(frozen=True)
class Share:
    """Slots from ``first`` to ``last`` are carried by the server at ``url``."""

    first: int
    last: int
    url: str


class Servers:
    def __init__(self, url: str) -> None:
        self._given = each_of(url)
        self._shares: tuple[Share, ...] = ()
        self._clients: dict[str, Redis] = {}
        self._in_doubt = True
        self._ask_again = 0.0
        self._asking = asyncio.Lock()
        self._trouble = "unavailable"
        for each in self._given:
            self.client(each)

    def home(self, channel: str) -> str | None:
        """The server that carries a channel; None where that is not known."""
        slot = key_slot(channel.encode())
        for share in self._shares:
            if share.first <= slot <= share.last:
                return share.url
        self.doubt()  # a cluster that is still forming tells less than it will
        return None

    def doubt(self) -> None:
        """Something went wrong: perhaps a channel has moved."""
        self._in_doubt = True

    def client(self, url: str) -> Redis:
        """Raises Misuse where this is no URL of a server."""
        if url not in self._clients:
            try:
                self._clients[url] = make_redis(url)
            except ValueError:
                raise Misuse(
                    "the bus needs a URL like redis://host:6379, rediss://host:6379 or unix:///path"
                ) from None
        return self._clients[url]

    async def find(self) -> None:
        """Ask who carries what, where that is not known or in doubt; not more than once in a while. Never raises."""
        if not self._in_doubt:
            return
        async with self._asking:
            now = asyncio.get_running_loop().time()
            if not self._in_doubt or now < self._ask_again:
                return
            for url in dict.fromkeys((*self._masters(), *self._given)):
                try:
                    self._shares = await self._shares_as_told_by(url)
                except TROUBLES:
                    continue
                self._in_doubt = False
                break
            self._ask_again = asyncio.get_running_loop().time() + ASK_AGAIN_S

    async def _shares_as_told_by(self, url: str) -> tuple[Share, ...]:
        try:
            told: Any = await self.client(url).execute_command("CLUSTER", "SLOTS")  # type: ignore[no-untyped-call]
        except ResponseError:
            if len(self._given) > 1:
                self._trouble = "several servers are named, and they are not a cluster"
                raise
            return (Share(0, REDIS_CLUSTER_HASH_SLOTS - 1, url),)
        if not told:
            raise RedisError
        return tuple(_shares(url, told))

    def _masters(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(share.url for share in self._shares))

    async def standing(self) -> str:
        """Whether every server that carries something answers."""
        await self.find()
        masters = self._masters()
        if not masters:
            return self._trouble
        answering = sum(await asyncio.gather(*(self._answers(url) for url in masters)))
        if answering == len(masters):
            return "ok"
        return f"{answering} of {len(masters)} servers answer" if answering else "unavailable"

    async def _answers(self, url: str) -> bool:
        try:
            await self.client(url).ping()
        except TROUBLES:
            return False
        return True

    async def close(self) -> None:
        for client in self._clients.values():
            with suppress(*TROUBLES):
                await client.aclose()


def _shares(asked: str, told: Iterable[Any]) -> Iterable[Share]:
    for first, last, master, *_ in told:
        yield Share(int(first), int(last), beside(asked, master[0], int(master[1])))
