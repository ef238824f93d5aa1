"""What staff say of the screen, and the numbers and samples that follow from it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, select, text, update
from sqlalchemy.dialects.postgresql import insert

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.audit import note_look_by
from bot.adapters.postgres.engine import Database
from bot.adapters.postgres.scope import LINES, seen_by, values_of, within
from bot.core.canary import canary_of
from bot.core.errors import Refused
from bot.core.values import LineId, ServiceId, StaffId
from bot.ports import Looker, Mark, MissedCount, Quality, RuleCount, Sampled, Sealed

_K, _M, _W = s.screen_mark.c, s.message.c, s.word.c
_MARK = (_K.line_id, _K.seq, _K.rule, _K.concern, _K.verdict, _K.by_id, _K.at)

# Simulated people count only where there are no others. The canary never does.
# A rule of the screen has no colon in its name; evidence of another kind has. Two kinds are failures of ours.
_HITS = """
WITH those AS MATERIALIZED (
  SELECT NOT EXISTS (SELECT FROM person q WHERE q.service_id = $1 AND NOT q.simulated) AS made_up),
hit AS (
  SELECT e.rule, count(*) AS hits, count(*) FILTER (WHERE k.verdict = 'right') AS fit,
         count(*) FILTER (WHERE k.verdict = 'false_alarm') AS false_alarms
    FROM evidence e JOIN person p ON p.service_id = e.service_id AND p.line_id = e.line_id
    JOIN those t ON p.simulated = t.made_up
    LEFT JOIN screen_mark k ON k.service_id = e.service_id AND k.line_id = e.line_id AND k.seq = e.seq AND k.rule = e.rule
   WHERE e.service_id = $1 AND e.at >= $2 AND e.line_id <> $3 AND e.seq IS NOT NULL
     AND position(':' in e.rule) = 0 AND e.rule NOT IN ('unscreened', 'turn_failed')
   GROUP BY e.rule)
SELECT t.made_up, h.* FROM those t LEFT JOIN hit h ON true ORDER BY h.hits DESC, h.rule
"""

_MISSED = """
WITH those AS MATERIALIZED (
  SELECT NOT EXISTS (SELECT FROM person q WHERE q.service_id = $1 AND NOT q.simulated) AS made_up)
SELECT k.concern, count(*) FROM screen_mark k
  JOIN person p ON p.service_id = k.service_id AND p.line_id = k.line_id JOIN those t ON p.simulated = t.made_up
 WHERE k.service_id = $1 AND k.at >= $2 AND k.verdict = 'missed' GROUP BY k.concern ORDER BY 2 DESC, 1
"""

# The lot is drawn by a hash of ids and day, so everybody who looks sees the same messages. What the net has not read
# (a typed answer to a question, or it was absent) comes last.
_SAMPLE = f"""
WITH those AS MATERIALIZED (
  SELECT NOT EXISTS (SELECT FROM person q WHERE q.service_id = :service AND NOT q.simulated) AS made_up),
said AS (
  SELECT j.line_id, (f->>'seq')::bigint AS seq, (f->>'worry')::float8 AS worry, j.at,
         (j.at AT TIME ZONE :timezone)::date AS day
    FROM journal j JOIN person p ON p.service_id = j.service_id AND p.line_id = j.line_id
    JOIN those t ON p.simulated = t.made_up, json_array_elements(j.facts) f
   WHERE j.service_id = :service AND j.at >= :since AND j.at < :until AND j.line_id <> :canary
     AND j.line_id IN ({LINES})
     AND f->>'type' = 'message_heard' AND f->>'how' = 'text'
     AND NOT EXISTS (SELECT FROM evidence e WHERE e.service_id = j.service_id AND e.line_id = j.line_id
                        AND e.seq = (f->>'seq')::bigint AND e.rule NOT LIKE 'staff%')),
drawn AS (SELECT s.*, md5(concat(s.line_id, s.seq, s.day)) AS lot FROM said s),
ranked AS (
  SELECT d.*, d.worry IS NOT NULL
              AND row_number() OVER (PARTITION BY d.day ORDER BY d.worry DESC NULLS LAST, d.lot) <= :near AS near
    FROM drawn d),
chosen AS (
  SELECT r.*, row_number() OVER (PARTITION BY r.day ORDER BY r.near DESC, r.worry IS NULL, r.lot) AS n FROM ranked r)
SELECT c.day, c.line_id, c.seq, c.at, c.worry, c.near, k.verdict, k.by_id,
       w.word_id, w.owner_id, w.kind, w.key_id, w.body
  FROM chosen c
  LEFT JOIN screen_mark k ON k.service_id = :service AND k.line_id = c.line_id AND k.seq = c.seq AND k.rule = ''
  LEFT JOIN message m ON m.service_id = :service AND m.line_id = c.line_id AND m.seq = c.seq
  LEFT JOIN word w ON w.service_id = m.service_id AND w.owner_id = m.line_id AND w.word_id = m.word_id
 WHERE c.n <= :most
 ORDER BY c.day DESC, c.near DESC, c.worry DESC NULLS LAST, c.lot
"""


class PostgresMarks:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def put(self, service: ServiceId, mark: Mark, by: Looker) -> None:
        new = insert(s.screen_mark).values(
            service_id=service,
            line_id=mark.line,
            seq=mark.seq,
            rule=mark.rule,
            concern=mark.concern,
            verdict=mark.verdict,
            by_id=mark.by,
            at=mark.at,
        )
        changed = new.on_conflict_do_update(
            index_elements=["service_id", "line_id", "seq", "rule"],
            set_={
                "concern": new.excluded.concern,
                "verdict": new.excluded.verdict,
                "at": new.excluded.at,
                "taken_by": None,
                "taken_at": None,
            },
            where=_K.by_id == new.excluded.by_id,
        ).returning(_K.seq)
        about = f"{mark.seq} {mark.rule or '-'} {mark.verdict} {mark.concern}"
        async with seen_by(self._db, service, by) as c:
            if (await c.execute(changed)).first() is None:
                raise Refused("marked_by_another")
            await note_look_by(c, service, mark.line, by, what="screen.mark", about=about)

    async def take_back(self, service: ServiceId, line: LineId, seq: int, rule: str, by: Looker) -> None:
        mine = delete(s.screen_mark).where(_this(service, line, seq, rule), _K.by_id == by.who)
        async with seen_by(self._db, service, by) as c:
            if (await c.execute(mine.returning(_K.seq))).first() is None:
                raise Refused("marked_by_another")
            await note_look_by(c, service, line, by, what="screen.unmark", about=f"{seq} {rule or '-'}")

    async def of_line(self, service: ServiceId, line: LineId, by: Looker | None = None) -> Sequence[Mark]:
        mine = (_K.service_id == service, _K.line_id == line, *within(_K.line_id, service, by))
        async with seen_by(self._db, service, by) as c:
            return [Mark(*row) for row in await c.execute(_marked(*mine))]

    async def quality(self, service: ServiceId, since: datetime) -> Quality:
        hits = await self._db.fetch_raw(_HITS, [service, since, canary_of(service)])
        missed = await self._db.fetch_raw(_MISSED, [service, since])
        return Quality(
            tuple(RuleCount(*row[1:]) for row in map(tuple, hits) if row[1] is not None),
            tuple(MissedCount(*row) for row in map(tuple, missed)),
            made_up=hits[0]["made_up"],
        )

    async def sample(
        self,
        service: ServiceId,
        since: datetime,
        until: datetime,
        timezone: str,
        most: int,
        by: Looker,
    ) -> Sequence[Sampled]:
        values: dict[str, Any] = {
            **values_of(service, by.who, by.at),
            "since": since,
            "until": until,
            "timezone": timezone,
            "canary": canary_of(service),
            "most": most,
            "near": most - most // 3,
        }
        async with seen_by(self._db, service, by) as c:
            rows = (await c.execute(text(_SAMPLE), values)).all()
            # In the same order for everybody, since each chain's last row is waited for.
            for line, seq in sorted({(row.line_id, row.seq) for row in rows}, key=str):
                await note_look_by(c, service, LineId(line), by, what="sample.open", about=str(seq))
        return [_sampled(*row) for row in rows]

    async def waiting(self, service: ServiceId) -> Sequence[Mark]:
        wanted = _K.verdict.in_(("missed", "false_alarm"))
        return await self._marks(_K.service_id == service, wanted, _K.taken_at.is_(None))

    async def message(self, service: ServiceId, mark: Mark, by: Looker) -> Sealed | None:
        of_message = and_(_W.service_id == _M.service_id, _W.owner_id == _M.line_id, _W.word_id == _M.word_id)
        read = (
            select(_W.word_id, _W.owner_id, _W.kind, _W.key_id, _W.body)
            .select_from(s.message.join(s.word, of_message))
            .where(
                _M.service_id == service,
                _M.line_id == mark.line,
                _M.seq == mark.seq,
                _M.who == "patient",
            )
        )
        async with self._db.transaction() as c:
            row = (await c.execute(read)).first()
            await note_look_by(c, service, mark.line, by, what="mark.open", about=str(mark.seq))
        return Sealed(*row) if row else None

    async def take_up(self, service: ServiceId, mark: Mark, by: StaffId, at: datetime) -> None:
        this = _this(service, mark.line, mark.seq, mark.rule)
        async with self._db.reading() as c:
            await c.execute(update(s.screen_mark).where(this).values(taken_by=by, taken_at=at))

    async def _marks(self, *which: ColumnElement[bool]) -> Sequence[Mark]:
        async with self._db.reading() as c:
            return [Mark(*row) for row in await c.execute(_marked(*which))]


def _marked(*which: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    return select(*_MARK).where(*which).order_by(_K.at, _K.line_id, _K.seq, _K.rule)


def _this(service: ServiceId, line: LineId, seq: int, rule: str) -> ColumnElement[bool]:
    return and_(_K.service_id == service, _K.line_id == line, _K.seq == seq, _K.rule == rule)


def _sampled(
    day: Any, line: Any, seq: int, at: Any, worry: Any, near: bool, verdict: Any, by: Any, *word: Any
) -> Sampled:
    sealed = Sealed(*word) if word[0] is not None else None
    return Sampled(day, LineId(line), seq, at, worry, near, sealed, verdict, by)
