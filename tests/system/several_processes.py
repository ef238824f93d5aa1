"""Two web processes and a worker on one record and one bus, and a clinic that is set up beside them."""

from __future__ import annotations

import asyncio
import base64
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from aiohttp import web
from clinic import Clinic, PostBox, TestClock, make_clinic
from pydantic import SecretStr
from valkey_cluster import Node, one_server

from bot.cli.proofs.instance import ONE_ADDRESS, environment, free_port
from bot.core.library import Library
from bot.embedded import embedded_servers
from bot.settings import Settings
from bot.wiring import Urls, open_house

sys.path.insert(0, str(Path(__file__).parent.parent / "web"))

from desk_client import AtDesk, at_desk
from peers import host_does, member
from talker import Door, Frame, Line, Reply

__all__ = ["Door", "Frame", "Line", "Place", "Reply", "Together", "host_does", "member", "several_processes"]


@dataclass
class Process:
    """``bounceback web`` or ``bounceback work``."""

    command: tuple[str, ...]
    log: Path
    process: subprocess.Popen[bytes]

    @classmethod
    def start(cls, data: Path, settings: dict[str, str], *command: str) -> Process:
        log = data.with_suffix(".log")
        with log.open("ab") as out:
            process = subprocess.Popen(
                [sys.executable, "-m", "bot", *command, "--data", str(data)],
                env=environment(ONE_ADDRESS | settings),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )
        return cls(command, log, process)

    def stop(self) -> int:
        self.process.terminate()
        try:
            return self.process.wait(20)
        finally:
            self.process.kill()


@dataclass
class Place:
    """One web process, seen from outside. It is a site for those who sit at the desk."""

    clinic: Clinic
    door: Door
    app: web.Application = field(default_factory=web.Application)

    @property
    def url(self) -> str:
        return self.door.url

    @asynccontextmanager
    async def desk(self) -> AsyncIterator[AtDesk]:
        async with at_desk(self, self.clinic.therapist) as desk:
            yield desk


async def ready(door: Door, process: Process) -> None:
    async with asyncio.timeout(60):
        while process.process.poll() is None:
            with suppress(aiohttp.ClientError):
                if (await door.get("/readyz")).status == 200:
                    return
            await asyncio.sleep(0.05)
    raise AssertionError(process.log.read_text())


@dataclass
class Together:
    clinic: Clinic
    bus: Node
    here: Place
    there: Place
    processes: list[Process]

    @asynccontextmanager
    async def screens(self, token: str) -> AsyncIterator[tuple[Line, Line]]:
        """One patient's, at both places."""
        async with self.here.door.screen(token) as here, self.there.door.screen(token) as there:
            yield here, there


@asynccontextmanager
async def several_processes(
    folder: Path, library: Library, begun: Callable[[Path], Path]
) -> AsyncIterator[Together]:
    key = os.urandom(32)
    ring = f"one:{base64.b64encode(key).decode()}"
    async with AsyncExitStack() as stack:
        own = await stack.enter_async_context(embedded_servers(folder / "record"))
        bus = await stack.enter_async_context(one_server(folder / "bus"))
        urls = Urls(own.database_url, bus.url)
        settings = Settings(master_keys=SecretStr(ring), content=folder / "none")
        house = await stack.enter_async_context(open_house(settings, folder / "own", urls))
        await house.shelf.publish(library, "tests", house.clock.now())
        clinic = await make_clinic(house, TestClock(), PostBox(), "together")

        given = {"DATABASE_URL": urls.database, "REDIS_URL": urls.redis, "MASTER_KEYS": ring}
        ports = [free_port(), free_port()]
        processes = [Process.start(begun(folder / str(n)), given, "web", "--port", str(n)) for n in ports]
        stack.callback(_stop, processes)
        client = await stack.enter_async_context(
            aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0), cookie_jar=aiohttp.DummyCookieJar()
            )
        )
        doors = [Door(f"http://127.0.0.1:{port}", client) for port in ports]
        for door, process in zip(doors, processes, strict=True):
            await ready(door, process)
        processes.append(Process.start(begun(folder / "work"), given, "work"))
        here, there = (Place(clinic, door) for door in doors)
        yield Together(clinic, bus, here, there, processes)


def _stop(processes: list[Process]) -> None:
    for process in processes:
        process.process.terminate()
    for process in processes:
        process.stop()
