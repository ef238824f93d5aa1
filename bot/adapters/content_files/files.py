"""The files of a content folder: their bytes, and these as clean lines of text, or a problem."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from bot.core.library.drafts import Place
from bot.core.library.limits import FILE_BYTES, LINE_CHARACTERS
from bot.core.library.problems import Problem

_UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
)
"""Control characters, other line ends, and marks that turn the direction of writing."""


@dataclass(frozen=True, slots=True)
class File:
    """``name`` is relative to the content folder, with forward slashes; ``text`` has ``\\n`` line ends only."""

    name: str
    text: str


class Files(Protocol):
    """A content folder, on disk or in memory. Names are relative to it, with forward slashes."""

    def names(self, pattern: str) -> Iterator[str | Problem]:
        """Of the files that fit, in order; a problem for one that is not the folder's own."""

    def held(self, name: str, most: int = FILE_BYTES + 1) -> bytes | None:
        """The first bytes of a file; None where it cannot be read, or leads out of the folder."""

    def leads_out(self, name: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Folder:
    path: Path

    def names(self, pattern: str) -> Iterator[str | Problem]:
        home = self.path.resolve()
        for path in sorted(self.path.glob(pattern)):
            name = path.relative_to(self.path).as_posix()
            if any(part.startswith(".") for part in Path(name).parts):
                continue
            if not _inside(path, home):
                hint = "put the file itself here"
                yield Place(name).problem("C003", "this leads out of the content folder", hint)
            elif path.is_file():
                yield name

    def held(self, name: str, most: int = FILE_BYTES + 1) -> bytes | None:
        path = self.path / name
        try:
            if not _inside(path, self.path.resolve()) or not path.is_file():
                return None
            with path.open("rb") as opened:
                return opened.read(most)
        except (OSError, ValueError):
            return None

    def leads_out(self, name: str) -> bool:
        return not _inside(self.path / name, self.path.resolve())


@dataclass(frozen=True, slots=True)
class Held:
    """The files of a release, or of somebody's drafts over one."""

    bodies: Mapping[str, bytes]

    def names(self, pattern: str) -> Iterator[str]:
        """``**/`` stands for folders at any depth, as it does on disk."""
        deep, flat = "**/" in pattern, pattern.replace("**/", "")
        for name in sorted(self.bodies):
            if fnmatchcase(name, flat) and (deep or name.count("/") == flat.count("/")):
                yield name

    def held(self, name: str, most: int = FILE_BYTES + 1) -> bytes | None:
        held = self.bodies.get(name)
        return None if held is None else held[:most]

    def leads_out(self, name: str) -> bool:
        return name.startswith("..")


def _inside(path: Path, home: Path) -> bool:
    try:
        return path.resolve().is_relative_to(home)
    except (OSError, RuntimeError, ValueError):  # a link that leads to itself, or a name that is none
        return False


@lru_cache(maxsize=1024)  # one edit of a folder leaves the other files as they were
def read_bytes(held: bytes, name: str) -> File | Problem:
    if len(held) > FILE_BYTES:
        return Place(name).problem("C002", f"the file is larger than {FILE_BYTES // 1024} KiB", "split it")
    try:
        text = held.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = _one_line_end(error.object[: error.start].decode("utf-8", "replace"))
        place = Place(name, before.count("\n") + 1, len(before) - before.rfind("\n"))
        return place.problem("C001", "this is not UTF-8 text", "save the file as UTF-8")
    text = _one_line_end(text)
    return _odd_line(text, name) or File(name, text)


def _one_line_end(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _odd_line(text: str, name: str) -> Problem | None:
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > LINE_CHARACTERS:
            place = Place(name, number, LINE_CHARACTERS + 1)
            return place.problem(
                "C002", f"the line is longer than {LINE_CHARACTERS:,} characters", "break it"
            )
        if unseen := _UNSEEN.search(line):
            place = Place(name, number, unseen.start() + 1)
            return place.problem("C001", "there is a character here that cannot be seen", "delete it")
    return None
