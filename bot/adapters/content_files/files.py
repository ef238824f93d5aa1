"""The bytes of a content folder, as clean lines of text, or a problem."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

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


def files_in(folder: Path, pattern: str) -> Iterator[File | Problem]:
    """Those that fit, in the order of their names."""
    home = folder.resolve()
    for path in sorted(folder.glob(pattern)):
        name = path.relative_to(folder).as_posix()
        if any(part.startswith(".") for part in Path(name).parts):
            continue
        if not _inside(path, home):
            yield Place(name).problem(
                "C003", "this leads out of the content folder", "put the file itself here"
            )
        elif path.is_file():
            yield read_file(path, name)


def _inside(path: Path, home: Path) -> bool:
    try:
        return path.resolve().is_relative_to(home)
    except (OSError, RuntimeError):  # a link that leads to itself
        return False


def read_file(path: Path, name: str) -> File | Problem:
    try:
        with path.open("rb") as opened:
            held = opened.read(FILE_BYTES + 1)
    except OSError:
        return Place(name).problem("C001", "this file cannot be opened", "see that you may read it")
    return read_bytes(held, name)


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
