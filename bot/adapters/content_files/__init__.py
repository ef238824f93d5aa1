"""Content folders: Markdown and YAML in, a Library or problems out.

A start with unchanged content reads no page, so what parses them is loaded by the first call that does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from bot.adapters.content_files.kept import read_or_kept
from bot.adapters.content_files.watching import watch
from bot.core.library.build import Built
from bot.core.library.drafts import Drafts
from bot.core.library.problems import Problem
from bot.core.library.signoff import Signature
from bot.core.library.size import Looked

if TYPE_CHECKING:
    from pydantic import BaseModel

    from bot.adapters.content_files.teaching import Kind, RuleFound
    from bot.core.library import Worsening
    from bot.ports import Manuscript

M = TypeVar("M", bound="BaseModel")

__all__ = [
    "ContentReader",
    "add_to_net",
    "add_to_rule",
    "check",
    "content_folder",
    "look",
    "manuscript",
    "read_drafts",
    "read_library",
    "read_nlu",
    "read_or_kept",
    "read_other",
    "read_rule_set",
    "rules_in",
    "watch",
    "write_signoff",
]


def read_library(
    source: Path | Mapping[str, bytes], *, today: date | None = None, packs: Path | None = None
) -> Built:
    """Everything in the folder, or in the files given by name; whatever is wrong becomes a problem."""
    from bot.adapters.content_files.folder import read_library  # the parsers

    return read_library(source, today=today, packs=packs)


def manuscript(path: Path, *, around: Path = Path("content")) -> Manuscript:
    """What is previewed at a path. Raises FileNotFoundError, or ValueError for a file that is no page."""
    from bot.adapters.content_files.manuscripts import manuscript_at  # the parsers

    if not path.exists():
        raise FileNotFoundError(path)
    folder = content_folder(path)
    if folder is None and (path.is_dir() or path.suffix != ".md" or not around.is_dir()):
        raise ValueError(path)
    return manuscript_at(path, folder, around)


def read_drafts(source: Path | Mapping[str, bytes], packs: Path | None = None) -> Drafts:
    from bot.adapters.content_files.folder import read_drafts  # the parsers

    return read_drafts(source, packs)


def read_rule_set(file: Path) -> Worsening:
    """A rule set on its own. Raises Misuse with the first thing wrong in it."""
    from bot.adapters.content_files.policy import read_rule_set  # the parsers

    return read_rule_set(file)


def read_nlu(file: Path) -> dict[str, tuple[str, ...]]:
    """The intents of any nlu.yml, however long, with their examples. Raises Misuse with the first thing wrong in it."""
    from bot.adapters.content_files.words import read_nlu  # the parsers

    return read_nlu(file)


def read_other(path: Path, model: type[M]) -> M | tuple[Problem, ...]:
    """A YAML file that is no content, as a model. Raises OSError where it cannot be read."""
    from bot.adapters.content_files.other import read_other  # the parsers

    return read_other(path, model)


def check(
    path: Path,
    *,
    around: Path = Path("content"),
    today: date | None = None,
    data: Path | None = None,
    packs: Path | None = None,
) -> tuple[Problem, ...]:
    return look(path, around=around, today=today, data=data, packs=packs).problems


def look(
    path: Path,
    *,
    around: Path = Path("content"),
    today: date | None = None,
    data: Path | None = None,
    packs: Path | None = None,
) -> Looked:
    """The whole folder, or one file or part of it: see ``checking.look``."""
    from bot.adapters.content_files.checking import look  # the parsers

    return look(path, around=around, today=today, data=data, packs=packs)


def write_signoff(signatures: Iterable[Signature]) -> str:
    """The whole of SIGNOFF.toml."""
    from bot.adapters.content_files.signoff import write_signoff  # the parsers

    return write_signoff(signatures)


class ContentReader:
    """The port ``Authoring``. ``packs``: the folder with the words of licensed questionnaires."""

    def __init__(self, packs: Path | None = None) -> None:
        self._packs = packs

    def read(self, bodies: Mapping[str, bytes]) -> Built:
        return read_library(bodies, packs=self._packs)

    def signoff(self, signatures: Iterable[Signature]) -> bytes:
        return write_signoff(signatures).encode()


def content_folder(path: Path) -> Path | None:
    """The folder itself, or the one around a file or folder of content."""
    from bot.adapters.content_files.checking import content_folder  # the parsers

    return content_folder(path)


def rules_in(folder: Path) -> dict[str, RuleFound]:
    """The screen's rules that a folder's files hold, by name. Raises Misuse where a file cannot be read."""
    from bot.adapters.content_files import teaching  # the parsers

    return teaching.rules_in(folder)


def add_to_rule(folder: Path, rule_id: str, kind: Kind, text: str) -> Path:
    """One example more of a rule, as a line of its file. Raises Misuse."""
    from bot.adapters.content_files import teaching  # the parsers

    return teaching.add_to_rule(folder, rule_id, kind, text)


def add_to_net(folder: Path, intent: str, text: str) -> Path:
    """One example more for the second net, as a line of its file. Raises Misuse."""
    from bot.adapters.content_files import teaching  # the parsers

    return teaching.add_to_net(folder, intent, text)
