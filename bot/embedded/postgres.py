"""PostgreSQL in the data folder: made once, started, joined or cleared away, stopped."""

import os
import secrets
import shutil
import signal
import struct
import time
from pathlib import Path

from bot.embedded import processes
from bot.embedded.places import POSTGRES_SOCKET, Place, check_reach, postgres_programs
from bot.embedded.processes import Account, Users, ask, end, ended, living, moments
from bot.embedded.troubles import OWN_SERVERS, EmbeddedFailed, explained

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "superuser_reserved_connections": "0",
    "shared_buffers": "128MB",
    "huge_pages": "off",
    "io_method": "sync",
    "max_parallel_workers_per_gather": "0",
    "jit": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "track_commit_timestamp": "off",
    # A server's log must not repeat what patients wrote.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}
_HASTY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
_INITDB = (
    "--username=postgres",
    "--auth=scram-sha-256",
    "--set=scram_iterations=1",  # the password is 256 random bits
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
)
# Nobody signs in as the superuser afterwards; who owns the files has single-user mode.
_FIRST_WORDS = """\
CREATE ROLE bounceback LOGIN CREATEDB CREATEROLE PASSWORD '{password}'
CREATE DATABASE bounceback OWNER bounceback
ALTER ROLE postgres PASSWORD NULL
"""
_KNOCK = struct.pack("!ii", 45, 3 << 16) + b"user\0bounceback\0database\0bounceback\0\0"
_CANNOT_CONNECT_NOW = b"57P03"
_SHARED_MEMORY = Path("/proc/sysvipc/shm")
_START_S = 300.0
# Enough for a checkpoint; nothing that was committed is lost if it has to be killed after that.
_STOP_S = 8.0


def url(place: Place) -> str:
    password = place.password.read_text("ascii").strip()
    return f"postgresql://bounceback:{password}@/bounceback?host={place.sockets}&port=5432"


def ensure(place: Place, account: Account, *, durable: bool, users: Users) -> int | None:
    """Make this folder's PostgreSQL run and answer. Gives back its process when it had to be started."""
    if _answers_in_time(place, account, users):
        if not durable or '"fsync=off"' not in (place.cluster / "postmaster.opts").read_text():
            return None
        if users is not Users.WE_ALONE:
            raise EmbeddedFailed(
                f"The servers in {place.home} run without fsync for a test suite that still uses them:"
                " wait for its end, or choose another data folder."
            )
        stop(place, account)
    # What may be left is a postmaster that does not answer, or back ends that lost theirs.
    end(place.cluster, account)
    programs = postgres_programs()
    check_reach(account, place.home, programs / "postgres")
    if not place.cluster.exists():
        _create(place, account, programs)
    _check_version(place, account, programs)
    return _start(place, account, programs / "postgres", durable=durable)


def stop(place: Place, account: Account) -> None:
    # One that repairs itself after a crash may never obey the gentle signal, and has nothing to lose by the other.
    asked = signal.SIGINT if ready(place) else signal.SIGQUIT
    # The postmaster alone: the same signals make its checkpointer shut down under the others' feet.
    leader = _leader(place) & living(place.cluster, account)
    ask(leader, asked)
    end(place.cluster, account, _STOP_S if leader else 0.0)


def ready(place: Place) -> bool:
    # Look before knocking: each knock too early is a line in its log.
    return _pid_file(place)[7:8] == ["ready"] and _welcomes(_greeting(place))


def _welcomes(greeting: bytes) -> bool:
    return bool(greeting) and _CANNOT_CONNECT_NOW not in greeting


def _greeting(place: Place) -> bytes:
    """The answer to somebody who comes in: a question for the password, or why not now."""
    return processes.answer(place.sockets / POSTGRES_SOCKET, _KNOCK)


def _pid_file(place: Place) -> list[str]:
    """PostgreSQL's own notes: the first line is the postmaster's process, the eighth how far its start is."""
    try:
        return [line.strip() for line in (place.cluster / "postmaster.pid").read_text().splitlines()]
    except OSError:
        return []


def _leader(place: Place) -> set[int]:
    return {int(line) for line in _pid_file(place)[:1] if line.isdigit()}


def _free_memory(place: Place, account: Account) -> None:
    """Give back the shared memory that the last postmaster noted and did not live to free.

    PostgreSQL itself looks only where it would put its own, and another folder's may have stood there.
    """
    note = _pid_file(place)
    for line in _SHARED_MEMORY.read_text().splitlines()[1:] if len(note) > 6 else ():
        key, segment, _, _, creator, _, attached = line.split()[:7]
        if [key, segment] == note[6].split() and creator == note[0] and attached == "0":
            account.run("ipcrm", "-m", segment, cwd=place.home)


def _answers_in_time(place: Place, account: Account, users: Users) -> bool:
    quiet_since = time.monotonic()
    for _ in moments(_START_S):
        if users is not Users.ELSEWHERE and not _leader(place) & living(place.cluster, account):
            return False
        greeting = _greeting(place)
        if _welcomes(greeting):
            return True
        # One that is repairing itself after a crash says so: that may take minutes.
        if greeting:
            quiet_since = time.monotonic()
        elif time.monotonic() - quiet_since > processes.SILENCE_S:
            users.must_be_in_view(place.home)
            return False
    raise EmbeddedFailed(f"PostgreSQL in {place.home} is still repairing itself: wait, then start again.")


def _create(place: Place, account: Account, programs: Path) -> None:
    """Made beside its place and then renamed, so half a database never counts."""
    half = place.cluster.with_name("pg.new")
    for home in (place.home, half):
        end(home, account)
    if half.exists():
        shutil.rmtree(half)
    _write_password(place, account)
    account.run(programs / "initdb", "--pgdata", half, "--pwfile", place.password, *_INITDB, cwd=place.home)
    # Single-user mode: no server, no password, and the first error ends it.
    strict = ("-c", "log_min_error_statement=panic", "-c", "exit_on_error=on")
    account.run(
        *(programs / "postgres", "--single", "-D", half, *strict, "postgres"),
        cwd=place.home,
        given=_FIRST_WORDS.format(password=place.password.read_text("ascii")),
    )
    half.rename(place.cluster)


def _write_password(place: Place, account: Account) -> None:
    place.password.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
    with os.fdopen(os.open(place.password, flags, 0o600), "w", encoding="ascii") as file:
        file.write(secrets.token_hex(32))
        if os.geteuid() != account.uid:
            os.fchown(file.fileno(), account.uid, account.gid)


def _check_version(place: Place, account: Account, programs: Path) -> None:
    brought = account.run(programs / "postgres", "--version", cwd=place.home).split()[-1].partition(".")[0]
    noted = place.cluster / "PG_VERSION"
    found = noted.read_text().strip() if noted.exists() else "an unknown version"
    if found != brought:
        raise EmbeddedFailed(
            f"{place.cluster} holds data of PostgreSQL {found}, but this release brings PostgreSQL {brought}."
            " Nothing was changed. Export the data with the release that made it, or choose another data"
            f" folder, or {OWN_SERVERS}."
        )


def _start(place: Place, account: Account, postgres: Path, *, durable: bool) -> int:
    # Safe, for we hold the lock and nothing lives here: an old note may name any process of today.
    _free_memory(place, account)
    for stale in (place.cluster / "postmaster.pid", *place.sockets.glob(f"{POSTGRES_SOCKET}*")):
        stale.unlink(missing_ok=True)
    settings = _SETTINGS if durable else _SETTINGS | _HASTY
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    log = place.home / "postgres.log"
    pid = account.spawn(postgres, "-D", place.cluster, "-k", place.sockets, *options, log=log)
    for _ in moments(_START_S):
        if ready(place):
            return pid
        if ended(pid):
            raise explained(log.read_text(errors="replace"), place.home)
    raise EmbeddedFailed(f"PostgreSQL is still busy starting after {_START_S:.0f} seconds: see {log}.")
