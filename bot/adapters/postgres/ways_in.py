"""How people come in: sessions and tickets, invitations and return links, and finding an address again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, ScalarSelect, and_, delete, func, insert, null, select, update
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.dialects.postgresql import insert as insert_or
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.engine import Database
from bot.adapters.postgres.together import Together
from bot.core.errors import Misuse
from bot.core.values import LineId, ServiceId, StaffId
from bot.ports import InviteSeen, Proof, Session, SessionHeld, SessionOver
from bot.ports.people import InviteKind

_S, _I, _P, _H, _W = s.session.c, s.invite.c, s.person.c, s.login_hint.c, s.wrong_code.c

INVITATIONS = ("invite", "short")


class PostgresSessions:
    def __init__(self, database: Database) -> None:
        self._db = database
        self._finding: Together[tuple[bytes, datetime], Session] = Together(self._find)

    async def begin(self, session: Session, token_hash: bytes, expires_at: datetime, now: datetime) -> None:
        row = insert(s.session).values(
            service_id=session.service,
            token_hash=token_hash,
            kind=session.kind,
            subject_id=session.subject,
            made_at=now,
            expires_at=expires_at,
            shared=session.shared,
            parent_hash=session.parent,
        )
        async with self._db.transaction() as c:
            await c.execute(row)

    async def find(self, service: ServiceId, token_hash: bytes, now: datetime) -> Session | None:
        """A ticket is never found: it is only spent."""
        return await self._finding.of(service, (token_hash, now))

    async def _find(
        self, service: ServiceId, asked: Sequence[tuple[bytes, datetime]]
    ) -> dict[tuple[bytes, datetime], Session]:
        sql = (
            "SELECT q.token_hash, q.now, s.kind, s.subject_id, coalesce(p.language, 'en'), "
            "coalesce(s.seen_at, s.made_at), s.shared "
            "FROM unnest($2::bytea[], $3::timestamptz[]) AS q(token_hash, now) "
            "JOIN session s ON s.service_id = $1 AND s.token_hash = q.token_hash "
            "LEFT JOIN person p ON p.service_id = $1 AND p.line_id = s.subject_id "
            "WHERE s.ended_at IS NULL AND s.expires_at > q.now AND s.kind <> 'ticket'"
        )
        args = [service, [token for token, _ in asked], [now for _, now in asked]]
        rows = await self._db.fetch_raw(sql, args)
        return {(token, now): Session(service, kind, *whose) for token, now, kind, *whose in rows}

    async def spend(self, service: ServiceId, token_hash: bytes, now: datetime) -> Session | None:
        spent = (
            update(s.session)
            .where(_alive(service, token_hash, now), _S.kind == "ticket")
            .values(ended_at=now)
            .returning(
                _S.kind,
                _S.subject_id,
                func.coalesce(_language(service), "en"),
                null(),
                _S.shared,
                _S.parent_hash,
            )
        )
        async with self._db.transaction() as c:
            row = (await c.execute(spent)).first()
        return Session(service, *row) if row else None

    async def end(self, service: ServiceId, token_hash: bytes, now: datetime) -> Session | None:
        ended = (
            update(s.session)
            .where(_alive(service, token_hash, now))
            .values(ended_at=now)
            .returning(_S.kind, _S.subject_id)
        )
        async with self._db.transaction() as c:
            row = (await c.execute(ended)).first()
        return Session(service, row.kind, row.subject_id) if row else None

    async def end_all(self, service: ServiceId, subject: LineId | StaffId, now: datetime) -> int:
        theirs = and_(
            _S.service_id == service, _S.subject_id == subject, _S.ended_at.is_(None), _S.expires_at > now
        )
        async with self._db.transaction() as c:
            return (await c.execute(update(s.session).where(theirs).values(ended_at=now))).rowcount

    async def of(self, service: ServiceId, staff: StaffId, now: datetime) -> Sequence[SessionHeld]:
        last = func.coalesce(_S.seen_at, _S.made_at)
        lasts = and_(_S.kind == "staff", _S.ended_at.is_(None), _S.expires_at > now)
        read = select(_S.token_hash, _S.made_at, last).where(
            _S.service_id == service, _S.subject_id == staff, lasts
        )
        async with self._db.reading() as c:
            rows = await c.execute(read.order_by(last.desc(), _S.token_hash))
            return [SessionHeld(*row) for row in rows]

    async def seen(self, service: ServiceId, token_hash: bytes, now: datetime) -> None:
        async with self._db.transaction() as c:
            await c.execute(update(s.session).where(_alive(service, token_hash, now)).values(seen_at=now))

    async def over(self, service: ServiceId, token_hash: bytes) -> SessionOver | None:
        last = func.coalesce(_S.seen_at, _S.made_at)
        read = select(last, _S.expires_at, _S.ended_at).where(
            _S.service_id == service, _S.token_hash == token_hash, _S.kind == "staff"
        )
        async with self._db.reading() as c:
            row = (await c.execute(read)).first()
        return SessionOver(*row) if row else None

    async def ended(
        self, service: ServiceId, patients: Sequence[LineId], since: datetime
    ) -> Sequence[tuple[bytes, LineId]]:
        where = and_(
            _S.service_id == service,
            _S.subject_id.in_(patients),
            _S.kind == "patient",
            _S.ended_at > since,
        )
        async with self._db.reading() as c:
            rows = await c.execute(select(_S.token_hash, _S.subject_id).where(where))
            return [(row.token_hash, row.subject_id) for row in rows]


def _language(service: ServiceId) -> ScalarSelect[str]:
    """Of the patient whose session it is."""
    whose = and_(_P.service_id == service, _P.line_id == _S.subject_id)
    return select(_P.language).where(whose).scalar_subquery()


def _alive(service: ServiceId, token_hash: bytes, now: datetime) -> ColumnElement[bool]:
    return and_(
        _S.service_id == service, _S.token_hash == token_hash, _S.ended_at.is_(None), _S.expires_at > now
    )


class PostgresInvites:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def make(
        self, service: ServiceId, code_hash: bytes, kind: InviteKind, patient: LineId, expires_at: datetime
    ) -> None:
        row = insert(s.invite).values(
            service_id=service, code_hash=code_hash, kind=kind, patient_id=patient, expires_at=expires_at
        )
        async with self._db.transaction() as c:
            await c.execute(row)

    async def spend(
        self, service: ServiceId, code_hash: bytes, kind: InviteKind, now: datetime
    ) -> LineId | None:
        good = _good(service, code_hash, kind, now)
        if kind in INVITATIONS:
            whose = select(_I.patient_id).where(good).scalar_subquery()
            good = _open(service, whose)
        spent = update(s.invite).where(good).values(used_at=now).returning(_I.patient_id)
        async with self._db.transaction() as c:
            row = (await c.execute(spent)).first()
        return row.patient_id if row else None

    async def look(
        self, service: ServiceId, code_hash: bytes, kind: InviteKind, now: datetime
    ) -> LineId | None:
        good = _good(service, code_hash, kind, now)
        async with self._db.reading() as c:
            return (await c.execute(select(_I.patient_id).where(good))).scalar()

    async def end(self, service: ServiceId, patient: LineId, now: datetime) -> None:
        async with self._db.transaction() as c:
            await c.execute(update(s.invite).where(_open(service, patient)).values(used_at=now))

    async def newest(self, service: ServiceId, patients: Sequence[LineId]) -> Sequence[InviteSeen]:
        theirs = and_(_I.service_id == service, _I.patient_id.in_(patients), _I.kind == "invite")
        code = s.invite.alias("code").c
        short_until = (
            select(func.max(code.expires_at))
            .where(code.service_id == _I.service_id, code.patient_id == _I.patient_id)
            .where(code.kind == "short", code.used_at.is_(None))
            .scalar_subquery()
        )
        read = (
            select(_I.patient_id, _I.expires_at, _I.used_at, short_until)
            .where(theirs)
            .ext(distinct_on(_I.patient_id))
            .order_by(_I.patient_id, _I.expires_at.desc())
        )
        async with self._db.reading() as c:
            return [InviteSeen(*row) for row in await c.execute(read)]

    async def wrong_tries(self, service: ServiceId, hour: datetime) -> int:
        read = select(_W.tries).where(_W.service_id == service, _W.hour == hour)
        async with self._db.reading() as c:
            return (await c.execute(read)).scalar() or 0

    async def wrong_try(self, service: ServiceId, hour: datetime) -> None:
        first = insert_or(s.wrong_code).values(service_id=service, hour=hour, tries=1)
        one_more = first.on_conflict_do_update(
            index_elements=[_W.service_id, _W.hour], set_={"tries": _W.tries + 1}
        )
        old = delete(s.wrong_code).where(_W.service_id == service, _W.hour < hour - timedelta(days=1))
        async with self._db.transaction() as c:
            await c.execute(old)
            await c.execute(one_more)


def _open(service: ServiceId, patient: LineId | ScalarSelect[LineId]) -> ColumnElement[bool]:
    """Every invitation of a patient that was not used."""
    return and_(
        _I.service_id == service,
        _I.patient_id == patient,
        _I.kind.in_(INVITATIONS),
        _I.used_at.is_(None),
    )


def _good(service: ServiceId, code_hash: bytes, kind: InviteKind, now: datetime) -> ColumnElement[bool]:
    return and_(
        _I.service_id == service,
        _I.code_hash == code_hash,
        _I.kind == kind,
        _I.used_at.is_(None),
        _I.expires_at > now,
    )


class PostgresContacts:
    """The index stands at the person; ``login_hint`` only says in which services to look."""

    def __init__(self, database: Database) -> None:
        self._db = database

    async def keep(self, service: ServiceId, patient: LineId, index: bytes, proof_hash: str | None) -> None:
        """The person's row is there already. A changed address leaves nothing of the one before."""
        person = and_(_P.service_id == service, _P.line_id == patient)
        hint = insert_or(s.login_hint).values(contact_hmac=index, service_id=service).on_conflict_do_nothing()
        async with self._db.transaction() as c:
            before = (await c.execute(select(_P.contact_index).where(person).with_for_update())).first()
            if before is None:
                raise Misuse("a contact is kept only for a patient with a row in person")
            await c.execute(update(s.person).where(person).values(contact_index=index, proof_hash=proof_hash))
            await c.execute(hint)
            if before.contact_index not in (None, index):
                await forget_unused(c, service, before.contact_index)

    async def find(self, index: bytes) -> Sequence[tuple[ServiceId, LineId]]:
        found: list[tuple[ServiceId, LineId]] = []
        async with self._db.reading() as c:
            hints = await c.execute(
                select(_H.service_id).where(_H.contact_hmac == index).order_by(_H.service_id)
            )
            for service in hints.scalars():
                here = and_(_P.service_id == service, _P.contact_index == index)
                lines = await c.execute(select(_P.line_id).where(here).order_by(_P.line_id))
                found += [(service, line) for line in lines.scalars()]
        return found

    async def proof(self, service: ServiceId, patient: LineId) -> Proof | None:
        person = and_(_P.service_id == service, _P.line_id == patient)
        async with self._db.reading() as c:
            row = (await c.execute(select(_P.proof_hash).where(person))).first()
        return Proof(patient, row.proof_hash) if row else None

    async def same(self, service: ServiceId, patient: LineId) -> Sequence[LineId]:
        own = (
            select(_P.contact_index).where(_P.service_id == service, _P.line_id == patient).scalar_subquery()
        )
        others = (_P.service_id == service, _P.contact_index == own, _P.line_id != patient)
        async with self._db.reading() as c:
            return list((await c.execute(select(_P.line_id).where(*others))).scalars())


async def forget_unused(c: AsyncConnection, service: ServiceId, index: bytes) -> None:
    used = select(_P.line_id).where(_P.service_id == service, _P.contact_index == index).limit(1)
    if (await c.execute(used)).first() is None:
        await c.execute(delete(s.login_hint).where(_H.contact_hmac == index, _H.service_id == service))
