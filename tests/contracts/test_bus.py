"""Hints over one server, and what happens when it goes."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from bus_contract import BusContract, bus_on, listening

from bot.adapters.bus import RedisBus
from bot.adapters.bus.servers import Servers, beside, each_of
from bot.core.errors import Misuse
from bot.core.values import ServiceId

sys.path.insert(0, str(Path(__file__).parent.parent / "system"))

from valkey_cluster import Node, one_server


@pytest_asyncio.fixture(scope="module")
async def node(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Node]:
    async with one_server(tmp_path_factory.mktemp("bus")) as node:
        yield node


@pytest.fixture
def bus_url(node: Node) -> str:
    return node.url


class TestOneServer(BusContract):
    pass


async def test_hints_of_one_moment_are_one_call(node: Node, service_id: ServiceId) -> None:
    async with bus_on(node.url) as bus, listening(node.url, service_id) as other:
        await node.said("CONFIG", "RESETSTAT")
        for n in range(200):
            bus.hint(service_id, "line", {"line": f"line {n}", "seq": n})
        await other.until(lambda heard: len(heard) == 200)
        calls = await node.said("INFO", "commandstats")
    assert "'cmdstat_spublish': {'calls': 1," in calls


async def test_of_too_many_lines_those_that_do_not_fit_are_told_as_missed(
    node: Node,
    service_id: ServiceId,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("bot.adapters.bus.sending.MOST_GATHERED", 10)
    async with bus_on(node.url) as bus, listening(node.url, service_id) as other:
        for n in range(12):
            bus.hint(service_id, "line", {"line": f"line {n}", "seq": n})
        await other.until(lambda heard: (service_id, "missed", {}) in heard)
    assert len(other.of("line")) == 10


async def test_a_silent_server_holds_nobody_up(node: Node, service_id: ServiceId) -> None:
    loop = asyncio.get_running_loop()
    async with listening(node.url, service_id) as other:
        node.signal(signal.SIGSTOP)
        try:
            began = loop.time()
            async with bus_on(node.url) as bus:
                for n in range(1000):
                    bus.hint(service_id, "line", {"line": f"line {n}", "seq": n})
                hinted_s = loop.time() - began
            closed_s = loop.time() - began
            assert await other.bus.standing() == "unavailable"
            await other.hears(yes=False)
            deaf_s = loop.time() - began
        finally:
            node.signal(signal.SIGCONT)
        await other.hears()
        await other.until(lambda heard: (service_id, "missed", {}) in heard)
    assert hinted_s < 5  # waiting for it a fifth of a second each would take minutes
    assert closed_s < 1.5
    assert deaf_s < 4


async def test_a_server_that_comes_back_is_heard_again_and_what_was_missed_is_said(
    node: Node,
    service_id: ServiceId,
) -> None:
    async with bus_on(node.url) as bus, listening(node.url, service_id) as other:
        node.kill()
        await other.hears(yes=False)
        bus.hint(service_id, "line", {"line": "lost", "seq": 1})
        await node.start()
        await other.hears()
        # Once because this channel was closed for a while, once because the other side lost a hint.
        await other.until(lambda heard: heard.count((service_id, "missed", {})) == 2)
        bus.hint(service_id, "alerts", {})
        await other.until(lambda heard: (service_id, "alerts", {}) in heard)
    assert other.of("line") == [], "a hint that was lost is told as missed, not late"


async def test_several_servers_that_are_no_cluster_are_refused_in_a_sentence(node: Node) -> None:
    async with bus_on(f"redis://127.0.0.1:{node.port},localhost:{node.port}/") as bus:
        assert await bus.standing() == "several servers are named, and they are not a cluster"


async def test_the_rights_that_the_operators_page_names_are_enough(node: Node, service_id: ServiceId) -> None:
    rights = "+ping +cluster|slots +spublish +ssubscribe +sunsubscribe"
    await node.said("ACL", "SETUSER", "bouncer", "on", ">secret", "&bounceback:*", *rights.split())
    url = node.url.replace("//", "//bouncer:secret@")
    async with bus_on(url) as bus, listening(url, service_id) as other:
        bus.hint(service_id, "alerts", {})
        await other.until(lambda heard: (service_id, "alerts", {}) in heard)
        assert await bus.standing() == "ok"


async def test_words_of_others_on_the_channel_are_passed_over(node: Node, service_id: ServiceId) -> None:
    async with bus_on(node.url) as bus, listening(node.url, service_id) as other:
        await node.said("SPUBLISH", f"bounceback:{{{service_id}}}", "not ours")
        bus.hint(service_id, "alerts", {})
        await other.until(lambda heard: len(heard) == 1)
    assert other.of("alerts") == [{}]


@pytest.mark.parametrize("url", ["http://127.0.0.1:6379", "redis://127.0.0.1:here", "127.0.0.1:6379"])
def test_what_is_no_url_of_a_bus_is_refused_at_the_start_without_showing_it(url: str) -> None:
    with pytest.raises(Misuse) as refused:
        RedisBus(url)
    assert "127.0.0.1" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "there"),
    [
        ("redis://first:7000,second:7001/", "redis://third:7002/"),
        ("rediss://us:se%40cret@first:7000/0", "rediss://us:se%40cret@third:7002/0"),
        ("redis://first?protocol=2", "redis://third:7002?protocol=2"),
    ],
)
def test_a_server_that_the_cluster_names_is_reached_like_the_first(url: str, there: str) -> None:
    assert beside(each_of(url)[0], "third", 7002) == there


def test_a_cluster_that_does_not_say_its_host_is_at_the_one_we_know() -> None:
    assert beside("redis://[::1]:7000/", None, 7002) == "redis://[::1]:7002/"
    assert beside("redis://first:7000/", "2001:db8::1", 7002) == "redis://[2001:db8::1]:7002/"


async def test_listening_ends_though_the_library_swallowed_its_end(
    bus_url: str, service_id: ServiceId, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen with redis-py: a task that waits in it is cancelled, and goes on as if nothing had been said."""
    waiting = asyncio.Event()

    async def find(_: Servers) -> None:
        waiting.set()
        try:
            await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            return

    monkeypatch.setattr(Servers, "find", find)
    bus = RedisBus(bus_url)
    hints = bus.hints(lambda: (service_id,))
    heard = asyncio.ensure_future(anext(hints))
    await waiting.wait()
    heard.cancel()
    async with asyncio.timeout(5):
        await asyncio.gather(heard, return_exceptions=True)
        await bus.close()
