"""Promises to be kept after the commit, and each telling of one person about an alert."""

from __future__ import annotations

import operator
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Exists,
    Integer,
    Text,
    Update,
    and_,
    any_,
    bindparam,
    case,
    cast,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    text,
    true,
    tuple_,
    update,
)
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.sql.dml import ReturningUpdate

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.engine import Database
from bot.adapters.postgres.fixed import Fixed
from bot.core.values import ServiceId
from bot.ports import AlertStanding, Task, Telling

_O, _D, _A, _P = s.outbox.c, s.delivery.c, s.alert.c, s.person.c
CHANNEL = "email"
IN_ORDER: ColumnElement[str] = literal_column("'place'")
_WORST = 2**15 - 1  # of any row


class PostgresOutbox:
    """Each act is one statement, and so one round trip and one commit."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def services_due(self, now: datetime, kinds: Collection[str] | None = None) -> Sequence[ServiceId]:
        services = select(_O.service_id).where(due(now), _of(kinds, _O.kind)).distinct()
        async with self._db.reading() as c:
            return (await c.execute(services.order_by(_O.service_id))).scalars().all()

    async def claim(
        self,
        service: ServiceId,
        now: datetime,
        *,
        most: int,
        lease_s: float,
        kinds: Collection[str] | None = None,
        worst: int | None = None,
    ) -> Sequence[Task]:
        args = _CLAIM.args(
            service=service,
            now=now,
            most=most,
            until=now + timedelta(seconds=lease_s),
            kinds=None if kinds is None else list(kinds),
            worst=_WORST if worst is None else worst,
        )
        rows = await self._db.fetch_raw(_CLAIM.sql, args)
        in_order = sorted(rows, key=lambda row: (row["priority"], row["due_at"], row["outbox_id"]))
        return [Task(*row[:5]) for row in in_order]

    async def renew(self, service: ServiceId, tasks: Sequence[Task], until: datetime) -> None:
        held = tuple_(_O.outbox_id, _O.attempts).in_([(task.id, task.attempts) for task in tasks])
        ours = update(s.outbox).where(_O.service_id == service, held, _O.done_at.is_(None))
        await self._change(ours.values(lease_until=until))

    async def later(self, service: ServiceId, task: Task, due_at: datetime, *, tried: bool = True) -> None:
        put_off = _ours(service, task).values(due_at=due_at, lease_until=None)
        await self._change(put_off if tried else put_off.values(attempts=_O.attempts - 1))

    async def give_back(self, service: ServiceId, task: Task) -> None:
        await self._change(_ours(service, task).values(lease_until=None, attempts=_O.attempts - 1))

    async def done(self, service: ServiceId, task: UUID, now: datetime) -> bool:
        rows = await self._db.fetch_raw(_DONE.sql, _DONE.args(service=service, task=task, now=now))
        return any(row[0] for row in rows)

    async def _change(self, change: Update) -> None:
        async with self._db.reading() as c:
            await c.execute(change)


def due(now: Any) -> ColumnElement[bool]:
    return and_(_O.done_at.is_(None), or_(_O.lease_until.is_(None), _O.lease_until < now), _O.due_at <= now)


def _first_of_its_author(service: Any) -> ColumnElement[bool]:
    """Whoever holds an earlier post of the same author will see this one next."""
    return or_(_O.kind != IN_ORDER, ~_another_on_its_way(service, operator.lt))


def _next_waits(service: Any) -> ColumnElement[bool]:
    return and_(_O.kind == IN_ORDER, _another_on_its_way(service, operator.gt))


def _another_on_its_way(service: Any, compared: Callable[[Any, Any], ColumnElement[bool]]) -> Exists:
    """Of a post: one of the same author whose number compares so with its own."""
    other = s.outbox.alias("other").c
    of_its_author = select(other.outbox_id).where(
        other.service_id == service,
        other.line_id == _O.line_id,
        other.kind == IN_ORDER,
        other.done_at.is_(None),
        compared(_nth(other.payload), _nth(_O.payload)),
    )
    return of_its_author.exists()


def _nth(payload: Any) -> ColumnElement[int]:
    """Which of its author's posts: it stays the same when the promise is put off."""
    return cast(payload["nth"].astext, Integer)


def _of(kinds: Collection[str] | None, column: ColumnElement[str]) -> ColumnElement[bool]:
    return true() if kinds is None else column.in_(kinds)


def _ours(service: ServiceId, task: Task) -> Update:
    """The row as we claimed it: a claim counts ``attempts`` up, so one that was lost to somebody else changes nothing."""
    return update(s.outbox).where(
        _O.service_id == service,
        _O.outbox_id == task.id,
        _O.attempts == task.attempts,
        _O.done_at.is_(None),
    )


def kept_promise(service: Any, task: Any, now: Any) -> Update:
    this = and_(_O.service_id == service, _O.outbox_id == task, _O.done_at.is_(None))
    return update(s.outbox).where(this).values(done_at=now, lease_until=null())


def _claim() -> ReturningUpdate[Any]:
    service: Any = bindparam("service")
    now: Any = bindparam("now")
    kinds = bindparam("kinds", type_=ARRAY(Text))
    gravest = (
        select(_O.outbox_id)
        .where(
            _O.service_id == service,
            due(now),
            or_(kinds.is_(None), _O.kind == any_(kinds)),
            _O.priority <= bindparam("worst"),
            _first_of_its_author(service),
        )
        .order_by(_O.priority, _O.due_at, _O.outbox_id)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    return (
        update(s.outbox)
        .where(_O.service_id == service, _O.outbox_id == gravest.c.outbox_id)
        .values(lease_until=bindparam("until"), attempts=_O.attempts + text("1"))
        .returning(_O.outbox_id, _O.kind, _O.line_id, _O.payload, _O.attempts, _O.priority, _O.due_at)
    )


_CLAIM = Fixed(_claim())
_DONE = Fixed(
    kept_promise(bindparam("service"), bindparam("task"), bindparam("now")).returning(
        _next_waits(bindparam("service"))
    )
)


class PostgresDeliveries:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def standing(self, service: ServiceId, task: Task) -> AlertStanding | None:
        alert = UUID(task.payload["alert"])
        columns = (
            *(_A.alert_id.label("id"), _A.concern, _A.level, _A.state, _A.rung, _A.told),
            *(_A.owner_id.label("owner"), _A.acted_by, _A.reopened),
        )
        clinician = (
            select(_P.clinician_id)
            .where(_P.service_id == _A.service_id, _P.line_id == _A.line_id)
            .scalar_subquery()
        )
        read = select(*columns, clinician.label("clinician")).where(
            _A.service_id == service, _A.alert_id == alert
        )
        told = select(_D.staff_id, _D.state).where(
            _D.service_id == service, _D.outbox_id == task.id, _D.channel == CHANNEL
        )
        async with self._db.reading() as c:
            # The first try has told nobody yet.
            heard = {row.staff_id: row.state for row in await c.execute(told)} if task.attempts > 1 else {}
            row = (await c.execute(read)).first()
        return AlertStanding(**row._mapping, heard=heard) if row else None

    async def tried(
        self, service: ServiceId, task: Task, telling: Telling, at: datetime, *, done: bool
    ) -> None:
        accepted = at if telling.state == "accepted" else None
        add = insert(s.delivery).values(
            service_id=service,
            delivery_id=telling.id,
            outbox_id=task.id,
            alert_id=UUID(task.payload["alert"]),
            rung=task.payload["rung"],
            told=task.payload["told"],
            channel=CHANNEL,
            staff_id=telling.to,
            message_id=telling.message_id,
            state=telling.state,
            attempts=1,
            last_error=telling.error,
            made_at=at,
            accepted_at=accepted,
        )
        new = add.excluded
        kept = add.on_conflict_do_update(
            index_elements=["service_id", "outbox_id", "channel", "staff_id"],
            set_={
                "attempts": _D.attempts + 1,
                **outcome_of(new.state, new.last_error, new.accepted_at),
            },
        )
        async with self._db.reading() as c:
            if done:
                with_it = kept.returning(_D.delivery_id).cte("tried")
                await c.execute(kept_promise(service, task.id, at).add_cte(with_it))
            else:
                await c.execute(kept)


def outcome_of(state: Any, error: Any, accepted_at: Any) -> dict[str, Any]:
    """What a try makes of a delivery: columns of the row that it would be, or values."""
    new = state if isinstance(state, ColumnElement) else literal(state, Text)
    return {
        "state": case((_stays(new), _D.state), else_=new),
        "last_error": case((_D.state == "accepted", _D.last_error), else_=error),
        "accepted_at": func.coalesce(_D.accepted_at, accepted_at),
    }


def _stays(new: ColumnElement[str]) -> ColumnElement[bool]:
    """Accepted stays so; a letter that may have arrived is not made undone by a later try that surely failed."""
    sure = or_(_D.state == "accepted", and_(_D.state == "likely", new != "accepted"))
    return or_(sure, and_(_D.state == "uncertain", new == "failed"))
