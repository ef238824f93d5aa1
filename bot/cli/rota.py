"""Who is on call and who is away, from the command line."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Table

from bot.cli.house import DATA, Data, service_named, with_house
from bot.core.errors import Misuse
from bot.core.rota import Fault, Leave, Shift, called, opens_alerts
from bot.core.service import Service
from bot.core.values import StaffId
from bot.ports import StaffMember
from bot.settings import Settings
from bot.usecases import calendars
from bot.usecases import rota as acts
from bot.usecases.house import House
from bot.wiring import read_calendar

rota_app = typer.Typer(help="Who is on call out of hours, and who is away.", no_args_is_help=True)
ServiceName = Annotated[str | None, typer.Option("--service", help="The service's short name.")]
Hour = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]


@rota_app.command("show")
def show(
    days: Annotated[int, typer.Option(help="So many days ahead.", min=1, max=366)] = 14,
    service: ServiceName = None,
    data: Data = DATA,
) -> None:
    """Shifts, leave with cover, and hours in which nobody is on call."""

    async def do(house: House, _: Settings) -> tuple[Service, acts.Ahead, dict[StaffId, str]]:
        of = service_named(house, service)
        staff = {m.id: m.email for m in await house.record.staff.all(of.id)}
        return of, await acts.look_ahead(house, of, timedelta(days=days)), staff

    of, ahead, names = with_house(data, do)
    zone = ZoneInfo(of.timezone)
    table = Table("what", "who", "from", "until", "cover or source")
    for shift in ahead.roster.shifts:
        who = names.get(shift.staff, "gone")
        if not opens_alerts(ahead.team[shift.staff].roles):
            who += ": cannot open alerts, hears nothing"
        table.add_row("on call", who, *_span(shift, zone), called(shift.source))
    for leave in ahead.roster.leaves:
        cover = names.get(leave.cover, "gone") if leave.cover else "nobody: duty hears"
        if not ahead.cover_hears(leave):
            cover += ": cannot open alerts, duty hears"
        table.add_row("away", names.get(leave.staff, "gone"), *_span(leave, zone), cover)
    Console().print(table if ahead.roster.shifts or ahead.roster.leaves else "Nobody is on call or away.")
    for feed in ahead.feeds:
        typer.echo(
            f"{called(feed.place)}: read {feed.seen_at.astimezone(zone):%Y-%m-%d %H:%M}, {feed.error or 'ok'}"
        )
    if of.out_of_hours_cover:
        for begins, ends in ahead.gaps:
            typer.echo(f"Nobody is on call from {_said(begins, zone)} to {_said(ends, zone)}.")


@rota_app.command("add")
def add(
    email: str,
    begins: Annotated[datetime, typer.Option("--from", formats=Hour, help="On the service's clock.")],
    ends: Annotated[datetime, typer.Option("--until", formats=Hour)],
    service: ServiceName = None,
    data: Data = DATA,
) -> None:
    """Put somebody on call."""

    async def do(house: House, _: Settings) -> str | None:
        of = service_named(house, service)
        member = await _member(house, of, email)
        return await acts.put_on_call(house, of, member.id, begins, ends)

    if wrong := with_house(data, do):
        raise Misuse(wrong)
    typer.echo(f"{email} is on call from {begins:%Y-%m-%d %H:%M} to {ends:%Y-%m-%d %H:%M}.")


@rota_app.command("import")
def bring(file: Path, service: ServiceName = None, data: Data = DATA) -> None:
    """Read shifts from a calendar (.ics). They replace those that a file of this name brought before."""

    async def do(house: House, _: Settings) -> tuple[int, tuple[Fault, ...]]:
        of = service_named(house, service)
        now = house.clock.now()
        entries, faults = read_calendar(file, ZoneInfo(of.timezone), now, now + acts.READ_FOR)
        return await acts.bring_calendar(house, of, file.name, entries, faults)

    number, wrong = with_house(data, do)
    for fault in wrong:
        typer.echo(f"{file}:{fault.line}: {fault.what}; {fault.hint}", err=True)
    if wrong:
        raise Misuse("nothing was changed: correct the calendar and import it again")
    typer.echo(f"{number} shifts, in the place of those that {file.name} brought before.")


@rota_app.command("subscribe")
def subscribe(address: str, service: ServiceName = None, data: Data = DATA) -> None:
    """Read shifts from a calendar at an address (https://), now and every 15 minutes by a worker."""

    async def do(house: House, _: Settings) -> str | None:
        return await calendars.subscribe(house, service_named(house, service), address)

    if wrong := with_house(data, do):
        raise Misuse(wrong)
    typer.echo("The calendar is read. See `bounceback rota show`.")


@rota_app.command("unsubscribe")
def unsubscribe(address: str, service: ServiceName = None, data: Data = DATA) -> None:
    """Read a calendar no more, and take out the shifts that it brought."""

    async def do(house: House, _: Settings) -> None:
        of = service_named(house, service)
        for feed in await house.record.rota.feeds(of.id):
            if feed.place == address.strip():
                return await calendars.unsubscribe(house, of, feed.id)
        raise Misuse("no calendar is read from there: see `bounceback rota show`")

    with_house(data, do)
    typer.echo("The calendar and its shifts are taken out.")


def staff_away(
    email: str,
    until: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="The last day they are away.")],
    cover: Annotated[str | None, typer.Option(help="E-mail of the colleague who hears instead.")] = None,
    begins: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="Today, if you do not say.")
    ] = None,
    service: ServiceName = None,
    data: Data = DATA,
) -> None:
    """Somebody is on leave: whoever covers for them hears instead."""

    async def do(house: House, _: Settings) -> str | None:
        of = service_named(house, service)
        member = await _member(house, of, email)
        stands_in = (await _member(house, of, cover)).id if cover else None
        first = begins.date() if begins else _today(house, of)
        return await acts.go_on_leave(house, of, member.id, first, until.date(), stands_in)

    if wrong := with_house(data, do):
        raise Misuse(wrong)
    instead = f"{cover} hears instead" if cover else "nobody covers, so duty hears instead"
    typer.echo(f"{email} is away until the end of {until:%Y-%m-%d}: {instead}.")


def staff_back(email: str, service: ServiceName = None, data: Data = DATA) -> None:
    """Somebody is back from leave."""

    async def do(house: House, _: Settings) -> int:
        of = service_named(house, service)
        return await acts.come_back(house, of, (await _member(house, of, email)).id)

    ended = with_house(data, do)
    typer.echo(f"{email} is back." if ended else f"{email} was not away.")


async def _member(house: House, of: Service, email: str) -> StaffMember:
    found = await house.record.staff.by_email(of.id, email.strip().casefold())
    if found is None:
        raise Misuse(f"nobody in {of.slug} has the address {email}: see `bounceback staff add`")
    return found


def _today(house: House, of: Service) -> date:
    return house.clock.now().astimezone(ZoneInfo(of.timezone)).date()


def _span(of: Shift | Leave, zone: ZoneInfo) -> tuple[str, str]:
    return _said(of.from_at, zone), _said(of.until_at, zone)


def _said(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%a %d %b %H:%M}"
