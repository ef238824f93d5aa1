"""By what patients are reached outside the chat beside e-mail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, delete, func, null, select, true, update
from sqlalchemy.dialects.postgresql import insert

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.engine import Database
from bot.core.values import LineId, ServiceId
from bot.ports import Reach, ReachKind

_H = s.reach.c


class PostgresReaches:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def all(self, service: ServiceId, line: LineId) -> Sequence[Reach]:
        columns = (
            *(_H.service_id, _H.line_id, _H.reach_id, _H.kind, _H.label, _H.sealed, _H.session_hash),
            *(_H.made_at, _H.ok_at, _H.failing_at, _H.error),
        )
        read = select(*columns).where(_of(service, line)).order_by(_H.made_at, _H.reach_id)
        async with self._db.reading() as c:
            return [Reach(*row) for row in await c.execute(read)]

    async def add(self, reach: Reach) -> None:
        new = insert(s.reach).values(
            service_id=reach.service,
            line_id=reach.line,
            reach_id=reach.id,
            kind=reach.kind,
            label=reach.label,
            sealed=reach.sealed,
            session_hash=reach.session_hash,
            made_at=reach.made_at,
        )
        again = {name: new.excluded[name] for name in ("kind", "label", "sealed", "session_hash", "made_at")}
        fresh = {"ok_at": null(), "failing_at": null(), "error": null()}
        kept = new.on_conflict_do_update(
            index_elements=["service_id", "line_id", "reach_id"], set_={**again, **fresh}
        )
        async with self._db.reading() as c:
            await c.execute(kept)

    async def drop(self, service: ServiceId, line: LineId, reach: UUID) -> bool:
        this = delete(s.reach).where(_of(service, line), _H.reach_id == reach)
        async with self._db.reading() as c:
            return (await c.execute(this.returning(_H.reach_id))).first() is not None

    async def drop_of(self, service: ServiceId, line: LineId, kind: ReachKind | None = None) -> None:
        these = true() if kind is None else _H.kind == kind
        async with self._db.reading() as c:
            await c.execute(delete(s.reach).where(_of(service, line), these))

    async def drop_with(self, service: ServiceId, line: LineId, session_hash: bytes) -> None:
        async with self._db.reading() as c:
            await c.execute(delete(s.reach).where(_of(service, line), _H.session_hash == session_hash))

    async def went(
        self, service: ServiceId, line: LineId, reach: UUID, at: datetime, error: str | None
    ) -> None:
        how: dict[str, Any]
        if error is None:
            how = {"ok_at": at, "failing_at": None, "error": None}
        else:
            how = {"failing_at": func.coalesce(_H.failing_at, at), "error": error}
        async with self._db.reading() as c:
            await c.execute(update(s.reach).where(_of(service, line), _H.reach_id == reach).values(how))


def _of(service: ServiceId, line: LineId) -> ColumnElement[bool]:
    return and_(_H.service_id == service, _H.line_id == line)
