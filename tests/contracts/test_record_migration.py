"""The schema as migrations make it is the schema that the code describes, whoever starts first."""

from __future__ import annotations

import asyncio

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

from bot.adapters.postgres.engine import Database
from bot.adapters.postgres.migrate import migrate, newest
from bot.adapters.postgres.schema import metadata


def difference(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), metadata))


async def test_the_migrations_make_exactly_the_tables_of_the_schema(database: Database) -> None:
    async with database.engine.connect() as c:
        assert await c.run_sync(difference) == []


async def test_four_who_migrate_an_empty_record_at_once_migrate_it_once(empty_url: str) -> None:
    done = await asyncio.gather(*(migrate(empty_url) for _ in range(4)))

    assert sorted(done, key=str) == sorted([(None, newest()), *[(newest(), newest())] * 3], key=str)


async def test_migrating_again_changes_nothing(empty_url: str) -> None:
    await migrate(empty_url)

    assert await migrate(empty_url) == (newest(), newest())
