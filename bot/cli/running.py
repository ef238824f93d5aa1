"""Running an instance: all in one process, or web and workers apart."""

from __future__ import annotations

import asyncio
import gc
import signal
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from aiohttp import web as aioweb

from bot import logs
from bot.cli.house import DATA, Data
from bot.core.errors import Misuse
from bot.settings import Settings, read_settings
from bot.usecases.house import House
from bot.web.app import make_app
from bot.wiring import background, content_at_start, open_house, servers, shipped_library
from bot.wiring import migrate as upgrade

DRAIN_S = 10.0
Host = Annotated[str, typer.Option(help="Address to listen on.")]
Port = Annotated[int, typer.Option(help="Port to listen on.")]
Prepare = Callable[[House, Settings, Path], Awaitable[Mapping[str, str]]]
AddRoutes = Callable[[aioweb.Application], None]


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
    settings = read_settings()

    async def change() -> tuple[str | None, str]:
        async with servers(settings, data.absolute()) as urls:
            return await upgrade(urls.database)

    before, after = uvloop.run(change())
    typer.echo(
        f"The schema is at {after}." if before != after else f"Nothing to do: the schema is at {after}."
    )


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
    uvloop.run(_serve(settings, data.absolute(), host, port, worker, prepare, add_routes))


async def _serve(
    settings: Settings,
    data: Path,
    host: str,
    port: int | None,
    worker: bool,
    prepare: Prepare | None,
    add_routes: AddRoutes | None,
) -> None:
    began, stop = time.monotonic(), asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stop.set)
    production = settings.env == "production"
    authored = None if production else await asyncio.to_thread(shipped_library, settings.content)
    async with (
        servers(settings, data) as urls,
        open_house(settings, data, urls, at_hand=authored) as house,
    ):
        if production and (standing := await house.checks["record"]()) != "ok":
            raise Misuse(f"the record cannot keep its promises: {standing}")
        await content_at_start(house, authored)
        doors = await prepare(house, settings, data) if prepare else {}
        running = asyncio.create_task(background(house, settings, worker=worker))
        runner = await _listen(house, settings, host, port, doors, add_routes) if port is not None else None
        _keep_for_good()
        if runner is not None:
            typer.echo(f"Ready after {time.monotonic() - began:.1f} s: {settings.public_url}")
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait({running, stopped}, return_when=asyncio.FIRST_COMPLETED)
        stopped.cancel()
        house.hands.close()
        running.cancel()  # nothing more is claimed; what has begun is finished below
        if runner is not None:
            await runner.cleanup()
        await house.afterwards.settle(DRAIN_S)
        with suppress(asyncio.CancelledError):
            await running


def _keep_for_good() -> None:
    """What was made up to here lives as long as the process: looking through it for garbage took a third of a turn."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


async def _listen(
    house: House,
    settings: Settings,
    host: str,
    port: int,
    doors: Mapping[str, str],
    add_routes: AddRoutes | None,
) -> aioweb.AppRunner:
    app = make_app(house, settings, doors)
    if add_routes is not None:
        add_routes(app)
    runner = aioweb.AppRunner(app, access_log=None, shutdown_timeout=DRAIN_S, handle_signals=False)
    await runner.setup()
    try:
        await aioweb.TCPSite(runner, host, port).start()
    except OSError:
        await runner.cleanup()
        raise Misuse(f"port {port} on {host} is taken: choose another with --port") from None
    return runner
