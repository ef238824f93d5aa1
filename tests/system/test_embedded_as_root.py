"""What only root can try: being somebody else, a full disk, a container without namespaces."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from embedded_guest import NAMELESS_UID, ROOT, Guest, drop_orphaned_memory, guest, python_path

from bot.embedded import EmbeddedFailed, embedded_servers
from bot.embedded.places import NOBODY, Place
from bot.embedded.processes import Account, living

pytestmark = [
    pytest.mark.system,
    pytest.mark.skipif(os.geteuid() != 0, reason="not root: only root can become other users"),
]
FOR_EVERYBODY = [ROOT / f"tests/system/test_embedded{part}.py" for part in ("", "_kills", "_refusals")]
ORDINARY_UID = NOBODY
AS_ORDINARY = ("setpriv", f"--reuid={ORDINARY_UID}", f"--regid={ORDINARY_UID}", "--clear-groups", "--")


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user can reach; pytest's own are closed."""
    folder = Path(tempfile.mkdtemp(prefix="bb-test-", dir="/tmp"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)
    drop_orphaned_memory()


@pytest.fixture
def private_folder(open_folder: Path) -> Path:
    """The home of an ordinary user, as Debian makes it."""
    home = open_folder / "home"
    home.mkdir(mode=0o700)
    os.chown(home, ORDINARY_UID, ORDINARY_UID)
    return home


@pytest.fixture(scope="module")
def ordinary_python() -> str:
    """A Python that an ordinary user may run; one in root's own home is not."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    for candidate in (sys.executable, f"/usr/bin/{version}", f"/usr/local/bin/{version}"):
        # Through a shell: setpriv itself still has root's powers at the moment when it starts a program.
        command = [*AS_ORDINARY, "sh", "-c", 'exec "$0" -c "import asyncpg, pytest_asyncio"', candidate]
        environment = os.environ | {"PYTHONPATH": python_path()}
        if subprocess.run(command, cwd="/", env=environment, capture_output=True).returncode == 0:
            return candidate
    pytest.skip(f"no {version} that an ordinary user may run with our packages")


def servers_of(data: Path) -> set[int]:
    place = Place.of(data)
    return living(place.cluster, Account(0, 0)) | living(place.bus, Account(0, 0))


def owners(pids: set[int]) -> set[int]:
    return {Path(f"/proc/{pid}").stat().st_uid for pid in pids}


def test_an_ordinary_user_gets_all_the_same(private_folder: Path, ordinary_python: str) -> None:
    result = private_folder / "result.xml"
    home = {"HOME": str(private_folder), "TMPDIR": str(private_folder), "XDG_RUNTIME_DIR": ""}
    environment = os.environ | home | {"PYTHONPATH": python_path(), "PYTHONDONTWRITEBYTECODE": "1"}
    options = ("-c", ROOT / "pyproject.toml", "--confcutdir", ROOT / "tests/system", "-p", "no:cacheprovider")
    tests = (*FOR_EVERYBODY, f"--junitxml={result}")
    command = [*AS_ORDINARY, ordinary_python, "-m", "pytest", *map(str, (*options, *tests))]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    suite = ET.parse(result).getroot()[0]
    assert done.returncode == 0, done.stdout + done.stderr
    assert int(suite.get("tests", "0")) > 40
    assert suite.get("skipped") == "0", done.stdout


async def test_root_runs_the_servers_in_a_namespace_of_its_own(open_folder: Path) -> None:
    async with embedded_servers(open_folder, durable=False):
        namespaces = {Path(f"/proc/{pid}/ns/user").readlink() for pid in servers_of(open_folder)}
    assert len(namespaces) == 2  # one each, and none is ours
    assert Path("/proc/self/ns/user").readlink() not in namespaces


async def test_below_a_private_folder_root_runs_them_as_its_owner(private_folder: Path) -> None:
    data = private_folder / "clinic/var"
    async with embedded_servers(data, durable=False):
        assert owners(servers_of(data)) == {ORDINARY_UID}
    made = {
        path.lstat().st_uid for path in (data.parent, data, *data.glob("servers/*")) if path.suffix != ".log"
    }
    assert made == {ORDINARY_UID}


def test_root_and_the_owner_share_the_servers(private_folder: Path, ordinary_python: str) -> None:
    data = private_folder / "var"
    with guest(data) as root, guest(data, *AS_ORDINARY, python=ordinary_python) as owner:
        assert root.arrived()["database_url"] == owner.arrived()["database_url"]
        root.kill()
        assert servers_of(data)
    assert not servers_of(data)


def test_orphans_of_another_user_are_seen_without_the_right_to_trace(private_folder: Path) -> None:
    data = private_folder / "var"
    for _ in range(2):
        with guest(data, "setpriv", "--bounding-set=-sys_ptrace", "--") as confined:
            told = confined.arrived()
            assert "failed" not in told
            before = servers_of(data)
            confined.kill()
    with guest(data, "setpriv", "--bounding-set=-sys_ptrace", "--") as confined:
        confined.arrived()
        assert before == servers_of(data)
    assert not servers_of(data)


def test_where_two_owners_close_the_way_it_says_who_cannot_reach_what(private_folder: Path) -> None:
    inner = private_folder / "inner"
    inner.mkdir(mode=0o700)
    os.chown(inner, NAMELESS_UID, NAMELESS_UID)
    with guest(inner / "var") as other:
        assert f"User {NAMELESS_UID}, who must run the servers, cannot write" in str(
            other.arrived()["failed"]
        )


def test_a_full_disk_is_called_full(open_folder: Path) -> None:
    mounted = 'mount -t tmpfs -o size=20m tmpfs "$0" && exec "$@"'
    with guest(open_folder, "unshare", "--mount", "sh", "-c", mounted, str(open_folder)) as other:
        assert "The disk is full: make room" in str(other.arrived()["failed"])


# A shell that waits until it has its users, then forbids further namespaces, as containers do.
NO_NAMESPACES = (
    *("unshare", "--user", "sh", "-c", 'until [ "$(id -u)" = 0 ]; do :; done; exec "$@"', "sh"),
    *("sh", "-c", 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"', "sh"),
)


def give_users(other: Guest) -> None:
    theirs = Path(f"/proc/{other.process.pid}")
    while (theirs / "ns/user").readlink() == Path("/proc/self/ns/user").readlink():
        pass
    for table in ("uid_map", "gid_map"):
        (theirs / table).write_text("0 0 70000")


def test_without_user_namespaces_they_run_as_nobody(open_folder: Path) -> None:
    data = open_folder / "var"
    with guest(data, *NO_NAMESPACES) as other:
        give_users(other)
        assert "failed" not in other.arrived()
        assert owners(servers_of(data)) == {NOBODY}
    assert not servers_of(data)


async def test_without_user_namespaces_data_of_root_is_refused_with_the_reason(open_folder: Path) -> None:
    async with embedded_servers(open_folder, durable=False):
        pass
    with guest(open_folder, *NO_NAMESPACES) as other:
        give_users(other)
        assert "no user namespace" in str(other.arrived()["failed"])


def test_a_user_without_a_name_is_lent_one(open_folder: Path, ordinary_python: str) -> None:
    os.chown(open_folder, NAMELESS_UID, NAMELESS_UID)
    nameless = ("setpriv", f"--reuid={NAMELESS_UID}", f"--regid={NAMELESS_UID}", "--clear-groups", "--")
    with guest(open_folder / "var", *nameless, python=ordinary_python) as other:
        assert "failed" not in other.arrived()
        assert owners(servers_of(open_folder / "var")) == {NAMELESS_UID}
    assert not servers_of(open_folder / "var")


async def test_a_loose_folder_in_our_place_is_not_believed(open_folder: Path) -> None:
    (open_folder / "servers").mkdir(mode=0o755)
    with pytest.raises(EmbeddedFailed, match="should be a folder with mode 0700"):
        async with embedded_servers(open_folder):
            pass
