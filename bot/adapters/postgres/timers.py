"""Timers that are due. Claiming only leases a row: its Line's own commit moves or deletes it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, true, update

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.engine import Database
from bot.core.values import ServiceId
from bot.ports import DueTimer

_T = s.timer.c


class PostgresTimers:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def services_due(self, now: datetime, kinds: Collection[str] | None = None) -> Sequence[ServiceId]:
        due = select(_T.service_id).where(_due(now, kinds)).distinct().order_by(_T.service_id)
        async with self._db.reading() as c:
            return (await c.execute(due)).scalars().all()

    async def claim(
        self,
        service: ServiceId,
        now: datetime,
        *,
        most: int,
        lease_s: float,
        kinds: Collection[str] | None = None,
    ) -> Sequence[DueTimer]:
        of_line = and_(s.line.c.service_id == _T.service_id, s.line.c.line_id == _T.line_id)
        # Only the timer is locked: a Line's row belongs to the commit of turns.
        due = (
            select(_T.line_id, _T.kind, _T.key, s.line.c.kind.label("line_kind"))
            .select_from(s.timer.join(s.line, of_line))
            .where(_T.service_id == service, _due(now, kinds))
            .order_by(_T.due_at, _T.line_id)
            .limit(most)
            .with_for_update(of=s.timer, skip_locked=True)
            .cte("due")
        )
        leased = (
            update(s.timer)
            .where(
                _T.service_id == service,
                _T.line_id == due.c.line_id,
                _T.kind == due.c.kind,
                _T.key == due.c.key,
            )
            .values(lease_until=now + timedelta(seconds=lease_s))
            .returning(_T.line_id, due.c.line_kind, _T.kind, _T.key, _T.due_at)
        )
        async with self._db.reading() as c:
            rows = (await c.execute(leased)).all()
        in_order = sorted(rows, key=lambda row: (row.due_at, row.line_id))
        return [DueTimer(*row[:4]) for row in in_order]

    async def give_back(self, service: ServiceId, timer: DueTimer) -> None:
        this = and_(
            _T.service_id == service,
            _T.line_id == timer.line,
            _T.kind == timer.kind,
            _T.key == timer.key,
        )
        async with self._db.reading() as c:
            await c.execute(update(s.timer).where(this).values(lease_until=None))


def _due(now: datetime, kinds: Collection[str] | None) -> ColumnElement[bool]:
    these = true() if kinds is None else _T.kind.in_(kinds)
    return and_(_T.due_at <= now, or_(_T.lease_until.is_(None), _T.lease_until < now), these)
