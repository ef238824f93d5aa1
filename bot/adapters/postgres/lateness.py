"""Timers that nobody woke, reminders that nothing will give, and the times in which that was so."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, exists, func, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.engine import Database
from bot.core.values import ServiceId
from bot.ports import Late, LateSpell

# What gives no reminder.
OF_ALERTS = ("escalate", "snooze", "left", "gentle", "action")
_T, _R, _L = s.timer.c, s.reminder.c, s.schedule_late.c


class PostgresLateness:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def late(self, service: ServiceId, before: datetime) -> Late:
        timers = select(func.count(), func.min(_T.due_at)).where(_T.service_id == service, _T.due_at < before)
        # One that waits for a later timer was put off, and one whose timer is late is counted there.
        waits = exists().where(_T.service_id == service, _T.line_id == _R.line_id, _T.kind.not_in(OF_ALERTS))
        reminders = select(func.count()).where(
            _R.service_id == service, _R.state == "planned", _R.due_at < before, ~waits
        )
        async with self._db.reading() as c:
            count, oldest = (await c.execute(timers)).one()
            lost = (await c.execute(reminders)).scalar_one()
        return Late(count, oldest, lost)

    async def begin(self, service: ServiceId, at: datetime) -> LateSpell:
        new = insert(s.schedule_late).values(service_id=service, began_at=at).on_conflict_do_nothing()
        lasts = select(_L.began_at, _L.told_at).where(_L.service_id == service, _L.ended_at.is_(None))
        async with self._db.reading() as c:
            await c.execute(new)
            row = (await c.execute(lasts)).first()
        return LateSpell(*row) if row else LateSpell(at, at)

    async def told(self, service: ServiceId, spell: LateSpell, at: datetime) -> bool:
        this = and_(_L.service_id == service, _L.began_at == spell.began_at, _L.told_at.is_(None))
        async with self._db.reading() as c:
            first = await c.execute(
                update(s.schedule_late).where(this).values(told_at=at).returning(_L.began_at)
            )
            return first.first() is not None

    async def untold(self, service: ServiceId, spell: LateSpell) -> None:
        this = and_(_L.service_id == service, _L.began_at == spell.began_at)
        async with self._db.reading() as c:
            await c.execute(update(s.schedule_late).where(this).values(told_at=None))

    async def end(self, service: ServiceId, at: datetime) -> None:
        lasts = and_(_L.service_id == service, _L.ended_at.is_(None))
        async with self._db.reading() as c:
            await c.execute(update(s.schedule_late).where(lasts).values(ended_at=at))
