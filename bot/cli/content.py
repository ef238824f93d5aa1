"""Putting content in force, what was in force before, and the way back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from bot.authoring import shipped
from bot.cli.house import DATA, AsJson, Data, with_house
from bot.core.library.difference import Change, differences
from bot.ports import Pointer
from bot.settings import Settings
from bot.usecases.house import House
from bot.usecases.publish import Touched, refuse_unsigned, release_named, touched_by
from bot.usecases.publish import publish as put_in_force


def publish(
    folder: Annotated[Path, typer.Argument(help="The content folder.")] = Path("content"),
    urgent: Annotated[bool, typer.Option(help="Move every conversation on at once.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would change, and for how many.")
    ] = False,
    data: Data = DATA,
) -> None:
    """Put a folder's content in force, if it has no error; says what changes, and whom it touches."""

    async def do(house: House, settings: Settings) -> list[str]:
        edition = shipped(folder, packs=settings.measure_packs)
        library = edition.library
        if settings.env == "production":
            refuse_unsigned(library)
        told = _told(await touched_by(house, library)) if house.shelf.pointer is not None else []
        if dry_run:
            return [*told, "Nothing was published."]
        pointer = await put_in_force(house, library, by="command line", bodies=edition.bodies, urgent=urgent)
        return [*told, _in_force(pointer)]

    for line in with_house(data, do):
        typer.echo(line)


releases_app = typer.Typer(help="Releases that were made, and the way back to one of them.")
Name = Annotated[str, typer.Argument(help="The first six or more characters of a release's name.")]


@releases_app.callback(invoke_without_command=True)
def releases(context: typer.Context, data: Data = DATA, as_json: AsJson = False) -> None:
    """Releases that were made, the newest first; the one in force is marked."""
    if context.invoked_subcommand is not None:
        return

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


@releases_app.command()
def diff(
    before: Name,
    after: Annotated[
        str | None, typer.Argument(help="Another; the one in force where none is named.")
    ] = None,
    data: Data = DATA,
    as_json: AsJson = False,
) -> None:
    """What is another between two releases."""

    async def do(house: House, _: Settings) -> tuple[Change, ...]:
        newer = house.shelf.library if after is None else await release_named(house, after)
        return differences(await release_named(house, before), newer)

    changes = with_house(data, do)
    if as_json:
        typer.echo(json.dumps([change._asdict() for change in changes]))
    for change in () if as_json else changes:
        typer.echo(change.told())
    if not changes and not as_json:
        typer.echo("Nothing is another.")


@releases_app.command()
def rollback(
    release: Name,
    urgent: Annotated[bool, typer.Option(help="Move every conversation on at once.")] = False,
    data: Data = DATA,
) -> None:
    """Put an earlier release in force again. The one that it replaces is kept."""

    async def do(house: House, settings: Settings) -> list[str]:
        library = await release_named(house, release)
        if settings.env == "production":
            refuse_unsigned(library)
        told = _told(await touched_by(house, library))
        pointer = await put_in_force(house, library, by="command line, rollback", urgent=urgent)
        return [*told, _in_force(pointer)]

    for line in with_house(data, do):
        typer.echo(line)


def _in_force(pointer: Pointer) -> str:
    return f"Release {pointer.release[:12]} is in force (number {pointer.n})."


def _told(touched: Touched) -> list[str]:
    lines = [change.told() for change in touched.changes]
    for module, count in touched.inside.items():
        lines.append(f"in the middle of {module}: {count} patient{'s' if count != 1 else ''}")
    for module, count in touched.planned.items():
        lines.append(f"planned from {module}: {count} follow-up{'s' if count != 1 else ''}")
    for group, count in touched.members.items():
        lines.append(f"in the group {group}: {count} member{'s' if count != 1 else ''}")
    for group, count in touched.left_behind.items():
        who = f"{count} members stay" if count != 1 else "1 member stays"
        lines.append(
            f"the group {group} is taken away, and {who} in its room, without its rules and its hours: "
            "keep the page until they have left"
        )
    return lines
