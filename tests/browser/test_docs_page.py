"""The page for programs: nothing for axe to find, and nothing pushed past the edge of a narrow screen."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import cast

import pytest_asyncio
from aiohttp import web
from judged import judged
from playwright.async_api import Browser

from bot.settings import Settings
from bot.usecases.house import House
from bot.web.app import make_app

LOOKS = (
    ({"color_scheme": "light"}, 1280),
    ({"color_scheme": "dark"}, 1280),
    ({"forced_colors": "active"}, 420),
    ({}, 320),
)


@pytest_asyncio.fixture(loop_scope="session")
async def address() -> AsyncIterator[str]:
    """It needs no house behind it."""
    runner = web.AppRunner(make_app(cast(House, None), Settings()), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}/docs"
    await runner.cleanup()


async def test_axe_finds_nothing_on_the_page_for_programs(chromium: Browser, address: str) -> None:
    found: list[str] = []
    page = await chromium.new_page(bypass_csp=True)
    await page.goto(address)
    for media, width in LOOKS:
        await page.set_viewport_size({"width": width, "height": 800})
        await page.emulate_media(**{"color_scheme": "light", "forced_colors": "none", **media})
        found += [f"{media} {width}: {one}" for one in await judged(page, colours=bool(media))]
        wide = await page.evaluate(
            "() => document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
        )
        found += [f"{media} {width}: {wide} px too wide"] if wide > 1 else []
    await page.close()
    assert found == []
