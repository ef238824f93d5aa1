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

__all__ = ["check", "content_folder", "read_drafts", "read_library", "read_or_kept", "watch"]


def read_library(folder: Path, *, today: date | None = None, packs: Path | None = None) -> Built:
    """Everything in the folder, checked; whatever is wrong becomes a problem, never an exception."""
    from bot.adapters.content_files.folder import read_library  # the parsers

    return read_library(folder, today=today, packs=packs)


def read_drafts(folder: Path, packs: Path | None = None) -> Drafts:
    from bot.adapters.content_files.folder import read_drafts  # the parsers

    return read_drafts(folder, packs)


def check(
    path: Path, *, around: Path = Path("content"), today: date | None = None, packs: Path | None = None
) -> tuple[Problem, ...]:
    """The whole folder, or one file or part of it: see ``check.check``."""
    from bot.adapters.content_files.check import check  # the parsers

    return check(path, around=around, today=today, packs=packs)


def content_folder(path: Path) -> Path | None:
    """The folder itself, or the one around a file or folder of content."""
    from bot.adapters.content_files.check import content_folder  # the parsers

    return content_folder(path)
