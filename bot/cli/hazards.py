"""``bounceback hazards``: the hazard log, for whoever has to read and sign it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from bot.authoring import read_other
from bot.core.errors import Misuse
from bot.report.hazards import HazardLog, misnumbered, told

HAZARDS = Path("docs/safety/hazards.yaml")


def hazards(file: Annotated[Path, typer.Argument(help="The file with the hazards.")] = HAZARDS) -> None:
    """Write the hazard log as Markdown: a summary, and a table for each hazard."""
    try:
        log = read_other(file, HazardLog)
    except OSError:
        raise Misuse(f"there is no {file} here: run this in the project's folder, or name the file") from None
    if isinstance(log, tuple):
        for wrong in log:
            typer.echo(
                f"{wrong.file}:{wrong.line}:{wrong.column} {wrong.message}\n    {wrong.hint}", err=True
            )
        raise typer.Exit(1)
    for sentence in misnumbered(log):
        typer.echo(f"{file}: {sentence}", err=True)
        raise typer.Exit(1)
    typer.echo(told(log))
