"""Staff of a service, known by e-mail address in lower case."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, select
from sqlalchemy.dialects.postgresql import insert

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.engine import Database
from bot.core.values import ServiceId, StaffId
from bot.ports import StaffMember

_T = s.staff.c
_COLUMNS = (_T.service_id, _T.staff_id, _T.email, _T.name, _T.roles, _T.password_hash, _T.away)


class PostgresStaff:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def add(self, member: StaffMember) -> None:
        """Who is known already keeps their id, and their password where ``member`` brings none."""
        add = insert(s.staff).values(
            service_id=member.service,
            staff_id=member.id,
            email=_address(member.email),
            name=member.name,
            roles=sorted(member.roles),
            password_hash=member.password_hash,
            away=member.away,
        )
        new = add.excluded
        changed = add.on_conflict_do_update(
            index_elements=["service_id", "email"],
            set_={
                "name": new.name,
                "roles": new.roles,
                "password_hash": func.coalesce(new.password_hash, _T.password_hash),
                "away": new.away,
            },
        )
        async with self._db.transaction() as c:
            await c.execute(changed)

    async def by_email(self, service: ServiceId, email: str) -> StaffMember | None:
        return await self._one(and_(_T.service_id == service, _T.email == _address(email)))

    async def by_id(self, service: ServiceId, staff: StaffId) -> StaffMember | None:
        return await self._one(and_(_T.service_id == service, _T.staff_id == staff))

    async def all(self, service: ServiceId) -> Sequence[StaffMember]:
        async with self._db.reading() as c:
            rows = await c.execute(select(*_COLUMNS).where(_T.service_id == service).order_by(_T.email))
        return [_member(row) for row in rows]

    async def _one(self, where: ColumnElement[bool]) -> StaffMember | None:
        async with self._db.reading() as c:
            row = (await c.execute(select(*_COLUMNS).where(where))).first()
        return _member(row) if row else None


def _address(email: str) -> str:
    return email.strip().lower()


def _member(row: Row[*tuple[Any, ...]]) -> StaffMember:
    return StaffMember(
        service=row.service_id,
        id=row.staff_id,
        email=row.email,
        name=row.name,
        roles=frozenset(row.roles),
        password_hash=row.password_hash,
        away=row.away,
    )
