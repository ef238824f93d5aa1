"""Services, staff and invitations."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from bot.cli.house import DATA, AsJson, Data, service_named, with_house
from bot.cli.rota import staff_away, staff_back
from bot.core.errors import Misuse, Refused
from bot.core.roles import ROLES
from bot.core.service import Service
from bot.core.state import Profile
from bot.settings import Settings
from bot.usecases import people, ways_in
from bot.usecases.house import House
from bot.usecases.services import add_service, fresh_id
from bot.usecases.short_codes import SHORT_FOR

CONDITIONS = ("diabetes", "copd", "asthma", "heart", "cancer", "pain", "fatigue", "unexplained")

staff_app = typer.Typer(help="Members of staff.", no_args_is_help=True)
staff_app.command("away")(staff_away)
staff_app.command("back")(staff_back)
service_app = typer.Typer(help="Services and their settings.", no_args_is_help=True)

Roles = Annotated[list[str], typer.Option("--role", help=f"May be given several times: {', '.join(ROLES)}.")]
ServiceName = Annotated[str | None, typer.Option("--service", help="The service's short name.")]


def invite(
    condition: Annotated[list[str], typer.Option(help="Condition id; may be given several times.")],
    service: ServiceName = None,
    therapist: Annotated[
        str | None, typer.Option(help="E-mail of the therapist who answers for them.")
    ] = None,
    language: Annotated[str, typer.Option(help="Language code.")] = "en",
    data: Data = DATA,
    as_json: AsJson = False,
) -> None:
    """Make an invitation: a link that opens a patient's chat once."""
    unknown = sorted(set(condition) - set(CONDITIONS))
    if unknown:
        raise Misuse(f"unknown condition {', '.join(unknown)}. There are: {', '.join(CONDITIONS)}")

    async def do(house: House, _: Settings) -> tuple[ways_in.Invitation, str]:
        of = service_named(house, service)
        owner = None
        if therapist is not None:
            owner = await house.record.staff.by_email(of.id, therapist.casefold())
            if owner is None:
                raise Misuse(f"nobody in {of.slug} has that e-mail address: see `bounceback staff add`")
        profile = Profile(
            conditions=tuple(condition),
            nation=of.nation,
            timezone=of.timezone,
            language=language,
            owner=owner.id if owner else None,
        )
        made = await ways_in.invite(house, of, profile)
        return made, made.url(house)

    made, url = with_house(data, do)
    if as_json:
        typer.echo(
            json.dumps({"invite": made.code, "url": url, "patient": str(made.patient), "short": made.short})
        )
    else:
        typer.echo(f"Give this link to the patient. It works once, for 14 days:\n{url}")
        typer.echo(
            f"Or read this short code out. It lasts {SHORT_FOR.total_seconds() / 3600:.0f} hours:\n{made.short}"
        )


@staff_app.command("add")
def staff_add(
    email: str,
    role: Roles,
    name: Annotated[str | None, typer.Option(help="Name as colleagues know it.")] = None,
    service: ServiceName = None,
    password: Annotated[str, typer.Option(prompt=True, hide_input=True, confirmation_prompt=True)] = "",
    data: Data = DATA,
) -> None:
    """Add a member of staff, or change their roles and password."""
    _known(role)
    if len(password) < people.SHORTEST_PASSWORD:
        raise Misuse(f"a password needs {people.SHORTEST_PASSWORD} characters or more")

    async def do(house: House, _: Settings) -> str:
        of = service_named(house, service)
        member = await ways_in.add_staff(
            house, of.id, email, name or email.partition("@")[0], frozenset(role), password
        )
        await people.note(house, of.id, None, "staff.add", member.id, ",".join(sorted(role)))
        return of.slug

    typer.echo(f"Added to {with_house(data, do)}.")


def _known(roles: list[str]) -> None:
    unknown = sorted(set(roles) - set(ROLES))
    if unknown:
        raise Misuse(f"unknown role {', '.join(unknown)}. There are: {', '.join(ROLES)}")


@staff_app.command("invite")
def staff_invite(
    email: str,
    role: Roles,
    name: Annotated[str | None, typer.Option(help="Name as colleagues know it.")] = None,
    service: ServiceName = None,
    data: Data = DATA,
) -> None:
    """Ask somebody by e-mail to become a colleague: they choose their own password."""
    _known(role)

    async def do(house: House, _: Settings) -> None:
        of = service_named(house, service)
        try:
            code = await people.ask_to_join(house, of, email, name or "", frozenset(role), None)
        except Refused as refused:
            raise Misuse(_NOT_ASKED[refused.code]) from None
        await people.send_code(house, of, email, code)

    with_house(data, do)
    typer.echo(f"The invitation is on its way. It works once, for {people.ASKED_FOR.days} days.")


_NOT_ASKED = {
    "bad_address": "that is no e-mail address",
    "already_here": "that address belongs to a colleague already: `bounceback staff add` changes their roles and password",
    "no_role": "a colleague needs a role",
}


@staff_app.command("leave")
def staff_leave(
    email: str,
    to: Annotated[
        str | None, typer.Option(help="E-mail of the colleague who takes over; otherwise duty hears.")
    ] = None,
    service: ServiceName = None,
    data: Data = DATA,
) -> None:
    """Somebody leaves: signed out at once, and what was theirs handed over. Doing it again does what was left undone."""

    async def do(house: House, _: Settings) -> people.Left:
        of = service_named(house, service)
        member = await house.record.staff.by_email(of.id, email, former=True)
        heir = await house.record.staff.by_email(of.id, to) if to is not None else None
        if member is None or (to is not None and heir is None):
            raise Misuse(f"nobody in {of.slug} has that e-mail address")
        if heir is not None and heir.id == member.id:
            raise Misuse("whoever leaves cannot take over")
        return await people.leave(house, member, None, heir)

    left = with_house(data, do)
    typer.echo(
        f"{email} has left. Handed to {to or 'duty'}: {left.alerts} open alerts, {left.patients} patients. "
        f"Chats handed back to the bot: {left.chats}."
    )


@service_app.command("add")
def service_add(file: Path, data: Data = DATA) -> None:
    """Add a service from a JSON file, or replace its settings; see docs/operators.md."""
    wanted = _read(file)

    async def do(house: House, _: Settings) -> Service:
        known = next((s for s in house.shelf.services() if s.slug == wanted.get("slug")), None)
        try:
            settings = Service.model_validate({"id": str(known.id if known else fresh_id(house)), **wanted})
        except ValidationError as error:
            first = error.errors()[0]
            raise Misuse(f"{file}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
        return await add_service(house, settings)

    typer.echo(f"{with_house(data, do).slug} is set up.")


@service_app.command("show")
def service_show(service: ServiceName = None, data: Data = DATA) -> None:
    """Print a service's settings as JSON."""

    async def do(house: House, _: Settings) -> str:
        return service_named(house, service).model_dump_json(indent=2)

    typer.echo(with_house(data, do))


def _read(file: Path) -> dict[str, object]:
    try:
        read = json.loads(file.read_text())
    except (OSError, ValueError):
        raise Misuse(f"{file} cannot be read as JSON") from None
    if not isinstance(read, dict):
        raise Misuse(f"{file} must hold one JSON object")
    return read
