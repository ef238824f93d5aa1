"""The schema as migrations make it is the schema that the code describes, whoever starts first."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from uuid import uuid4

import asyncpg
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

from bot.adapters.postgres.engine import Database
from bot.adapters.postgres.migrate import migrate, newest
from bot.adapters.postgres.schema import metadata
from bot.adapters.postgres.upgrade import upgrade
from bot.core.facts import MessageNotUnderstood, facts_in


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


async def test_facts_that_stood_in_rows_of_their_own_stand_together_in_their_turns(empty_url: str) -> None:
    service, line = uuid4(), uuid4()
    seqs = [(1, 0, 1), (1, 1, 2), (2, 0, 3)]  # version, n, seq
    await upgrade(empty_url, "0001")
    connection = await asyncpg.connect(empty_url)
    for version, n, seq in reversed(seqs):
        body = json.dumps({"type": "message_not_understood", "seq": seq})
        sql = "INSERT INTO fact (service_id, line_id, version, n, type, body, at) VALUES ($1, $2, $3, $4, '', $5, $6)"
        await connection.execute(sql, service, line, version, n, body, datetime(2026, 3, version, tzinfo=UTC))

    await migrate(empty_url)

    turns = await connection.fetch("SELECT facts, at FROM journal ORDER BY version")
    await connection.close()
    assert [facts_in(turn["facts"]) for turn in turns] == [
        (MessageNotUnderstood(seq=1), MessageNotUnderstood(seq=2)),
        (MessageNotUnderstood(seq=3),),
    ]
    assert [turn["at"].day for turn in turns] == [1, 2]
