"""A database of its own, where a test would be in the way of others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from clinic import PATIENCE
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from bot.adapters.postgres.engine import Database, make_engine
from bot.adapters.postgres.migrate import migrate


@asynccontextmanager
async def another_database(beside: Database, name: str) -> AsyncIterator[str]:
    """The URL of an empty database on the same server."""
    here = beside.engine.url
    server = create_async_engine(here, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    async with server.connect() as c:
        await c.execute(text(f"CREATE DATABASE {name} STRATEGY file_copy"))
    yield here.set(drivername="postgresql", database=name).render_as_string(hide_password=False)
    async with server.connect() as c:
        # The server's own vacuum may be at work in there, which we may not end: it is soon done.
        async with asyncio.timeout(30):
            while not await _dropped(c, name):
                await asyncio.sleep(0.1)
    await server.dispose()


async def _dropped(c: AsyncConnection, name: str) -> bool:
    try:
        await c.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    except ProgrammingError as refused:
        if "permission denied to terminate" not in str(refused):
            raise
        return False
    return True


@pytest.fixture
async def empty_url(database: Database) -> AsyncIterator[str]:
    """A record without any table."""
    async with another_database(database, "without_tables") as url:
        yield url


@pytest.fixture(scope="module")
async def unpublished(database: Database) -> AsyncIterator[Database]:
    """A migrated record of its own: what is published belongs to no service, so tests would see each other's."""
    async with another_database(database, "unpublished") as url:
        await migrate(url)
        record = Database(make_engine(url, patience=PATIENCE))
        yield record
        await record.dispose()


@pytest.fixture
async def own_database(database: Database) -> AsyncIterator[Database]:
    """Another process's connections."""
    url = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    own = Database(make_engine(url, patience=PATIENCE))
    yield own
    await own.dispose()
