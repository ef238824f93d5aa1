"""The alert ledger from the command line."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.table import Table

from bot.cli.house import DATA, AsJson, Data, service_named, with_house
from bot.core.errors import Misuse
from bot.core.service import Service
from bot.ports import AlertSeen, StaffMember
from bot.settings import Settings
from bot.usecases import alerts as acts
from bot.usecases.house import House

alert_app = typer.Typer(help="Answer for one alert.", no_args_is_help=True)
ServiceName = Annotated[str | None, typer.Option("--service", help="The service's short name.")]
By = Annotated[str, typer.Option("--by", help="E-mail of the member of staff who acts.")]


def alerts(
    service: ServiceName = None,
    every: Annotated[bool, typer.Option("--all", help="Resolved ones too.")] = False,
    data: Data = DATA,
    as_json: AsJson = False,
) -> None:
    """Open alerts, gravest and oldest first."""

    async def do(house: House, _: Settings) -> list[AlertSeen]:
        services = [service_named(house, service)] if service else list(house.shelf.services())
        found = []
        for each in services:
            for alert in await house.record.ledger.list(each.id, open_only=not every, by=None):
                whole = await house.record.ledger.one(each.id, alert.id, None)
                found.append(whole or alert)
        return found

    found = with_house(data, do)
    if as_json:
        typer.echo(json.dumps([_record(a) for a in found]))
        return
    table = Table("level", "concern", "state", "opened", "told", "id")
    for a in found:
        table.add_row(a.level, a.concern, a.state, f"{a.opened_at:%Y-%m-%d %H:%M}", str(a.told), str(a.id))
    Console().print(table if found else "No open alerts.")


def _record(a: AlertSeen) -> dict[str, object]:
    return {
        "id": str(a.id),
        "patient": str(a.line),
        "concern": a.concern,
        "level": a.level,
        "state": a.state,
        "opened": a.opened_at.isoformat(),
        "acknowledged": a.acknowledged_at.isoformat() if a.acknowledged_at else None,
        "rung": a.rung,
        "evidence": [
            {"rule": e.rule, "seq": e.seq} | ({"client_id": str(e.client_id)} if e.client_id else {})
            for e in a.evidence
        ],
    }


@alert_app.command("ack")
def acknowledge(alert: UUID, by: By, service: ServiceName = None, data: Data = DATA) -> None:
    """Answer for an alert: the ladder stops."""

    async def do(house: House, _: Settings) -> None:
        of, member = await _member(house, service, by)
        await acts.acknowledge(house, of.id, alert, member.id)

    with_house(data, do)
    typer.echo("Acknowledged.")


@alert_app.command("snooze")
def snooze(
    alert: UUID,
    hours: Annotated[int, typer.Option(help="It comes back after so many hours.")],
    reason: Annotated[str, typer.Option(help=", ".join(acts.REASONS_TO_SNOOZE))],
    by: By,
    note: str = "",
    service: ServiceName = None,
    data: Data = DATA,
) -> None:
    """Put an alert off: it comes back then, with worse evidence, or when the patient writes."""
    if reason not in acts.REASONS_TO_SNOOZE:
        raise Misuse(f"a reason is one of: {', '.join(acts.REASONS_TO_SNOOZE)}")

    async def do(house: House, _: Settings) -> None:
        of, member = await _member(house, service, by)
        until = house.clock.now() + timedelta(hours=hours)
        await acts.snooze(house, of.id, alert, member.id, until, reason, note)

    with_house(data, do)
    typer.echo("Put off.")


@alert_app.command("hand-over")
def hand_over(
    alert: UUID,
    to: Annotated[str, typer.Option(help="E-mail of the colleague who takes it on.")],
    by: By,
    note: str = "",
    service: ServiceName = None,
    data: Data = DATA,
) -> None:
    """Hand an alert to a colleague, who is told at once."""

    async def do(house: House, _: Settings) -> None:
        of, member = await _member(house, service, by)
        colleague = (await _member(house, service, to))[1]
        await acts.hand_over(house, of.id, alert, member.id, colleague.id, note)

    with_house(data, do)
    typer.echo("Handed over.")


@alert_app.command("resolve")
def resolve(
    alert: UUID,
    outcome: Annotated[str, typer.Option(help=", ".join(acts.OUTCOMES))],
    by: By,
    note: str = "",
    service: ServiceName = None,
    data: Data = DATA,
) -> None:
    """Close an alert with what came of it."""
    if outcome not in acts.OUTCOMES:
        raise Misuse(f"an outcome is one of: {', '.join(acts.OUTCOMES)}")

    async def do(house: House, _: Settings) -> None:
        of, member = await _member(house, service, by)
        await acts.resolve(house, of.id, alert, member.id, outcome, note)

    with_house(data, do)
    typer.echo("Resolved.")


async def _member(house: House, service: str | None, email: str) -> tuple[Service, StaffMember]:
    of = service_named(house, service)
    member = await house.record.staff.by_email(of.id, email.casefold())
    if member is None:
        raise Misuse(f"nobody in {of.slug} has that e-mail address")
    return of, member
