"""The digest's days, letters, and who wants none."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import and_, delete, select, update
from sqlalchemy.dialects.postgresql import distinct_on, insert

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.engine import Database
from bot.adapters.postgres.outbox import kept_promise
from bot.core.canary import canary_of
from bot.core.digest import Quiet
from bot.core.library import Level
from bot.core.values import ServiceId, StaffId
from bot.ports import Digest, DigestSeen, DigestTried, Task

_A, _D, _OFF = s.alert.c, s.digest.c, s.digest_off.c


class PostgresDigests:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def planned(self, service: ServiceId, day: date) -> bool:
        of_day = and_(s.digest_day.c.service_id == service, s.digest_day.c.day == day)
        async with self._db.reading() as c:
            return (await c.execute(select(s.digest_day.c.day).where(of_day))).first() is not None

    async def waiting(self, service: ServiceId, levels: Collection[Level]) -> Sequence[Quiet]:
        columns = (_A.alert_id, _A.told, _A.concern, _A.level, _A.owner_id, _A.acted_by, _A.reopened)
        read = select(*columns).where(
            _A.service_id == service,
            _A.state == "open",
            _A.level.in_(levels),
            _A.line_id != canary_of(service),
        )
        async with self._db.reading() as c:
            return [Quiet(*row) for row in await c.execute(read)]

    async def known(self, service: ServiceId) -> Mapping[StaffId, Set[str]]:
        last = (
            select(_D.staff_id, _D.listed)
            .ext(distinct_on(_D.staff_id))
            .where(_D.service_id == service, _D.state.in_(("accepted", "likely")))
            .order_by(_D.staff_id, _D.day.desc())
        )
        async with self._db.reading() as c:
            return {row.staff_id: frozenset(row.listed or ()) for row in await c.execute(last)}

    async def plan(
        self, service: ServiceId, day: date, digests: Sequence[Digest], priority: int, at: datetime
    ) -> Sequence[UUID]:
        begin = insert(s.digest_day).values(service_id=service, day=day, made_at=at)
        async with self._db.transaction() as c:
            begun = await c.execute(begin.on_conflict_do_nothing().returning(s.digest_day.c.day))
            if begun.first() is None:
                return []
            for one in digests:
                promise = {
                    "service_id": service,
                    "outbox_id": one.id,
                    "line_id": service,
                    "kind": "digest",
                    "payload": {"to": str(one.to), "day": day.isoformat(), "message_id": one.message_id},
                    "dedupe": f"digest:{one.to}:{day}",
                    "priority": priority,
                    "due_at": at,
                }
                letter = {
                    "service_id": service,
                    "staff_id": one.to,
                    "day": day,
                    "message_id": one.message_id,
                    "state": "planned",
                    "attempts": 0,
                    "made_at": at,
                }
                await c.execute(insert(s.outbox).values(promise))
                await c.execute(insert(s.digest).values(letter))
        return [one.id for one in digests]

    async def state(self, service: ServiceId, to: StaffId, day: date) -> str | None:
        this = and_(_D.service_id == service, _D.staff_id == to, _D.day == day)
        async with self._db.reading() as c:
            return (await c.execute(select(_D.state).where(this))).scalar()

    async def tried(
        self, service: ServiceId, task: Task, tried: DigestTried, at: datetime, *, done: bool
    ) -> None:
        came = (
            update(s.digest)
            .where(_D.service_id == service, _D.staff_id == UUID(task.payload["to"]))
            .where(_D.day == date.fromisoformat(task.payload["day"]))
            .values(
                state=tried.state,
                attempts=_D.attempts + int(tried.state != "void"),
                listed=sorted(tried.listed),
                fresh=tried.fresh,
                last_error=tried.error,
                accepted_at=at if tried.state == "accepted" else None,
            )
        )
        async with self._db.transaction() as c:
            await c.execute(came)
            if done:
                await c.execute(kept_promise(service, task.id, at))

    async def seen(self, service: ServiceId, to: StaffId, most: int) -> Sequence[DigestSeen]:
        columns = (_D.day, _D.listed, _D.fresh, _D.state, _D.attempts, _D.accepted_at)
        mine = select(*columns).where(_D.service_id == service, _D.staff_id == to, _D.state != "void")
        async with self._db.reading() as c:
            rows = await c.execute(mine.order_by(_D.day.desc()).limit(most))
            return [DigestSeen(row.day, len(row.listed or ()), *row[2:]) for row in rows]

    async def unwanted(self, service: ServiceId) -> Set[StaffId]:
        async with self._db.reading() as c:
            off = await c.execute(select(_OFF.staff_id).where(_OFF.service_id == service))
            return frozenset(off.scalars())

    async def want(self, service: ServiceId, who: StaffId, at: datetime, *, on: bool) -> None:
        no = insert(s.digest_off).values(service_id=service, staff_id=who, since=at).on_conflict_do_nothing()
        again = delete(s.digest_off).where(_OFF.service_id == service, _OFF.staff_id == who)
        async with self._db.reading() as c:
            await c.execute(again if on else no)
