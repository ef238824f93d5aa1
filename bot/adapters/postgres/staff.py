"""Staff of a service, known by e-mail address in lower case, and those who are asked to become colleagues."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, func, insert, select, true, update
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.engine import Database
from bot.core.values import LineId, ServiceId, StaffId
from bot.ports import StaffAsked, StaffMember

_T, _I = s.staff.c, s.staff_invite.c
_COLUMNS = (_T.service_id, _T.staff_id, _T.email, _T.name, _T.roles, _T.password_hash, _T.away, _T.left_at)
_ASKED = (_I.staff_id, _I.email, _I.name, _I.roles, _I.expires_at)


class PostgresStaff:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def add(self, member: StaffMember) -> None:
        """Who is known already keeps their id, and their password where ``member`` brings none."""
        async with self._db.transaction() as c:
            await _add(c, member)

    async def by_email(self, service: ServiceId, email: str, *, former: bool = False) -> StaffMember | None:
        return await self._one(_among(service, former), _T.email == _address(email))

    async def by_id(self, service: ServiceId, staff: StaffId, *, former: bool = False) -> StaffMember | None:
        return await self._one(_among(service, former), _T.staff_id == staff)

    async def all(self, service: ServiceId, *, former: bool = False) -> Sequence[StaffMember]:
        read = select(*_COLUMNS).where(_among(service, former)).order_by(_T.email)
        async with self._db.reading() as c:
            return [_member(row) for row in await c.execute(read)]

    async def leave(self, service: ServiceId, staff: StaffId, now: datetime) -> None:
        them = and_(_T.service_id == service, _T.staff_id == staff)
        gone = {"left_at": func.coalesce(_T.left_at, now), "password_hash": None}
        sessions = and_(
            s.session.c.service_id == service, s.session.c.subject_id == staff, s.session.c.ended_at.is_(None)
        )
        asked = and_(_I.service_id == service, _I.staff_id == staff, _I.used_at.is_(None))
        async with self._db.transaction() as c:
            await c.execute(update(s.staff).where(them).values(gone))
            await c.execute(update(s.session).where(sessions).values(ended_at=now))
            await c.execute(delete(s.staff_invite).where(asked))

    async def looked_after_by(self, service: ServiceId, staff: StaffId) -> Sequence[LineId]:
        p = s.person.c
        return await self._lines(
            select(p.line_id).where(p.service_id == service, p.owner_id == staff).order_by(p.line_id)
        )

    async def clinician_of(self, service: ServiceId, staff: StaffId) -> Sequence[LineId]:
        p = s.person.c
        return await self._lines(
            select(p.line_id).where(p.service_id == service, p.clinician_id == staff).order_by(p.line_id)
        )

    async def held_by(self, service: ServiceId, staff: StaffId) -> Sequence[LineId]:
        """Read from the states themselves, each of them: somebody leaves seldom."""
        line = s.line.c
        who = line.state[("hold", "by")].as_string()
        theirs = and_(line.service_id == service, line.kind == "patient", who == str(staff))
        return await self._lines(select(line.line_id).where(theirs).order_by(line.line_id))

    async def _lines(self, read: Any) -> Sequence[LineId]:
        async with self._db.reading() as c:
            return [LineId(line) for line in (await c.execute(read)).scalars()]

    async def _one(self, *where: ColumnElement[bool]) -> StaffMember | None:
        async with self._db.reading() as c:
            row = (await c.execute(select(*_COLUMNS).where(*where))).first()
        return _member(row) if row else None


class PostgresStaffInvites:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def make(self, service: ServiceId, code_hash: bytes, asked: StaffAsked, now: datetime) -> None:
        email = _address(asked.email)
        earlier = and_(_I.service_id == service, _I.email == email, _I.used_at.is_(None))
        row = insert(s.staff_invite).values(
            service_id=service,
            code_hash=code_hash,
            staff_id=asked.id,
            email=email,
            name=asked.name,
            roles=sorted(asked.roles),
            expires_at=asked.expires_at,
        )
        async with self._db.transaction() as c:
            await c.execute(delete(s.staff_invite).where(earlier))
            await c.execute(row)

    async def waiting(self, service: ServiceId, now: datetime) -> Sequence[StaffAsked]:
        read = select(*_ASKED).where(_I.service_id == service, _good(now)).order_by(_I.email)
        async with self._db.reading() as c:
            return [_asked(row) for row in await c.execute(read)]

    async def look(self, service: ServiceId, code_hash: bytes, now: datetime) -> StaffAsked | None:
        this = and_(_I.service_id == service, _I.code_hash == code_hash, _good(now))
        async with self._db.reading() as c:
            row = (await c.execute(select(*_ASKED).where(this))).first()
        return _asked(row) if row else None

    async def accept(
        self, service: ServiceId, code_hash: bytes, password_hash: str, now: datetime
    ) -> StaffAsked | None:
        this = and_(_I.service_id == service, _I.code_hash == code_hash, _good(now))
        used = update(s.staff_invite).where(this).values(used_at=now).returning(*_ASKED)
        async with self._db.transaction() as c:
            row = (await c.execute(used)).first()
            if row is None:
                return None
            asked = _asked(row)
            member = StaffMember(service, asked.id, asked.email, asked.name, asked.roles, password_hash)
            await _add(c, member)
        return asked


async def _add(c: AsyncConnection, member: StaffMember) -> None:
    add = insert_or(s.staff).values(
        service_id=member.service,
        staff_id=member.id,
        email=_address(member.email),
        name=member.name,
        roles=sorted(member.roles),
        password_hash=member.password_hash,
        away=member.away,
        left_at=member.left_at,
    )
    new = add.excluded
    changed = add.on_conflict_do_update(
        index_elements=["service_id", "email"],
        set_={
            "name": new.name,
            "roles": new.roles,
            "password_hash": func.coalesce(new.password_hash, _T.password_hash),
            "away": new.away,
            "left_at": new.left_at,
        },
    )
    await c.execute(changed)


def _among(service: ServiceId, former: bool) -> ColumnElement[bool]:
    return and_(_T.service_id == service, true() if former else _T.left_at.is_(None))


def _good(now: datetime) -> ColumnElement[bool]:
    return and_(_I.used_at.is_(None), _I.expires_at > now)


def _address(email: str) -> str:
    return email.strip().lower()


def _asked(row: Row[*tuple[Any, ...]]) -> StaffAsked:
    return StaffAsked(row.staff_id, row.email, row.name, frozenset(row.roles), row.expires_at)


def _member(row: Row[*tuple[Any, ...]]) -> StaffMember:
    return StaffMember(
        service=row.service_id,
        id=row.staff_id,
        email=row.email,
        name=row.name,
        roles=frozenset(row.roles),
        password_hash=row.password_hash,
        away=row.away,
        left_at=row.left_at,
    )
