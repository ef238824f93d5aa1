"""The doors of a clinic, from outside."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from clinic import Clinic, SeededIds
from cutter import Cutter
from doors import Fragile, OpenDoor, Opened, OpenSite
from talker import Door

from bot.adapters.postgres.engine import Database, make_engine
from bot.adapters.understanding_local import LocalUnderstanding
from bot.core.errors import Unavailable
from bot.core.library import Library
from bot.settings import Limits, Settings
from bot.usecases.house import House
from bot.web.app import make_app, make_runner
from bot.wiring import Urls, open_house


@pytest_asyncio.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    connector = aiohttp.TCPConnector(limit=0, force_close=True)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:
        yield session


@pytest_asyncio.fixture
async def opened(
    clinic: Clinic, settings: Settings, client: aiohttp.ClientSession
) -> AsyncIterator[OpenSite]:
    """Makes a site: ``await opened(sockets_per_patient=1)``; ``house=`` for another house than the clinic's."""
    runners: list[web.AppRunner] = []

    async def make(house: House | None = None, **limits: float) -> Opened:
        of_limits = Limits.model_validate({"sign_ins_per_minute": 1_000, **limits})
        app = make_app(house or clinic.house, settings.model_copy(update={"limits": of_limits}))
        runner = make_runner(app, shutdown_timeout_s=0.2)
        await runner.setup()
        runners.append(runner)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return Opened(Door(f"http://127.0.0.1:{runner.addresses[0][1]}", client), runner)

    yield make
    for runner in runners:
        await runner.cleanup()


@pytest_asyncio.fixture
async def open_door(opened: OpenSite) -> OpenDoor:
    async def make(house: House | None = None, **limits: float) -> Door:
        return (await opened(house, **limits)).door

    return make


@pytest_asyncio.fixture
async def door(open_door: OpenDoor) -> Door:
    """The clinic's site, with the limits that everybody has but the one on signing in."""
    return await open_door()


@pytest.fixture
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of every clinic of the run: a second house finds their master key there."""
    return tmp_path_factory.getbasetemp() / "data"


@pytest_asyncio.fixture
async def fragile(
    clinic: Clinic,
    urls: Urls,
    settings: Settings,
    library: Library,
    understanding: LocalUnderstanding,
    open_door: OpenDoor,
    data: Path,
) -> AsyncIterator[Fragile]:
    folder = Path(tempfile.mkdtemp(prefix="cut"))  # a socket's path must be short
    cutter = Cutter.before(urls.database, folder)
    await cutter.restore()
    database = Database(make_engine(cutter.url))
    cut = Urls(cutter.url, urls.redis)
    ids = SeededIds(clinic.service.slug)
    try:
        async with AsyncExitStack() as stack:
            for last in (
                False,
                False,
                False,
                True,
            ):  # with production's limits, which a busy machine may pass
                try:
                    house = await stack.enter_async_context(
                        open_house(
                            settings,
                            data,
                            cut,
                            clock=clinic.clock,
                            ids=ids,
                            database=database,
                            understanding=understanding,
                            at_hand=library,
                        )
                    )
                    break
                except Unavailable:
                    if last:
                        raise
            yield Fragile(await open_door(house), house, cutter)
            await cutter.restore()
            await house.afterwards.settle()
    finally:
        await database.dispose()
        await cutter.cut()
        shutil.rmtree(folder)
