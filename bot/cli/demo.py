"""The demo clinic: what `make run` runs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.options import DATA, Data
from bot.cli.running import Host, serve
from bot.core.errors import Misuse
from bot.report import cast
from bot.settings import Settings, read_settings

if TYPE_CHECKING:
    from aiohttp import web

    from bot.usecases.house import House

SHOWN = ("Maria", "Grace", "Mina")


def demo(
    host: Host = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    data: Data = DATA,
) -> None:
    """A seeded clinic with made-up people, on this machine only."""
    own_url = {} if "BOUNCEBACK_PUBLIC_URL" in os.environ else {"public_url": f"http://{host}:{port}"}
    settings = read_settings(**own_url)
    if settings.env == "production":
        raise Misuse("a demo is no production: unset BOUNCEBACK_ENV, or use `bounceback run`")
    if not _this_machine(host):
        typer.echo(f"Anybody who reaches {host}:{port} can be any patient of this demo.", err=True)

    def add_routes(app: web.Application) -> None:
        from bot.web.demo import (
            Demo,
            add_demo_routes,
        )  # loaded with the rest of the house, while PostgreSQL starts

        mail = data.absolute() / "mail" if settings.smtp_url is None else None
        add_demo_routes(app, Demo(cast.SLUG, cast.DOMAIN, mail))

    serve(settings, data, host, port, prepare=_prepare, add_routes=add_routes)


def _this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def _prepare(house: House, settings: Settings, _: Path) -> Mapping[str, str]:
    """The clinic, and the links to everything in it."""
    from bot.cli.seeding import (
        Plan,
        ready_clinic,
    )  # the use cases, which the servers' start must not wait for

    if any(service.slug == cast.SLUG for service in house.shelf.services()):
        await ready_clinic(house, Plan(), lambda done, of: None)
    else:
        with _bar() as told:
            await ready_clinic(house, Plan(), told)
    doors = doors_of(settings)
    _print(doors, settings.public_url)
    return doors


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None]]:
    from rich.console import Console  # for the first start alone
    from rich.progress import BarColumn, Progress, TextColumn

    bar = Progress(
        TextColumn("Making the demo clinic"),
        BarColumn(),
        TextColumn("week {task.completed} of {task.total}"),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        weeks = bar.add_task("weeks", total=None, visible=bar.console.is_terminal)
        yield lambda done, of: bar.update(weeks, completed=done, total=of)


def doors_of(settings: Settings) -> dict[str, str]:
    """What there is to click on, by what it opens; ``file:`` names a file to edit."""
    people = {p.name: p for p in cast.PATIENTS}
    chats = {
        f"Patient: chat as {p.name} ({p.about}). PIN {cast.PIN}": f"/demo/enter/{p.key}"
        for p in (people[name] for name in SHOWN)
    }
    staff = {m.key: m for m in cast.STAFF}
    therapist, host, editor = staff["therapist"], staff["host"], staff["editor"]
    modules = settings.content / "modules"
    return {
        **chats,
        "Patient: a new one with COPD joins": "/demo/new/copd",
        "Patient: a new one with diabetes joins": "/demo/new/diabetes",
        "Patient: a new one with a heart condition joins": "/demo/new/heart",
        f"Therapist: service {cast.SLUG}, {therapist.email}, password: {cast.PASSWORD}": "/desk",
        f"Group host: service {cast.SLUG}, {host.email}, the same password": "/desk/groups",
        "Others at the desk, the same way: "
        + ", ".join(m.email for m in cast.STAFF if m not in (therapist, host, editor)): "/desk/sign-in",
        f"Editor: service {cast.SLUG}, {editor.email}, the same password": "/desk/content",
        f"Editor: change a file in {modules} and save: it is published at once. Try": f"file:{_example(modules)}",
        "Mail that the demo has sent": "/demo/mail",
        "The page with urgent help, which works when all else is down": "/urgent",
    }


def _example(modules: Path) -> str:
    return str(next(iter(sorted(modules.glob("copd/*.md"))), modules))


def _print(doors: Mapping[str, str], url: str) -> None:
    typer.echo(f"\n{cast.NAME}: nobody in it is real. Where to click:\n")
    for what, where in doors.items():
        typer.echo(
            f"  {what}\n    {where.removeprefix('file:') if where.startswith('file:') else url + where}"
        )
    typer.echo("")
