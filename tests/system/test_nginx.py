"""Debian's nginx with the operators' own configuration, between the clients and two doors of one clinic."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from clinic import Clinic, in_time

sys.path.insert(0, str(Path(__file__).parent.parent / "web"))

from raw_client import raw_client, upgrade
from talker import Door

from bot.cli.proofs.instance import free_port
from bot.settings import Settings
from bot.web.app import make_app, make_runner

pytestmark = pytest.mark.system

OPERATORS_OWN = Path(__file__).parents[2] / "docs" / "operators" / "nginx.conf"
NOBODY = 65534
USERS = ["root", "an ordinary user"] if os.geteuid() == 0 else ["an ordinary user"]
PATIENCE = "client_header_timeout 10s", "client_header_timeout 1s"


@pytest.fixture(scope="module")
def nginx() -> str:
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if not found:
        reason = "NO NGINX: the proxy's configuration was not tested. Install Debian's nginx-light."
        if os.environ.get("REQUIRE_NGINX") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where another user may go too."""
    made = Path(tempfile.mkdtemp(prefix="nginx"))
    made.chmod(0o777)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def settings(settings: Settings) -> Settings:
    limits = settings.limits.model_copy(update={"sockets_per_address": 2})
    return settings.model_copy(update={"proxies": 1, "limits": limits})


@pytest_asyncio.fixture
async def upstream(clinic: Clinic, settings: Settings) -> AsyncIterator[list[int]]:
    runner = make_runner(make_app(clinic.house, settings), shutdown_timeout_s=0.2)
    await runner.setup()
    for _ in range(2):
        await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield [address[1] for address in runner.addresses]
    await runner.cleanup()


@pytest.fixture(params=USERS)
def proxy(request: pytest.FixtureRequest, nginx: str, folder: Path, upstream: list[int]) -> Iterator[str]:
    """The address of a running nginx."""
    port = free_port()
    text = OPERATORS_OWN.read_text()
    for here, there in (
        ("127.0.0.1:8000", f"127.0.0.1:{upstream[0]}"),
        ("127.0.0.1:8001", f"127.0.0.1:{upstream[1]}"),
        ("listen 127.0.0.1:8080", f"listen 127.0.0.1:{port}"),
        ("/run/nginx.pid", f"{folder}/nginx.pid"),
        ("/var/log/nginx/", f"{folder}/"),
        ("/var/lib/nginx/", f"{folder}/"),
        PATIENCE,
    ):
        assert here in text, here
        text = text.replace(here, there)
    (folder / "nginx.conf").write_text(text)
    as_user = {"user": NOBODY, "group": NOBODY} if USERS[0] == "root" and request.param != "root" else {}
    process = subprocess.Popen(
        [nginx, "-c", str(folder / "nginx.conf"), "-e", str(folder / "first.log"), "-g", "daemon off;"],
        stdin=subprocess.DEVNULL,
        **as_user,  # type: ignore[call-overload]
    )
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait(10)


@asynccontextmanager
async def through(url: str, address: str = "127.0.0.1") -> AsyncIterator[Door]:
    """A client of that address, once nginx listens."""
    connector = aiohttp.TCPConnector(local_addr=(address, 0), force_close=True)
    async with aiohttp.ClientSession(connector=connector) as client:
        async with asyncio.timeout(10):
            while True:
                try:
                    async with client.get(f"{url}/healthz") as answer:
                        assert answer.status == 200
                        break
                except aiohttp.ClientConnectionError:
                    await asyncio.sleep(0.02)
        yield Door(url, client)


async def test_a_chat_over_a_socket_goes_through(clinic: Clinic, proxy: str) -> None:
    patient = await clinic.join("copd")
    async with through(proxy) as door, door.screen(patient.token) as line:
        answer = await line.answer_to(await line.say("hello"))
        reply = await line.until(lambda f: f.get("from") == "bot")
    assert (answer["type"], reply["seq"] > answer["seq"]) == ("ack", True)


async def test_a_message_over_http_and_its_answer_go_through(clinic: Clinic, proxy: str) -> None:
    patient = await clinic.join("copd")
    async with through(proxy) as door:
        reply = await door.say(patient.token, "hello")
        said = [m["text"] for m in await door.read(patient.token) if m["from"] == "patient"]
    assert (reply.status, said) == (200, ["hello"])


async def test_a_header_that_comes_byte_by_byte_is_cut(proxy: str) -> None:
    async with through(proxy), raw_client(proxy) as raw:
        sent = b"GET / HTTP/1.1\r\nHost: x\r\n"
        await raw.send(sent)
        assert await in_time(raw.status(), 5) in (0, 408)


async def test_a_body_over_the_limit_is_refused_by_the_proxy(proxy: str) -> None:
    async with through(proxy) as door:
        assert (await door.post("/v1/messages", data=b"x" * 70_000)).status == 413


async def test_sockets_are_counted_for_the_clients_own_address(proxy: str) -> None:
    async with (
        through(proxy, "127.0.0.1") as here,
        through(proxy, "127.0.0.2") as there,
        here.socket(),
        here.socket(),
        there.socket(),
    ):
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            async with here.socket():
                pass
    assert refused.value.status == 429


async def test_an_address_that_the_client_claims_is_not_believed(proxy: str) -> None:
    async with through(proxy) as door, door.socket(), door.socket(), raw_client(proxy) as raw:
        await raw.send(upgrade("X-Forwarded-For: 192.0.2.9"))
        assert await raw.status() == 429


async def test_a_page_of_somebody_else_opens_no_socket_through_it(proxy: str) -> None:
    async with through(proxy), raw_client(proxy) as raw:
        await raw.send(upgrade("Origin: https://evil.example"))
        assert await raw.status() == 403
