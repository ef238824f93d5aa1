"""Lines: opened once, loaded, committed by the one statement."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Text, and_, cast, select

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.commit import statement_for
from bot.adapters.postgres.engine import Database
from bot.adapters.postgres.together import Together
from bot.core.errors import BadRow
from bot.core.facts import Fact, facts_in
from bot.core.values import LineId, ServiceId, WordId
from bot.ports import Entry, HeardBefore, Sealed, StoredLine


class PostgresLines:
    def __init__(self, database: Database) -> None:
        self._db = database
        self._loading: Together[LineId, StoredLine] = Together(self._load)
        self._opening: Together[tuple[LineId, WordId], Sealed] = Together(self._words)

    async def open(
        self, service: ServiceId, line: LineId, kind: str, state: str, key: bytes, key_id: str
    ) -> None:
        sql = (
            "INSERT INTO line (service_id, line_id, kind, version, seq, state, wrapped_key, key_id) "
            "VALUES ($1, $2, $3, 0, 0, $4::json, $5, $6)"
        )
        await self._db.fetch_raw(sql, [service, line, kind, state, key, key_id])

    async def load(self, service: ServiceId, line: LineId) -> StoredLine | None:
        return await self._loading.of(service, line)

    async def _load(self, service: ServiceId, lines: Sequence[LineId]) -> dict[LineId, StoredLine]:
        sql = (
            "SELECT l.line_id, l.kind, l.version, l.state::text, l.wrapped_key, l.key_id, CASE WHEN l.kind = 'group' THEN "
            "(SELECT coalesce(json_object_agg(m.patient_id, m.state), '{}')::text FROM member m "
            "WHERE m.service_id = $1 AND m.line_id = l.line_id) ELSE '{}' END "
            "FROM line l WHERE l.service_id = $1 AND l.line_id = ANY($2::uuid[])"
        )
        rows = await self._db.fetch_raw(sql, [service, list(lines)])
        return {LineId(line): StoredLine(*row) for line, *row in rows}

    async def commit(self, service: ServiceId, entries: Sequence[Entry]) -> frozenset[int]:
        try:
            sql, args = statement_for(service, entries)
        except (TypeError, ValueError):
            raise BadRow("a row cannot be written as JSON") from None
        rows = await self._db.lane.fetch(sql, args)
        return frozenset(row[0] for row in rows)

    async def heard(self, service: ServiceId, line: LineId, client_id: UUID) -> HeardBefore | None:
        where = and_(
            s.heard.c.service_id == service, s.heard.c.line_id == line, s.heard.c.client_id == client_id
        )
        async with self._db.reading() as c:
            row = (await c.execute(select(s.heard.c.body_mac, s.heard.c.seq).where(where))).first()
        return HeardBefore(row.body_mac, row.seq) if row else None

    async def words(self, service: ServiceId, owner: LineId, ids: Sequence[WordId]) -> Sequence[Sealed]:
        asked = [self._opening.of(service, (owner, word)) for word in ids]
        return [word for word in await asyncio.gather(*asked) if word is not None]

    async def _words(
        self, service: ServiceId, words: Sequence[tuple[LineId, WordId]]
    ) -> dict[tuple[LineId, WordId], Sealed]:
        sql = (
            "SELECT w.word_id, w.owner_id, w.kind, w.key_id, w.body "
            "FROM unnest($2::uuid[], $3::uuid[]) AS q(owner_id, word_id) "
            "JOIN word w ON w.service_id = $1 AND w.owner_id = q.owner_id AND w.word_id = q.word_id"
        )
        args = [service, [owner for owner, _ in words], [word for _, word in words]]
        found = [Sealed(*row) for row in await self._db.fetch_raw(sql, args)]
        return {(word.owner, word.id): word for word in found}

    async def facts(self, service: ServiceId, line: LineId) -> Sequence[Fact]:
        j = s.journal.c
        where = and_(j.service_id == service, j.line_id == line)
        async with self._db.reading() as c:
            turns = await c.execute(select(cast(j.facts, Text)).where(where).order_by(j.version))
        return [fact for facts in turns.scalars() for fact in facts_in(facts)]
