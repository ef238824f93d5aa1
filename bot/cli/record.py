"""One patient's record: handed over, erased, or deleted because its time is over."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from bot.cli.house import DATA, AsJson, Data, service_named, with_house
from bot.core.errors import Misuse, Refused
from bot.core.values import LineId, StaffId
from bot.ports import Looker
from bot.settings import Settings
from bot.usecases import erasing, retention
from bot.usecases.export import Exported
from bot.usecases.export import export as exported
from bot.usecases.house import House
from bot.whole import written_whole

Patient = Annotated[
    UUID, typer.Argument(help="The id of their record, as the address of their page at the desk.")
]
ServiceName = Annotated[str | None, typer.Option("--service", help="The service's short name.")]
Sure = Annotated[bool, typer.Option("--yes", help="Do it without asking.")]
OPERATOR = StaffId(UUID(int=0))

_NOT_ERASED = {
    "not_found": "there is no such record here",
    "legal_hold": "this record is held by law: a lead lifts that at the desk first",
    "open_alerts": "an alert of theirs is still open: a person has to resolve it first",
}


def erase(
    patient: Patient,
    service: ServiceName = None,
    yes: Sure = False,
    whole: Annotated[
        bool, typer.Option("--whole", help="Rewrite the tables, which closes them to everybody meanwhile.")
    ] = False,
    data: Data = DATA,
    as_json: AsJson = False,
) -> None:
    """Erase what may be erased of one record: words, name, address, key and ways in. It cannot be undone."""
    if not yes:
        typer.confirm("Their words, their name and their ways in are erased for good. Go on?", abort=True)

    async def do(house: House, _: Settings) -> bool:
        of = service_named(house, service)
        try:
            done = await erasing.erase(house, of.id, LineId(patient), "operator:cli")
        except Refused as refused:
            raise Misuse(_NOT_ERASED.get(refused.code, refused.code)) from None
        await house.record.erasures.sweep(whole=whole)
        return done

    done = with_house(data, do)
    if as_json:
        typer.echo(json.dumps({"patient": str(patient), "erased": done}))
    else:
        typer.echo("Erased." if done else "It was erased already.")


def export(
    patient: Patient,
    out: Annotated[
        Path, typer.Option(help="A folder; three files are written into it, for your eyes alone.")
    ],
    service: ServiceName = None,
    data: Data = DATA,
    as_json: AsJson = False,
) -> None:
    """Write all that is held about one patient: a page to read, JSON, and a FHIR bundle. It is noted as one look."""

    async def do(house: House, _: Settings) -> list[Exported]:
        of = service_named(house, service)
        by = Looker(OPERATOR, house.clock.now(), role="operator")
        try:
            return await exported(house, of.id, LineId(patient), by)
        except Refused as refused:
            raise Misuse(_NOT_ERASED.get(refused.code, refused.code)) from None

    files = with_house(data, do)
    try:
        out.mkdir(parents=True, exist_ok=True, mode=0o700)
        for file in files:
            with written_whole(out / file.name) as into:
                into.write(file.body)
    except OSError as error:
        raise Misuse(f"{out} cannot be written: {error.strerror}") from None
    names = [str(out / file.name) for file in files]
    typer.echo(json.dumps({"patient": str(patient), "files": names}) if as_json else "\n".join(names))


def over(
    service: ServiceName = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do it now; the worker does it by itself.")] = False,
    data: Data = DATA,
    as_json: AsJson = False,
) -> None:
    """List what the retention rules say is over: words to erase, and whole records to delete."""

    async def do(house: House, _: Settings) -> tuple[list[retention.Due], int]:
        of = service_named(house, service)
        found = await retention.due(house, of.id)
        done = await retention.carry_out(house, of.id, found) if yes else 0
        if done:
            await house.record.erasures.sweep()
        return found, done

    found, done = with_house(data, do)
    if as_json:
        rows = [{**asdict(each), "line": str(each.line), "last": each.last.isoformat()} for each in found]
        typer.echo(json.dumps({"due": rows, "done": done}))
        return
    for each in found:
        held = f", kept: {each.held.replace('_', ' ')}" if each.held else ""
        typer.echo(f"{each.line}  {each.what}, last on {each.last.date().isoformat()}{held}")
    typer.echo(f"{len(found)} over; {done} done.")
