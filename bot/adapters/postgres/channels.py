"""Ways to tell people besides e-mail, and the ledger of what was told by them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, delete, func, null, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.engine import Database
from bot.adapters.postgres.scope import seen_by
from bot.core.values import AlertId, ServiceId, StaffId
from bot.ports import Looker, NoticeSeen, NoticeState, Task, Way

_W, _N, _K = s.channel.c, s.notice.c, s.push_key.c


class PostgresWays:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def all(self, service: ServiceId) -> Sequence[Way]:
        columns = (
            *(_W.service_id, _W.channel_id, _W.kind, _W.staff_id, _W.label, _W.sealed, _W.key_id),
            *(_W.made_at, _W.ok_at, _W.failing_at, _W.error, _W.tested_on),
        )
        read = select(*columns).where(_W.service_id == service).order_by(_W.made_at, _W.channel_id)
        async with self._db.reading() as c:
            return [Way(*row) for row in await c.execute(read)]

    async def add(self, way: Way) -> None:
        new = insert(s.channel).values(
            service_id=way.service,
            channel_id=way.id,
            kind=way.kind,
            staff_id=way.staff,
            label=way.label,
            sealed=way.sealed,
            key_id=way.key_id,
            made_at=way.made_at,
            tested_on=way.tested_on,
        )
        again = {
            name: new.excluded[name] for name in ("kind", "staff_id", "label", "sealed", "key_id", "made_at")
        }
        fresh = {"ok_at": null(), "failing_at": null(), "error": null()}
        kept = new.on_conflict_do_update(index_elements=["service_id", "channel_id"], set_={**again, **fresh})
        async with self._db.reading() as c:
            await c.execute(kept)

    async def drop(self, service: ServiceId, way: UUID) -> bool:
        async with self._db.reading() as c:
            gone = await c.execute(delete(s.channel).where(_this(service, way)).returning(_W.channel_id))
            return gone.first() is not None

    async def drop_of(self, service: ServiceId, staff: StaffId) -> None:
        async with self._db.reading() as c:
            await c.execute(delete(s.channel).where(_W.service_id == service, _W.staff_id == staff))

    async def went(self, service: ServiceId, way: UUID, at: datetime, error: str | None) -> None:
        how: dict[str, Any]
        if error is None:
            how = {"ok_at": at, "failing_at": None, "error": None}
        else:
            how = {"failing_at": func.coalesce(_W.failing_at, at), "error": error}
        async with self._db.reading() as c:
            await c.execute(update(s.channel).where(_this(service, way)).values(how))

    async def begin_test(self, service: ServiceId, way: UUID, day: date) -> bool:
        not_yet = or_(_W.tested_on.is_(None), _W.tested_on < day)
        begin = update(s.channel).where(_this(service, way), not_yet).values(tested_on=day)
        async with self._db.reading() as c:
            return (await c.execute(begin.returning(_W.channel_id))).first() is not None

    async def push_key(self, service: ServiceId) -> tuple[bytes, str] | None:
        async with self._db.reading() as c:
            row = (await c.execute(select(_K.sealed, _K.key_id).where(_K.service_id == service))).first()
        return (row.sealed, row.key_id) if row else None

    async def keep_push_key(self, service: ServiceId, sealed: bytes, key_id: str, at: datetime) -> None:
        new = insert(s.push_key).values(service_id=service, sealed=sealed, key_id=key_id, made_at=at)
        async with self._db.reading() as c:
            await c.execute(new.on_conflict_do_nothing())


def _this(service: ServiceId, way: UUID) -> ColumnElement[bool]:
    return and_(_W.service_id == service, _W.channel_id == way)


class PostgresNotices:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def standing(self, service: ServiceId, task: Task) -> Mapping[UUID, NoticeState]:
        told = select(_N.channel_id, _N.state).where(_N.service_id == service, _N.outbox_id == task.id)
        async with self._db.reading() as c:
            return {row.channel_id: row.state for row in await c.execute(told)}

    async def tried(
        self,
        service: ServiceId,
        task: Task,
        way: Way,
        state: NoticeState,
        error: str | None,
        at: datetime,
    ) -> None:
        new = insert(s.notice).values(
            service_id=service,
            outbox_id=task.id,
            channel_id=way.id,
            alert_id=UUID(task.payload["alert"]),
            rung=task.payload["rung"],
            told=task.payload["told"],
            kind=way.kind,
            staff_id=way.staff,
            label=way.label,
            state=state,
            attempts=1,
            last_error=error,
            made_at=at,
            accepted_at=at if state == "accepted" else None,
        )
        # Accepted stays so, whoever else tried at the same time.
        kept = new.on_conflict_do_update(
            index_elements=["service_id", "outbox_id", "channel_id"],
            set_={
                "attempts": _N.attempts + 1,
                "state": case((_N.state == "accepted", _N.state), else_=new.excluded.state),
                "last_error": case((_N.state == "accepted", _N.last_error), else_=new.excluded.last_error),
                "accepted_at": func.coalesce(_N.accepted_at, new.excluded.accepted_at),
            },
        )
        async with self._db.reading() as c:
            await c.execute(kept)

    async def give_up(self, service: ServiceId, task: Task) -> None:
        waiting = and_(_N.service_id == service, _N.outbox_id == task.id, _N.state == "failed")
        async with self._db.reading() as c:
            await c.execute(update(s.notice).where(waiting).values(state="given_up"))

    async def of_alert(self, service: ServiceId, alert: AlertId, by: Looker) -> Sequence[NoticeSeen]:
        columns: tuple[ColumnElement[Any], ...] = (
            *(_N.kind, _N.staff_id, _N.label, _N.rung, _N.told, _N.state, _N.attempts, _N.last_error),
            *(_N.made_at, _N.accepted_at),
        )
        mine = and_(_N.service_id == service, _N.alert_id == alert)
        async with seen_by(self._db, service, by) as c:
            rows = await c.execute(select(*columns).where(mine).order_by(_N.told, _N.made_at, _N.channel_id))
        return [NoticeSeen(*row) for row in rows]
