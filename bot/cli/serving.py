"""An instance from the opening of its house to its end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import structlog
import typer
from aiohttp import web as aioweb

from bot.authoring import shipped
from bot.cli import BEGAN
from bot.cli.memory import give_back, keep_for_good
from bot.cli.running import Asked
from bot.core.errors import Misuse
from bot.embedded import Servers
from bot.usecases.house import House
from bot.web.app import make_app, make_runner
from bot.wiring import (
    background,
    content_at_start,
    open_house,
    settle_in,
    urls_of,
    with_screen,
)

DRAIN_S = 10.0
log = structlog.get_logger()


@dataclass
class Passed:
    """What a start has behind it, and how many milliseconds after the command began."""

    ms: dict[str, int] = field(default_factory=dict)

    def note(self, what: str) -> None:
        self.ms[what] = round((time.monotonic() - BEGAN) * 1000)

    def told(self) -> str:
        return ", ".join(f"{what} {ms}" for what, ms in self.ms.items())


REQUESTS_WITHIN_S = 4.0
LEAST_S = 1.0


async def serve_until(asked: Asked, own: asyncio.Future[Servers] | None, stop: asyncio.Event) -> None:
    """``own``: the data folder's servers, which may still be starting."""
    settings, data, passed = asked.settings, asked.data, Passed()
    passed.note("loaded")
    production = settings.env == "production"
    authored = None if production else await asyncio.to_thread(shipped, settings.content, data)
    passed.note("content")
    if authored is not None and asked.port is not None:  # a worker alone hears nobody
        await asyncio.to_thread(with_screen, authored.library)
        passed.note("screen")
    urls = urls_of(settings, None if own is None else await asyncio.shield(own))
    passed.note("servers")
    async with open_house(settings, data, urls, at_hand=authored.library if authored else None) as house:
        if production and (standing := await house.checks["record"]()) != "ok":
            raise Misuse(f"the record cannot keep its promises: {standing}")
        await content_at_start(house, authored)
        passed.note("house")
        doors = await asked.prepare(house, settings, data) if asked.prepare else {}
        keep_for_good()
        running = asyncio.create_task(background(house, settings, worker=asked.worker))
        runner = await _listen(house, asked, asked.port, doors) if asked.port is not None else None
        if runner is not None:
            passed.note("ready")
            log.info("ready", ms=passed.ms["ready"], kind=passed.told())
            typer.echo(f"Ready after {passed.ms['ready'] / 1000:.1f} s: {settings.public_url}")
        settling = asyncio.create_task(_settled(house, stop))
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait({running, stopped}, return_when=asyncio.FIRST_COMPLETED)
        until = time.monotonic() + DRAIN_S
        stopped.cancel()
        settling.cancel()
        house.hands.close()
        running.cancel()  # nothing more is claimed; what has begun is finished below
        if runner is not None:
            await runner.cleanup()
        await house.afterwards.settle(max(LEAST_S, until - time.monotonic()))
        with suppress(asyncio.CancelledError):
            await settling
        with suppress(asyncio.CancelledError):
            await running


async def _settled(house: House, stop: asyncio.Event) -> None:
    """Raises Misuse for actions that cannot be loaded, which ends the process: a wrong setting is loud."""
    try:
        await settle_in(house)
        give_back()
    except Misuse:
        stop.set()
        raise


async def _listen(house: House, asked: Asked, port: int, doors: Mapping[str, str]) -> aioweb.AppRunner:
    app = make_app(house, asked.settings, doors)
    if asked.add_routes is not None:
        asked.add_routes(app)
    runner = make_runner(app, shutdown_timeout_s=REQUESTS_WITHIN_S)
    await runner.setup()
    try:
        await aioweb.TCPSite(runner, asked.host, port).start()
    except OSError:
        await runner.cleanup()
        raise Misuse(f"port {port} on {asked.host} is taken: choose another with --port") from None
    return runner
