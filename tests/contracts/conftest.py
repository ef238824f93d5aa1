"""A database of its own, where a test would be in the way of others."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
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
        await c.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    await server.dispose()


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
        record = Database(make_engine(url))
        yield record
        await record.dispose()


@pytest.fixture
async def own_database(database: Database) -> AsyncIterator[Database]:
    """Another process's connections."""
    url = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    own = Database(make_engine(url))
    yield own
    await own.dispose()
