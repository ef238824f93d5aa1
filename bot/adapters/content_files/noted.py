"""What a check of a whole folder found, noted in the data folder: as long as nothing changes, it finds the same again.

The note names by one hash the folder, the packs, the code that reads them, and the day, since reviews fall due. What
does not fit is checked anew; losing the note costs a second.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import astuple
from datetime import date
from pathlib import Path
from typing import NamedTuple

from bot.adapters.content_files.kept import folder_mark
from bot.core.library.problems import Problem
from bot.core.library.size import Size

NAME = "check.noted"


class Found(NamedTuple):
    """``read``: every file that was looked at, and how much is in it."""

    problems: tuple[Problem, ...]
    read: dict[str, Size]


def mark_of(folder: Path, packs: Path | None, today: date) -> str:
    """Empty where there is no telling whether anything has changed."""
    mark = folder_mark(folder, packs)
    return f"{mark} {today.isoformat()}" if mark else ""


def noted(data: Path, mark: str) -> Found | None:
    with suppress(OSError, ValueError, KeyError, TypeError):
        held = json.loads((data / NAME).read_text(encoding="utf-8"))
        if mark and held["mark"] == mark:
            problems = tuple(Problem.model_validate(each) for each in held["problems"])
            return Found(problems, {file: Size(*size) for file, size in held["read"].items()})
    return None


def note(data: Path, mark: str, found: Found) -> None:
    """A full disk, or a place where nothing may be written, notes nothing."""
    if not mark:
        return
    held = {
        "mark": mark,
        "problems": [problem.model_dump() for problem in found.problems],
        "read": {file: astuple(size) for file, size in found.read.items()},
    }
    with suppress(OSError):
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        half = data / f"{NAME}.half"
        half.write_text(json.dumps(held), encoding="utf-8")
        half.replace(data / NAME)
