"""``bounceback groups evidence``: taking part in groups beside outcomes, for those who agreed to be counted."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from bot.cli.house import DATA, Data, service_named, with_house
from bot.cli.record import OPERATOR
from bot.core.errors import Misuse
from bot.core.participation import Evidence
from bot.ports import Looker
from bot.report.evidence import (
    about,
    as_csv,
    cannot_show,
    main_table,
    members_table,
    render,
    thirds_table,
    too_few,
)
from bot.settings import Settings
from bot.usecases.group_evidence import group_evidence
from bot.usecases.house import House
from bot.whole import written_whole


def evidence(
    service: Annotated[str | None, typer.Option("--service", help="The service's short name.")] = None,
    as_lines: Annotated[
        bool, typer.Option("--csv", help="A line for each number, for another program.")
    ] = False,
    page: Annotated[Path | None, typer.Option(help="Draw it on this page, FILE.html.")] = None,
    data: Data = DATA,
) -> None:
    """Outcomes of those who took part in groups, and of those who did not: who agreed to be counted, in numbers only.

    It is noted as one look.
    """

    async def do(house: House, _: Settings) -> tuple[str, Evidence]:
        of = service_named(house, service)
        by = Looker(OPERATOR, house.clock.now(), role="operator")
        return of.name, await group_evidence(house, of.id, by)

    name, found = with_house(data, do)
    if as_lines:
        typer.echo(as_csv(found), nl=False)
    else:
        _tell(found)
    if page is not None:
        _write(page, render(found, name))
        typer.echo(f"The page: {page}", err=True)


def _tell(found: Evidence) -> None:
    for name, value in about(found).items():
        typer.echo(f"{name}: {value}")
    console = Console()
    for rows in (main_table(found), thirds_table(found), members_table(found)):
        if rows:
            table = Table(*rows[0])
            for row in rows[1:]:
                table.add_row(*row)
            console.print(table)
    if few := too_few(found):
        typer.echo(few)
    elif found.thirds is None:
        typer.echo("By how much they took part: too few people to tell it by thirds.")
    for sentence in cannot_show(found):
        typer.echo(f"- {sentence}")


def _write(page: Path, text: str) -> None:
    try:
        with written_whole(page) as file:
            file.write(text.encode())
    except OSError as error:
        raise Misuse(f"{page} cannot be written: {error.strerror}") from None
