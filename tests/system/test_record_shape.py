"""The record can be spread over many servers by ``service_id`` alone: every key starts with it, every statement names it."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text
from statements import DISTRIBUTED, recording, unpinned

from bot.adapters.postgres.engine import Database
from bot.adapters.postgres.schema import REFERENCE, metadata

# Primary keys, unique constraints and unique indexes; foreign keys with the key that they point to.
_UNIQUE = text("""
    SELECT t.relname AS "table", x.relname AS name, a.attname AS first
      FROM pg_index i
      JOIN pg_class t ON t.oid = i.indrelid
      JOIN pg_class x ON x.oid = i.indexrelid
      JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]
     WHERE i.indisunique AND t.relnamespace = 'public'::regnamespace
""")
_FOREIGN = text("""
    SELECT t.relname AS "table", o.relname AS target, k.conname AS name, a.attname AS first, b.attname AS there
      FROM pg_constraint k
      JOIN pg_class t ON t.oid = k.conrelid
      JOIN pg_class o ON o.oid = k.confrelid
      JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = k.conkey[1]
      JOIN pg_attribute b ON b.attrelid = o.oid AND b.attnum = k.confkey[1]
     WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace
""")
_TABLES = text("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
_OTHER_INDEXES = text("""
    SELECT t.relname AS "table", a.attname AS first
      FROM pg_index i
      JOIN pg_class t ON t.oid = i.indrelid
      JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]
     WHERE NOT i.indisunique AND t.relnamespace = 'public'::regnamespace
""")


async def test_every_table_is_either_distributed_or_a_listed_reference_table(database: Database) -> None:
    async with database.reading() as c:
        tables = set((await c.execute(_TABLES)).scalars()) - {"alembic_version"}

    assert tables == set(metadata.tables)
    assert set(metadata.tables) >= REFERENCE


async def test_every_unique_key_of_a_distributed_table_starts_with_the_service(database: Database) -> None:
    async with database.reading() as c:
        keys = (await c.execute(_UNIQUE)).all()
    ours = [key for key in keys if key.table in DISTRIBUTED]

    assert {key.table for key in ours} == DISTRIBUTED
    assert [key.name for key in ours if key.first != "service_id"] == []


async def test_every_foreign_key_of_a_distributed_table_starts_with_the_service_on_both_sides(
    database: Database,
) -> None:
    async with database.reading() as c:
        keys = (await c.execute(_FOREIGN)).all()
    ours = [key for key in keys if key.table in DISTRIBUTED]

    assert ours
    assert [key.name for key in ours if (key.first, key.there) != ("service_id", "service_id")] == []
    assert {key.target for key in ours} <= DISTRIBUTED


async def test_every_other_index_of_a_distributed_table_starts_with_the_service(database: Database) -> None:
    async with database.reading() as c:
        indexes = (await c.execute(_OTHER_INDEXES)).all()

    assert [i.table for i in indexes if i.table in DISTRIBUTED and i.first != "service_id"] == []


# -- the second lock ----------------------------------------------------------------------------------

# Rows about the service, its team and its content; every other table holds rows of patients.
NOT_OF_PATIENTS = REFERENCE | {
    *("staff", "staff_invite", "leave", "shift", "rota_feed", "canary_day", "draft", "signature"),
    *("channel", "push_key", "digest", "digest_day", "digest_off", "wrong_code", "schedule_late"),
}
_LOCKED = text("""
    SELECT t.relname FROM pg_class t
      JOIN pg_policy p ON p.polrelid = t.oid AND 'bounceback_desk'::regrole = ANY (p.polroles) AND p.polpermissive
     WHERE t.relrowsecurity AND t.relnamespace = 'public'::regnamespace
       AND pg_get_expr(p.polqual, p.polrelid) LIKE '%service_id = ( SELECT bounceback_service()%'
""")
_GRANTED = text("""
    SELECT t.relname, t.relrowsecurity FROM pg_class t
     WHERE t.relkind = 'r' AND t.relnamespace = 'public'::regnamespace
       AND (has_table_privilege('bounceback_desk', t.oid, 'SELECT')
            OR has_any_column_privilege('bounceback_desk', t.oid, 'SELECT'))
""")


async def test_every_table_with_rows_of_patients_has_its_policy(database: Database) -> None:
    """A new one? Its migration calls ``bounceback_lock`` with it and the column that names the Line."""
    async with database.reading() as c:
        locked = list((await c.execute(_LOCKED)).scalars())

    assert sorted(locked) == sorted(set(metadata.tables) - NOT_OF_PATIENTS)


async def test_what_is_granted_to_the_desk_is_locked_or_names_no_patient(database: Database) -> None:
    async with database.reading() as c:
        granted = dict(tuple(row) for row in await c.execute(_GRANTED))
        role = text(
            "SELECT rolcanlogin, rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = :desk"
        )
        may = tuple((await c.execute(role, {"desk": "bounceback_desk"})).one())

    assert {table for table, locked in granted.items() if not locked} == {"staff", "leave", "shift"}
    assert may == (False, False, False, False)


# -- the watch over every statement: what it lets through and what it stops ---------------------------


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT seq FROM message WHERE message.service_id = $1::UUID AND message.line_id = $2::UUID",
        "SELECT version FROM line WHERE service_id = $1 AND line_id = $2",
        "SELECT m.at FROM message m JOIN word w ON w.service_id = m.service_id WHERE m.service_id = $1",
        "INSERT INTO session (service_id, token_hash) VALUES ($1, $2)",
        "UPDATE invite SET used_at=$1 WHERE invite.service_id = $2 RETURNING invite.patient_id",
        "SELECT DISTINCT outbox.service_id FROM outbox WHERE outbox.done_at IS NULL",
        "SELECT release.built FROM release WHERE release.release_hash = $1",
        "CREATE TABLE message (service_id uuid)",
        "BEGIN ISOLATION LEVEL READ COMMITTED",
    ],
)
def test_a_statement_that_keeps_to_one_service_passes(statement: str) -> None:
    assert unpinned(statement) == []


@pytest.mark.parametrize(
    ("statement", "tables"),
    [
        ("SELECT seq FROM message", ["message"]),
        ("SELECT seq FROM message WHERE line_id = $1 ORDER BY service_id", ["message"]),
        ("SELECT 1 FROM message WHERE who = 'service_id = $1'", ["message"]),
        ("SELECT m.at FROM message m JOIN word w ON w.word_id = m.word_id WHERE m.service_id = $1", ["word"]),
        ("SELECT 1 FROM session, invite WHERE session.service_id = $1", ["invite"]),
        ("SELECT 1 FROM message m JOIN word w ON w.service_id = m.service_id", ["message", "word"]),
        ("INSERT INTO session (token_hash) VALUES ($1)", ["session"]),
        ("INSERT INTO timer (service_id, key) SELECT $1, key FROM timer", ["timer"]),
        ("UPDATE invite SET used_at=$1", ["invite"]),
        ("DELETE FROM word WHERE owner_id = $1", ["word"]),
        (
            "WITH due AS (SELECT key FROM timer) UPDATE timer SET key=$1 WHERE timer.service_id = $2",
            ["timer"],
        ),
        ("SELECT DISTINCT person.service_id FROM person", ["person"]),
        ("TRUNCATE audit", ["audit"]),
    ],
)
def test_a_statement_that_reaches_over_services_is_stopped(statement: str, tables: list[str]) -> None:
    assert unpinned(statement) == tables


async def test_the_watch_hears_what_goes_through_the_toolkit_and_what_goes_past_it(
    database: Database,
) -> None:
    seen: set[str] = set()
    with recording(seen):
        await database.engine.dispose()
        async with database.reading() as c:
            await c.execute(text("SELECT 'through'"))
        await database.fetch_raw("SELECT 'past'", [])
        await asyncio.sleep(0)  # the driver tells of a question one step of the loop later

    assert seen >= {"SELECT 'through'", "SELECT 'past'"}
