"""The problems of a folder, or of one file of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from bot.adapters.content_files.folder import read_library
from bot.core.library.problems import Problem

_ROOMS = ("modules", "groups", "measures", "policy", "safety", "texts", "understanding")


def check(path: Path, *, today: date | None = None) -> tuple[Problem, ...]:
    """The whole folder, or one file (or part) of it in its folder's context.

    ``Problem.file`` is relative to ``content_folder(path)``. Raises FileNotFoundError if there is no such path.
    """
    folder = content_folder(path)
    problems = read_library(folder, today=today).problems
    wanted = path.resolve().relative_to(folder.resolve()).as_posix()
    if wanted == ".":
        return problems
    return tuple(p for p in problems if p.file == wanted or p.file.startswith(f"{wanted}/"))


def content_folder(path: Path) -> Path:
    """The folder itself, or the one around a file or folder of content."""
    if not path.exists():
        raise FileNotFoundError(path)
    for folder in (path, *path.parents, *path.resolve().parents):
        if folder.is_dir() and (folder / "modules").is_dir():
            return folder
        if folder.name in _ROOMS and folder.parent != folder and (folder.parent / "modules").is_dir():
            return folder.parent
    return path if path.is_dir() else path.parent
