"""A real Chromium and the stage it visits."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from aiohttp import web
from clinic import Clinic
from playwright.async_api import Browser, async_playwright
from stage import Stage
from visit import Visit

from bot.settings import Settings
from bot.web.app import make_app

FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if not found:
        reason = "NO CHROMIUM: the widget was not tested. Install it, or set CHROMIUM to its path."
        if os.environ.get("REQUIRE_BROWSER") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=FLAGS.split())
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def stage() -> AsyncIterator[Stage]:
    stage = Stage()
    runner = web.AppRunner(stage.app(), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    stage.port = runner.addresses[0][1]
    yield stage
    await stage.hang_up()
    await runner.cleanup()


@pytest_asyncio.fixture(loop_scope="session")
async def visit(chromium: Browser, stage: Stage) -> AsyncIterator[Visit]:
    """A patient's browser on the stage. What the page complained about fails the test."""
    visit = Visit(chromium, f"http://127.0.0.1:{stage.port}", stage)
    await visit.begin()
    yield visit
    await visit.end()
    assert visit.complaints == []


# -- the real server, on a port that its settings know: browsers name their origin


@dataclass
class RealSite:
    clinic: Clinic
    url: str


@pytest.fixture
def door() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as door:
        yield door


@pytest.fixture
def settings(settings: Settings, door: socket.socket) -> Settings:
    return settings.model_copy(update={"public_url": f"http://127.0.0.1:{door.getsockname()[1]}"})


@pytest_asyncio.fixture(loop_scope="session")
async def site(clinic: Clinic, settings: Settings, door: socket.socket) -> AsyncIterator[RealSite]:
    runner = web.AppRunner(make_app(clinic.house, settings), shutdown_timeout=0.2)
    await runner.setup()
    await web.SockSite(runner, door).start()
    yield RealSite(clinic, settings.public_url)
    await runner.cleanup()


@pytest_asyncio.fixture(loop_scope="session")
async def there(chromium: Browser, site: RealSite) -> AsyncIterator[Visit]:
    """A patient's browser at the real clinic."""
    visit = Visit(chromium, site.url)
    await visit.begin()
    yield visit
    await visit.end()
    assert visit.complaints == []
