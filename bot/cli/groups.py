"""Peer groups from the command line: the record of moderation, without anybody's words; groups beside outcomes."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated

import typer

from bot.cli.group_evidence import evidence
from bot.cli.house import DATA, AsJson, Data, service_named, with_house
from bot.core.room import handle_of
from bot.core.values import LineId, StaffId
from bot.ports import CaseRecorded, RoomSeen
from bot.settings import Settings
from bot.usecases.house import House
from bot.web.desk.words import DECISIONS, HIDING, KINDS

groups_app = typer.Typer(help="Peer groups.", no_args_is_help=True)
COLUMNS = (
    *("group", "room", "case", "opened", "kind", "why", "post", "member", "of_case"),
    *("decision", "reason", "by", "decided", "minutes"),
)


@groups_app.callback()
def groups() -> None:
    """Peer groups."""


groups_app.command("evidence")(evidence)


@groups_app.command("decisions")
def decisions(
    service: Annotated[str | None, typer.Option("--service", help="The service's short name.")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="As comma-separated values, for a file.")] = False,
    data: Data = DATA,
    as_json: AsJson = False,
) -> None:
    """Everything that waited for a host and what became of it, oldest first. A member stands there by the handle that
    their room knows them by: never by their record."""

    async def do(house: House, _: Settings) -> list[dict[str, str]]:
        of = service_named(house, service)
        rooms = {room.id: room for room in await house.record.peers.rooms(of.id)}
        staff = {m.id: m.email for m in await house.record.staff.all(of.id, former=True)}
        return rows_of(await house.record.room_health.record(of.id), rooms, staff)

    rows = with_house(data, do)
    if as_csv:
        typer.echo(as_values(rows), nl=False)
    elif as_json:
        typer.echo(json.dumps(rows))
    elif not rows:
        typer.echo("Nothing has waited for a host yet.")
    else:
        for row in rows:
            typer.echo(told(row))


def rows_of(
    cases: Sequence[CaseRecorded], rooms: Mapping[LineId, RoomSeen], staff: Mapping[StaffId, str]
) -> list[dict[str, str]]:
    return [dict(zip(COLUMNS, _row(case, rooms[case.room], staff), strict=True)) for case in cases]


def _row(case: CaseRecorded, room: RoomSeen, staff: Mapping[StaffId, str]) -> tuple[str, ...]:
    took = (case.decided_at - case.opened_at).total_seconds() / 60 if case.decided_at else None
    return (
        room.group,
        str(room.n),
        str(case.case),
        case.opened_at.isoformat(timespec="seconds"),
        case.kind,
        case.why,
        "" if case.seq is None else str(case.seq),
        str(handle_of(case.room, case.member)) if case.member else "",
        "" if case.of is None else str(case.of),
        case.decision or "",
        case.reason or "",
        (staff.get(case.by) or "former colleague") if case.by else "",
        case.decided_at.isoformat(timespec="seconds") if case.decided_at else "",
        "" if took is None else f"{took:.0f}",
    )


def told(row: Mapping[str, str]) -> str:
    """One case in words, on a line that needs no width of a table."""
    opened = f"{datetime.fromisoformat(row['opened']):%d %b %Y %H:%M}"
    where = f"{row['group']}, room {row['room']}, case {row['case']}"
    why = f" ({row['why'].replace('_', ' ')})" if row["why"] else ""
    became = "still waits"
    if row["decision"]:
        reason = f" ({HIDING.get(row['reason'], row['reason'])})" if row["reason"] else ""
        minutes = f"{row['minutes']} {'minute' if row['minutes'] == '1' else 'minutes'}"
        became = f"{DECISIONS[row['decision']]}{reason}, by {row['by']}, after {minutes}"
    return f"{opened}  {where}: {KINDS[row['kind']]}{why}: {became}"


def as_values(rows: Sequence[Mapping[str, str]]) -> str:
    """With a head, also where there is no row."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
