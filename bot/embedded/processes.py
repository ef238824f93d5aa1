"""Processes and locks: who runs, as whom, and who still uses it."""

import fcntl
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path
from typing import Literal

from bot.embedded.troubles import EmbeddedFailed, explained

# Debian's redis-server is a link to redis-check-rdb, and /proc names the file behind a link.
_SERVERS = {"initdb", "postgres", "valkey-server", "valkey-check-rdb", "redis-server", "redis-check-rdb"}
_PATIENCE_S = 180.0
_LOOK_S = 0.01
ANSWER_S = 1.0
SILENCE_S = 10.0


@dataclass(frozen=True)
class Account:
    """The user that the servers run as, and the words before a command that make it so."""

    uid: int
    gid: int
    prefix: tuple[str, ...] = ()

    def run(self, *command: str | Path, cwd: Path, given: str = "") -> str:
        """Run a short command to its end and give back what it said; a failure is explained."""
        done = self._done(*command, cwd=cwd, given=given)
        if done.returncode != 0:
            raise explained(done.stderr or done.stdout, cwd)
        return done.stdout

    def may(self, deed: Literal["write", "run"], path: Path) -> bool:
        """Ask as this user, so that the folders above and the namespace count too."""
        done = self._done("test", {"write": "-w", "run": "-x"}[deed], path, cwd=Path("/"))
        if done.stderr:
            raise explained(done.stderr, path)
        return done.returncode == 0

    def _done(self, *command: str | Path, cwd: Path, given: str = "") -> subprocess.CompletedProcess[str]:
        asked = [*self.prefix, *map(str, command)]
        return subprocess.run(asked, cwd=cwd, env=environment(), input=given, text=True, capture_output=True)

    def spawn(self, *command: str | Path, log: Path) -> int:
        """Start a server in its own session: Ctrl-C in our terminal is not meant for it."""
        if log.exists():
            log.replace(log.with_suffix(".old.log"))
        asked = [*self.prefix, *map(str, command)]
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        quiet = (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0)
        logged = (os.POSIX_SPAWN_OPEN, 1, str(log), flags, 0o600)
        file_actions = [quiet, logged, (os.POSIX_SPAWN_DUP2, 1, 2)]
        # A script's background job ignores these, and so would what it starts.
        heard = (signal.SIGINT, signal.SIGQUIT)
        return os.posix_spawnp(
            asked[0], asked, environment(), file_actions=file_actions, setsid=True, setsigdef=heard
        )


def environment() -> dict[str, str]:
    """Neither PG* variables nor our own secrets are the servers' business."""
    kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
    return {"PATH": os.defpath, **kept, "LC_ALL": "C", "TZ": "UTC"}


def living(home: Path, account: Account) -> set[int]:
    """Every server process that works in this folder, backends too. A zombie has no program, so it is not one."""
    links = _links() if account.uid == os.geteuid() else _links_seen_by(account)
    real = str(home.resolve())
    return {pid for pid, cwd, exe in links if cwd == real and _program(exe) in _SERVERS}


def _program(exe: str) -> str:
    return Path(exe.removesuffix(" (deleted)")).name


def _links() -> Iterator[tuple[int, str, str]]:
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                yield int(entry.name), str((entry / "cwd").readlink()), str((entry / "exe").readlink())


def _links_seen_by(account: Account) -> Iterator[tuple[int, str, str]]:
    # Root in a container often may not look into other users' processes; the owner always may.
    wanted = ("-maxdepth", "2", "(", "-name", "cwd", "-o", "-name", "exe", ")", "-printf", r"%h\0%f\0%l\0")
    command = [*account.prefix, "find", "/proc", *wanted]
    listed = subprocess.run(command, cwd="/", env=environment(), capture_output=True).stdout
    fields = iter(os.fsdecode(listed).split("\0"))
    seen: dict[str, dict[str, str]] = {}
    for folder, name, target in zip(fields, fields, fields, strict=False):
        seen.setdefault(folder.rpartition("/")[2], {})[name] = target
    for pid, links in seen.items():
        if pid.isdigit() and len(links) == 2:
            yield int(pid), links["cwd"], links["exe"]


def end(home: Path, account: Account, patience_s: float = 0.0) -> None:
    """Wait for the servers of this folder to stop, then insist. Returns when none is left."""
    if not _gone(home, account, patience_s):
        ask(living(home, account), signal.SIGKILL)
        if not _gone(home, account, 10.0):
            raise EmbeddedFailed(
                f"The servers in {home} do not stop: look at the disk below it, then restart."
            )


def ask(pids: Iterable[int], asked: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, asked)


def _gone(home: Path, account: Account, patience_s: float) -> bool:
    return any(not living(home, account) for _ in moments(patience_s))


def moments(patience_s: float) -> Iterator[None]:
    """Look again and again, for so many seconds."""
    until = time.monotonic() + patience_s
    yield
    while time.monotonic() < until:
        time.sleep(_LOOK_S)
        yield


def answer(path: Path, said: bytes) -> bytes:
    """What whoever is behind this socket answers; nothing when nobody alive is."""
    with socket.socket(socket.AF_UNIX) as caller:
        caller.settimeout(ANSWER_S)
        try:
            caller.connect(str(path))
            caller.sendall(said)
            return caller.recv(1000)
        except OSError:
            return b""


def ended(pid: int) -> bool:
    """Whether a process that we started is over; it is reaped on the way."""
    with suppress(ChildProcessError):
        return os.waitpid(pid, os.WNOHANG)[0] != 0
    return True


def open_lock(path: Path, account: Account) -> int:
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    if os.fstat(lock).st_uid != account.uid:
        os.fchown(lock, account.uid, account.gid)
    return lock


@contextmanager
def locked(home: Path) -> Iterator[None]:
    """Starting and stopping happen one at a time. The kernel frees the lock when its holder dies, however it dies."""
    lock = os.open(home, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        if not any(taken(lock, fcntl.LOCK_EX) for _ in moments(_PATIENCE_S)):
            raise EmbeddedFailed(
                f"Another process has been starting or stopping the servers in {home} for {_PATIENCE_S:.0f}"
                " seconds: end it, then start again."
            )
        yield
    finally:
        os.close(lock)


def taken(lock: int, kind: int) -> bool:
    """Try to take a lock without waiting."""
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class Users(Enum):
    """Who uses a data folder when we come. Each holds a shared lock, which the kernel drops even after kill -9."""

    WE_ALONE = auto()
    IN_VIEW = auto()
    ELSEWHERE = auto()

    @classmethod
    def join(cls, lock: int) -> "Users":
        """Take our share; to be called while nobody starts or stops. The first notes where it came from."""
        alone = taken(lock, fcntl.LOCK_EX)
        fcntl.flock(lock, fcntl.LOCK_SH)
        boot, namespace = Path("/proc/sys/kernel/random/boot_id"), Path("/proc/self/ns/pid")
        here = boot.read_bytes() + bytes(namespace.readlink())
        if alone:
            os.ftruncate(lock, 0)
            os.pwrite(lock, here, 0)
            return cls.WE_ALONE
        return cls.IN_VIEW if os.pread(lock, 1000, 0) == here else cls.ELSEWHERE

    def must_be_in_view(self, home: Path) -> None:
        """Servers that we cannot see must not be cleared away, let alone started twice."""
        if self is Users.ELSEWHERE:
            raise EmbeddedFailed(
                f"Another container uses the servers in {home}, and they do not answer: stop it, then start again."
            )
