"""For measuring: what the record itself counts, the least a commit can cost, and the rival of writing turns together.

Nothing of this runs in an instance.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy.engine import make_url

from bot.core.errors import Misuse
from bot.core.facts import MessageHeard, facts_as_json
from bot.core.values import LineId, ServiceId
from bot.ports import Entry

_WAL_IN_IO = 18
_TURN = "INSERT INTO journal (service_id, line_id, version, facts, at) VALUES ($1, $2, $3, $4, $5)"
_MOVE = (
    "UPDATE line SET version = $3 + 1, seq = $4, state = $5 "
    "WHERE service_id = $1 AND line_id = $2 AND version = $3"
)
_HEARD = "INSERT INTO heard (service_id, line_id, client_id, body_mac, seq) VALUES ($1, $2, $3, $4, $5)"
_WORD = "INSERT INTO word (service_id, owner_id, word_id, kind, key_id, body) VALUES ($1, $2, $3, $4, $5, $6)"
_MESSAGE = (
    "INSERT INTO message (service_id, line_id, seq, who, word_id, client_id, release_hash, step, urgent, at) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
)
_SCORE = (
    "INSERT INTO score (service_id, line_id, score_id, measure, measure_version, items, total, complete, at) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
)
_TIMER = (
    "INSERT INTO timer (service_id, line_id, kind, key, due_at, rule, first_at) VALUES ($1, $2, $3, $4, $5, $6, $7) "
    "ON CONFLICT (service_id, line_id, kind, key) DO UPDATE SET due_at = excluded.due_at, rule = excluded.rule, "
    "first_at = excluded.first_at, lease_until = NULL"
)
_UNTIMER = "DELETE FROM timer WHERE service_id = $1 AND line_id = $2 AND kind = $3 AND key = $4"

_LOOK_COLUMNS = frozenset({"prev_hash", "hash", "who", "what", "about", "at"})

Statement = tuple[str, list[tuple[Any, ...]]]


def statements_of(service: ServiceId, e: Entry) -> list[Statement]:
    """The rows of one turn, a plain statement for each table. Misuse for rows that no quiet check-in has."""
    r = e.rows
    if r.alerts or r.promises or r.posts or r.members or r.standings or r.person:
        raise Misuse("only a turn of a quiet check-in is written in separate statements")
    key = (service, e.line)
    heard = [(*key, e.client_id, e.body_mac, e.ack_seq)] if e.client_id else []
    messages = [
        (*key, m.seq, "patient", m.word, m.client_id, None, None, False, e.at)
        if isinstance(m, MessageHeard)
        else (*key, m.seq, m.sender, m.word, None, m.release, m.step, m.urgent, e.at)
        for m in r.messages
    ]
    scores = [
        (*key, s.score_id, s.measure, s.measure_version, json.dumps(s.items), s.total, s.complete, s.at)
        for s in r.scores
    ]
    return [
        (_HEARD, heard),
        (_TURN, [(*key, e.expected + 1, facts_as_json(e.facts), e.at)]),
        (_WORD, [(service, w.owner, w.id, w.kind, w.key_id, w.body) for w in e.words]),
        (_MESSAGE, messages),
        (_SCORE, scores),
        (_TIMER, [(*key, t.kind, t.key, t.due_at, t.rule, t.first_at) for t in r.timers.values()]),
        (_UNTIMER, [(*key, *names) for names in r.cleared.values()]),
    ]


class Gauge:
    """A few connections of its own, used raw."""

    def __init__(self, connections: Sequence[asyncpg.Connection]) -> None:
        self._free: asyncio.LifoQueue[asyncpg.Connection] = asyncio.LifoQueue()
        for connection in connections:
            self._free.put_nowait(connection)

    @asynccontextmanager
    async def _one(self) -> AsyncIterator[asyncpg.Connection]:
        connection = await self._free.get()
        try:
            yield connection
        finally:
            self._free.put_nowait(connection)

    # -- yardsticks

    async def commit_separately(self, service: ServiceId, entry: Entry) -> bool:
        """A transaction of the turn's own: the same rows as the writer's, one statement after the other."""
        async with self._one() as c, c.transaction():
            moved = await c.execute(_MOVE, service, entry.line, entry.expected, entry.seq, entry.state)
            if moved != "UPDATE 1":
                return False
            for sql, rows in statements_of(service, entry):
                if len(rows) == 1:
                    await c.execute(sql, *rows[0])
                elif rows:
                    await c.executemany(sql, rows)
        return True

    async def insert_one_row(self, service: ServiceId, line: UUID, n: int, body: str) -> None:
        """The least that a commit can be. Rows of a Line that nobody has, until ``forget_rows``."""
        async with self._one() as c:
            await c.execute(_TURN, service, line, n, body, datetime.now(UTC))

    async def forget_rows(self, service: ServiceId, line: UUID) -> None:
        async with self._one() as c:
            await c.execute("DELETE FROM journal WHERE service_id = $1 AND line_id = $2", service, line)

    # -- what somebody with the record's password could do

    async def edit_look(
        self, service: ServiceId, chain: LineId, n: int, column: str, value: object
    ) -> object:
        """One column of one row of who looked, by hand; returns what stood there."""
        if column not in _LOOK_COLUMNS:
            raise Misuse(f"a look has no column {column}")
        which = "WHERE service_id = $1 AND chain = $2 AND n = $3"
        async with self._one() as c, c.transaction():
            before = await c.fetchval(f"SELECT {column} FROM audit {which}", service, chain, n)
            await c.execute(f"UPDATE audit SET {column} = $4 {which}", service, chain, n, value)
        return before

    async def take_look_out(self, service: ServiceId, chain: LineId, n: int) -> Sequence[object]:
        """The whole row, which ``put_look_back`` takes."""
        which = "WHERE service_id = $1 AND chain = $2 AND n = $3"
        async with self._one() as c, c.transaction():
            row = await c.fetchrow(f"SELECT * FROM audit {which}", service, chain, n)
            await c.execute(f"DELETE FROM audit {which}", service, chain, n)
        if row is None:
            raise Misuse("there is no such row")
        return tuple(row.values())

    async def put_look_back(self, row: Sequence[object]) -> None:
        places = ", ".join(f"${n + 1}" for n in range(len(row)))
        async with self._one() as c:
            await c.execute(f"INSERT INTO audit VALUES ({places})", *row)

    # -- what the record counts

    async def setting(self, name: str) -> str:
        """A setting of the server's, in its own unit."""
        async with self._one() as c:
            return str(await c.fetchval("SELECT setting FROM pg_settings WHERE name = $1", name))

    async def wal_syncs(self) -> int:
        """How often the log was made durable so far. Other connections report theirs up to 10 seconds late."""
        async with self._one() as c:
            if c.get_server_version().major >= _WAL_IN_IO:
                sql = "SELECT sum(fsyncs) FROM pg_stat_io WHERE object = 'wal' AND context = 'normal'"
            else:
                sql = "SELECT wal_sync FROM pg_stat_wal"
            return int(await c.fetchval(sql) or 0)

    async def wal_bytes(self) -> int:
        """How much has been written into the log so far, by everybody."""
        async with self._one() as c:
            sql = "SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')"
            return int(await c.fetchval(sql))

    async def messages_heard(self, service: ServiceId) -> dict[LineId, int]:
        """How many messages of their own each patient has in the record."""
        sql = (
            "SELECT line_id, count(*) FROM message WHERE service_id = $1 AND who = 'patient' GROUP BY line_id"
        )
        async with self._one() as c:
            return {LineId(row[0]): row[1] for row in await c.fetch(sql, service)}

    async def row_bytes(self, service: ServiceId, line: LineId) -> tuple[int, int]:
        """A Line's row as it is stored, and the length of its state as text."""
        sql = (
            "SELECT pg_column_size(l.*), octet_length(l.state::text) FROM line l "
            "WHERE service_id = $1 AND line_id = $2"
        )
        async with self._one() as c:
            row = await c.fetchrow(sql, service, line)
        if row is None:
            raise Misuse("there is no such Line")
        return int(row[0]), int(row[1])

    async def alerted(self, service: ServiceId) -> set[LineId]:
        """Whose alerts stand in the record."""
        async with self._one() as c:
            rows = await c.fetch("SELECT DISTINCT line_id FROM alert WHERE service_id = $1", service)
        return {LineId(row[0]) for row in rows}


@asynccontextmanager
async def open_gauge(url: str, connections: int) -> AsyncIterator[Gauge]:
    """``url`` as libpq writes it."""
    parsed = make_url(url)
    on_socket = str(parsed.query.get("host", "")).startswith("/")
    opened: list[asyncpg.Connection] = []
    try:
        for _ in range(connections):
            opened.append(await asyncpg.connect(url, ssl=False if on_socket else None))
        yield Gauge(opened)
    finally:
        for connection in opened:
            await connection.close()
