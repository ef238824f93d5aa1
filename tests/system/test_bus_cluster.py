"""Hints over a real cluster of three servers: services live on different ones, and servers go."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from bus_contract import BusContract, bus_on, listening, some_service
from redis.crc import key_slot
from valkey_cluster import SLOTS, Cluster, a_cluster, well

from bot.adapters.bus.servers import channel_of
from bot.core.values import ServiceId

# redis-py leaves the connection of a command that was cancelled to the garbage collector, which says so.
pytestmark = [
    pytest.mark.system,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]


@pytest_asyncio.fixture(scope="module")
async def cluster(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Cluster]:
    async with a_cluster(tmp_path_factory.mktemp("cluster")) as cluster:
        yield cluster
    gc.collect()


@pytest.fixture
def bus_url(cluster: Cluster) -> str:
    return cluster.url


def slot_of(service: ServiceId) -> int:
    return key_slot(channel_of(service).encode())


def service_on(number: int) -> ServiceId:
    """A service whose channel is carried by this node of the cluster."""
    first, last = SLOTS[number]
    while True:
        service = some_service()
        if first <= slot_of(service) <= last:
            return service


class TestCluster(BusContract):
    pass


async def test_services_of_every_server_are_heard(cluster: Cluster) -> None:
    services = [service_on(n) for n in range(3)]
    async with bus_on(cluster.url) as bus, listening(cluster.url, *services) as other:
        for service in services:
            bus.hint(service, "alerts", {})
        await other.until(lambda heard: {s for s, _, _ in heard} == set(services))


async def test_a_server_that_goes_takes_only_its_own_services_along_and_they_come_back(
    cluster: Cluster,
) -> None:
    here, gone = service_on(0), service_on(2)
    async with bus_on(cluster.url) as bus, listening(cluster.url, here, gone) as other:
        cluster[2].kill()
        await other.hears(gone, yes=False)
        assert other.bus.hears(here)
        bus.hint(gone, "line", {"line": "lost", "seq": 1})
        bus.hint(here, "alerts", {})
        await other.until(lambda heard: (here, "alerts", {}) in heard)
        assert await bus.standing() == "2 of 3 servers answer"

        await cluster[2].start("--cluster-enabled", "yes", "--cluster-node-timeout", "1000")
        await well(cluster[2])
        await other.hears(gone)
        # Once because this channel was closed for a while, once because the other side lost a hint.
        await other.until(lambda heard: heard.count((gone, "missed", {})) == 2)
        bus.hint(gone, "alerts", {})
        await other.until(lambda heard: (gone, "alerts", {}) in heard)
    assert other.of("line") == []
