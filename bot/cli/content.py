"""Putting content in force, and what was in force before."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from bot.cli.house import DATA, AsJson, Data, with_house
from bot.core.errors import Misuse
from bot.settings import Settings
from bot.usecases.house import House
from bot.usecases.publish import publish as put_in_force
from bot.wiring import shipped_library


def publish(
    folder: Annotated[Path, typer.Argument(help="The content folder.")] = Path("content"),
    urgent: Annotated[bool, typer.Option(help="Move every conversation on at once.")] = False,
    data: Data = DATA,
) -> None:
    """Put a folder's content in force, if it has no error."""

    async def do(house: House, settings: Settings) -> str:
        library = shipped_library(folder)
        unsigned = [m.id for m in library.modules.values() if not m.signed]
        if settings.env == "production" and unsigned:
            raise Misuse(f"production refuses modules that nobody has signed off: {', '.join(unsigned)}")
        pointer = await put_in_force(house, library, by="command line", urgent=urgent)
        return f"Release {pointer.release[:12]} is in force (number {pointer.n})."

    typer.echo(with_house(data, do))


def releases(data: Data = DATA, as_json: AsJson = False) -> None:
    """Releases that were made, the newest first; the one in force is marked."""

    async def do(house: House, _: Settings) -> list[dict[str, object]]:
        pointer = house.shelf.pointer
        return [
            {
                "release": r.release,
                "made_at": r.made_at.isoformat(),
                "by": r.made_by,
                "in_force": pointer is not None and pointer.release == r.release,
            }
            for r in await house.record.releases.list()
        ]

    found = with_house(data, do)
    if as_json:
        typer.echo(json.dumps(found))
    for r in [] if as_json else found:
        typer.echo(f"{'*' if r['in_force'] else ' '} {str(r['release'])[:12]}  {r['made_at']}  {r['by']}")
