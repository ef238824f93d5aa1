"""Promises that go over to one letter and, where somebody else is to hear, back again."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, and_, delete, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import UUID as PgUUID
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.engine import Database
from bot.adapters.postgres.outbox import CHANNEL, due, kept_promise, outcome_of
from bot.core.rows import PRIORITY
from bot.core.values import ServiceId, StaffId
from bot.ports import AlertStanding, Fold, Folded, Task, Telling

_O, _D, _A = s.outbox.c, s.delivery.c, s.alert.c
_TASK = (_O.outbox_id, _O.kind, _O.line_id, _O.payload, _O.attempts)
_STANDING = (
    *(_A.alert_id, _A.concern, _A.level, _A.state, _A.rung, _A.told),
    *(_A.owner_id, _A.acted_by, _A.reopened),
)
_OF_ALERT = and_(
    _A.service_id == _O.service_id,
    _A.line_id == _O.line_id,
    _A.alert_id == _O.payload["alert"].astext.cast(PgUUID(as_uuid=True)),
)


class PostgresFolds:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def waiting(
        self, service: ServiceId, task: Task, alert: AlertStanding, now: datetime, most: int
    ) -> int:
        some = _alike(service, task, alert, now).limit(most).subquery()
        async with self._db.reading() as c:
            return (await c.execute(select(func.count()).select_from(some))).scalar_one()

    async def standing(self, service: ServiceId, tasks: Sequence[Task]) -> Sequence[Folded]:
        held = {task.id: task for task in tasks if task.kind == "alert"}
        async with self._db.reading() as c:
            found = await _folded(c, service, list(held))
        return [replace(one, task=held[one.task.id]) for one in found]

    async def claim(
        self,
        service: ServiceId,
        task: Task,
        alert: AlertStanding,
        now: datetime,
        *,
        most: int,
        lease_s: float,
    ) -> Sequence[Folded]:
        longest_due = _alike(service, task, alert, now).order_by(_O.due_at, _O.outbox_id).limit(most)
        found = longest_due.with_for_update(skip_locked=True, of=s.outbox).cte("alike")
        leased = (
            update(s.outbox)
            .where(_O.service_id == service, _O.outbox_id == found.c.outbox_id)
            .values(lease_until=now + timedelta(seconds=lease_s), attempts=_O.attempts + 1)
            .returning(_O.outbox_id)
        )
        async with self._db.transaction() as c:
            return await _folded(c, service, (await c.execute(leased)).scalars().all())

    async def make(
        self, service: ServiceId, folds: Sequence[Fold], priority: int, now: datetime
    ) -> Sequence[UUID]:
        mine = {(task.id, task.attempts) for fold in folds for task in fold.tasks}
        over = (
            update(s.outbox)
            .where(_O.service_id == service, tuple_(_O.outbox_id, _O.attempts).in_(mine))
            .where(_O.done_at.is_(None))
            .values(done_at=now, lease_until=None)
            .returning(_O.outbox_id)
        )
        async with self._db.transaction() as c:
            taken = set((await c.execute(over)).scalars())
            made = []
            for fold in folds:
                tasks = [task for task in fold.tasks if task.id in taken]
                if tasks:
                    await c.execute(insert(s.outbox).values(_promise(service, fold, tasks, priority, now)))
                    await c.execute(_planned(service, fold, tasks, now))
                    made.append(fold.id)
        return made

    async def of(self, service: ServiceId, task: Task) -> Sequence[Folded]:
        theirs = select(_D.outbox_id).where(_by_this(service, task))
        async with self._db.reading() as c:
            return await _folded(c, service, (await c.execute(theirs)).scalars().all())

    async def tried(
        self,
        service: ServiceId,
        task: Task,
        telling: Telling,
        told: Collection[UUID],
        at: datetime,
        *,
        done: bool,
    ) -> None:
        accepted = at if telling.state == "accepted" else None
        this = _by_this(service, task)
        came = update(s.delivery).where(this, _D.outbox_id.in_(told))
        outcome = outcome_of(telling.state, telling.error, accepted)
        async with self._db.transaction() as c:
            await c.execute(came.values(attempts=_D.attempts + 1, **outcome))
            if done:
                await c.execute(delete(s.delivery).where(this, _D.state == "planned"))
                await c.execute(kept_promise(service, task.id, at))

    async def undo(self, service: ServiceId, task: Task, tasks: Collection[UUID], now: datetime) -> None:
        unheard = [_by_this(service, task), _D.outbox_id.in_(tasks), _D.state.in_(("planned", "failed"))]
        own_again = (
            update(s.outbox)
            .where(_O.service_id == service, _O.outbox_id.in_(select(_D.outbox_id).where(*unheard)))
            .values(done_at=None, due_at=now, lease_until=None)
        )
        async with self._db.transaction() as c:
            await c.execute(own_again)
            await c.execute(delete(s.delivery).where(*unheard))


def _alike(service: ServiceId, task: Task, alert: AlertStanding, now: datetime) -> Select[Any]:
    """On the first rung an alert is its owner's; those above name a role."""
    rung = int(task.payload["rung"])
    same = [_A.level == alert.level, _A.state == "open", _O.payload["rung"].astext == str(rung)]
    same += [] if rung else [_A.owner_id.is_not_distinct_from(alert.owner)]
    return (
        select(_O.outbox_id)
        .select_from(s.outbox.join(s.alert, _OF_ALERT))
        .where(_O.service_id == service, _O.kind == "alert", _O.priority > PRIORITY["now"], due(now))
        .where(_O.outbox_id != task.id, ~_O.payload.has_key("only"), *same)
    )


def _promise(
    service: ServiceId, fold: Fold, tasks: Sequence[Task], priority: int, now: datetime
) -> dict[str, Any]:
    return {
        "service_id": service,
        "outbox_id": fold.id,
        "line_id": service,
        "kind": "fold",
        "payload": {
            "to": str(fold.to),
            "level": fold.level,
            "message_id": fold.message_id,
            "rows": [str(task.id) for task in tasks],
        },
        "dedupe": f"fold:{fold.id}",
        "priority": priority,
        "due_at": now,
    }


def _planned(service: ServiceId, fold: Fold, tasks: Iterable[Task], now: datetime) -> Any:
    """Where a letter of its own has surely failed, this one stands in its place."""
    add = insert(s.delivery).values(
        [
            {
                "service_id": service,
                "delivery_id": _id_of(fold, n),
                "outbox_id": task.id,
                "alert_id": UUID(task.payload["alert"]),
                "rung": task.payload["rung"],
                "told": task.payload["told"],
                "channel": CHANNEL,
                "staff_id": fold.to,
                "message_id": fold.message_id,
                "state": "planned",
                "attempts": 0,
                "made_at": now,
            }
            for n, task in enumerate(tasks)
        ]
    )
    return add.on_conflict_do_update(
        index_elements=["service_id", "outbox_id", "channel", "staff_id"],
        set_={"message_id": add.excluded.message_id, "state": add.excluded.state},
        where=_D.state == "failed",
    )


def _id_of(fold: Fold, n: int) -> UUID:
    """Ids of its own, counted on from the fold's."""
    return UUID(int=fold.id.int ^ (n + 1))


def _by_this(service: ServiceId, task: Task) -> ColumnElement[bool]:
    payload = task.payload
    return and_(
        _D.service_id == service,
        _D.outbox_id.in_([UUID(row) for row in payload["rows"]]),
        _D.channel == CHANNEL,
        _D.staff_id == StaffId(UUID(payload["to"])),
        _D.message_id == payload["message_id"],
    )


async def _folded(c: AsyncConnection, service: ServiceId, tasks: Sequence[UUID]) -> Sequence[Folded]:
    if not tasks:
        return []
    rows = (
        select(*_TASK, *_STANDING)
        .select_from(s.outbox.join(s.alert, _OF_ALERT))
        .where(_O.service_id == service, _O.outbox_id.in_(tasks))
        .order_by(_A.opened_at, _A.alert_id)
    )
    told = select(_D.outbox_id, _D.staff_id, _D.state).where(
        _D.service_id == service, _D.outbox_id.in_(tasks), _D.channel == CHANNEL
    )
    heard: dict[UUID, dict[StaffId, str]] = {}
    for row in await c.execute(told):
        heard.setdefault(row.outbox_id, {})[row.staff_id] = row.state
    return [_one(row, heard.get(row.outbox_id, {})) for row in await c.execute(rows)]


def _one(row: Row[*tuple[Any, ...]], heard: dict[StaffId, str]) -> Folded:
    task, standing = tuple(row[: len(_TASK)]), (*row[len(_TASK) :], heard)
    return Folded(Task(*task), AlertStanding(*standing))
