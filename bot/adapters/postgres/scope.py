"""Whom a member of staff may open: the rule of ``core.scope`` as a condition of each statement, and as the role under
which the desk reads, whose policies say it once more."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Text,
    TextualSelect,
    Uuid,
    bindparam,
    column,
    literal,
    or_,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from bot.adapters.postgres import schema
from bot.adapters.postgres.engine import Database
from bot.core.scope import CASELOAD, EVERYBODY, REMEMBERED, ROOMS
from bot.core.values import LineId, ServiceId, StaffId
from bot.ports import Looker

LINES = """
WITH RECURSIVE me AS (
  SELECT st.roles FROM staff st WHERE st.service_id = :service AND st.staff_id = :staff AND st.left_at IS NULL),
theirs(staff_id) AS (
  SELECT CAST(:staff AS uuid)
   UNION
  SELECT le.staff_id FROM leave le JOIN theirs t ON le.cover_id = t.staff_id
   WHERE le.service_id = :service AND le.from_at <= :at AND le.until_at > :at)
SELECT li.line_id FROM line li, me WHERE li.service_id = :service AND me.roles && :everybody
 UNION ALL
SELECT pe.line_id FROM person pe, me
 WHERE pe.service_id = :service AND me.roles && :caseload
   AND (pe.owner_id = ANY(ARRAY(SELECT t.staff_id FROM theirs t))
        OR pe.clinician_id = ANY(ARRAY(SELECT t.staff_id FROM theirs t))
        OR (pe.owner_id IS NULL AND pe.clinician_id IS NULL))
 UNION ALL
SELECT al.line_id FROM alert al, me
 WHERE al.service_id = :service AND me.roles && :caseload AND al.state <> 'resolved'
   AND (al.acted_by = :staff OR al.owner_id = ANY(ARRAY(SELECT t.staff_id FROM theirs t))
        OR EXISTS (SELECT FROM delivery de
                    WHERE de.service_id = al.service_id AND de.alert_id = al.alert_id AND de.staff_id = :staff)
        OR EXISTS (SELECT FROM shift sh
                    WHERE sh.service_id = :service AND sh.staff_id = :staff AND sh.from_at <= :at AND sh.until_at > :at))
 UNION ALL
SELECT al.line_id FROM alert al, me
 WHERE al.service_id = :service AND me.roles && :caseload
   AND al.state = 'resolved' AND al.acted_by = :staff AND al.resolved_at > :remembered
 UNION ALL
SELECT ro.line_id FROM room ro, me WHERE ro.service_id = :service AND me.roles && :rooms
"""

_AS_THE_DESK = text("""
SELECT set_config('role', 'bounceback_desk', true), set_config('bounceback.service', :service, true),
       set_config('bounceback.staff', :staff, true), set_config('bounceback.at', :at, true)
""")


_TYPES: dict[str, TypeEngine[Any]] = {
    "service": Uuid(as_uuid=True),
    "staff": Uuid(as_uuid=True),
    "at": TIMESTAMP(timezone=True),
    "remembered": TIMESTAMP(timezone=True),
    "everybody": ARRAY(Text),
    "caseload": ARRAY(Text),
    "rooms": ARRAY(Text),
}


def values_of(service: ServiceId, staff: StaffId, at: datetime) -> dict[str, Any]:
    """What stands in for the names in ``LINES``."""
    return {
        "service": service,
        "staff": staff,
        "at": at,
        "remembered": at - REMEMBERED,
        "everybody": sorted(EVERYBODY),
        "caseload": sorted(CASELOAD),
        "rooms": sorted(ROOMS),
    }


def lines_of(service: ServiceId, staff: StaffId, at: datetime) -> TextualSelect:
    """All Lines that they may open then: patients' and rooms'."""
    values = values_of(service, staff, at)
    given = [bindparam(name, value, _TYPES[name], unique=True) for name, value in values.items()]
    return text(LINES).bindparams(*given).columns(column("line_id", Uuid(as_uuid=True)))


def within(line: ColumnElement[Any], service: ServiceId, by: Looker | None) -> list[ColumnElement[bool]]:
    """The condition that a read on behalf of somebody at the desk carries; none for whoever runs the service."""
    if by is None or not by.at_the_desk:
        return []
    me = schema.staff.c
    # Asked first: for those who see everybody nothing else is looked up.
    wide = me.roles.bool_op("&&")(literal(sorted(EVERYBODY), ARRAY(Text)))
    mine = select(me.staff_id).where(
        me.service_id == service, me.staff_id == by.who, me.left_at.is_(None), wide
    )
    return [or_(mine.exists(), line.in_(lines_of(service, by.who, by.at)))]


@asynccontextmanager
async def seen_by(
    database: Database, service: ServiceId, by: Looker | None
) -> AsyncIterator[AsyncConnection]:
    """A transaction that, for somebody at the desk, may read what the policies of the tables let them and no more."""
    async with database.transaction() as c:
        if by is not None and by.at_the_desk:
            who = {"service": str(service), "staff": str(by.who), "at": by.at.isoformat()}
            await c.execute(_AS_THE_DESK, who)
        yield c


class PostgresScopes:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def within(
        self, service: ServiceId, staff: StaffId, at: datetime, lines: Sequence[LineId]
    ) -> frozenset[LineId]:
        mine = lines_of(service, staff, at).subquery("mine")
        wanted = select(mine.c.line_id).where(mine.c.line_id.in_(lines))
        async with self._db.reading() as c:
            return frozenset(LineId(line) for line in (await c.execute(wanted)).scalars())
