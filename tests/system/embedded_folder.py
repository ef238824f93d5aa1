"""What the tests ask a data folder and its servers."""

import asyncio
import ctypes
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest

from bot.embedded import processes
from bot.embedded.places import Place, account_for
from bot.embedded.processes import ask, living


def servers_of(data: Path) -> set[int]:
    place = Place.of(data)
    account = account_for(place)
    return living(place.cluster, account) | living(place.bus, account)


def postmaster(data: Path) -> int:
    return int((data / "servers/pg/postmaster.pid").read_text().split("\n")[0])


def a_back_end(data: Path) -> int:
    place = Place.of(data)
    return max(living(place.cluster, account_for(place)) - {postmaster(data)})


def program_of(pid: int) -> str | None:
    try:
        return str(Path(f"/proc/{pid}/exe").readlink())
    except OSError:
        return None


def creators_of_shared_memory() -> set[int]:
    return {int(line.split()[4]) for line in Path("/proc/sysvipc/shm").read_text().splitlines()[1:]}


@contextmanager
def memory_taken(*, key: int) -> Iterator[None]:
    """Somebody else's segment under this key."""
    libc = ctypes.CDLL(None, use_errno=True)
    create_new, remove = 0o3000, 0
    segment = libc.shmget(ctypes.c_int(key), ctypes.c_size_t(56), create_new | 0o600)
    assert segment >= 0, ctypes.get_errno()
    try:
        yield
    finally:
        libc.shmctl(segment, remove, None)


def kill_all(data: Path) -> None:
    ask(servers_of(data), signal.SIGKILL)


@asynccontextmanager
async def connected(url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    connection = await asyncpg.connect(url)
    try:
        yield connection
    finally:
        await connection.close(timeout=5)


async def asked(url: str, question: str) -> object:
    async with connected(url) as connection:
        return await connection.fetchval(question)


async def tell_bus(url: str, command: str) -> bytes:
    reader, writer = await asyncio.open_unix_connection(urlsplit(url).path)
    writer.write(f"{command}\r\n".encode())
    answer = await reader.read(1000)
    writer.close()
    await writer.wait_closed()
    return answer


@contextmanager
def patience(monkeypatch: pytest.MonkeyPatch, seconds: float) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setattr(processes, "SILENCE_S", seconds)
        patch.setattr(processes, "ANSWER_S", seconds)
        yield
