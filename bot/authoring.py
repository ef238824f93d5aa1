"""Content folders for commands and for the wiring: reads what was written, and loads no server for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.adapters.content_files import ContentReader as ContentReader
from bot.adapters.content_files import add_to_net as add_to_net
from bot.adapters.content_files import add_to_rule as add_to_rule
from bot.adapters.content_files import check as check
from bot.adapters.content_files import content_folder as content_folder
from bot.adapters.content_files import look as look
from bot.adapters.content_files import manuscript as manuscript
from bot.adapters.content_files import read_drafts as read_drafts
from bot.adapters.content_files import read_library as read_library
from bot.adapters.content_files import read_nlu as read_nlu
from bot.adapters.content_files import read_or_kept
from bot.adapters.content_files import read_other as read_other
from bot.adapters.content_files import read_rule_set as read_rule_set
from bot.adapters.content_files import rules_in as rules_in
from bot.adapters.content_files import watch as watch
from bot.adapters.content_files import write_signoff as write_signoff
from bot.core.errors import Misuse
from bot.core.library import Library

CONTENT_SHIPPED = Path(__file__).resolve().parent.parent / "content"


@dataclass(frozen=True)
class Edition:
    """A library, and the bytes of the files that it was built from, by their names."""

    library: Library
    bodies: Mapping[str, bytes] = field(repr=False)


def shipped(folder: Path, kept_in: Path | None = None, packs: Path | None = None) -> Edition:
    """The content of a folder, whole. Raises Misuse with the first problem where it does not build.

    ``kept_in``: the data folder, where the library of an unchanged folder is found again. ``packs``: the folder with
    the words of licensed questionnaires.
    """
    built = read_or_kept(folder, kept_in, packs) if kept_in else read_library(folder, packs=packs)
    if built.library is None:
        first = next((p for p in built.problems if p.level == "error"), None)
        what = f": {first.file}:{first.line} {first.message}" if first else ""
        raise Misuse(f"the content in {folder} does not build{what}. See `bounceback check {folder}`")
    return Edition(built.library, built.bodies)


def shipped_library(folder: Path, packs: Path | None = None) -> Library:
    """As ``shipped``, without the files."""
    return shipped(folder, packs=packs).library
