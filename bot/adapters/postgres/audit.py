"""Who looked at what: one chain of rows for each Line and one for the service itself, each row sealing the one before.

A row's hash is SHA-256 over the hash before and the row's canonical text, both taken inside PostgreSQL. It shows a row
that was changed, taken out or slipped in; that the newest rows were cut off shows only against a copy kept elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    LargeBinary,
    Select,
    Text,
    and_,
    bindparam,
    cast,
    exists,
    func,
    literal,
    literal_column,
    not_,
    select,
    true,
    union_all,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP, aggregate_order_by, insert
from sqlalchemy.dialects.postgresql import UUID as PG_UUID
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.engine import Database
from bot.adapters.postgres.scope import seen_by
from bot.core.errors import Unavailable
from bot.core.values import LineId, ServiceId
from bot.ports import AuditChain, Looker, LookSeen

_A = s.audit.c
_NOTHING = literal_column("''::bytea", LargeBinary)
# Each try is lost to somebody who wrote, so this many must have written meanwhile.
_TRIES = 200
CHAINS_AT_ONCE = 200
ONE_LOOK = timedelta(minutes=15)
_LOOK_BACK = 200
"""Rows of a chain that are searched for one's own last look: behind more a refresh counts as a look, never less."""


def service_chain(service: ServiceId) -> LineId:
    """The chain of looks at lists: it carries the service's own id."""
    return LineId(service)


def _seal(prev: ColumnElement[bytes], row: Any, n: ColumnElement[int]) -> ColumnElement[bytes]:
    moment = func.to_char(func.timezone("UTC", row.at), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
    text = cast(
        func.jsonb_build_array(row.service_id, row.chain, n, row.who, row.what, row.about, moment), Text
    )
    return func.sha256(
        prev.op("||", return_type=LargeBinary())(func.convert_to(text, "UTF8")), type_=LargeBinary()
    )


def _append() -> Any:
    """INSERT ... SELECT from the last row: the key (chain, n) lets one of two writers through."""
    here = and_(
        _A.service_id == bindparam("service", type_=PG_UUID(as_uuid=True)),
        _A.chain == bindparam("chain", type_=PG_UUID(as_uuid=True)),
    )
    newest = select(_A.n, _A.hash).where(here).order_by(_A.n.desc()).limit(1).subquery()
    start = select(literal(0, BigInteger).label("n"), _NOTHING.label("hash"))
    last = union_all(select(newest.c.n, newest.c.hash), start).subquery("last")
    given = select(
        bindparam("service", type_=PG_UUID(as_uuid=True)).label("service_id"),
        bindparam("chain", type_=PG_UUID(as_uuid=True)).label("chain"),
        bindparam("who", type_=Text()).label("who"),
        bindparam("what", type_=Text()).label("what"),
        bindparam("about", type_=Text()).label("about"),
        bindparam("at", type_=TIMESTAMP(timezone=True)).label("at"),
    ).subquery("given")
    g, n = given.c, last.c.n + 1
    row = (
        select(g.service_id, g.chain, n, last.c.hash, _seal(last.c.hash, g, n), g.who, g.what, g.about, g.at)
        .select_from(last.join(given, true()))
        .order_by(last.c.n.desc())
        .limit(1)
    )
    columns = ["service_id", "chain", "n", "prev_hash", "hash", "who", "what", "about", "at"]
    return insert(s.audit).from_select(columns, row).on_conflict_do_nothing().returning(_A.n)


_APPEND = _append()


async def note_look(
    connection: AsyncConnection,
    service: ServiceId,
    chain: LineId,
    who: str,
    what: str,
    about: str,
    at: datetime,
) -> None:
    """One row more on the chain, in the caller's transaction: the last thing it does, since others wait for it."""
    values: dict[str, UUID | str | datetime] = {
        "service": service,
        "chain": chain,
        "who": who,
        "what": what,
        "about": about,
        "at": at,
    }
    for _ in range(_TRIES):
        if (await connection.execute(_APPEND, values)).first() is not None:
            return
    raise Unavailable("record")


async def note_look_by(
    connection: AsyncConnection, service: ServiceId, chain: LineId, by: Looker, *, what: str, about: str
) -> None:
    who = f"{by.role}:{by.who}"
    if by.refreshed and await _just_seen(connection, service, chain, who, what, about, by.at):
        return
    await note_look(connection, service, chain, who, what, about, by.at)


async def _just_seen(
    connection: AsyncConnection,
    service: ServiceId,
    chain: LineId,
    who: str,
    what: str,
    about: str,
    at: datetime,
) -> bool:
    """By the same person, of the same thing, not longer ago than one look lasts."""
    newest = (
        select(_A.who, _A.what, _A.about, _A.at)
        .where(_A.service_id == service, _A.chain == chain)
        .order_by(_A.n.desc())
        .limit(_LOOK_BACK)
        .subquery("newest")
    )
    n = newest.c
    same = and_(n.who == who, n.what == what, n.about == about, n.at > at - ONE_LOOK)
    return bool((await connection.execute(select(exists().select_from(newest).where(same)))).scalar())


def _chains_where(service: ServiceId, which: ColumnElement[bool]) -> Select[Any]:
    """Each chain with the number of its rows, its first unsound one, and its head."""
    in_order: dict[str, Any] = {"partition_by": _A.chain, "order_by": _A.n}
    before = func.coalesce(func.lag(_A.hash).over(**in_order), _NOTHING)
    sound = and_(
        _A.n == func.row_number().over(**in_order),
        _A.prev_hash == before,
        _A.hash == _seal(_A.prev_hash, _A, _A.n),
    )
    rows = select(_A.chain, _A.n, _A.hash, sound.label("sound")).where(_A.service_id == service, which)
    r = rows.subquery("rows").c
    newest = func.array_agg(aggregate_order_by(r.hash, r.n.desc()), type_=ARRAY(LargeBinary))
    broken = func.min(r.n).filter(not_(r.sound))
    return select(r.chain, func.count(), func.max(r.n), newest[1], broken).group_by(r.chain).order_by(r.chain)


def _newest(service: ServiceId, chain: LineId, most: int) -> Select[Any]:
    return (
        select(_A.n, _A.who, _A.what, _A.about, _A.at)
        .where(_A.service_id == service, _A.chain == chain)
        .order_by(_A.n.desc())
        .limit(most)
    )


class PostgresAudit:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def verify(self, service: ServiceId, chain: LineId) -> bool:
        return all(
            each.broken_at is None for each in await self._read(_chains_where(service, _A.chain == chain))
        )

    async def chains(
        self, service: ServiceId, *, after: LineId | None = None, most: int = CHAINS_AT_ONCE
    ) -> Sequence[AuditChain]:
        these = select(_A.chain).distinct().where(_A.service_id == service)
        if after is not None:
            these = these.where(_A.chain > after)
        return await self._read(_chains_where(service, _A.chain.in_(these.order_by(_A.chain).limit(most))))

    async def _read(self, chains: Select[Any]) -> Sequence[AuditChain]:
        async with self._db.reading() as c:
            return [AuditChain(*row) for row in await c.execute(chains)]

    async def hash_at(self, service: ServiceId, chain: LineId, n: int) -> bytes | None:
        read = select(_A.hash).where(_A.service_id == service, _A.chain == chain, _A.n == n)
        async with self._db.reading() as c:
            found: bytes | None = (await c.execute(read)).scalar()
        return found

    async def looks(self, service: ServiceId, chain: LineId, by: Looker, *, most: int) -> Sequence[LookSeen]:
        async with seen_by(self._db, service, by) as c:
            seen = [LookSeen(*row) for row in await c.execute(_newest(service, chain, most))]
            await note_look_by(c, service, chain, by, what="audit.open", about=str(chain))
        return seen

    async def own(self, service: ServiceId, patient: LineId, *, most: int) -> Sequence[LookSeen]:
        async with self._db.reading() as c:
            return [LookSeen(*row) for row in await c.execute(_newest(service, patient, most))]

    async def note(
        self, service: ServiceId, chain: LineId, who: str, what: str, about: str, at: datetime
    ) -> None:
        async with self._db.transaction() as c:
            await note_look(c, service, chain, who, what, about, at)
