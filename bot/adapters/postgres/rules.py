"""How each rule's alerts went, counted where the rows are."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.adapters.postgres.engine import Database
from bot.core.canary import canary_of
from bot.core.values import ServiceId
from bot.ports import RuleStanding, Standings

# Simulated people count only where there are no others; the canary never does; a group has no person. An alert counts
# once for each rule that rang in it, at the moment at which it first did.
_STANDINGS = """
WITH those AS MATERIALIZED (
  SELECT NOT EXISTS (SELECT FROM person q WHERE q.service_id = $1 AND NOT q.simulated) AS made_up),
rang AS MATERIALIZED (
  SELECT e.line_id, e.alert_id, e.rule, min(e.at) AS at, bool_or(p.line_id IS NOT NULL) AS of_person
    FROM evidence e CROSS JOIN those t
    LEFT JOIN person p ON p.service_id = e.service_id AND p.line_id = e.line_id
   WHERE e.service_id = $1 AND e.at >= $2::timestamptz - interval '14 days' AND e.line_id <> $3
     AND coalesce(p.simulated = t.made_up, true)
   GROUP BY e.line_id, e.alert_id, e.rule),
told AS (
  SELECT r.*, coalesce(lag(r.at) OVER (PARTITION BY r.line_id, r.rule ORDER BY r.at, r.alert_id)
                       > r.at - interval '14 days', false) AS again FROM rang r),
whole AS (
  SELECT r.rule, count(*) AS alerts, count(DISTINCT r.line_id) FILTER (WHERE r.of_person) AS people,
         count(*) FILTER (WHERE a.state = 'resolved') AS resolved,
         count(*) FILTER (WHERE a.outcome = 'false_alarm') AS wrong,
         count(*) FILTER (WHERE a.outcome = 'nothing_needed') AS nothing,
         count(*) FILTER (WHERE r.again) AS again, count(*) FILTER (WHERE a.reopened > 0) AS reopened,
         array_agg(r.at ORDER BY a.alert_id) FILTER (WHERE a.acknowledged_at >= r.at AND a.reopened = 0) AS since,
         array_agg(a.acknowledged_at ORDER BY a.alert_id)
           FILTER (WHERE a.acknowledged_at >= r.at AND a.reopened = 0) AS until
    FROM told r JOIN alert a ON a.service_id = $1 AND a.line_id = r.line_id AND a.alert_id = r.alert_id
   WHERE r.at >= $2 GROUP BY r.rule)
SELECT t.made_up, w.* FROM those t LEFT JOIN whole w ON true ORDER BY w.alerts DESC, w.rule
"""


class PostgresRules:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def standings(self, service: ServiceId, since: datetime) -> Standings:
        rows = await self._db.fetch_raw(_STANDINGS, [service, since, canary_of(service)])
        found = tuple(_standing(*row) for row in map(tuple, rows) if row[1] is not None)
        return Standings(found, made_up=rows[0]["made_up"])


def _standing(_: bool, *row: Any) -> RuleStanding:
    *numbers, since, until = row
    return RuleStanding(*[*numbers, tuple(zip(since or (), until or (), strict=True))])
