"""The one writer of a process: who travels with whom, and what one's bad luck costs the others."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from uuid import uuid4

import pytest
from msgspec import structs
from sqlalchemy import text
from written import WrittenLine, invited

from bot.adapters.postgres.engine import Database
from bot.adapters.postgres.lines import PostgresLines
from bot.core.errors import BadRow, Unavailable
from bot.core.facts import ConversationPaused, ConversationResumed
from bot.core.values import LineId, ServiceId
from bot.ports import Entry, StoredLine
from bot.usecases import writer as writing
from bot.usecases.writer import MOST_AT_ONCE, Writer


class Noted(PostgresLines):
    """The record, and which Lines each commit brought it."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        self.batches: list[tuple[ServiceId, list[LineId]]] = []

    async def commit(self, service: ServiceId, entries: Sequence[Entry]) -> frozenset[int]:
        self.batches.append((service, [e.line for e in entries]))
        return await super().commit(service, entries)


@pytest.fixture
def lines(database: Database) -> Noted:
    return Noted(database)


async def patients(database: Database, service: ServiceId, count: int) -> list[WrittenLine]:
    return [await WrittenLine.patient(database, service) for _ in range(count)]


def together(
    writer: Writer, service: ServiceId, entries: Sequence[Entry]
) -> asyncio.Future[list[bool | BaseException]]:
    return asyncio.gather(*(writer.commit(service, e) for e in entries), return_exceptions=True)


def bad(entry: Entry) -> Entry:
    """A state that is no JSON, which no rule writes."""
    return structs.replace(entry, state='{"status": ')


async def versions(lines: PostgresLines, written: Sequence[WrittenLine]) -> list[int]:
    stored = [await lines.load(w.service, w.id) for w in written]
    return [s.version for s in stored if s is not None]


async def test_what_queues_is_committed_together(
    database: Database, service_id: ServiceId, lines: Noted
) -> None:
    written = await patients(database, service_id, 40)
    won = await together(Writer(lines), service_id, [w.entry(invited()) for w in written])
    assert won == [True] * 40
    assert [len(batch) for _, batch in lines.batches] == [40]
    assert await versions(lines, written) == [1] * 40


async def test_a_batch_has_an_upper_bound_and_nobody_is_left_over(
    database: Database, service_id: ServiceId, lines: Noted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "MOST_AT_ONCE", 8)
    written = await patients(database, service_id, 20)
    won = await together(Writer(lines), service_id, [w.entry(invited()) for w in written])
    assert won == [True] * 20
    assert [len(batch) for _, batch in lines.batches] == [8, 8, 4]


async def test_alone_a_turn_waits_for_nobody(database: Database, service_id: ServiceId, lines: Noted) -> None:
    writer, (line,) = Writer(lines), await patients(database, service_id, 1)
    for n, fact in enumerate((invited(), ConversationPaused(), ConversationResumed())):
        assert await writer.commit(service_id, structs.replace(line.entry(fact), expected=n))
    assert [len(batch) for _, batch in lines.batches] == [1, 1, 1]


async def test_a_batch_is_of_one_service_and_has_a_line_once(
    database: Database, service_id: ServiceId, lines: Noted
) -> None:
    other = ServiceId(uuid4())
    (a, b), (c,) = await patients(database, service_id, 2), await patients(database, other, 1)
    writer = Writer(lines)
    first = [writer.commit(service_id, x.entry(invited())) for x in (a, b, a)]
    won = await asyncio.gather(first[0], writer.commit(other, c.entry(invited())), *first[1:])
    assert won == [True, True, True, False]
    assert lines.batches == [(service_id, [a.id, b.id]), (other, [c.id]), (service_id, [a.id])]


@pytest.mark.parametrize(("size", "place", "most"), [(1, 0, 1), (64, 17, 13), (256, 255, 17)])
async def test_a_bad_row_is_found_by_halving_and_falls_alone(
    database: Database, service_id: ServiceId, lines: Noted, size: int, place: int, most: int
) -> None:
    written = await patients(database, service_id, size)
    entries = [w.entry(invited()) for w in written]
    entries[place] = bad(entries[place])
    won = await together(Writer(lines), service_id, entries)
    assert isinstance(won.pop(place), BadRow)
    assert won == [True] * (size - 1)
    assert len(lines.batches) <= most <= 2 * MOST_AT_ONCE.bit_length()
    after = await versions(lines, written)
    assert after.pop(place) == 0
    assert set(after) <= {1}


async def test_a_lost_connection_is_nobodys_bad_row_and_the_next_turn_finds_another(
    database: Database, service_id: ServiceId, own_database: Database
) -> None:
    written = await patients(database, service_id, 3)
    lines = Noted(own_database)
    writer = Writer(lines)
    assert await writer.commit(service_id, written[0].entry(invited()))
    (process,) = await own_database.lane.fetch("SELECT pg_backend_pid()", [])
    async with database.reading() as c:
        await c.execute(text("SELECT pg_terminate_backend(:p, 5000)"), {"p": process[0]})
    lines.batches.clear()
    lost = await together(writer, service_id, [w.entry(invited()) for w in written[1:]])
    if any(isinstance(e, Unavailable) for e in lost):
        assert all(isinstance(e, Unavailable) for e in lost)
        assert len(lines.batches) == 1
        lost = await together(writer, service_id, [w.entry(invited()) for w in written[1:]])
    assert lost == [True, True]


async def test_who_goes_away_takes_nobody_along(
    database: Database, service_id: ServiceId, lines: Noted
) -> None:
    writer, written = Writer(lines), await patients(database, service_id, 3)
    waiting = [asyncio.create_task(writer.commit(service_id, w.entry(invited()))) for w in written]
    await asyncio.sleep(0)
    waiting[1].cancel()
    outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    assert [outcomes[0], outcomes[2]] == [True, True]
    assert isinstance(outcomes[1], asyncio.CancelledError)
    assert await versions(lines, written) == [1, 1, 1]


async def test_too_many_are_turned_away_before_anything_is_written(
    database: Database, service_id: ServiceId, lines: Noted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "MOST_WAITING", 4)
    written = await patients(database, service_id, 6)
    won = await together(Writer(lines), service_id, [w.entry(invited()) for w in written])
    assert won[:4] == [True] * 4
    assert all(isinstance(e, Unavailable) for e in won[4:])
    assert await versions(lines, written) == [1] * 4 + [0] * 2


async def test_at_the_end_what_waits_is_committed_and_nothing_more_is_taken(
    database: Database, service_id: ServiceId, lines: Noted
) -> None:
    writer, written = Writer(lines), await patients(database, service_id, 3)
    waiting = together(writer, service_id, [w.entry(invited()) for w in written[:2]])
    await asyncio.sleep(0)
    await writer.close(limit_s=10.0)
    assert await waiting == [True, True]
    with pytest.raises(Unavailable):
        await writer.commit(service_id, written[2].entry(invited()))


async def test_a_record_that_hangs_at_the_end_leaves_nobody_waiting(
    database: Database, service_id: ServiceId
) -> None:
    class Hanging(Noted):
        async def commit(self, service: ServiceId, entries: Sequence[Entry]) -> frozenset[int]:
            await asyncio.get_running_loop().create_future()
            raise AssertionError

    writer, written = Writer(Hanging(database)), await patients(database, service_id, 3)
    waiting = together(writer, service_id, [w.entry(invited()) for w in written])
    await asyncio.sleep(0)
    await writer.close(limit_s=0.01)
    assert all(isinstance(e, Unavailable) for e in await waiting)


async def test_writers_of_several_processes_lose_no_turn_and_invent_none(
    database: Database, service_id: ServiceId, own_database: Database
) -> None:
    """Each of 24 clients moves Lines on, hopping between two processes: a turn counts once or is told that it lost."""
    written = await patients(database, service_id, 6)
    writers = [Writer(PostgresLines(d)) for d in (database, own_database)]
    wins: Counter[LineId] = Counter()
    conflicts = 0

    async def client(number: int) -> None:
        nonlocal conflicts
        dice = random.Random(number)
        for _ in range(8):
            line, writer = dice.choice(written), dice.choice(writers)
            stored = await PostgresLines(database).load(service_id, line.id)
            assert isinstance(stored, StoredLine)
            entry = structs.replace(
                line.entry(ConversationPaused(), client_id=uuid4()), expected=stored.version
            )
            if await writer.commit(service_id, entry):
                wins[line.id] += 1
            else:
                conflicts += 1

    await asyncio.gather(*(client(n) for n in range(24)))
    assert wins.total() + conflicts == 24 * 8
    assert conflicts
    assert await versions(PostgresLines(database), written) == [wins[w.id] for w in written]
    facts = [len(await PostgresLines(database).facts(service_id, w.id)) for w in written]
    assert facts == [wins[w.id] for w in written]
