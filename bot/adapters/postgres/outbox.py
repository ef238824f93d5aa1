"""Promises to be kept after the commit, and each telling of one person about an alert."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.engine import Database
from bot.core.values import AlertId, ServiceId, StaffId
from bot.ports import Delivery, Task

_O, _D = s.outbox.c, s.delivery.c
_CHANNEL = "email"


class PostgresOutbox:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def services_due(self, now: datetime) -> Sequence[ServiceId]:
        due = select(_O.service_id).where(_free(now), _O.due_at <= now).distinct().order_by(_O.service_id)
        async with self._db.reading() as c:
            return (await c.execute(due)).scalars().all()

    async def claim(self, service: ServiceId, now: datetime, *, most: int, lease_s: float) -> Sequence[Task]:
        due = (
            select(_O.outbox_id)
            .where(_O.service_id == service, _free(now), _O.due_at <= now)
            .order_by(_O.priority, _O.due_at, _O.outbox_id)
            .limit(most)
        )
        return await self._lease(service, due, now, lease_s)

    async def claim_one(
        self, service: ServiceId, dedupe: str, now: datetime, *, lease_s: float
    ) -> Task | None:
        this = select(_O.outbox_id).where(_O.service_id == service, _O.dedupe == dedupe, _free(now))
        claimed = await self._lease(service, this, now, lease_s)
        return claimed[0] if claimed else None

    async def done(self, service: ServiceId, task: UUID, now: datetime) -> None:
        await self._change(service, task, done_at=now, lease_until=None)

    async def later(self, service: ServiceId, task: UUID, due_at: datetime) -> None:
        await self._change(service, task, due_at=due_at, lease_until=None)

    async def _lease(
        self, service: ServiceId, which: Select[Any], now: datetime, lease_s: float
    ) -> Sequence[Task]:
        due = which.with_for_update(skip_locked=True).cte("due")
        leased = (
            update(s.outbox)
            .where(_O.service_id == service, _O.outbox_id == due.c.outbox_id)
            .values(lease_until=now + timedelta(seconds=lease_s), attempts=_O.attempts + 1)
            .returning(_O.outbox_id, _O.kind, _O.line_id, _O.payload, _O.attempts, _O.priority, _O.due_at)
        )
        async with self._db.transaction() as c:
            rows = (await c.execute(leased)).all()
        in_order = sorted(rows, key=lambda row: (row.priority, row.due_at, row.outbox_id))
        return [Task(*row[:5]) for row in in_order]

    async def _change(self, service: ServiceId, task: UUID, **values: datetime | None) -> None:
        this = and_(_O.service_id == service, _O.outbox_id == task, _O.done_at.is_(None))
        async with self._db.transaction() as c:
            await c.execute(update(s.outbox).where(this).values(**values))


def _free(now: datetime) -> ColumnElement[bool]:
    return and_(_O.done_at.is_(None), or_(_O.lease_until.is_(None), _O.lease_until < now))


class PostgresDeliveries:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def plan(
        self,
        service: ServiceId,
        task: Task,
        alert: AlertId,
        to: Sequence[tuple[UUID, StaffId, str]],
        now: datetime,
    ) -> Sequence[Delivery]:
        if not to:
            return ()
        of_task = {
            "service_id": service,
            "outbox_id": task.id,
            "alert_id": alert,
            "rung": task.payload["rung"],
            "told": task.payload["told"],
            "channel": _CHANNEL,
            "state": "planned",
            "attempts": 0,
            "made_at": now,
        }
        rows = [{**of_task, "delivery_id": id_, "staff_id": who, "message_id": m} for id_, who, m in to]
        people = [who for _, who, _ in to]
        mine = and_(
            _D.service_id == service,
            _D.outbox_id == task.id,
            _D.channel == _CHANNEL,
            _D.staff_id.in_(people),
        )
        read = select(_D.delivery_id, _D.staff_id, _D.message_id, _D.state, _D.attempts).where(mine)
        once = ["service_id", "outbox_id", "channel", "staff_id"]
        async with self._db.transaction() as c:
            await c.execute(insert(s.delivery).values(rows).on_conflict_do_nothing(index_elements=once))
            made = {row.staff_id: Delivery(*row) for row in await c.execute(read)}
        return [made[who] for who in dict.fromkeys(people)]

    async def accepted(self, service: ServiceId, delivery: UUID, now: datetime) -> None:
        await self._tried(service, delivery, state="accepted", accepted_at=now, last_error=None)

    async def failed(self, service: ServiceId, delivery: UUID, error: str) -> None:
        """``error``: a code, never a server's sentence. What was accepted before stays accepted."""
        await self._tried(service, delivery, state="failed", last_error=error)

    async def _tried(self, service: ServiceId, delivery: UUID, **values: object) -> None:
        this = and_(_D.service_id == service, _D.delivery_id == delivery, _D.state != "accepted")
        async with self._db.transaction() as c:
            await c.execute(update(s.delivery).where(this).values(attempts=_D.attempts + 1, **values))
