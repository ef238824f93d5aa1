"""The one statement that commits turns: who wins, who loses, and what a loser leaves behind (nothing)."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from written import NOW, WrittenLine, heard, invited, raised, score, sealed, shown, timer

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.engine import Database
from bot.adapters.postgres.lines import PostgresLines
from bot.core.errors import Misuse
from bot.core.facts import TimerCleared
from bot.core.fold import fold
from bot.core.state import Conversation
from bot.core.values import ServiceId
from bot.ports import HeardBefore

LATER = NOW + timedelta(days=1)
WRITTEN = (s.journal, s.heard, s.word, s.message, s.score, s.alert, s.evidence, s.outbox, s.timer, s.person)


async def rows_written(database: Database, line: WrittenLine) -> dict[str, int]:
    """How many rows each table holds of the Line."""
    found = {}
    async with database.reading() as c:
        for table in WRITTEN:
            owner = table.c.owner_id if table is s.word else table.c.line_id
            count = select(func.count()).where(table.c.service_id == line.service, owner == line.id)
            found[table.name] = (await c.execute(count)).scalar_one()
    return {name: n for name, n in found.items() if n}


@pytest.fixture
async def line(database: Database, service_id: ServiceId) -> WrittenLine:
    return await WrittenLine.patient(database, service_id)


@pytest.fixture
def lines(database: Database) -> PostgresLines:
    return PostgresLines(database)


async def test_a_turn_is_written_whole(database: Database, line: WrittenLine, lines: PostgresLines) -> None:
    said, answer, client = sealed(line.id), sealed(line.id), uuid4()
    everything = (invited("copd"), heard(1, said, client), score(9), raised(), timer("a"), shown(2, answer))
    entry = line.entry(*everything, words=(said, answer), client_id=client)

    assert await lines.commit(line.service, [entry]) == {0}

    assert await rows_written(database, line) == {
        "journal": 1,
        "heard": 1,
        "word": 2,
        "message": 2,
        "score": 1,
        "alert": 1,
        "evidence": 1,
        "outbox": 1,
        "timer": 1,
        "person": 1,
    }
    stored = await lines.load(line.service, line.id)
    assert stored is not None
    assert (stored.version, stored.wrapped_key) == (1, b"wrapped")
    assert Conversation.from_json(stored.state) == fold(Conversation(), everything)


async def test_the_facts_of_a_line_come_back_in_order(line: WrittenLine, lines: PostgresLines) -> None:
    first, second = (invited("copd"), timer("a")), (score(9), raised(), timer("b"))
    await line.write(*first)
    await line.write(*second)

    assert tuple(await lines.facts(line.service, line.id)) == first + second


async def test_a_stale_turn_loses_and_leaves_no_row(
    database: Database, line: WrittenLine, lines: PostgresLines
) -> None:
    word, client = sealed(line.id), uuid4()
    stale = line.entry(heard(1, word, client), raised(), timer("a"), words=(word,), client_id=client)
    await line.write(invited("copd"))

    assert await lines.commit(line.service, [stale]) == frozenset()

    assert await rows_written(database, line) == {"journal": 1, "person": 1}


async def test_a_repeated_message_loses_and_leaves_no_row(
    database: Database, line: WrittenLine, lines: PostgresLines
) -> None:
    word, client = sealed(line.id), uuid4()
    await lines.commit(line.service, [line.entry(heard(1, word, client), words=(word,), client_id=client)])
    before = await rows_written(database, line)
    line.version = 1

    again = sealed(line.id)
    repeated = line.entry(heard(2, again, client), raised(), words=(again,), client_id=client)

    assert await lines.commit(line.service, [repeated]) == frozenset()
    assert await rows_written(database, line) == before


async def test_what_was_heard_before_is_told_with_its_acknowledgement(
    line: WrittenLine, lines: PostgresLines
) -> None:
    word, client = sealed(line.id), uuid4()
    await lines.commit(line.service, [line.entry(heard(1, word, client), words=(word,), client_id=client)])

    assert await lines.heard(line.service, line.id, client) == HeardBefore(b"mac", 1)
    assert await lines.heard(line.service, line.id, uuid4()) is None


async def test_two_lines_in_one_batch_stand_or_fall_alone(
    database: Database, line: WrittenLine, lines: PostgresLines
) -> None:
    other = await WrittenLine.patient(database, line.service)
    stale = line.entry(score(9), raised())
    await line.write(timer("a"))

    assert await lines.commit(line.service, [stale, other.entry(score(4), raised())]) == {1}

    assert await rows_written(database, line) == {"journal": 1, "timer": 1}
    assert (await rows_written(database, other))["alert"] == 1


async def test_of_two_turns_of_one_line_in_one_batch_one_wins(
    database: Database, line: WrittenLine, lines: PostgresLines
) -> None:
    won = await lines.commit(line.service, [line.entry(timer("a")), line.entry(timer("b"))])

    assert len(won) == 1
    assert await rows_written(database, line) == {"journal": 1, "timer": 1}


async def test_a_line_locked_by_another_transaction_counts_as_a_conflict(
    database: Database, line: WrittenLine, lines: PostgresLines
) -> None:
    mine = (s.line.c.service_id == line.service) & (s.line.c.line_id == line.id)
    async with database.transaction() as other:
        await other.execute(select(s.line.c.version).where(mine).with_for_update())

        assert await lines.commit(line.service, [line.entry(timer("a"))]) == frozenset()

    assert await lines.commit(line.service, [line.entry(timer("a"))]) == {0}


async def test_one_row_that_cannot_be_written_undoes_the_whole_batch(
    database: Database, line: WrittenLine, lines: PostgresLines
) -> None:
    other = await WrittenLine.patient(database, line.service)
    twice = sealed(line.id)

    with pytest.raises(Misuse, match="SQLSTATE 23505"):
        await lines.commit(line.service, [other.entry(score(4)), line.entry(score(9), words=(twice, twice))])

    assert await rows_written(database, line) == {}
    assert await rows_written(database, other) == {}


async def test_a_line_of_another_service_is_not_there(line: WrittenLine, lines: PostgresLines) -> None:
    stranger = ServiceId(uuid4())

    assert await lines.commit(stranger, [line.entry(timer("a"))]) == frozenset()
    assert await lines.load(stranger, line.id) is None
    assert list(await lines.facts(stranger, line.id)) == []


async def test_a_line_is_opened_once(line: WrittenLine, lines: PostgresLines) -> None:
    with pytest.raises(Misuse, match="SQLSTATE 23505"):
        await lines.open(line.service, line.id, "patient", "{}", b"key", "k1")


async def test_a_timer_that_is_cleared_leaves_and_one_set_again_moves(
    database: Database, line: WrittenLine
) -> None:
    await line.write(timer("stays"), timer("goes"))
    await line.write(TimerCleared(kind="later", key="goes"), timer("stays", due_at=LATER))

    t = s.timer.c
    async with database.reading() as c:
        rows = await c.execute(select(t.key, t.due_at).where(t.service_id == line.service))
    assert [tuple(row) for row in rows] == [("stays", LATER)]


async def test_only_the_words_that_are_there_come_back(line: WrittenLine, lines: PostgresLines) -> None:
    word = sealed(line.id)
    await line.write(heard(1, word, uuid4()), words=(word,))

    assert list(await lines.words(line.service, line.id, [word.id, sealed(line.id).id])) == [word]
    assert list(await lines.words(line.service, line.id, [])) == []
