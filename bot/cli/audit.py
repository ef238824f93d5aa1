"""Who looked: whether the record of it is whole."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from bot.cli.house import DATA, AsJson, Data, service_named, with_house
from bot.core.errors import Misuse
from bot.core.service import Service
from bot.core.values import LineId
from bot.settings import Settings
from bot.usecases.auditing import Head, Verdict, verified
from bot.usecases.house import House
from bot.whole import written_whole

audit_app = typer.Typer(help="The record of who looked at whom.", no_args_is_help=True)
Heads = Annotated[
    Path | None,
    typer.Option(
        help="A file kept where nobody who can change the record can change it: compared, then written anew."
    ),
]


@audit_app.callback()
def audit() -> None:
    """The record of who looked at whom."""


@audit_app.command("verify")
def verify(
    service: Annotated[
        str | None, typer.Option(help="The service's short name; all where none is named.")
    ] = None,
    heads: Heads = None,
    data: Data = DATA,
    as_json: AsJson = False,
) -> None:
    """Check every chain of looks, row by row. Exit 1 where a row was changed, taken out, slipped in or cut off."""
    then = _read(heads)

    async def do(house: House, _: Settings) -> dict[str, tuple[Service, Verdict]]:
        asked = [service_named(house, service)] if service else house.shelf.services()
        return {s.slug: (s, await verified(house, s.id, then.get(str(s.id), {}))) for s in asked}

    found = with_house(data, do)
    for slug, (_, verdict) in found.items():
        typer.echo(json.dumps(_told(slug, verdict)) if as_json else _in_words(slug, verdict))
    whole = all(verdict.whole for _, verdict in found.values())
    if heads is not None and whole:
        _write(heads, then | {str(of.id): verdict.heads for of, verdict in found.values()})
    raise typer.Exit(0 if whole else 1)


def _in_words(slug: str, verdict: Verdict) -> str:
    lines = [
        f"{slug}: {verdict.chains} chains, {verdict.rows} rows: {'whole' if verdict.whole else 'NOT WHOLE'}"
    ]
    lines += [
        f"  {chain}: row {n} does not follow from the row before" for chain, n in verdict.broken.items()
    ]
    lines += [f"  {chain}: its newest rows of last time are gone or changed" for chain in verdict.shortened]
    return "\n".join(lines)


def _told(slug: str, verdict: Verdict) -> dict[str, object]:
    return {
        "service": slug,
        "chains": verdict.chains,
        "rows": verdict.rows,
        "whole": verdict.whole,
        "broken": {str(chain): n for chain, n in verdict.broken.items()},
        "shortened": [str(chain) for chain in verdict.shortened],
    }


def _read(heads: Path | None) -> dict[str, dict[LineId, Head]]:
    """Nothing where the file is not there yet. Raises Misuse for one that is not what this command writes."""
    if heads is None or not heads.exists():
        return {}
    try:
        held = json.loads(heads.read_text())
        return {
            service: {LineId(UUID(chain)): (int(n), str(seal)) for chain, (n, seal) in chains.items()}
            for service, chains in held.items()
        }
    except (OSError, ValueError, AttributeError, TypeError):
        raise Misuse(
            f"{heads} is no file of heads: name the one that this command wrote, or a new one"
        ) from None


def _write(heads: Path, held: dict[str, dict[LineId, Head]]) -> None:
    text = json.dumps(
        {service: {str(c): head for c, head in chains.items()} for service, chains in held.items()}
    )
    with written_whole(heads) as file:
        file.write(text.encode() + b"\n")
