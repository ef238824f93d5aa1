"""``bounceback content table`` and ``vectors``: what the library takes of its readers, and what its texts mean."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.authoring import read_drafts, shipped_library
from bot.report.library_table import rows, summed, told
from bot.settings import read_settings
from bot.wiring import vectors_shipped_for

Folder = Annotated[Path, typer.Option("--content", help="The content folder.")]
CONTENT = Path("content")


def table(content: Folder = CONTENT) -> None:
    """Every module with its steps, minutes, words, ways through, reading age and longest sentence, as Markdown."""
    packs = read_settings().measure_packs
    found = list(rows(shipped_library(content, packs), read_drafts(content, packs)))
    typer.echo(told(found))
    typer.echo(summed(found))


def vectors(content: Folder = CONTENT) -> None:
    """Write what the texts of a content folder mean into the file that the search is shipped with: about a minute."""
    file = vectors_shipped_for(shipped_library(content, read_settings().measure_packs))
    typer.echo(f"{file.name}, {file.stat().st_size:,} bytes")
