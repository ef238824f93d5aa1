"""A real cluster of three masters on the loopback, of the embedded Valkey's own binary."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from bot.adapters.bus.servers import TROUBLES, make_redis
from bot.embedded.places import bus_program

SLOTS = ((0, 5460), (5461, 10922), (10923, 16383))


@dataclass
class Node:
    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/"

    async def start(self, *more: str) -> None:
        """Returns when it answers."""
        self.folder.mkdir(exist_ok=True)
        self.process = subprocess.Popen(
            [bus_program(), "--port", str(self.port), "--bind", "127.0.0.1", "--save", "", *more],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
        )
        await self.said("PING")

    async def said(self, *command: str) -> str:
        """What it answers, as soon as it does."""
        client = make_redis(self.url)
        try:
            async with asyncio.timeout(10):
                while True:
                    with suppress(*TROUBLES):
                        return str(await client.execute_command(*command))
                    await asyncio.sleep(0.02)
        finally:
            await client.aclose()

    def signal(self, what: signal.Signals) -> None:
        assert self.process is not None
        os.kill(self.process.pid, what)

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()


class Cluster(list[Node]):
    @property
    def url(self) -> str:
        """Two of the three: the third is found by asking."""
        return f"redis://127.0.0.1:{self[0].port},127.0.0.1:{self[1].port}/"


def free_ports(count: int) -> list[int]:
    """A cluster's nodes talk to one another on a port 10,000 above: both must be free."""
    found: list[int] = []
    for port in range(21_000 + os.getpid() % 8_000, 50_000):
        with socket.socket() as one, socket.socket() as two, suppress(OSError):
            one.bind(("127.0.0.1", port))
            two.bind(("127.0.0.1", port + 10_000))
            found.append(port)
        if len(found) == count:
            return found
    raise AssertionError("no free ports")


@asynccontextmanager
async def one_server(folder: Path) -> AsyncIterator[Node]:
    node = Node(folder, free_ports(1)[0])
    try:
        await node.start()
        yield node
    finally:
        node.kill()


@asynccontextmanager
async def a_cluster(folder: Path) -> AsyncIterator[Cluster]:
    nodes = Cluster(Node(folder / str(n), port) for n, port in enumerate(free_ports(3)))
    try:
        for n, node in enumerate(nodes):
            await node.start("--cluster-enabled", "yes", "--cluster-node-timeout", "1000")
            first, last = SLOTS[n]
            await node.said("CLUSTER", "ADDSLOTSRANGE", str(first), str(last))
            await node.said("CLUSTER", "SET-CONFIG-EPOCH", str(n + 1))
        for node in nodes[1:]:
            await nodes[0].said("CLUSTER", "MEET", "127.0.0.1", str(node.port))
        for node in nodes:
            await well(node)
        yield nodes
    finally:
        for node in nodes:
            node.kill()


async def well(node: Node) -> None:
    """Until it knows all slots, and that those who carry them are there."""
    async with asyncio.timeout(20):
        while "'cluster_state': 'ok'" not in await node.said("CLUSTER INFO"):
            await asyncio.sleep(0.02)
