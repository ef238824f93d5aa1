"""Erasing: a patient's words, their key and their ways in go in one transaction with the turn that says so.

What becomes of each table's rows stands here once, so that a new table cannot be forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Delete, column, delete, func, select, table, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.audit import note_look
from bot.adapters.postgres.commit import statement_for
from bot.adapters.postgres.engine import Database
from bot.adapters.postgres.ways_in import forget_unused
from bot.core.canary import canary_of
from bot.core.values import LineId, ServiceId
from bot.ports import Entry, Moderated, Over, PostedIn

ERASED: Mapping[str, str] = {
    "word": "owner_id",
    "heard": "line_id",
    "invite": "patient_id",
    "reach": "line_id",
    "reminder_wish": "line_id",
}
"""Tables whose rows of a patient go at once, with the column that names them."""

EMPTIED: Mapping[str, str] = {
    "line": "the data key goes; the state is folded from the facts and says nothing of them",
    "person": "name, address, nation, conditions and the index of the address go",
    "login_hint": "the index of the address goes where nobody else of the service has it",
    "session": "ended; a hash of chance is left, by which open screens are called back",
    "outbox": "what was still promised is taken as done",
    "timer": "cleared by the turn itself",
}
"""Tables of which a row stays, without what could name anybody."""

PSEUDONYMOUS: Mapping[str, str] = {
    "journal": "line_id",
    "message": "line_id",
    "score": "line_id",
    "module_run": "line_id",
    "alert": "line_id",
    "evidence": "line_id",
    "screen_mark": "line_id",
    "reminder": "line_id",
    "reminder_sent": "line_id",
    "diary": "line_id",
}
"""Ids, numbers and times: they stay until the retention rule deletes the Line, with the column that names it."""

OTHERS: Mapping[str, str] = {
    "audit": "who looked stays: it names staff, and the record by its id",
    "delivery": "of letters to staff",
    "wrong_code": "of a service: how often somebody guessed",
    "schedule_late": "of a service: that its timers stood still",
    "notice": "of news to staff",
    "room": "of a group",
    "member": "of a group's own Line; the made-up name was a word and is gone",
    "post": "of a group's own Line; what was written was a word and is gone",
    "reaction": "of a group's own Line: that somebody pressed a button under a post",
    "moderation": "of a group's own Line: what hosts decided, with a reason's code",
    "host_note": "of a group's own Line: that a host wrote; what they wrote about a member was a word and is gone",
}
"""Tables whose rows are about somebody else as well, and stay with them."""

ENDED = ("declined", "not_accepted", "discharged", "transferred", "withdrawn", "died", "erased")
"""Whose years are counted, from the last that happened there. Who is invited or waits has had no care that could end."""
SWEEP_S = 3600.0
SWEPT = ("word", "heard", "invite", "line", "person", "login_hint")
_MAY_CHECKPOINT = """
SELECT EXISTS (SELECT FROM pg_roles r
                WHERE (r.rolname = current_user AND r.rolsuper)
                   OR (r.rolname = 'pg_checkpoint' AND pg_has_role(r.oid, 'USAGE')))
"""
_OVER = """
SELECT p.line_id, p.status, last.at, p.erased_at IS NOT NULL
  FROM person p CROSS JOIN LATERAL (
       SELECT j.at FROM journal j WHERE j.service_id = $1 AND j.line_id = p.line_id
        ORDER BY j.version DESC LIMIT 1) last
 WHERE p.service_id = $1 AND p.status = ANY($3::text[]) AND p.line_id <> $4 AND last.at < $2
   AND ($5::bool IS NULL OR (p.erased_at IS NOT NULL) = $5::bool)
 ORDER BY last.at, p.line_id LIMIT $6
"""
_MODERATED = """
SELECT each.line_id, each.whom, min(each.at)
  FROM (SELECT m.line_id, coalesce(m.member_id, q.author_id) AS whom, m.decided_at AS at
          FROM moderation m
          LEFT JOIN post q ON q.service_id = m.service_id AND q.line_id = m.line_id AND q.seq = m.seq
         WHERE m.service_id = $1 AND m.decided_at < $2 AND NOT EXISTS (
               SELECT FROM moderation o WHERE o.service_id = m.service_id AND o.line_id = m.line_id
                  AND o.of_case = m.case_n AND o.decided_at IS NULL)
        UNION ALL
        SELECT n.line_id, n.about_id, n.at
          FROM host_note n JOIN word w ON w.service_id = n.service_id AND w.owner_id = n.line_id AND w.word_id = n.word_id
         WHERE n.service_id = $1 AND n.at < $2) each
 GROUP BY 1, 2 ORDER BY 3, 1, 2 LIMIT $3
"""
_FORGET_DECIDED = """
DELETE FROM moderation m
 WHERE m.service_id = $1 AND m.decided_at < $2 AND m.line_id = $3
   AND coalesce(m.member_id, (SELECT q.author_id FROM post q
         WHERE q.service_id = m.service_id AND q.line_id = m.line_id AND q.seq = m.seq)) IS NOT DISTINCT FROM $4::uuid
   AND NOT EXISTS (SELECT FROM moderation o WHERE o.service_id = m.service_id AND o.line_id = m.line_id
                      AND o.of_case = m.case_n AND o.decided_at IS NULL)
"""
_P, _J, _Q, _B = s.person.c, s.journal.c, s.post.c, s.member.c
_N, _W = s.host_note.c, s.word.c


class PostgresErasures:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def erase(self, service: ServiceId, entry: Entry, who: str, at: datetime) -> bool:
        sql, args = statement_for(service, [entry])
        async with self._db.transaction() as c:
            if (await c.exec_driver_sql(sql, tuple(args))).first() is None:
                return False
            await _forget(c, service, entry.line, at)
            await note_look(c, service, entry.line, who, "record.erase", str(entry.line), at)
        return True

    async def posted_in(self, service: ServiceId, patient: LineId) -> Sequence[PostedIn]:
        first = (
            select(func.coalesce(func.min(_Q.seq), 0))
            .where(_Q.service_id == _B.service_id, _Q.line_id == _B.line_id, _Q.author_id == patient)
            .scalar_subquery()
        )
        rooms = select(_B.line_id, first).where(_B.service_id == service, _B.patient_id == patient)
        async with self._db.reading() as c:
            return [PostedIn(*row) for row in await c.execute(rooms.order_by(_B.line_id))]

    async def over(
        self, service: ServiceId, before: datetime, *, erased: bool | None = None, most: int = 100
    ) -> Sequence[Over]:
        values = [service, before, list(ENDED), canary_of(service), erased, most]
        return [Over(*row) for row in await self._db.fetch_raw(_OVER, values)]

    async def delete(self, service: ServiceId, line: LineId, before: datetime) -> bool:
        mine = (s.line.c.service_id == service, s.line.c.line_id == line, s.line.c.kind == "patient")
        since = select(_J.version).where(_J.service_id == service, _J.line_id == line, _J.at >= before)
        async with self._db.transaction() as c:
            if (await c.execute(select(s.line.c.version).where(*mine).with_for_update())).first() is None:
                return False
            if (await c.execute(since.limit(1))).first() is not None:
                return False
            await _forget(c, service, line, before)
            await c.execute(
                delete(s.session).where(s.session.c.service_id == service, s.session.c.subject_id == line)
            )
            for name in ("outbox", "timer", *PSEUDONYMOUS, "person", "line"):
                held = s.metadata.tables[name].c
                await c.execute(
                    delete(s.metadata.tables[name]).where(held.service_id == service, held.line_id == line)
                )
        return True

    async def moderated(
        self, service: ServiceId, before: datetime, *, most: int = 100
    ) -> Sequence[Moderated]:
        return [Moderated(*row) for row in await self._db.fetch_raw(_MODERATED, [service, before, most])]

    async def forget_moderated(self, service: ServiceId, over: Moderated, before: datetime) -> None:
        notes = _words_of_hosts(service).where(_N.line_id == over.room, _N.at < before)
        async with self._db.transaction() as c:
            await c.exec_driver_sql(_FORGET_DECIDED, (service, before, over.room, over.about))
            await c.execute(notes.where(_N.about_id.is_not_distinct_from(over.about)))

    async def sweep(self, *, whole: bool = False) -> None:
        how = "FULL" if whole else "TRUNCATE"
        async with self._db.reading() as c:
            raw: Any = (await c.get_raw_connection()).driver_connection
            await raw.execute("SET statement_timeout = 0", timeout=SWEEP_S)
            try:
                for name in SWEPT:
                    await raw.execute(f"VACUUM ({how}) {name}", timeout=SWEEP_S)
                if await raw.fetchval(_MAY_CHECKPOINT):
                    await raw.execute("CHECKPOINT", timeout=SWEEP_S)
            finally:
                await raw.execute("RESET statement_timeout", timeout=SWEEP_S)


def _words_of_hosts(service: ServiceId) -> Delete:
    """What hosts wrote: sealed under the key of the group, which stays."""
    words = (_W.service_id == service, _N.service_id == service)
    return delete(s.word).where(*words, _W.owner_id == _N.line_id, _W.word_id == _N.word_id)


async def _forget(c: AsyncConnection, service: ServiceId, patient: LineId, at: datetime) -> None:
    person = (_P.service_id == service, _P.line_id == patient)
    before = (await c.execute(select(_P.contact_index).where(*person).with_for_update())).scalar()
    for name, whose in ERASED.items():
        gone = table(name, column("service_id"), column(whose))
        await c.execute(delete(gone).where(gone.c.service_id == service, gone.c[whose] == patient))
    await c.execute(_words_of_hosts(service).where(_N.about_id == patient))
    gone_key = update(s.line).where(s.line.c.service_id == service, s.line.c.line_id == patient)
    await c.execute(gone_key.values(wrapped_key=None))
    await c.execute(update(s.person).where(*person).values(contact_index=None, proof_hash=None, erased_at=at))
    if before is not None:
        await forget_unused(c, service, before)
    sessions = (s.session.c.service_id == service, s.session.c.subject_id == patient)
    await c.execute(update(s.session).where(*sessions, s.session.c.ended_at.is_(None)).values(ended_at=at))
    promised = (s.outbox.c.service_id == service, s.outbox.c.line_id == patient)
    await c.execute(update(s.outbox).where(*promised, s.outbox.c.done_at.is_(None)).values(done_at=at))
