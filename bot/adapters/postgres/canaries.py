"""The canary's days."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.engine import Database
from bot.core.values import ServiceId
from bot.ports import CanaryDay
from bot.ports.canaries import Reached

_C = s.canary_day.c


class PostgresCanaries:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def begin(self, service: ServiceId, day: date, at: datetime) -> bool:
        new = insert(s.canary_day).values(service_id=service, day=day, said_at=at)
        async with self._db.reading() as c:
            begun = await c.execute(new.on_conflict_do_nothing().returning(_C.day))
            return begun.first() is not None

    async def heard(self, service: ServiceId, at: datetime, reached: Reached) -> None:
        waiting = update(s.canary_day).where(_C.service_id == service, _C.heard_at.is_(None))
        async with self._db.reading() as c:
            await c.execute(waiting.values(heard_at=at, reached=reached))

    async def ended(self, service: ServiceId, at: datetime) -> None:
        heard = update(s.canary_day).where(
            _C.service_id == service, _C.heard_at.is_not(None), _C.ended_at.is_(None)
        )
        async with self._db.reading() as c:
            await c.execute(heard.values(ended_at=at))

    async def last(self, service: ServiceId) -> CanaryDay | None:
        columns = (_C.day, _C.said_at, _C.heard_at, _C.reached, _C.ended_at)
        read = select(*columns).where(_C.service_id == service).order_by(_C.day.desc()).limit(1)
        async with self._db.reading() as c:
            row = (await c.execute(read)).first()
        return CanaryDay(*row) if row else None
