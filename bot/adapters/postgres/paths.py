"""How far people come in modules, counted where the rows are."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bot.adapters.postgres.engine import Database
from bot.core.values import ServiceId
from bot.ports import ModuleWalked, StepReached, Walks

_ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)

# A step may be entered twice in a Run: it is reached with the first time, and stopped in with the last. Many people take
# the same way, so ways are counted before they are taken apart.
_WALKED = """
WITH those AS MATERIALIZED (
  SELECT NOT EXISTS (SELECT FROM person q WHERE q.service_id = $1 AND NOT q.simulated) AS made_up),
run AS MATERIALIZED (
  SELECT r.line_id, r.module, r.language, r.steps, r.helped, r.ended IS NOT DISTINCT FROM 'finished' AS finished,
         coalesce(r.ended <> 'finished', r.at <= $3) AS stopped
    FROM module_run r JOIN person p ON p.service_id = r.service_id AND p.line_id = r.line_id
    JOIN those t ON p.simulated = t.made_up
   WHERE r.service_id = $1 AND r.began_at >= $2),
way AS (
  SELECT module, language, steps, stopped, count(*) AS runs FROM run GROUP BY module, language, steps, stopped),
step AS (
  SELECT w.module, w.language, z.step, coalesce(sum(w.runs) FILTER (WHERE z.n = 1), 0)::bigint AS began,
         sum(w.runs) FILTER (WHERE array_position(w.steps, z.step) = z.n)::bigint AS reached,
         coalesce(sum(w.runs) FILTER (WHERE w.stopped AND z.n = cardinality(w.steps)), 0)::bigint AS stopped,
         avg(z.n) AS n
    FROM way w, unnest(w.steps) WITH ORDINALITY z(step, n) GROUP BY w.module, w.language, z.step),
path AS (
  SELECT module, language, array_agg(step ORDER BY n, step) AS steps,
         array_agg(began ORDER BY n, step) AS began, array_agg(reached ORDER BY n, step) AS reached, array_agg(stopped ORDER BY n, step) AS stopped
    FROM step GROUP BY module, language),
whole AS (
  SELECT module, language, count(DISTINCT line_id) AS people, count(*) AS runs,
         count(*) FILTER (WHERE finished) AS finished, count(*) FILTER (WHERE helped = 'yes') AS yes,
         count(*) FILTER (WHERE helped = 'little') AS little, count(*) FILTER (WHERE helped = 'no') AS no
    FROM run GROUP BY module, language)
SELECT t.made_up, w.*, p.steps, p.began, p.reached, p.stopped
  FROM those t LEFT JOIN whole w ON true LEFT JOIN path p ON p.module = w.module AND p.language = w.language
 ORDER BY w.module, w.language
"""


class PostgresPaths:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def walked(self, service: ServiceId, *, since: datetime | None, still: datetime) -> Walks:
        rows = await self._db.fetch_raw(_WALKED, [service, since or _ALWAYS, still])
        found = tuple(_module(*row) for row in rows if row["module"] is not None)
        return Walks(found, made_up=rows[0]["made_up"])


def _module(_: bool, *row: Any) -> ModuleWalked:
    *whole, steps, began, reached, stopped = row
    by_step = zip(steps or (), began or (), reached or (), stopped or (), strict=True)
    return ModuleWalked(*[*whole, tuple(StepReached(*step) for step in by_step)])
