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

from bot.adapters.postgres.engine import Database, make_engine
from bot.adapters.postgres.lines import PostgresLines
from bot.adapters.postgres.migrate import migrate, newest
from bot.adapters.postgres.schema import metadata
from bot.adapters.postgres.upgrade import upgrade
from bot.adapters.vault import Vault
from bot.core.facts import (
    Fact,
    MemberJoined,
    MemberLeft,
    MemberPaused,
    MemberWaits,
    MessageNotUnderstood,
    PostPlaced,
    RoomOpened,
    facts_as_json,
    facts_in,
)
from bot.core.fold import fold
from bot.core.inputs import NewWord
from bot.core.room import Room
from bot.core.state import Conversation, ForNothing
from bot.core.values import LineId, ServiceId, WordId
from bot.ports import Sealed


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


async def test_what_was_sealed_and_where_a_conversation_stood_survive_the_migration(empty_url: str) -> None:
    service, line, vault = uuid4(), LineId(uuid4()), Vault({"k": bytes(32)}, "k")
    wrapped, _ = vault.new_key(line)
    key = vault.open_key(line, wrapped, "k")
    word = vault.seal(key, NewWord(WordId(uuid4()), line, "heard", "Hwyl fawr, pîn-afal"))
    nonce, body = word.body[:12], word.body[12:]
    state = {"status": "joined", "seq": 7, "wait": {"kind": "nothing", "seq": 7, "keys": ["menu:team"]}}
    await upgrade(empty_url, "0001")
    connection = await asyncpg.connect(empty_url)
    sql = "INSERT INTO word (service_id, owner_id, word_id, kind, key_id, nonce, body) VALUES ($1, $2, $3, $4, $5, $6, $7)"
    await connection.execute(sql, service, line, word.id, word.kind, word.key_id, nonce, body)
    sql = "INSERT INTO line (service_id, line_id, kind, version, seq, state, key_id) VALUES ($1, $2, 'patient', 1, 7, $3, 'k')"
    await connection.execute(sql, service, line, json.dumps(state))

    await migrate(empty_url)

    sealed = await connection.fetchrow("SELECT word_id, owner_id, kind, key_id, body FROM word")
    stood = await connection.fetchval("SELECT state FROM line")
    await connection.close()
    assert vault.unseal(key, Sealed(*sealed)) == "Hwyl fawr, pîn-afal"
    assert Conversation.from_json(stood) == Conversation(
        status="joined", seq=7, wait=ForNothing(seq=7, keys=("menu:team",))
    )


async def test_scores_in_whole_numbers_are_the_same_after_they_may_have_decimals(empty_url: str) -> None:
    service, line = uuid4(), uuid4()
    await upgrade(empty_url, "0002")
    connection = await asyncpg.connect(empty_url)
    sql = (
        "INSERT INTO score (service_id, line_id, score_id, measure, measure_version, items, total, complete, at) "
        "VALUES ($1, $2, $3, $4, '1', '{}', $5::float8, true, $6)"
    )
    for measure, total in (("phq9", 13), ("gad7", None)):
        await connection.execute(
            sql, service, line, uuid4(), measure, total, datetime(2026, 3, 1, tzinfo=UTC)
        )

    await migrate(empty_url)

    await connection.execute(sql, service, line, uuid4(), "dds17", 2.9412, datetime(2026, 3, 2, tzinfo=UTC))
    kept = await connection.fetch("SELECT measure, total FROM score ORDER BY measure")
    await connection.close()
    assert [(row["measure"], row["total"]) for row in kept] == [
        ("dds17", 2.9412),
        ("gad7", None),
        ("phq9", 13),
    ]


async def test_who_was_marked_away_before_the_rota_is_still_away(empty_url: str) -> None:
    service, staff = uuid4(), uuid4()
    await upgrade(empty_url, "0007")
    connection = await asyncpg.connect(empty_url)
    sql = "INSERT INTO staff (service_id, staff_id, email, name, roles, away) VALUES ($1, $2, 'a@x', 'A', '{duty}', true)"
    await connection.execute(sql, service, staff)

    await migrate(empty_url)

    assert await connection.fetchval("SELECT away FROM staff WHERE service_id = $1", service)
    for table in ("leave", "shift", "rota_feed"):
        assert await connection.fetchval(f"SELECT count(*) FROM {table} WHERE service_id = $1", service) == 0
    await connection.close()


async def test_staff_and_their_sessions_are_there_after_they_may_leave(empty_url: str) -> None:
    service, staff = uuid4(), uuid4()
    made, expires = datetime(2026, 3, 1, 9, tzinfo=UTC), datetime(2026, 3, 1, 21, tzinfo=UTC)
    await upgrade(empty_url, "0007")
    connection = await asyncpg.connect(empty_url)
    sql = "INSERT INTO staff (service_id, staff_id, email, name, roles) VALUES ($1, $2, 'a@b.example', 'A', '{lead}')"
    await connection.execute(sql, service, staff)
    sql = (
        "INSERT INTO session (service_id, token_hash, kind, subject_id, made_at, expires_at) "
        "VALUES ($1, $2, 'staff', $3, $4, $5)"
    )
    await connection.execute(sql, service, b"token", staff, made, expires)

    await migrate(empty_url)

    kept = await connection.fetchrow("SELECT roles, left_at FROM staff WHERE service_id = $1", service)
    last = await connection.fetchval("SELECT seen_at FROM session WHERE service_id = $1", service)
    await connection.close()
    assert (tuple(kept), last) == ((["lead"], None), None)


async def test_members_that_stood_in_their_rooms_state_are_the_same_in_rows_of_their_own(
    empty_url: str,
) -> None:
    service, room = ServiceId(uuid4()), LineId(uuid4())
    one, two, three = (LineId(uuid4()) for _ in range(3))
    at = datetime(2026, 3, 1, tzinfo=UTC)
    words = {who: WordId(uuid4()) for who in (one, two, three)}

    def joins(who: LineId) -> MemberJoined:
        return MemberJoined(patient=who, pseudonym=words[who], at=at, name=f"index of {who}")

    said = PostPlaced(
        seq=1, post=uuid4(), author=two, word=WordId(uuid4()), status="shown", at=at, kind="post"
    )
    turns: list[tuple[Fact, ...]] = [
        (RoomOpened(group="copd"),),
        (joins(one),),
        (joins(two),),
        (said, MemberLeft(patient=one)),
        (MemberWaits(patient=three, pseudonym=words[three], at=at, why="full"),),
        (joins(one),),
        (MemberPaused(patient=two, why="strike", case=4, reason="unkind", strike=1),),
    ]
    folded = fold(Room(), [fact for turn in turns for fact in turn])
    before = {str(who): json.loads(member.but(came=0).json()) for who, member in folded.members.items()}
    state = json.loads(folded.json()) | {"members": before}
    await upgrade(empty_url, "0021")
    connection = await asyncpg.connect(empty_url)
    sql = "INSERT INTO service (service_id, slug, settings) VALUES ($1, 'a', '{}')"
    await connection.execute(sql, service)
    sql = "INSERT INTO line (service_id, line_id, kind, version, seq, state, key_id) VALUES ($1, $2, 'group', $3, 1, $4, 'k')"
    await connection.execute(sql, service, room, len(turns), json.dumps(state))
    for version, turn in enumerate(turns, 1):
        sql = "INSERT INTO journal (service_id, line_id, version, facts, at) VALUES ($1, $2, $3, $4, $5)"
        await connection.execute(sql, service, room, version, facts_as_json(turn), at)
    for who, member in folded.members.items():
        sql = "INSERT INTO member (service_id, line_id, patient_id, status, pseudonym_word_id, posts, since) VALUES ($1, $2, $3, $4, $5, $6, $7)"
        row = (service, room, who, member.status, member.pseudonym, member.posts, at)
        await connection.execute(sql, *row)
    await connection.close()

    await migrate(empty_url)

    database = Database(make_engine(empty_url))
    kept = await PostgresLines(database).load(service, room)
    await database.dispose()
    assert kept is not None
    assert "members" not in json.loads(kept.state)
    moved = Room.from_rows(kept.state, kept.members)
    assert moved == folded
    assert list(moved.members) == list(folded.members) == [two, three, one]
