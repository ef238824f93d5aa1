"""The alert ledger as people read it. A read by somebody leaves its audit row in the same transaction (I11)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Text, and_, case, cast, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.audit import note_look_by, service_chain
from bot.adapters.postgres.engine import Database
from bot.adapters.postgres.scope import seen_by, within
from bot.core.canary import canary_of
from bot.core.escalation import GRAVITY
from bot.core.facts import Fact, SafetyAnswered, facts_in
from bot.core.values import AlertId, LineId, ServiceId, tag_of
from bot.ports import AlertSeen, DeliverySeen, EvidenceSeen, Looker

_A, _E, _D, _J = s.alert.c, s.evidence.c, s.delivery.c, s.journal.c
_ALERT = (
    _A.alert_id,
    _A.line_id,
    s.line.c.kind,
    _A.concern,
    _A.level,
    _A.state,
    _A.owner_id,
    _A.rung,
    _A.told,
    _A.opened_at,
    _A.due_at,
    _A.acted_by,
    _A.acknowledged_at,
    _A.resolved_at,
    _A.outcome,
    _A.snoozed_until,
    _A.reopened,
    _A.note_word_id,
)
_EVIDENCE = (_E.alert_id, _E.rule, _E.rule_version, _E.seq, _E.client_id, _E.numbers, _E.at)


class PostgresLedger:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def list(
        self, service: ServiceId, *, open_only: bool, by: Looker | None, noted: bool = True
    ) -> Sequence[AlertSeen]:
        which = [_A.line_id != canary_of(service), *within(_A.line_id, service, by)]
        which += [_A.state != "resolved"] if open_only else []
        async with seen_by(self._db, service, by) as c:
            seen = await alerts_where(c, service, *which)
            if by is not None and noted:
                about = "open" if open_only else "all"
                await note_look_by(c, service, service_chain(service), by, what="alerts.list", about=about)
        return seen

    async def one(self, service: ServiceId, alert: AlertId, by: Looker | None) -> AlertSeen | None:
        shown = [] if by is None else [_A.line_id != canary_of(service), *within(_A.line_id, service, by)]
        async with seen_by(self._db, service, by) as c:
            found = await alerts_where(c, service, _A.alert_id == alert, *shown)
            if not found:
                return None
            if by is not None:
                await note_look_by(c, service, found[0].line, by, what="alert.open", about=str(alert))
        return found[0]

    async def deliveries(
        self, service: ServiceId, alert: AlertId, by: Looker | None = None
    ) -> Sequence[DeliverySeen]:
        columns = (
            _D.staff_id,
            _D.channel,
            _D.rung,
            _D.told,
            _D.state,
            _D.attempts,
            _D.last_error,
            _D.made_at,
            _D.accepted_at,
        )
        mine = and_(_D.service_id == service, _D.alert_id == alert)
        async with seen_by(self._db, service, by) as c:
            rows = await c.execute(select(*columns).where(mine).order_by(_D.told, _D.made_at, _D.delivery_id))
        return [DeliverySeen(*row) for row in rows]

    async def history(
        self, service: ServiceId, line: LineId, alert: AlertId, by: Looker | None = None
    ) -> Sequence[tuple[datetime, Fact]]:
        """Facts of the turns since it was opened that name it, and what the patient answered to safety questions."""
        opened = (
            select(_A.opened_at)
            .where(_A.service_id == service, _A.line_id == line, _A.alert_id == alert)
            .scalar_subquery()
        )
        text = cast(_J.facts, Text)
        named = [text.contains(str(alert)), text.contains(tag_of(SafetyAnswered), autoescape=True)]
        read = (
            select(_J.at, text)
            .where(_J.service_id == service, _J.line_id == line, _J.at >= opened, or_(*named))
            .where(*within(_J.line_id, service, by))
            .order_by(_J.version)
        )
        async with seen_by(self._db, service, by) as c:
            turns = (await c.execute(read)).all()
        return [
            (at, fact)
            for at, facts in turns
            for fact in facts_in(facts)
            if isinstance(fact, SafetyAnswered) or getattr(fact, "alert", None) == alert
        ]


async def alerts_where(
    c: AsyncConnection, service: ServiceId, *which: ColumnElement[bool]
) -> Sequence[AlertSeen]:
    """Alerts of a service with their evidence: gravest first, then oldest."""
    of_line = and_(s.line.c.service_id == _A.service_id, s.line.c.line_id == _A.line_id)
    alerts = (
        select(*_ALERT)
        .select_from(s.alert.join(s.line, of_line))
        .where(_A.service_id == service, *which)
        .order_by(case(GRAVITY, value=_A.level).desc(), _A.opened_at, _A.alert_id)
    )
    of_alert = and_(_A.service_id == _E.service_id, _A.line_id == _E.line_id, _A.alert_id == _E.alert_id)
    pieces = (
        select(*_EVIDENCE)
        .select_from(s.evidence.join(s.alert, of_alert))
        .where(_E.service_id == service, *which)
        .order_by(_E.alert_id, _E.n)
    )
    rows = (await c.execute(alerts)).all()
    evidence = _by_alert((await c.execute(pieces)).all()) if rows else {}
    return [_alert(row, evidence.get(row.alert_id, ())) for row in rows]


def _by_alert(rows: Iterable[Row[*tuple[Any, ...]]]) -> dict[AlertId, tuple[EvidenceSeen, ...]]:
    found: dict[AlertId, list[EvidenceSeen]] = defaultdict(list)
    for row in rows:
        found[row.alert_id].append(EvidenceSeen(*row[1:]))
    return {alert: tuple(pieces) for alert, pieces in found.items()}


def _alert(row: Row[*tuple[Any, ...]], evidence: tuple[EvidenceSeen, ...]) -> AlertSeen:
    return replace(AlertSeen(*row[:-1]), evidence=evidence, note=row.note_word_id)
