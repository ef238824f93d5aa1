"""``bounceback content table``: what the library takes of its readers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.authoring import read_drafts, shipped_library
from bot.report.library_table import rows, summed, told
from bot.settings import read_settings


def table(
    content: Annotated[Path, typer.Option("--content", help="The content folder.")] = Path("content"),
) -> None:
    """Every module with its steps, minutes, words, ways through, reading age and longest sentence, as Markdown."""
    packs = read_settings().measure_packs
    found = list(rows(shipped_library(content, packs), read_drafts(content, packs)))
    typer.echo(told(found))
    typer.echo(summed(found))
