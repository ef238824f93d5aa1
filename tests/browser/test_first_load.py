"""What the first visit to the chat costs, and what each later one does: counted on the wire, in Chromium."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from clinic import Clinic
from playwright.async_api import Browser
from visit import Visit
from wire import laid_wire

from bot.settings import Settings
from bot.web.app import make_app

FIRST, REPEAT = 60 * 1024, 5 * 1024
WORKER_STANDS = "navigator.serviceWorker.ready.then((all) => all.active.state)"


async def test_the_first_load_is_60_kb_and_the_next_is_five(
    chromium: Browser, clinic: Clinic, settings: Settings, capsys: Any
) -> None:
    """With the page, its files, the first answers, and all that the worker lays by for when there is no connection."""
    patient = await clinic.join("copd")
    for who, token in (("somebody new", None), ("somebody who has joined", patient.token)):
        (whole, sent), page, again = await load(chromium, clinic, settings, token)
        with capsys.disabled():
            print(
                f"\n/chat for {who}: {whole / 1024:.1f} KB on the wire at first, all included "
                f"(the page alone {page / 1024:.1f} KB; requests {sent / 1024:.1f} KB); again {again / 1024:.1f} KB"
            )
        assert page <= whole <= FIRST, who
        assert again <= REPEAT, who


async def load(
    chromium: Browser, clinic: Clinic, settings: Settings, token: str | None
) -> tuple[tuple[int, int], float, int]:
    """What came down and went up at first, what of it the page asked for, and what comes down again."""
    async with laid_wire() as wire:
        app = make_app(clinic.house, settings.model_copy(update={"public_url": wire.url}))
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        wire.port = runner.addresses[0][1]
        visit = Visit(chromium, wire.url)
        await visit.begin()
        if token:
            await visit.hold(token)
        devtools = await visit.context.new_cdp_session(visit.page)
        await devtools.send("Network.enable")
        sizes: list[float] = []
        devtools.on("Network.loadingFinished", lambda told: sizes.append(told["encodedDataLength"]))
        await visit.open()
        await stands(visit, token)
        await visit.page.evaluate(WORKER_STANDS)
        await visit.page.wait_for_load_state("networkidle")
        first, page = wire.since(), sum(sizes)
        await visit.page.reload()
        await stands(visit, token)
        await visit.page.wait_for_load_state("networkidle")
        again, _ = wire.since()
        await visit.end()
        await runner.cleanup()
        assert visit.complaints == []
    return first, page, again


async def stands(visit: Visit, token: str | None) -> None:
    """Greeted, with the first message and its buttons; or before the form to join."""
    if token:
        await visit.state("online")
    await (visit.page.locator(".msg button").first if token else visit.button("Next")).wait_for()
