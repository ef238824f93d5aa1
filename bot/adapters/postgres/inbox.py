"""Messages that wait for a person, found by what happened around them. Nothing is kept of it, so nothing can be forgotten."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, BigInteger, Text, Uuid, column, select, text
from sqlalchemy.dialects.postgresql import TIMESTAMP

from bot.adapters.postgres.audit import note_look_by, service_chain
from bot.adapters.postgres.engine import Database
from bot.adapters.postgres.scope import seen_by, within
from bot.core.canary import canary_of
from bot.core.values import AlertId, LineId, ServiceId, StaffId
from bot.ports import Looker, Waiting

# Where the team wrote, and where a colleague came and went, stands in an index of its own (message_of_team). A message
# waits while no message of the team follows it: it was written while a colleague had taken over, it asked for a person,
# or it is the first that they typed after the team wrote or after they asked, within a week.
_WAITING = """
WITH mark AS MATERIALIZED (
  SELECT k.line_id, k.seq, k.who, k.step, k.at FROM message k
   WHERE k.service_id = :service AND (k.who = 'team' OR k.step IN ('texts:hold_began', 'texts:hold_ended',
         'texts:care_discharged', 'texts:care_transferred', 'texts:care_taken_back'))),
team AS (SELECT DISTINCT ON (line_id) line_id, seq, at FROM mark WHERE who = 'team' ORDER BY line_id, seq DESC),
turned AS (
  SELECT line_id, seq, step, lead(seq) OVER (PARTITION BY line_id ORDER BY seq) AS until FROM mark WHERE who <> 'team'),
asked AS (
  SELECT q.line_id, q.seq, q.at, a.alert_id, CASE WHEN a.state <> 'open' THEN a.acted_by END AS acted_by
    FROM alert a
    JOIN evidence e ON e.service_id = a.service_id AND e.line_id = a.line_id AND e.alert_id = a.alert_id
    JOIN message q ON q.service_id = e.service_id AND q.line_id = e.line_id AND q.seq = e.seq AND q.who = 'patient'
   WHERE a.service_id = :service AND a.state <> 'resolved' AND a.concern = 'asked-for-a-person'),
meant AS (
  SELECT h.line_id, m.seq, m.at, 'chat' AS why
    FROM turned h LEFT JOIN team t ON t.line_id = h.line_id
    JOIN message m ON m.service_id = :service AND m.line_id = h.line_id AND m.who = 'patient'
                  AND m.seq > greatest(h.seq, t.seq) AND (h.until IS NULL OR m.seq < h.until)
   WHERE h.step = 'texts:hold_began'
  UNION ALL
  SELECT line_id, seq, at, 'asked' FROM asked
  UNION ALL
  SELECT s.line_id, n.seq, n.at, s.why
    FROM (SELECT line_id, seq, at, 'reply' AS why FROM team UNION ALL SELECT line_id, seq, at, 'asked' FROM asked) s,
         LATERAL (SELECT m.seq, m.at, m.who FROM message m
                   WHERE m.service_id = :service AND m.line_id = s.line_id AND m.seq > s.seq AND m.who <> 'bot'
                   ORDER BY m.seq LIMIT 1) n
   WHERE n.who = 'patient' AND n.at < s.at + interval '7 days'
     AND EXISTS (SELECT FROM (SELECT j.facts FROM journal j
                               WHERE j.service_id = :service AND j.line_id = s.line_id AND j.at = n.at OFFSET 0) turn,
                             json_array_elements(turn.facts) f
                  WHERE f->>'type' = 'message_heard' AND f->>'how' = 'text' AND (f->>'seq')::bigint = n.seq)),
waiting AS (
  SELECT w.line_id, min(w.seq) AS seq, min(w.at) AS since, max(w.at) AS last, count(DISTINCT w.seq) AS number,
         array_agg(DISTINCT w.why ORDER BY w.why) AS why
    FROM meant w LEFT JOIN team t ON t.line_id = w.line_id
   WHERE w.seq > coalesce(t.seq, 0) GROUP BY w.line_id)
SELECT w.line_id, w.seq, w.since, w.last, w.number, w.why, a.alert_id, a.acted_by, h.by AS held_by, h.at AS held_since
  FROM waiting w
  JOIN person p ON p.service_id = :service AND p.line_id = w.line_id AND p.status <> 'died' AND p.erased_at IS NULL
  LEFT JOIN LATERAL (SELECT alert_id, acted_by FROM asked WHERE asked.line_id = w.line_id LIMIT 1) a ON true
  LEFT JOIN LATERAL (
    SELECT CAST(f->>'by' AS uuid) AS by, j.at FROM journal j, json_array_elements(j.facts) f
     WHERE j.service_id = :service AND j.line_id = w.line_id AND j.facts::text LIKE '%"hold_began"%'
       AND f->>'type' = 'hold_began'
       AND EXISTS (SELECT FROM turned t WHERE t.line_id = w.line_id AND t.step = 'texts:hold_began' AND t.until IS NULL)
     ORDER BY j.version DESC LIMIT 1) h ON true
 WHERE w.line_id <> :canary
"""
_COLUMNS: dict[str, Any] = {
    "line_id": Uuid(as_uuid=True),
    "seq": BigInteger(),
    "since": TIMESTAMP(timezone=True),
    "last": TIMESTAMP(timezone=True),
    "number": BigInteger(),
    "why": ARRAY(Text),
    "alert_id": Uuid(as_uuid=True),
    "acted_by": Uuid(as_uuid=True),
    "held_by": Uuid(as_uuid=True),
    "held_since": TIMESTAMP(timezone=True),
}


class PostgresInbox:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def waiting(self, service: ServiceId, by: Looker, *, noted: bool = True) -> Sequence[Waiting]:
        columns = [column(name, kind) for name, kind in _COLUMNS.items()]
        values = {"service": service, "canary": canary_of(service)}
        all_ = text(_WAITING).bindparams(**values).columns(*columns).subquery("waits")
        line = all_.c.line_id
        read = select(all_).where(*within(line, service, by)).order_by(all_.c.since, line)
        async with seen_by(self._db, service, by) as c:
            rows = (await c.execute(read)).all()
            if noted:
                await note_look_by(c, service, service_chain(service), by, what="inbox.list", about="waiting")
        return [_waiting(*row) for row in rows]


def _waiting(
    line: UUID,
    seq: int,
    since: datetime,
    last: datetime,
    number: int,
    why: Any,
    alert: UUID | None,
    taken_on: UUID | None,
    held_by: UUID | None,
    held_since: datetime | None,
) -> Waiting:
    return Waiting(
        line=LineId(line),
        seq=seq,
        since=since,
        last=last,
        number=number,
        why=tuple(why),
        alert=AlertId(alert) if alert else None,
        taken_on=StaffId(taken_on) if taken_on else None,
        held_by=StaffId(held_by) if held_by else None,
        held_since=held_since,
    )
