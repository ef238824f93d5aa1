"""Numbers of those who agreed to be counted, by one statement and one look."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import ARRAY, Text, bindparam, text

from bot.adapters.postgres.audit import note_look_by, service_chain
from bot.adapters.postgres.engine import Database
from bot.core import facts as f
from bot.core.canary import canary_of
from bot.core.library import neat
from bot.core.participation import Counted, Stay
from bot.core.state import ScoreKept
from bot.core.values import ServiceId, tag_of
from bot.ports import Agreed, Looker

CONSENT = "evaluation"
# As they are written: the type comes first. Reading the text is many times faster than taking each fact apart.
_WRITTEN = [f'{{"type":"{tag_of(kind)}"%' for kind in (f.MemberJoined, f.MemberLeft, f.PostReacted)]

# A member's row says when they first asked, and a reaction's is gone when it was taken back: so these come from the
# rooms' own facts. A post that others saw has been seen, whatever became of it later.
_AGREED = text("""
WITH those AS MATERIALIZED (
  SELECT NOT EXISTS (SELECT FROM person q
                      WHERE q.service_id = :service AND NOT q.simulated AND q.line_id <> :canary) AS made_up),
who AS MATERIALIZED (
  SELECT p.line_id
    FROM person p JOIN those t ON p.simulated = t.made_up
    JOIN line l ON l.service_id = p.service_id AND l.line_id = p.line_id
   WHERE p.service_id = :service AND p.line_id <> :canary AND p.erased_at IS NULL
     AND l.state->'profile'->'consents'->>:consent = 'true'
     AND l.state->'profile'->'answered'->>:consent = :words),
happened AS MATERIALIZED (
  SELECT j.line_id AS room, j.version, e.n, j.at, e.fact->>'type' AS type,
         CAST(coalesce(e.fact->>'patient', e.fact->>'by') AS uuid) AS patient, e.fact->>'on' AS on_
    FROM line r JOIN journal j ON j.service_id = r.service_id AND j.line_id = r.line_id,
         json_array_elements(j.facts) WITH ORDINALITY e(fact, n)
   WHERE r.service_id = :service AND r.kind = 'group' AND e.fact::text LIKE ANY(:written)),
stay AS (
  SELECT patient, type, at, lead(at) OVER (PARTITION BY patient, room ORDER BY version, n) AS until
    FROM happened WHERE type IN (:joined, :left)),
stays AS (
  SELECT patient, array_agg(at ORDER BY at) AS joined, array_agg(until ORDER BY at) AS until
    FROM stay WHERE type = :joined GROUP BY patient),
reacted AS (
  SELECT patient, array_agg(at ORDER BY at) AS at FROM happened WHERE type = :reacted AND on_ = 'true' GROUP BY patient),
seen AS (
  SELECT o.author_id, o.reply_to IS NOT NULL AS answers,
         coalesce(o.shown_at, CASE WHEN o.status = 'shown' THEN o.at END) AS at
    FROM post o WHERE o.service_id = :service AND o.author_id IS NOT NULL),
posted AS (
  SELECT author_id, array_agg(at ORDER BY at) AS at, array_agg(at ORDER BY at) FILTER (WHERE answers) AS answers
    FROM seen WHERE at IS NOT NULL GROUP BY author_id),
opened AS (
  SELECT m.patient_id, max(m.read_at) AS at FROM member m WHERE m.service_id = :service GROUP BY m.patient_id),
scored AS (
  SELECT s.line_id, array_agg(s.measure ORDER BY s.at, s.score_id) AS measure,
         array_agg(s.total ORDER BY s.at, s.score_id) AS total, array_agg(s.at ORDER BY s.at, s.score_id) AS at
    FROM score s WHERE s.service_id = :service AND s.total IS NOT NULL AND s.measure = ANY(:measures) GROUP BY s.line_id)
SELECT t.made_up, w.line_id IS NOT NULL AS counts, scored.measure, scored.total, scored.at, stays.joined, stays.until,
       posted.at, posted.answers, reacted.at, opened.at
  FROM those t LEFT JOIN who w ON true
  LEFT JOIN scored ON scored.line_id = w.line_id
  LEFT JOIN stays ON stays.patient = w.line_id
  LEFT JOIN posted ON posted.author_id = w.line_id
  LEFT JOIN reacted ON reacted.patient = w.line_id
  LEFT JOIN opened ON opened.patient_id = w.line_id
""").bindparams(
    bindparam("consent", CONSENT, Text),
    bindparam("written", _WRITTEN, ARRAY(Text)),
    bindparam("joined", tag_of(f.MemberJoined), Text),
    bindparam("left", tag_of(f.MemberLeft), Text),
    bindparam("reacted", tag_of(f.PostReacted), Text),
    bindparam("measures", type_=ARRAY(Text)),
    bindparam("words", type_=Text()),
)


class PostgresEvaluation:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def agreed(self, service: ServiceId, words: str, measures: Collection[str], by: Looker) -> Agreed:
        values = {
            "service": service,
            "canary": canary_of(service),
            "words": words,
            "measures": sorted(measures),
        }
        async with self._db.transaction() as c:
            rows = (await c.execute(_AGREED, values)).all()
            await note_look_by(c, service, service_chain(service), by, what="evaluation.groups", about="all")
        return Agreed(tuple(_counted(*row) for _, counts, *row in rows if counts), made_up=rows[0][0])


def _counted(
    measures: Any,
    totals: Any,
    at: Any,
    joined: Any,
    left: Any,
    posts: Any,
    answers: Any,
    reactions: Any,
    read: Any,
) -> Counted:
    scores: dict[str, list[ScoreKept]] = defaultdict(list)
    for measure, total, when in zip(measures or (), totals or (), at or (), strict=True):
        scores[measure].append(ScoreKept(total=neat(total), at=when))
    return Counted(
        {measure: tuple(kept) for measure, kept in scores.items()},
        tuple(Stay(*stay) for stay in zip(joined or (), left or (), strict=True)),
        tuple(posts or ()),
        tuple(answers or ()),
        tuple(reactions or ()),
        read,
    )
