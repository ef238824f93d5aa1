"""Webhooks of a service, from the command line: where its alerts are told besides e-mail."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Column, Table

from bot.cli.house import DATA, Data, service_named, with_house
from bot.core.errors import Misuse, Refused
from bot.core.service import Service
from bot.ports import Way
from bot.settings import Settings
from bot.usecases import ways
from bot.usecases.house import House

webhook_app = typer.Typer(help="Where alerts are told besides e-mail, signed.", no_args_is_help=True)
ServiceName = Annotated[str | None, typer.Option("--service", help="The service's short name.")]
Id = Annotated[UUID, typer.Argument(metavar="ID", help="As `list` shows it.")]

WHY = {
    "channel_off": "webhooks are off: name the hosts they may go to in BOUNCEBACK_WEBHOOK_HOSTS",
    "address_barred": "this address is not called: its host must stand in BOUNCEBACK_WEBHOOK_HOSTS, with its port where "
    "that is not 443, and it must be https, without a user, and public",
    "too_many": f"a service has {ways.MOST_WEBHOOKS} webhooks at most: remove one first",
}


@webhook_app.command("add")
def add(url: str, service: ServiceName = None, data: Data = DATA) -> None:
    """Tell alerts to this address. Prints the secret that signs them, which nobody sees again."""

    async def do(house: House, _: Settings) -> tuple[Way, str]:
        try:
            return await ways.add_webhook(house, service_named(house, service), url)
        except Refused as refused:
            raise Misuse(WHY[refused.code]) from None

    way, secret = with_house(data, do)
    typer.echo(f"{way.id} {way.label}\n{secret}")


@webhook_app.command("list")
def show(service: ServiceName = None, data: Data = DATA) -> None:
    """Every channel of a service besides e-mail, and when it last worked. Never an address or a secret."""

    async def do(house: House, _: Settings) -> tuple[Service, list[Way]]:
        of = service_named(house, service)
        return of, list(await house.record.ways.all(of.id))

    of, found = with_house(data, do)
    whole = Column("id", no_wrap=True, min_width=36)
    zone, table = ZoneInfo(of.timezone), Table(whole, "what", "where", "last worked", "now")
    for way in found:
        worked = f"{way.ok_at.astimezone(zone):%Y-%m-%d %H:%M}" if way.ok_at else "never"
        table.add_row(str(way.id), ways.KINDS[way.kind], way.label, worked, way.error or "ok")
    Console().print(table if found else "Alerts are told by e-mail alone.")


@webhook_app.command("remove")
def remove(which: Id, service: ServiceName = None, data: Data = DATA) -> None:
    """Tell this address nothing any more."""

    async def do(house: House, _: Settings) -> str:
        of = service_named(house, service)
        way = await _webhook(house, of, which)
        await ways.remove_webhook(house, way)
        return way.label

    typer.echo(f"{with_house(data, do)} hears of nothing any more.")


@webhook_app.command("test")
def try_out(which: Id, service: ServiceName = None, data: Data = DATA) -> None:
    """Send it an event that says that it is a test. Exit 1 where it is not taken."""

    async def do(house: House, _: Settings) -> str | None:
        of = service_named(house, service)
        return await ways.try_out(house, of, await _webhook(house, of, which))

    wrong = with_house(data, do)
    typer.echo(f"It was not taken: {wrong}." if wrong else "It was taken.")
    raise typer.Exit(1 if wrong else 0)


async def _webhook(house: House, of: Service, which: UUID) -> Way:
    found = next(
        (w for w in await house.record.ways.all(of.id) if w.id == which and w.kind == "webhook"), None
    )
    if found is None:
        raise Misuse(f"{of.slug} has no such webhook: see `bounceback webhook list`")
    return found
