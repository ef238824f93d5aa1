"""One instance as a child process, in a process group of its own, on durable servers of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Collection, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import aiohttp

from bot.core.errors import Misuse
from bot.embedded.places import Place, account_for
from bot.embedded.processes import Account, ask, end, living
from bot.settings import PREFIX, read_settings

LOOK_S = 0.01
READY_WITHIN_S = 120.0
STOPPED_WITHIN_S = 60.0
# An experiment is one address with many patients.
ONE_ADDRESS = {
    "LIMITS__FRAMES_PER_S": "1000000",
    "LIMITS__FRAMES_BURST": "1000000",
    "LIMITS__SOCKETS_PER_ADDRESS": "100000",
    "LIMITS__SIGN_INS_PER_MINUTE": "1000000",
    "LIMITS__EXPORTS_PER_HOUR": "1000000000",
}
# By this thread's CPU time: by the clock, waiting for events would count as somebody's work.
UNDER_PROFILER = """
import cProfile, runpy, sys, time
profile = cProfile.Profile(time.thread_time)
del sys.argv[0]
noted = sys.argv[0]
try:
    profile.runcall(runpy.run_module, "bot", run_name="__main__", alter_sys=True)
finally:
    profile.dump_stats(noted)
"""


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def environment(more: Mapping[str, str]) -> dict[str, str]:
    """Ours without its settings: an experiment never touches the record that they name."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    content = read_settings(database_url=None, redis_url=None, env="development").content.absolute()
    return kept | {f"{PREFIX}CONTENT": str(content)} | {f"{PREFIX}{n}": v for n, v in more.items()}


def cpu_s(pids: Collection[int], *, with_children: bool = False) -> float:
    """CPU seconds of processes so far; one that has ended counts nothing, but perhaps as its parent's child."""
    ticks, fields_of = 0, slice(11, 15 if with_children else 13)
    for pid in pids:
        with suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(int(field) for field in fields[fields_of])
    return ticks / os.sysconf("SC_CLK_TCK")


def memory_mib(pids: set[int]) -> tuple[float, float | None]:
    """RSS of processes together, and their share of memory (PSS) where we may see it."""
    rss, pss, page = 0, 0, os.sysconf("SC_PAGE_SIZE")
    seen = True
    for pid in pids:
        try:
            rss += int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * page
            pss += _pss(pid)
        except PermissionError:
            seen = False
        except (FileNotFoundError, ProcessLookupError):
            continue
    return round(rss / 2**20, 1), round(pss / 2**20, 1) if seen else None


def _pss(pid: int) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


@dataclass
class Instance:
    """``environment``: settings without their prefix. ``profile``: where Python's profiler notes what it did. A ``work`` listens to nobody, so it is never ``ready``."""

    data: Path
    port: int = field(default_factory=free_port)
    environment: Mapping[str, str] = field(default_factory=lambda: ONE_ADDRESS)
    verb: Literal["run", "web", "work"] = "run"
    profile: Path | None = None
    process: subprocess.Popen[bytes] | None = None
    servers: set[int] = field(default_factory=set)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def start(self) -> None:
        self.data.mkdir(parents=True, exist_ok=True)
        begin = ["-c", UNDER_PROFILER, str(self.profile)] if self.profile else ["-m", "bot"]
        command = [sys.executable, *begin, self.verb, "--data", str(self.data)]
        if self.verb != "work":
            command += ["--port", str(self.port)]
        given = environment({"PUBLIC_URL": self.url, **self.environment})
        with self._log.open("ab") as log:
            self.process = subprocess.Popen(
                command, env=given, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )

    async def ready(self) -> None:
        """Returns when ``/readyz`` says so. Raises Misuse where the process ends instead."""
        until = time.monotonic() + READY_WITHIN_S
        async with aiohttp.ClientSession() as session:
            while time.monotonic() < until:
                if self.process is None or self.process.poll() is not None:
                    break
                with suppress(aiohttp.ClientError, OSError):
                    async with session.get(f"{self.url}/readyz") as answer:
                        if answer.status == 200:
                            return
                await asyncio.sleep(LOOK_S)
        raise Misuse(f"the instance did not come up:\n{self.said()[-2000:]}")

    def said(self) -> str:
        """Everything that it wrote, over all its starts."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    @property
    def _log(self) -> Path:
        return self.data.with_name(f"{self.data.name}.log")

    @property
    def cpu_s(self) -> float:
        """CPU seconds of the server since it was started."""
        return cpu_s({self.pid})

    # -- its processes

    def look(self) -> None:
        """Note the servers' processes: a kill must not have to look for them first."""
        self.servers = self.postgres() | self.valkey()

    def postgres(self) -> set[int]:
        place, account = self._place()
        return living(place.cluster, account)

    def valkey(self) -> set[int]:
        place, account = self._place()
        return living(place.bus, account)

    def _place(self) -> tuple[Place, Account]:
        place = Place.of(self.data)
        return place, account_for(place)

    def kill(self, *, servers_first: bool = False) -> None:
        """SIGKILL for all of it at once: the server's process group, PostgreSQL and Valkey."""
        if servers_first:
            ask(self.servers, signal.SIGKILL)
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        ask(self.servers, signal.SIGKILL)

    def bury(self) -> None:
        """Wait for what was killed, and clear away back ends that began after ``look``."""
        assert self.process is not None
        self.process.wait()
        self.look()
        ask(self.servers, signal.SIGKILL)

    async def stop(self) -> tuple[float, int]:
        """SIGTERM; how many seconds it took, and the exit code."""
        assert self.process is not None
        began = time.monotonic()
        self.process.terminate()
        while self.process.poll() is None:
            if time.monotonic() - began > STOPPED_WITHIN_S:
                raise Misuse(f"it does not stop on SIGTERM:\n{self.said()[-2000:]}")
            await asyncio.sleep(LOOK_S)
        return time.monotonic() - began, self.process.returncode

    def end(self) -> None:
        """The server does not run any more; its servers may."""
        if self.process is not None and self.process.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            self.process.wait()

    def clear(self) -> None:
        """Nothing of it runs any more, however the experiment ended."""
        self.end()
        if (self.data / "servers").exists():
            place, account = self._place()
            end(place.cluster, account)
            end(place.bus, account)


@asynccontextmanager
async def an_instance(
    data: Path,
    more: Mapping[str, str] | None = None,
    verb: Literal["run", "web"] = "run",
    profile: Path | None = None,
) -> AsyncIterator[Instance]:
    """Started and ready; gone at the end."""
    instance = Instance(data, environment=ONE_ADDRESS | dict(more or {}), verb=verb, profile=profile)
    try:
        instance.start()
        await instance.ready()
        yield instance
    finally:
        await asyncio.to_thread(instance.clear)
