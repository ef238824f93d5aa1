"""Leave, on-call shifts and the calendars that brought them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Table,
    Text,
    and_,
    delete,
    func,
    literal,
    null,
    select,
    union_all,
    update,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.engine import Database
from bot.core.rota import Leave, Roster, Shift
from bot.core.values import ServiceId, StaffId
from bot.ports import Feed

_L, _S, _F = s.leave.c, s.shift.c, s.rota_feed.c


class PostgresRota:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def between(self, service: ServiceId, since: datetime, until: datetime) -> Roster:
        leaves = select(
            literal("leave").label("kind"),
            *(_L.leave_id.label("id"), _L.staff_id, _L.from_at, _L.until_at, _L.cover_id),
            null().cast(Text).label("source"),
        ).where(_L.service_id == service, _holds(s.leave, since, until))
        shifts = select(
            literal("shift"),
            *(_S.shift_id, _S.staff_id, _S.from_at, _S.until_at),
            null().cast(_L.cover_id.type),
            _S.source,
        ).where(_S.service_id == service, _holds(s.shift, since, until))
        async with self._db.reading() as c:
            rows = (await c.execute(union_all(leaves, shifts).order_by("from_at", "id"))).all()
        return Roster(
            tuple(
                Leave(row.id, StaffId(row.staff_id), row.from_at, row.until_at, row.cover_id)
                for row in rows
                if row.kind == "leave"
            ),
            tuple(
                Shift(row.id, StaffId(row.staff_id), row.from_at, row.until_at, row.source)
                for row in rows
                if row.kind == "shift"
            ),
        )

    async def add_leave(self, service: ServiceId, leave: Leave) -> None:
        add = insert(s.leave).values(
            service_id=service,
            leave_id=leave.id,
            staff_id=leave.staff,
            from_at=leave.from_at,
            until_at=leave.until_at,
            cover_id=leave.cover,
        )
        async with self._db.reading() as c:
            await c.execute(add)

    async def end_leave(self, service: ServiceId, leave: UUID, at: datetime) -> None:
        this = and_(_L.service_id == service, _L.leave_id == leave)
        async with self._db.transaction() as c:
            await c.execute(delete(s.leave).where(this, _L.from_at >= at))
            await c.execute(update(s.leave).where(this).values(until_at=func.least(_L.until_at, literal(at))))

    async def add_shift(self, service: ServiceId, shift: Shift) -> None:
        async with self._db.reading() as c:
            await c.execute(insert(s.shift).values([_values(service, shift)]))

    async def drop_shift(self, service: ServiceId, shift: UUID) -> bool:
        this = delete(s.shift).where(_S.service_id == service, _S.shift_id == shift).returning(_S.shift_id)
        async with self._db.reading() as c:
            return (await c.execute(this)).first() is not None

    async def bring(self, service: ServiceId, feed: Feed, shifts: Sequence[Shift]) -> None:
        async with self._db.transaction() as c:
            await _noted(c, service, feed)
            await c.execute(delete(s.shift).where(_S.service_id == service, _S.source == feed.place))
            if shifts:
                await c.execute(insert(s.shift).values([_values(service, shift) for shift in shifts]))

    async def failed(self, service: ServiceId, feed: Feed) -> None:
        async with self._db.transaction() as c:
            await _noted(c, service, feed)

    async def same(self, service: ServiceId, feed: Feed) -> None:
        async with self._db.transaction() as c:
            await _noted(c, service, feed)

    async def forget(self, service: ServiceId, feed: UUID) -> bool:
        this = delete(s.rota_feed).where(_F.service_id == service, _F.feed_id == feed).returning(_F.place)
        async with self._db.transaction() as c:
            place = (await c.execute(this)).scalar()
            if place is not None:
                await c.execute(delete(s.shift).where(_S.service_id == service, _S.source == place))
            return place is not None

    async def feeds(self, service: ServiceId) -> Sequence[Feed]:
        columns = (_F.feed_id, _F.place, _F.seen_at, _F.error)
        read = select(*columns).where(_F.service_id == service).order_by(_F.place)
        async with self._db.reading() as c:
            return [Feed(*row) for row in await c.execute(read)]


def _holds(table: Table, since: datetime, until: datetime) -> ColumnElement[bool]:
    return and_(table.c.from_at <= until, table.c.until_at > since)


def _values(service: ServiceId, shift: Shift) -> dict[str, object]:
    return {
        "service_id": service,
        "shift_id": shift.id,
        "staff_id": shift.staff,
        "from_at": shift.from_at,
        "until_at": shift.until_at,
        "source": shift.source,
    }


async def _noted(c: AsyncConnection, service: ServiceId, feed: Feed) -> None:
    new = insert(s.rota_feed).values(
        service_id=service, feed_id=feed.id, place=feed.place, seen_at=feed.seen_at, error=feed.error
    )
    again = {"seen_at": new.excluded.seen_at, "error": new.excluded.error}
    await c.execute(new.on_conflict_do_update(index_elements=["service_id", "place"], set_=again))
