"""Running an instance: all in one process, or web and workers apart.

Nothing heavy is imported here: the data folder's servers start first, and the house is loaded meanwhile.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Awaitable, Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
import uvloop

from bot import logs
from bot.cli.memory import begin_lean
from bot.cli.options import DATA, Data
from bot.embedded import Servers, servers_under_way
from bot.settings import Settings, read_settings

if TYPE_CHECKING:
    from aiohttp import web as aioweb

    from bot.usecases.house import House

Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(help="Port to listen on.")]
Prepare = Callable[["House", Settings, Path], Awaitable[Mapping[str, str]]]
AddRoutes = Callable[["aioweb.Application"], None]
ServeUntil = Callable[["Asked", asyncio.Future[Servers] | None, asyncio.Event], Awaitable[None]]


def run(host: Host = "127.0.0.1", port: Port = 8000, data: Data = DATA) -> None:
    """Everything in one process: web application and workers."""
    serve(read_settings(), data, host, port)


def web(host: Host = "127.0.0.1", port: Port = 8000, data: Data = DATA) -> None:
    """The web application alone; run `bounceback work` beside it."""
    serve(read_settings(), data, host, port, worker=False)


def work(data: Data = DATA) -> None:
    """Workers alone: alerts, timers, follow-ups."""
    serve(read_settings(), data, "", None)


def migrate(data: Data = DATA) -> None:
    """Bring the record's schema up to date."""
    from bot.wiring import (
        migrate,
        servers,
    )  # the house, which the other commands here load beside their servers

    settings = read_settings()

    async def change() -> tuple[str | None, str]:
        async with servers(settings, data.absolute()) as urls:
            return await migrate(urls.database)

    before, after = uvloop.run(change())
    typer.echo(
        f"The schema is at {after}." if before != after else f"Nothing to do: the schema is at {after}."
    )


@dataclass(frozen=True)
class Asked:
    """What to serve. ``port``: None for workers alone. ``prepare`` and ``add_routes``: what a demo adds."""

    settings: Settings
    data: Path
    host: str
    port: int | None
    worker: bool
    prepare: Prepare | None
    add_routes: AddRoutes | None


def serve(
    settings: Settings,
    data: Path,
    host: str,
    port: int | None,
    *,
    worker: bool = True,
    prepare: Prepare | None = None,
    add_routes: AddRoutes | None = None,
) -> None:
    """Until a signal comes; then clients are told, what is under way is finished, and the servers stop."""
    logs.set_up()
    settings.key_ring()  # wrong keys are refused before anything is made
    begin_lean()
    uvloop.run(_serve(Asked(settings, data.absolute(), host, port, worker, prepare, add_routes)))


async def _serve(asked: Asked) -> None:
    stop, settings = asyncio.Event(), asked.settings
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    given = settings.database_url and settings.redis_url
    async with nullcontext() if given else servers_under_way(asked.data) as own:
        serve_until = await asyncio.to_thread(_the_rest)
        await serve_until(asked, own, stop)


def _the_rest() -> ServeUntil:
    from bot.cli.serving import (
        serve_until,
    )  # the house with all its libraries: loaded while PostgreSQL starts

    return serve_until
