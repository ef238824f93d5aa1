"""Reminders of patients, and by which ways each was sent."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from uuid import UUID

from sqlalchemy import and_, case, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.engine import Database
from bot.adapters.postgres.scope import seen_by, within
from bot.core.values import LineId, ServiceId
from bot.ports import Looker, ReminderSeen, ReminderWay, SentBy, SentState
from bot.ports.reminders import OPEN

_R, _S, _W = s.reminder.c, s.reminder_sent.c, s.reminder_wish.c
_M = s.message.c
# Who writes has seen what stands above.
_WROTE = (
    select(func.min(_M.at))
    .where(_M.service_id == _R.service_id, _M.line_id == _R.line_id, _M.seq > _R.seq, _M.who == "patient")
    .scalar_subquery()
)
_SEEN = (
    *(_R.reminder_id, _R.what, _R.state, _R.due_at, _R.why, _R.seq, _R.ended_at),
    func.least(_R.opened_at, _WROTE),
)
_SENT = (_S.way, _S.state, _S.attempts, _S.last_error, _S.made_at, _S.accepted_at, _S.opened_at)


class PostgresReminders:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def of(
        self, service: ServiceId, line: LineId, *, most: int = 50, by: Looker | None = None
    ) -> Sequence[ReminderSeen]:
        mine = and_(_R.service_id == service, _R.line_id == line, *within(_R.line_id, service, by))
        newest = select(*_SEEN).where(mine).order_by(_R.due_at.desc(), _R.reminder_id).limit(most)
        ways = select(_S.reminder_id, *_SENT).where(_S.service_id == service, _S.line_id == line)
        async with self._reading(service, by) as c:
            rows = (await c.execute(newest)).all()
            by_reminder: dict[UUID, list[SentBy]] = defaultdict(list)
            for reminder, *sent in await c.execute(ways.where(_S.reminder_id.in_([r[0] for r in rows]))):
                by_reminder[reminder].append(SentBy(*sent))
        return [ReminderSeen(*row, sent=tuple(by_reminder[row[0]])) for row in rows]

    async def one(self, service: ServiceId, line: LineId, reminder: UUID) -> ReminderSeen | None:
        this = and_(_R.service_id == service, _R.line_id == line, _R.reminder_id == reminder)
        async with self._db.reading() as c:
            row = (await c.execute(select(*_SEEN).where(this))).first()
        return ReminderSeen(*row, sent=tuple(await self._sent(service, line, reminder))) if row else None

    def _reading(self, service: ServiceId, by: Looker | None) -> AbstractAsyncContextManager[AsyncConnection]:
        return self._db.reading() if by is None else seen_by(self._db, service, by)

    async def _sent(self, service: ServiceId, line: LineId, reminder: UUID) -> Sequence[SentBy]:
        mine = and_(_S.service_id == service, _S.line_id == line, _S.reminder_id == reminder)
        async with self._db.reading() as c:
            return [SentBy(*row) for row in await c.execute(select(*_SENT).where(mine))]

    async def tried(
        self,
        service: ServiceId,
        line: LineId,
        reminder: UUID,
        way: ReminderWay,
        state: SentState,
        error: str | None,
        at: datetime,
    ) -> None:
        new = insert(s.reminder_sent).values(
            service_id=service,
            line_id=line,
            reminder_id=reminder,
            way=way,
            state=state,
            attempts=1,
            last_error=error,
            made_at=at,
            accepted_at=at if state == "accepted" else None,
        )
        taken = _S.state == "accepted"
        kept = new.on_conflict_do_update(
            index_elements=["service_id", "line_id", "reminder_id", "way"],
            set_={
                "attempts": _S.attempts + 1,
                "state": case((taken, _S.state), else_=new.excluded.state),
                "last_error": case((taken, _S.last_error), else_=new.excluded.last_error),
                "accepted_at": func.coalesce(_S.accepted_at, new.excluded.accepted_at),
            },
        )
        async with self._db.reading() as c:
            await c.execute(kept)

    async def expire(
        self, service: ServiceId, line: LineId, reminder: UUID, way: ReminderWay, why: str, at: datetime
    ) -> None:
        new = insert(s.reminder_sent).values(
            service_id=service,
            line_id=line,
            reminder_id=reminder,
            way=way,
            state="expired",
            attempts=0,
            last_error=why,
            made_at=at,
        )
        kept = new.on_conflict_do_update(
            index_elements=["service_id", "line_id", "reminder_id", "way"],
            set_={"state": "expired", "last_error": why},
            where=_S.state.in_(OPEN),
        )
        async with self._db.reading() as c:
            await c.execute(kept)

    async def read_up_to(self, service: ServiceId, line: LineId, seq: int, at: datetime) -> None:
        unopened = and_(_R.service_id == service, _R.line_id == line, _R.seq <= seq, _R.opened_at.is_(None))
        async with self._db.reading() as c:
            await c.execute(update(s.reminder).where(unopened).values(opened_at=at))

    async def opened_by(
        self, service: ServiceId, line: LineId, reminder: UUID, way: ReminderWay, at: datetime
    ) -> bool:
        this = and_(_S.service_id == service, _S.line_id == line, _S.reminder_id == reminder)
        by_way = update(s.reminder_sent).where(this, _S.way == way, _S.opened_at.is_(None))
        itself = update(s.reminder).where(
            _R.service_id == service, _R.line_id == line, _R.reminder_id == reminder, _R.opened_at.is_(None)
        )
        async with self._db.reading() as c:
            first = (await c.execute(by_way.values(opened_at=at).returning(_S.way))).first() is not None
            if first:
                await c.execute(itself.values(opened_at=at))
        return first

    async def discreet(self, service: ServiceId, line: LineId) -> bool:
        wish = select(_W.discreet).where(_W.service_id == service, _W.line_id == line)
        async with self._db.reading() as c:
            return bool((await c.execute(wish)).scalar())

    async def wish(self, service: ServiceId, line: LineId, *, discreet: bool) -> None:
        new = insert(s.reminder_wish).values(service_id=service, line_id=line, discreet=discreet)
        kept = new.on_conflict_do_update(
            index_elements=["service_id", "line_id"], set_={"discreet": discreet}
        )
        async with self._db.reading() as c:
            await c.execute(kept)
