"""One PostgreSQL, one Valkey, one mail server for the run; a service of its own for each test."""

from __future__ import annotations

import asyncio
import logging
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
import uvloop
from aiohttp import web
from aiosmtpd.smtp import SMTP
from hypothesis import settings as hypothesis_settings
from pydantic import SecretStr
from sqlalchemy import text

sys.path.insert(0, str(Path(__file__).parent))

from clinic import PATIENCE, Clinic, PostBox, SeededIds, TestClock, make_clinic
from folding import check_folds
from statements import every_statement_names_its_service  # noqa: F401

from bot.adapters.content_files.kept import NAME
from bot.adapters.postgres.engine import Database, make_engine
from bot.adapters.postgres.migrate import migrate
from bot.adapters.understanding_local import LocalUnderstanding
from bot.authoring import CONTENT_SHIPPED, Edition, shipped
from bot.cli.memory import keep_for_good
from bot.core.library import Library
from bot.core.values import ServiceId
from bot.embedded import embedded_servers
from bot.settings import Settings
from bot.web.app import make_app
from bot.wiring import Urls, open_house


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> dict[str, object]:
    return {"uvloop": uvloop.new_event_loop}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite-golden", action="store_true", help="rewrite the golden transcripts")


# The same examples in every run, however slow the machine is.
hypothesis_settings.register_profile("suite", deadline=None, derandomize=True)
hypothesis_settings.load_profile("suite")

SLOWEST_FIRST = ("system", "understanding", "browser", "content", "docs")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole folders: with several workers no long file is left for the end, when the others have nothing to do."""
    here = Path(__file__).parent

    def place(item: pytest.Item) -> int:
        folder = item.path.relative_to(here).parts[0] if item.path.is_relative_to(here) else ""
        return SLOWEST_FIRST.index(folder) if folder in SLOWEST_FIRST else len(SLOWEST_FIRST)

    items.sort(key=place)


def pytest_collection_finish() -> None:
    """What was collected stays for the run."""
    keep_for_good()


@pytest_asyncio.fixture(scope="session")
async def urls(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Urls]:
    async with embedded_servers(tmp_path_factory.mktemp("servers"), durable=False) as servers:
        yield Urls(servers.database_url, servers.redis_url)


@pytest_asyncio.fixture(scope="session")
async def database(urls: Urls) -> AsyncIterator[Database]:
    await migrate(urls.database)
    database = Database(make_engine(urls.database, patience=PATIENCE))
    yield database
    await database.dispose()


@pytest.fixture(scope="session")
def kept_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of the whole run, where whoever comes first keeps the shipped library for the others."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "kept"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def edition(kept_in: Path) -> Edition:
    return shipped(CONTENT_SHIPPED, kept_in)


@pytest.fixture(scope="session")
def begun(edition: Edition, kept_in: Path) -> Callable[[Path], Path]:
    """Lays the library into a new data folder, so that the server that starts there need not read every page."""

    def begin(data: Path) -> Path:
        data.mkdir(parents=True, exist_ok=True)
        shutil.copy(kept_in / NAME, data)
        return data

    return begin


@pytest.fixture(scope="session")
def library(edition: Edition) -> Library:
    return edition.library


@pytest_asyncio.fixture(scope="session")
async def understanding(library: Library) -> LocalUnderstanding:
    understanding = LocalUnderstanding(patience=PATIENCE)
    await understanding.prepare(library)
    return understanding


@pytest_asyncio.fixture(scope="session")
async def post_box() -> AsyncIterator[PostBox]:
    box = PostBox()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(box, hostname="localhost"), "127.0.0.1", 0)
    box.url = f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield box
    server.close()
    await server.wait_closed()


@pytest.fixture
def service_id(request: pytest.FixtureRequest) -> ServiceId:
    return ServiceId(SeededIds(request.node.nodeid).new())


@pytest.fixture
def settings(post_box: PostBox, tmp_path: Path) -> Settings:
    return Settings(
        smtp_url=SecretStr(post_box.url), mail_from="bounceback@clinic.example", content=tmp_path / "none"
    )


@pytest_asyncio.fixture
async def clinic(
    request: pytest.FixtureRequest,
    urls: Urls,
    database: Database,
    edition: Edition,
    understanding: LocalUnderstanding,
    post_box: PostBox,
    settings: Settings,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[Clinic]:
    """The house on a service of its own. Afterwards every Line folds to its rows (I5)."""
    clock, ids = TestClock(), SeededIds(request.node.nodeid)
    data, library = tmp_path_factory.getbasetemp() / "data", edition.library
    async with open_house(
        settings,
        data,
        urls,
        clock=clock,
        ids=ids,
        database=database,
        understanding=understanding,
        at_hand=library,
    ) as house:
        pointer = await house.record.releases.pointer()
        if pointer is None or pointer.release != library.release:
            await house.shelf.publish(library, "tests", clock.now(), bodies=edition.bodies)
        slug = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower()).strip("-")[:40] + f"-{ids.new().hex[:6]}"
        clinic = await make_clinic(house, clock, post_box, slug)
        yield clinic
        post_box.refusing = False
        await clinic.settle()
        await check_folds(database, clinic.service.id)
    async with database.transaction() as c:  # every start reads the settings of all services
        await c.execute(text("DELETE FROM service WHERE service_id = :s"), {"s": clinic.service.id})


@dataclass
class Site:
    clinic: Clinic
    url: str
    app: web.Application


@pytest_asyncio.fixture
async def site(clinic: Clinic, settings: Settings) -> AsyncIterator[Site]:
    """The clinic's web application on a port of its own."""
    app = make_app(clinic.house, settings)
    runner = web.AppRunner(app, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield Site(clinic, f"http://127.0.0.1:{runner.addresses[0][1]}", app)
    await runner.cleanup()


@pytest.fixture(scope="session", autouse=True)
def quiet_logs() -> Iterator[None]:
    from bot import logs

    logs.set_up(pretty=False, level=logging.CRITICAL)
    yield
