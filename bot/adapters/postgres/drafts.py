"""Editors' drafts, a row a version, and the signatures that were given at the desk."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, and_, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.engine import Database
from bot.core.errors import Refused
from bot.core.library.signoff import Signature
from bot.core.values import ServiceId, StaffId
from bot.ports import Draft, DraftEnd

_D, _S = s.draft.c, s.signature.c
_COLUMNS = (_D.file, _D.n, _D.by_id, _D.at, _D.base, _D.ended, _D.body)


class PostgresDrafts:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def save(self, service: ServiceId, draft: Draft) -> None:
        newest = select(func.coalesce(func.max(_D.n), 0)).where(
            _D.service_id == service, _D.file == draft.file
        )
        add = insert(s.draft).values(
            service_id=service,
            file=draft.file,
            n=draft.n,
            body=draft.body,
            base=draft.base,
            by_id=draft.by,
            at=draft.at,
        )
        async with self._db.transaction() as c:
            follows = (await c.execute(newest)).scalar() == draft.n - 1
            added = await c.execute(add.on_conflict_do_nothing().returning(_D.n)) if follows else None
            if added is None or added.first() is None:
                raise Refused("draft_moved")

    async def open(self, service: ServiceId) -> Sequence[Draft]:
        newest = (
            select(_D.file, func.max(_D.n).label("n"))
            .where(_D.service_id == service)
            .group_by(_D.file)
            .subquery()
        )
        held = (
            select(*_COLUMNS)
            .join(newest, and_(newest.c.file == _D.file, newest.c.n == _D.n))
            .where(_D.service_id == service, _D.ended.is_(None))
            .order_by(_D.file)
        )
        async with self._db.reading() as c:
            return [_draft(row) for row in await c.execute(held)]

    async def history(self, service: ServiceId, file: str) -> Sequence[Draft]:
        held = select(*_COLUMNS).where(_D.service_id == service, _D.file == file).order_by(_D.n.desc())
        async with self._db.reading() as c:
            return [_draft(row) for row in await c.execute(held)]

    async def end(self, service: ServiceId, drafts: Iterable[Draft], how: DraftEnd) -> None:
        ended = [(draft.file, draft.n) for draft in drafts]
        close = (
            update(s.draft)
            .where(_D.service_id == service, tuple_(_D.file, _D.n).in_(ended), _D.ended.is_(None))
            .values(ended=how)
        )
        if ended:
            async with self._db.transaction() as c:
                await c.execute(close)

    async def sign(self, service: ServiceId, by: StaffId, signature: Signature) -> None:
        given = signature.model_dump()
        add = insert(s.signature).values(service_id=service, by_id=by, signed_on=given.pop("on"), **given)
        async with self._db.transaction() as c:
            await c.execute(add.on_conflict_do_nothing())

    async def signatures(self, service: ServiceId) -> Sequence[Signature]:
        columns = (_S.file, _S.sha256, _S.who, _S.role, _S.signed_on, _S.review_by)
        held = select(*columns).where(_S.service_id == service).order_by(_S.file, _S.signed_on)
        async with self._db.reading() as c:
            return [
                Signature(file=file, sha256=mark, who=who, role=role, on=on, review_by=until)
                for file, mark, who, role, on, until in await c.execute(held)
            ]


def _draft(row: Row[*tuple[Any, ...]]) -> Draft:
    return Draft(
        file=row.file,
        n=row.n,
        by=StaffId(row.by_id),
        at=row.at,
        base=row.base,
        ended=row.ended,
        body=row.body,
    )
