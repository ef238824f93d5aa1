"""``bounceback content table`` and ``find``: what the library takes of its readers, and what answers a question."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.authoring import read_drafts, shipped_library
from bot.core.errors import Misuse
from bot.core.flow.finding import FITS, MOST_OFFERED, weighted
from bot.core.library.limits import CONDITIONS
from bot.report.library_table import rows, summed, told
from bot.settings import read_settings
from bot.wiring import finder_of

Folder = Annotated[Path, typer.Option("--content", help="The content folder.")]
CONTENT = Path("content")


def table(content: Folder = CONTENT) -> None:
    """Every module with its steps, minutes, words, ways through, reading age and longest sentence, as Markdown."""
    packs = read_settings().measure_packs
    found = list(rows(shipped_library(content, packs), read_drafts(content, packs)))
    typer.echo(told(found))
    typer.echo(summed(found))


def find(
    question: Annotated[str, typer.Argument(help="As a patient would type it.")],
    condition: Annotated[
        list[str] | None, typer.Option(help="One of the patient's own conditions; may be given again.")
    ] = None,
    content: Folder = CONTENT,
) -> None:
    """The pages that are offered for a question, best first, and below a line those that fit too little."""
    own = tuple(condition or ())
    for name in own:
        if name not in CONDITIONS:
            raise Misuse(f"there is no condition '{name}'. There are: {', '.join(CONDITIONS)}")
    library = shipped_library(content, read_settings().measure_packs)
    found = weighted(finder_of(library)(question), library, own)
    offered = [page for page, score in found if score >= FITS][:MOST_OFFERED]
    for n, (page, score) in enumerate(found):
        if n == len(offered):
            typer.echo("-- not offered" if offered else "-- nothing fits; these are the nearest")
        typer.echo(f"{score:.2f} {page}  {library.modules[page].title}")
    if not found:
        typer.echo("Nothing in the library has a word of it.")
