"""The servers of a data folder after kill -9: really killed, at once usable again."""

import asyncio
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest
from embedded_folder import (
    a_back_end,
    asked,
    connected,
    creators_of_shared_memory,
    kill_all,
    memory_taken,
    patience,
    postmaster,
    program_of,
    servers_of,
    tell_bus,
)
from embedded_guest import guest

from bot.embedded import EmbeddedFailed, embedded_servers, postgres
from bot.embedded.places import Place, account_for
from bot.embedded.processes import living

pytestmark = pytest.mark.system


async def test_orphans_of_a_killed_process_are_adopted_and_then_stopped(data: Path) -> None:
    with guest(data) as other:
        other.arrived()
        orphan = postmaster(data)
        other.kill()
    async with embedded_servers(data):
        assert postmaster(data) == orphan
    assert not servers_of(data)


async def test_kill_9_of_everything_loses_no_acknowledged_row(data: Path) -> None:
    acknowledged = 0
    with guest(data) as other:
        url = str(other.arrived()["database_url"])
        async with connected(url) as record:
            await record.execute("create table kept (number int)")
            with pytest.raises(
                (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
            ):
                while True:
                    await record.execute(f"insert into kept values ({acknowledged})")
                    acknowledged += 1
                    if acknowledged == 200:
                        other.kill()
                        asyncio.get_running_loop().call_later(0.05, kill_all, data)
    async with embedded_servers(data) as servers:
        found = await asked(servers.database_url, "select count(*) from kept")
    assert found in (acknowledged, acknowledged + 1)


async def test_a_killed_postmaster_is_replaced_at_once(data: Path) -> None:
    with guest(data) as other:
        other.arrived()
        killed = postmaster(data)
        os.kill(killed, signal.SIGKILL)
        async with embedded_servers(data) as servers:
            assert await asked(servers.database_url, "select 1") == 1
            assert postmaster(data) != killed


async def test_a_killed_back_end_is_waited_for_until_the_record_is_repaired(data: Path) -> None:
    async with embedded_servers(data):
        killed = a_back_end(data)
        os.kill(killed, signal.SIGKILL)
        async with asyncio.timeout(10):
            while Path(f"/proc/{killed}").exists():  # the postmaster has not heard of it yet
                await asyncio.sleep(0.01)
        async with embedded_servers(data) as servers:
            assert await asked(servers.database_url, "select 1") == 1


async def test_leaving_in_the_middle_of_a_repair_does_not_wait_for_ever(data: Path) -> None:
    async with asyncio.timeout(postgres._STOP_S), embedded_servers(data):
        os.kill(a_back_end(data), signal.SIGKILL)
        while postgres.ready(Place.of(data)):
            await asyncio.sleep(0.001)
    assert not servers_of(data)


async def test_a_killed_bus_is_replaced_at_once(data: Path) -> None:
    place = Place.of(data)
    with guest(data) as other:
        other.arrived()
        for pid in living(place.bus, account_for(place)):
            os.kill(pid, signal.SIGKILL)
        async with embedded_servers(data) as servers:
            assert await tell_bus(servers.redis_url, "PING") == b"+PONG\r\n"


async def test_servers_that_hang_are_cleared_away(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with guest(data) as other:
        other.arrived()
        hanging = servers_of(data)
        other.kill()
    for pid in hanging:
        os.kill(pid, signal.SIGSTOP)
    with patience(monkeypatch, 0.1):
        async with embedded_servers(data) as servers:
            assert await asked(servers.database_url, "select 1") == 1
            assert not hanging & servers_of(data)


async def test_servers_of_users_in_another_container_are_never_cleared_away(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with embedded_servers(data):
        (data / "servers/users.lock").write_text("seen from elsewhere")
        busy = servers_of(data)
        for pid in busy:
            os.kill(pid, signal.SIGSTOP)
        with patience(monkeypatch, 0.1), pytest.raises(EmbeddedFailed, match="Another container"):
            async with embedded_servers(data):
                pass
        assert servers_of(data) == busy
        for pid in busy:
            os.kill(pid, signal.SIGCONT)


@pytest.fixture
def in_the_background() -> Iterator[None]:
    """As a script's background job, which ignores what a keyboard would send."""
    signals = (signal.SIGINT, signal.SIGQUIT)
    before = [signal.signal(each, signal.SIG_IGN) for each in signals]
    yield
    for each, handler in zip(signals, before, strict=True):
        signal.signal(each, handler)


@pytest.mark.usefixtures("in_the_background")
async def test_a_folder_deleted_under_us_leaves_nothing_running(empty: Path) -> None:
    place = Place.of(empty)
    async with embedded_servers(empty, durable=False):
        running = living(place.cluster, account_for(place)) | living(place.bus, account_for(place))
        while empty.exists():
            shutil.rmtree(empty, ignore_errors=True)  # a server may write there meanwhile
    # At the latest PostgreSQL itself looks for its folder, once a minute.
    async with asyncio.timeout(90):
        while any(program_of(pid) for pid in running):
            await asyncio.sleep(0.05)


async def test_an_old_note_that_names_a_living_process_does_not_stop_us(data: Path) -> None:
    (data / "servers/pg/postmaster.pid").write_text(
        f"{os.getpid()}\n{data}/servers/pg\n1\n5432\n\n\n\nready\n"
    )
    async with embedded_servers(data) as servers:
        assert await asked(servers.database_url, "select 1") == 1


async def test_half_a_cluster_never_counts(empty: Path) -> None:
    with guest(empty) as other:
        while not list((empty / "servers").glob("pg.new/base")):
            await asyncio.sleep(0.01)
        other.kill()
    assert not (empty / "servers/pg").exists()
    async with embedded_servers(empty) as servers:
        assert await asked(servers.database_url, "select 1") == 1


async def test_a_kill_leaves_no_shared_memory_once_the_folder_was_used_again(data: Path) -> None:
    with guest(data) as other:
        other.arrived()
        killed = postmaster(data)
        other.kill()
        kill_all(data)
    async with embedded_servers(data):
        pass
    assert killed not in creators_of_shared_memory()


async def test_nor_where_another_folder_had_its_place_in_memory(data: Path) -> None:
    with memory_taken(key=(data / "servers/pg").stat().st_ino), guest(data) as other:
        other.arrived()
        killed = postmaster(data)
        other.kill()
        kill_all(data)
    async with embedded_servers(data):
        pass
    assert killed not in creators_of_shared_memory()
