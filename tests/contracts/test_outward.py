"""The way out: where it never goes, and that it goes to the very address that was checked."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.adapters.outward import GuardedOutward, is_public
from bot.core.errors import Unavailable
from bot.ports import Barred, Call

LOOPBACK = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))


class Place:
    """A server on this machine that notes who comes, and by which name they ask for it."""

    def __init__(self) -> None:
        self.came: list[tuple[str, str, bytes]] = []
        self.server = TestServer(self._app())

    def _app(self) -> web.Application:
        app = web.Application()
        app.router.add_route("*", "/{rest:.*}", self._answer)
        return app

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.came.append((request.host, request.path, await request.read()))
        match request.path:
            case "/on":
                raise web.HTTPFound("/elsewhere")
            case "/long":
                return web.Response(body=b"x" * 5000)
            case "/slow":
                await asyncio.sleep(30)
        return web.Response(text="here", headers={"ETag": '"1"'})

    def url(self, path: str = "/", host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.server.port}{path}"

    def hosts(self, host: str = "127.0.0.1") -> frozenset[str]:
        return frozenset({f"{host}:{self.server.port}"})


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    here = Place()
    async with here.server:
        yield here


INSIDE = [
    *("0.0.0.0", "0.1.2.3", "10.1.2.3", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.9.9.9"),
    *("168.63.129.16", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8", "192.0.2.1"),
    *("192.168.1.1", "192.88.99.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "240.0.0.1"),
    *("255.255.255.255", "::", "::1", "::7f00:1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:9.9.9.9"),
    *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1"),
    *("2002:7f00:1::", "2002:a00:1::1", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1"),
    *("ff02::1", "4000::1"),
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
async def test_an_address_that_is_not_the_internets_is_never_called(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(Barred):
        await GuardedOutward().call(Call(f"https://{host}/"))


@pytest.mark.parametrize(
    "address", ["9.9.9.9", "100.128.0.1", "172.32.0.1", "2a00:1450:4009:81f::200e", "64:ff9b::909:909"]
)
def test_an_address_of_the_internet_may_be_called(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://hooks.example.org/a", "not https"),
        ("ftp://hooks.example.org/a", "not https"),
        ("file:///etc/passwd", "not https"),
        ("https:///a", "not an address"),
        ("https://somebody@hooks.example.org/", "not an address"),
        ("https://hooks.example.org:99999/", "not an address"),
        ("https://hooks.example.org\\@127.0.0.1/", "not an address"),
        ("https://hooks.example.org/\r\nX: 1", "not an address"),
        ("https://höoks.example.org/", "not an address"),
        ("https://other.example.org/", "host not allowed"),
        ("https://hooks.example.org.evil.example/", "host not allowed"),
        ("https://hooks.example.org:8443/", "host not allowed"),
        ("https://push.example/", "host not allowed"),
        ("https://hooks.example.org/a", None),
        ("https://HOOKS.example.org./a", None),
        ("https://hooks.example.org:443/a", None),
        ("https://eu.push.example/", None),
        ("https://a.eu.push.example/", None),
    ],
)
def test_only_hosts_that_the_operator_named(url: str, why: str | None) -> None:
    assert GuardedOutward().bar(url, frozenset({"hooks.example.org", "*.push.example"})) == why


def test_any_public_host_means_the_usual_port() -> None:
    assert GuardedOutward().bar("https://rota.example.org/x.ics", None) is None
    assert GuardedOutward().bar("https://rota.example.org:5432/x.ics", None) == "host not allowed"


async def test_a_name_of_this_machine_is_refused_once_it_is_resolved(place: Place) -> None:
    guard = GuardedOutward(plain=True)
    with pytest.raises(Barred, match="private address"):
        await guard.call(Call(place.url(host="localhost"), hosts=place.hosts("localhost")))
    for number in ("2130706433", "0x7f.1", "127.1", "0177.0.0.1"):
        with pytest.raises(Unavailable):
            await guard.call(Call(place.url(host=number), hosts=place.hosts(number)))
    assert place.came == []


def resolves_to(monkeypatch: pytest.MonkeyPatch, *answers: tuple[str, ...]) -> list[str]:
    """Each look-up of a name gets the next answer; returns the names that were asked for."""
    asked: list[str] = []
    loop = asyncio.get_running_loop()
    really = loop.getaddrinfo

    async def getaddrinfo(host: str, port: int, **how: Any) -> Any:
        if host[0].isdigit():
            return await really(host, port, **how)
        found = answers[min(len(asked), len(answers) - 1)]
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in found]

    monkeypatch.setattr(loop, "getaddrinfo", getaddrinfo, raising=False)
    return asked


@pytest.mark.parametrize(
    "inside", ["10.0.0.7", "169.254.169.254", "100.64.1.1", "fd00::1", "::ffff:10.0.0.1"]
)
async def test_a_name_with_one_private_address_is_refused_with_all_of_them(
    monkeypatch: pytest.MonkeyPatch, inside: str
) -> None:
    resolves_to(monkeypatch, ("9.9.9.9", inside))
    with pytest.raises(Barred, match="private address"):
        await GuardedOutward().call(Call("https://hooks.example.org/"))


async def test_the_connection_goes_to_the_address_that_was_checked(
    monkeypatch: pytest.MonkeyPatch, place: Place
) -> None:
    """A name that means something else the second time is not asked for a second time."""
    asked = resolves_to(monkeypatch, ("127.0.0.1",), ("10.0.0.1",))
    guard = GuardedOutward(plain=True, permitted=LOOPBACK)
    said = await guard.call(Call(place.url(host="hooks.test"), hosts=place.hosts("hooks.test")))
    assert said.status == 200
    assert asked == ["hooks.test"]
    assert place.came[0][0] == f"hooks.test:{place.server.port}"


async def test_a_call_brings_its_body_and_the_answer_comes_back(place: Place) -> None:
    guard = GuardedOutward(plain=True, permitted=LOOPBACK)
    said = await guard.call(Call(place.url("/in"), "POST", body=b"{}", hosts=place.hosts()))
    assert (said.status, said.body, said.headers["etag"]) == (200, b"here", '"1"')
    assert place.came[0][1:] == ("/in", b"{}")


async def test_a_redirect_is_not_followed(place: Place) -> None:
    guard = GuardedOutward(plain=True, permitted=LOOPBACK)
    said = await guard.call(Call(place.url("/on"), hosts=place.hosts()))
    assert said.status == 302
    assert [path for _, path, _ in place.came] == ["/on"]


async def test_an_answer_that_is_too_long_or_late_is_given_up(place: Place) -> None:
    guard = GuardedOutward(plain=True, permitted=LOOPBACK)
    with pytest.raises(Unavailable, match="too long"):
        await guard.call(Call(place.url("/long"), hosts=place.hosts(), most=4999))
    assert len((await guard.call(Call(place.url("/long"), hosts=place.hosts(), most=5000))).body) == 5000
    with pytest.raises(Unavailable, match="silent"):
        await guard.call(Call(place.url("/slow"), hosts=place.hosts(), limit_s=0.2))


async def test_no_proxy_of_the_environment_is_asked(monkeypatch: pytest.MonkeyPatch, place: Place) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    guard = GuardedOutward(plain=True, permitted=LOOPBACK)
    assert (await guard.call(Call(place.url(), hosts=place.hosts()))).status == 200


def test_an_address_is_not_shown_with_a_call() -> None:
    shown = repr(Call("https://hooks.example.org/a-secret", headers={"Authorization": "a-secret"}))
    assert "secret" not in shown
