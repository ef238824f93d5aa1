"""An instance from the opening of its house to its end."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

import structlog
import typer
from aiohttp import web as aioweb

from bot.authoring import Edition, shipped
from bot.cli import BEGAN
from bot.cli.memory import give_back, keep_for_good
from bot.cli.running import Asked
from bot.core.errors import Misuse, Unavailable
from bot.embedded import Servers
from bot.usecases.house import House
from bot.web.app import make_app, make_runner
from bot.wiring import (
    arrive,
    background,
    content_at_start,
    failed,
    open_house,
    settle_in,
    stand_by,
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
AGAIN_AFTER_S = (0.5, 1.0, 2.0, 4.0)  # the last one for ever


async def serve_until(asked: Asked, own: asyncio.Future[Servers] | None, stop: asyncio.Event) -> None:
    """``own``: the data folder's servers, which may still be starting."""
    settings, data, passed = asked.settings, asked.data, Passed()
    passed.note("loaded")
    authored = await _authored(asked)
    passed.note("content")
    if authored is not None and asked.port is not None:  # a worker alone hears nobody
        await asyncio.to_thread(with_screen, authored.library)
        passed.note("screen")
    urls = urls_of(settings, None if own is None else await asyncio.shield(own))
    passed.note("servers")
    at_hand = authored.library if authored else None
    async with open_house(settings, data, urls, at_hand=at_hand, arrived=False) as house:
        start = Start(house, asked, authored)
        if await start.done(stop):
            passed.note("house")
            await _serve(start, passed, stop)
        elif start.runner is not None:
            await start.runner.cleanup()


async def _authored(asked: Asked) -> Edition | None:
    """None in production, which serves what was published, and of a broken folder, which leaves that in force."""
    settings = asked.settings
    if settings.env == "production":
        return None
    try:
        return await asyncio.to_thread(shipped, settings.content, asked.data, settings.measure_packs)
    except Misuse as error:
        typer.echo(f"Not published: {error}", err=True)
        return None


@dataclass
class Start:
    """``runner``: the doors, as soon as they are open."""

    house: House
    asked: Asked
    authored: Edition | None
    runner: aioweb.AppRunner | None = None

    async def done(self, stop: asyncio.Event) -> bool:
        """Until the record and the content are there; meanwhile it stands by. False where it was stopped before."""
        pauses = itertools.chain(AGAIN_AFTER_S, itertools.repeat(AGAIN_AFTER_S[-1]))
        while not stop.is_set():
            try:
                await arrive(self.house, durable=self.asked.settings.env == "production")
                await content_at_start(self.house, self.authored)
            except Unavailable as error:
                await self._stand_by(error)
            else:
                return True
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), next(pauses))
        return False

    async def _stand_by(self, error: Unavailable) -> None:
        failed("start", error)
        if self.asked.prepare is not None:  # a demo has nobody to wait for it
            raise error
        if self.runner is None and self.asked.port is not None:
            await stand_by(self.house)
            keep_for_good()
            await self.open({})

    async def open(self, doors: Mapping[str, str]) -> None:
        if self.runner is None and self.asked.port is not None:
            self.runner = await _listen(self.house, self.asked, self.asked.port, doors)


async def _serve(start: Start, passed: Passed, stop: asyncio.Event) -> None:
    house, asked = start.house, start.asked
    doors = await asked.prepare(house, asked.settings, asked.data) if asked.prepare else {}
    keep_for_good()
    running = asyncio.create_task(background(house, asked.settings, worker=asked.worker))
    await start.open(doors)
    if start.runner is not None:
        passed.note("ready")
        log.info("ready", ms=passed.ms["ready"], kind=passed.told())
        typer.echo(f"Ready after {passed.ms['ready'] / 1000:.1f} s: {asked.settings.public_url}")
    settling = asyncio.create_task(_settled(house, stop))
    stopped = asyncio.create_task(stop.wait())
    await asyncio.wait({running, stopped}, return_when=asyncio.FIRST_COMPLETED)
    until = time.monotonic() + DRAIN_S
    stopped.cancel()
    settling.cancel()
    house.hands.close()
    running.cancel()  # nothing more is claimed; what has begun is finished below
    if start.runner is not None:
        await start.runner.cleanup()
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
