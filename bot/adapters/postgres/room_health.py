"""How groups do, counted where the rows are."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bot.adapters.postgres.engine import Database
from bot.core.values import LineId, ServiceId
from bot.ports import CaseRecorded, Counted, Load, Middle, RoomLoad, Week

# What a host did without having been asked was never waiting.
_LOAD = """
SELECT r.line_id, coalesce(w.waiting, 0) AS waiting, w.oldest, coalesce(p.lately, 0) AS lately,
       (SELECT count(*) FROM timer t WHERE t.service_id = $1 AND t.line_id = r.line_id AND t.kind = 'host'
           AND t.due_at > $2::timestamptz) AS hosts
  FROM room r
  LEFT JOIN (SELECT m.line_id, count(*) AS waiting, min(m.opened_at) AS oldest FROM moderation m
              WHERE m.service_id = $1 AND m.decided_at IS NULL GROUP BY m.line_id) w ON w.line_id = r.line_id
  LEFT JOIN (SELECT q.line_id, count(*) AS lately FROM post q
              WHERE q.service_id = $1 AND q.author_id IS NOT NULL AND q.at > $2::timestamptz - interval '1 hour'
              GROUP BY q.line_id) p ON p.line_id = r.line_id
 WHERE r.service_id = $1 ORDER BY r.group_key, r.n
"""
_DECIDED = """
SELECT count(*) AS decided,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY m.decided_at - m.opened_at) AS median
  FROM moderation m WHERE m.service_id = $1 AND m.decided_at >= $2 AND m.kind <> 'decided'
"""

# $2: the weeks' beginnings, $3: now, $4: a room or none, which stands for all of them. Members at the end of a week are
# counted back from now. An answer is a reply of somebody else, or a post that names the author, within a day.
_WEEKS = """
WITH week AS (
  SELECT b AS began, lead(b, 1, $3::timestamptz + interval '1 second') OVER (ORDER BY b) AS until FROM unnest($2::timestamptz[]) b),
told AS MATERIALIZED (
  SELECT j.at, t.fact->>'type' AS type
    FROM room r JOIN journal j ON j.service_id = $1 AND j.line_id = r.line_id, json_array_elements(j.facts) t(fact)
   WHERE r.service_id = $1 AND ($4::uuid IS NULL OR r.line_id = $4) AND j.at >= ($2::timestamptz[])[1]
     AND (j.facts::text LIKE '%"member_joined"%' OR j.facts::text LIKE '%"member_left"%')
     AND (t.fact->>'type' = 'member_joined' OR (t.fact->>'type' = 'member_left' AND t.fact->>'moved' IS DISTINCT FROM 'true'))),
here AS (
  SELECT count(*) AS members FROM member b
   WHERE b.service_id = $1 AND b.status = 'member' AND ($4::uuid IS NULL OR b.line_id = $4)),
said AS MATERIALIZED (
  SELECT q.line_id, q.seq, q.author_id, q.staff_id, q.shown_at, q.reply_to,
         (SELECT min(a.shown_at) FROM post a
           WHERE a.service_id = $1 AND a.line_id = q.line_id AND a.status = 'shown'
             AND coalesce(a.author_id, a.staff_id) <> q.author_id
             AND a.shown_at >= q.shown_at AND (a.reply_to = q.seq OR q.author_id = ANY(a.mentions))) AS answered
    FROM post q
   WHERE q.service_id = $1 AND ($4::uuid IS NULL OR q.line_id = $4) AND q.kind = 'post' AND (q.author_id IS NOT NULL OR q.staff_id IS NOT NULL)
     AND q.shown_at >= ($2::timestamptz[])[1]),
asked AS MATERIALIZED (
  SELECT m.kind, m.decision, m.opened_at, m.decided_at, coalesce(m.member_id, q.author_id) AS who
    FROM moderation m LEFT JOIN post q ON q.service_id = $1 AND q.line_id = m.line_id AND q.seq = m.seq
   WHERE m.service_id = $1 AND ($4::uuid IS NULL OR m.line_id = $4)
     AND (m.opened_at >= ($2::timestamptz[])[1] OR m.decided_at >= ($2::timestamptz[])[1]))
SELECT w.began, h.members - coalesce(t.joined_later, 0) + coalesce(t.left_later, 0) AS members,
       coalesce(t.joined, 0) AS joined, coalesce(t.left, 0) AS left,
       s.posts, s.writers, s.host_posts, s.unanswered, s.unanswered_by, s.first_answer, s.answered_to,
       a.held, a.held_of, a.shown, a.shown_of, a.hidden, a.hidden_of, a.reports, a.reports_of, a.median, a.decided_of
  FROM week w CROSS JOIN here h
  CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE x.type = 'member_joined' AND x.at >= w.began AND x.at < w.until) AS joined,
           count(*) FILTER (WHERE x.type = 'member_left' AND x.at >= w.began AND x.at < w.until) AS left,
           count(*) FILTER (WHERE x.type = 'member_joined' AND x.at >= w.until) AS joined_later,
           count(*) FILTER (WHERE x.type = 'member_left' AND x.at >= w.until) AS left_later
      FROM told x) t
  CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE y.author_id IS NOT NULL) AS posts,
           count(DISTINCT y.author_id) AS writers,
           count(*) FILTER (WHERE y.staff_id IS NOT NULL) AS host_posts,
           count(*) FILTER (WHERE y.open) AS unanswered,
           count(DISTINCT y.author_id) FILTER (WHERE y.open) AS unanswered_by,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY y.answered - y.shown_at)
             FILTER (WHERE y.author_id IS NOT NULL AND y.reply_to IS NULL AND y.answered IS NOT NULL) AS first_answer,
           count(DISTINCT y.author_id) FILTER (WHERE y.reply_to IS NULL AND y.answered IS NOT NULL) AS answered_to
      FROM (SELECT z.*, z.author_id IS NOT NULL AND z.reply_to IS NULL AND z.shown_at < $3::timestamptz - interval '24 hours'
                        AND (z.answered IS NULL OR z.answered > z.shown_at + interval '24 hours') AS open
              FROM said z WHERE z.shown_at >= w.began AND z.shown_at < w.until) y) s
  CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE d.opened AND d.kind = 'held') AS held,
           count(DISTINCT d.who) FILTER (WHERE d.opened AND d.kind = 'held') AS held_of,
           count(*) FILTER (WHERE d.decided AND d.decision = 'show') AS shown,
           count(DISTINCT d.who) FILTER (WHERE d.decided AND d.decision = 'show') AS shown_of,
           count(*) FILTER (WHERE d.decided AND d.decision = 'hide') AS hidden,
           count(DISTINCT d.who) FILTER (WHERE d.decided AND d.decision = 'hide') AS hidden_of,
           count(*) FILTER (WHERE d.opened AND d.kind = 'reported') AS reports,
           count(DISTINCT d.who) FILTER (WHERE d.opened AND d.kind = 'reported') AS reports_of,
           percentile_cont(0.5) WITHIN GROUP (ORDER BY d.decided_at - d.opened_at)
             FILTER (WHERE d.decided AND d.kind <> 'decided') AS median,
           count(DISTINCT d.who) FILTER (WHERE d.decided AND d.kind <> 'decided') AS decided_of
      FROM (SELECT e.*, e.opened_at >= w.began AND e.opened_at < w.until AS opened,
                   coalesce(e.decided_at >= w.began AND e.decided_at < w.until, false) AS decided FROM asked e) d) a
 ORDER BY w.began
"""
_MADE_UP = """
SELECT EXISTS (SELECT FROM person p WHERE p.service_id = $1)
   AND NOT EXISTS (SELECT FROM person q WHERE q.service_id = $1 AND NOT q.simulated) AS made_up
"""
_RECORD = """
SELECT m.line_id, m.case_n, m.kind, m.why, m.seq, coalesce(m.member_id, q.author_id), m.of_case, m.opened_at,
       m.decision, m.reason, m.decided_by, m.decided_at
  FROM moderation m LEFT JOIN post q ON q.service_id = $1 AND q.line_id = m.line_id AND q.seq = m.seq
 WHERE m.service_id = $1 ORDER BY m.opened_at, m.line_id, m.case_n
"""


class PostgresRoomHealth:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def load(self, service: ServiceId, *, now: datetime, since: datetime) -> Load:
        rooms = await self._db.fetch_raw(_LOAD, [service, now])
        ((decided, median),) = await self._db.fetch_raw(_DECIDED, [service, since])
        return Load(tuple(RoomLoad(*row) for row in rooms), median, decided)

    async def weeks(
        self, service: ServiceId, begins: Sequence[datetime], now: datetime, room: LineId | None
    ) -> Sequence[Week]:
        rows = await self._db.fetch_raw(_WEEKS, [service, list(begins), now, room])
        return [_week(*row) for row in rows]

    async def made_up(self, service: ServiceId) -> bool:
        return bool((await self._db.fetch_raw(_MADE_UP, [service]))[0][0])

    async def record(self, service: ServiceId) -> Sequence[CaseRecorded]:
        return [CaseRecorded(*row) for row in await self._db.fetch_raw(_RECORD, [service])]


def _week(began: datetime, members: int, joined: int, left: int, *more: Any) -> Week:
    posts, writers, host_posts, unanswered, unanswered_by, first_answer, answered_to, *asked = more
    held, held_of, shown, shown_of, hidden, hidden_of, reports, reports_of, median, decided_of = asked
    return Week(
        began=began,
        members=members,
        joined=joined,
        left=left,
        posts=Counted(posts, writers),
        host_posts=host_posts,
        unanswered=Counted(unanswered, unanswered_by),
        first_answer=Middle(first_answer, answered_to),
        held=Counted(held, held_of),
        shown=Counted(shown, shown_of),
        hidden=Counted(hidden, hidden_of),
        reports=Counted(reports, reports_of),
        decided_in=Middle(median, decided_of),
    )
