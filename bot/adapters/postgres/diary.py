"""What patients write in their diary. Words come sealed, each beside the line that it belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, and_, select

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.engine import Database
from bot.adapters.postgres.scope import seen_by
from bot.core.values import LineId, ServiceId
from bot.ports import DiarySeen, Looker, Sealed

_D, _W = s.diary.c, s.word.c
_WORD = and_(_W.service_id == _D.service_id, _W.owner_id == _D.line_id, _W.word_id == _D.word_id)
_COLUMNS = (_D.entry_id, _D.kind, _D.at, _D.number, _D.unit)
_SEALED = (_W.word_id, _W.owner_id, _W.kind, _W.key_id, _W.body)


class PostgresDiary:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def of(
        self, service: ServiceId, line: LineId, *, most: int | None = None, by: Looker | None = None
    ) -> Sequence[DiarySeen]:
        lines = (
            select(*_COLUMNS, *_SEALED)
            .select_from(s.diary.outerjoin(s.word, _WORD))
            .where(_D.service_id == service, _D.line_id == line)
            .order_by(_D.at.desc(), _D.entry_id.desc())
        )
        if most is not None:
            lines = lines.limit(most)
        async with self._db.reading() if by is None else seen_by(self._db, service, by) as c:
            return [_line(row) for row in await c.execute(lines)]


def _line(row: Row[*tuple[Any, ...]]) -> DiarySeen:
    entry, kind, at, number, unit, *word = row
    return DiarySeen(entry, kind, at, number, unit, Sealed(*word) if word[0] is not None else None)
