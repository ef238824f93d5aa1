"""The way out to addresses that somebody typed in: public hosts alone, at the very address that was checked."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Sequence

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from bot.core.errors import Unavailable
from bot.ports.outward import Answered, Barred, Call

CONNECT_S = 4.0
LONGEST_URL = 2000
USUAL_PORTS = {"https": 443, "http": 80}
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

# Public by their numbers, and yet not the internet: a cloud's own machine, protocol assignments, relays of 6to4.
NEVER_4 = [ipaddress.IPv4Network(n) for n in ("168.63.129.16/32", "192.0.0.0/24", "192.88.99.0/24")]
GLOBAL_6 = ipaddress.IPv6Network("2000::/3")
# Protocol assignments (Teredo among them), documentation, 6to4.
NEVER_6 = [
    ipaddress.IPv6Network(n) for n in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16")
]
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


def is_public(address: Address) -> bool:
    """Whether an address is somebody's on the internet: no network of ours, no machine's own, no group of machines.

    >>> [is_public(ipaddress.ip_address(a)) for a in ("9.9.9.9", "10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1")]
    [True, False, False, False]
    """
    if isinstance(address, ipaddress.IPv6Address):
        if address in NAT64:
            return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        return address in GLOBAL_6 and not any(address in net for net in NEVER_6)
    return address.is_global and not address.is_multicast and not any(address in net for net in NEVER_4)


class CheckedResolver(AbstractResolver):
    """The connection goes to what this answers, and to nothing else: a name cannot mean two addresses."""

    def __init__(self, permitted: Sequence[Network]) -> None:
        self._permitted = permitted

    def may(self, address: str) -> bool:
        number = ipaddress.ip_address(address.partition("%")[0])
        return is_public(number) or any(number in network for network in self._permitted)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Raises Barred where one of its addresses is not public: such a name is not to be trusted with the others."""
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, family=family)
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if not addresses:
            raise OSError
        if not all(self.may(address) for address in addresses):
            raise Barred("private address")
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for address in addresses
        ]

    async def close(self) -> None:
        return


class GuardedOutward:
    """``plain``: http:// is allowed too, which production never does. ``permitted``: networks that a test calls besides.

    Each call has a connection of its own, no cookies, no proxy of the environment, and no redirect.
    """

    def __init__(self, *, plain: bool = False, permitted: Sequence[Network] = ()) -> None:
        self._schemes = ("https", "http") if plain else ("https",)
        self._resolver = CheckedResolver(permitted)

    def bar(self, url: str, hosts: frozenset[str] | None) -> str | None:
        if len(url) > LONGEST_URL or not url.isascii() or any(c <= " " or c in '\\"<>' for c in url):
            return "not an address"
        try:
            parsed = URL(url)  # as the client reads it, so that both mean the same host
            name, port = parsed.host, parsed.port
        except ValueError:
            return "not an address"
        if parsed.scheme not in self._schemes:
            return "not https"
        if not name or not port or parsed.user is not None or parsed.password is not None:
            return "not an address"
        if not _is_among(name, port, usual=port == USUAL_PORTS[parsed.scheme], hosts=hosts):
            return "host not allowed"
        return "private address" if self._is_private_number(name) else None

    def _is_private_number(self, host: str) -> bool:
        try:
            return not self._resolver.may(host)
        except ValueError:
            return False  # a name, which is looked at when it is resolved

    async def call(self, call: Call) -> Answered:
        if (why := self.bar(call.url, call.hosts)) is not None:
            raise Barred(why)
        try:
            async with asyncio.timeout(call.limit_s):
                return await self._called(call)
        except TimeoutError:
            raise Unavailable("silent") from None
        except (aiohttp.ClientError, OSError, ValueError, UnicodeError):
            # Its own words may repeat the address, or what was sent.
            raise Unavailable("not connected") from None

    async def _called(self, call: Call) -> Answered:
        connector = aiohttp.TCPConnector(
            resolver=self._resolver, use_dns_cache=False, force_close=True, limit=1
        )
        async with (
            aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
                timeout=aiohttp.ClientTimeout(total=call.limit_s, sock_connect=CONNECT_S),
            ) as session,
            session.request(
                call.method,
                URL(call.url),
                data=call.body or None,
                headers={"Accept-Encoding": "identity", "User-Agent": "Bounceback", **call.headers},
                allow_redirects=False,
            ) as said,
        ):
            headers = {name.lower(): value for name, value in said.headers.items()}
            return Answered(said.status, await _at_most(said, call.most), headers)


async def _at_most(said: aiohttp.ClientResponse, most: int) -> bytes:
    try:
        await said.content.readexactly(most + 1)
    except asyncio.IncompleteReadError as all_of_it:
        return all_of_it.partial
    raise Unavailable("too long")


def _is_among(name: str, port: int, *, usual: bool, hosts: frozenset[str] | None) -> bool:
    """A host without a port means the usual one."""
    if hosts is None:
        return usual
    name = name.rstrip(".")
    exact = {name, f"{name}:{port}"} if usual else {f"{name}:{port}"}
    labels = name.split(".")
    above = {f"*.{'.'.join(labels[n:])}" for n in range(1, len(labels))} if usual else set()
    return bool(hosts & (exact | above))
