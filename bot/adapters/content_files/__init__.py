"""Content folders: Markdown and YAML in, a Library or problems out.

A start with unchanged content reads no page, so what parses them is loaded by the first call that does.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from bot.adapters.content_files.kept import read_or_kept
from bot.adapters.content_files.watching import watch
from bot.core.library.build import Built
from bot.core.library.drafts import Drafts
from bot.core.library.problems import Problem
from bot.core.library.size import Looked

__all__ = ["check", "content_folder", "look", "read_drafts", "read_library", "read_or_kept", "watch"]


def read_library(folder: Path, *, today: date | None = None) -> Built:
    """Everything in the folder, checked; whatever is wrong becomes a problem, never an exception."""
    from bot.adapters.content_files.folder import read_library  # the parsers

    return read_library(folder, today=today)


def read_drafts(folder: Path) -> Drafts:
    from bot.adapters.content_files.folder import read_drafts  # the parsers

    return read_drafts(folder)


def check(path: Path, *, around: Path = Path("content"), today: date | None = None) -> tuple[Problem, ...]:
    return look(path, around=around, today=today).problems


def look(path: Path, *, around: Path = Path("content"), today: date | None = None) -> Looked:
    """The whole folder, or one file or part of it: see ``check.look``."""
    from bot.adapters.content_files.check import look  # the parsers

    return look(path, around=around, today=today)


def content_folder(path: Path) -> Path | None:
    """The folder itself, or the one around a file or folder of content."""
    from bot.adapters.content_files.check import content_folder  # the parsers

    return content_folder(path)
