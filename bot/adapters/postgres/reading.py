"""What people read back. Words come sealed, each beside the row that points to it."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Row,
    Select,
    and_,
    exists,
    select,
)

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.audit import note_look_by, service_chain
from bot.adapters.postgres.engine import Database
from bot.adapters.postgres.histories import history_of
from bot.adapters.postgres.ledger import alerts_where
from bot.adapters.postgres.scope import seen_by, within
from bot.adapters.postgres.sealed import sealed_columns, sealed_of, word_of
from bot.adapters.postgres.together import Together
from bot.core.canary import canary_of
from bot.core.library import neat
from bot.core.state import ScoreKept
from bot.core.values import LineId, ServiceId, StaffId
from bot.ports import (
    Look,
    Looker,
    MessageSeen,
    MovedOn,
    PastScores,
    PatientSeen,
    PersonScores,
    PersonSeen,
    ScoreSeen,
)

_M, _P, _S, _L = (
    s.message.c,
    s.person.c,
    s.score.c,
    s.line.c,
)
_J = s.journal.c
_WORD = s.word.alias("word")


# -- conversations --------------------------------------------------------------------------


def _messages(service: ServiceId, patient: LineId) -> Select[*tuple[Any, ...]]:
    columns = (_M.seq, _M.who, _M.client_id, _M.step, _M.release_hash, _M.urgent, _M.at)
    return (
        select(*columns, *sealed_columns(_WORD))
        .select_from(s.message.outerjoin(_WORD, word_of(_WORD, _M, _M.line_id, _M.word_id)))
        .where(_M.service_id == service, _M.line_id == patient)
    )


def _message(row: Row[*tuple[Any, ...]]) -> MessageSeen:
    seq, who, client_id, step, release, urgent, at, *word = row
    return MessageSeen(seq, who, client_id, sealed_of(word), step, release, urgent, at)


# -- people -------------------------------------------------------------------------------------------


def _people(service: ServiceId) -> Select[*tuple[Any, ...]]:
    last_seen = (
        select(_M.at)
        .where(_M.service_id == _P.service_id, _M.line_id == _P.line_id, _M.who == "patient")
        .order_by(_M.seq.desc())
        .limit(1)
        .scalar_subquery()
    )
    columns = (
        _P.line_id,
        _P.status,
        _P.nation,
        _P.timezone,
        _P.language,
        _P.conditions,
        _P.owner_id,
        _P.clinician_id,
    )
    return (
        select(*columns, last_seen.label("last_seen"), *sealed_columns(_WORD))
        .select_from(s.person.outerjoin(_WORD, word_of(_WORD, _P, _P.line_id, _P.first_name_word_id)))
        .where(_P.service_id == service, _P.line_id != canary_of(service))
        .order_by(_P.line_id)
    )


def _person(row: Row[*tuple[Any, ...]]) -> PersonSeen:
    line, status, nation, timezone, language, conditions, owner, clinician, last_seen, *word = row
    return PersonSeen(
        line,
        status,
        nation,
        timezone,
        language,
        tuple(conditions),
        owner,
        sealed_of(word),
        last_seen,
        clinician,
    )


def _scores(service: ServiceId, patient: LineId) -> Select[*tuple[Any, ...]]:
    return (
        select(_S.measure, _S.measure_version, _S.total, _S.complete, _S["items"], _S.at)
        .where(_S.service_id == service, _S.line_id == patient)
        .order_by(_S.at, _S.score_id)
    )


def _score(row: Row[*tuple[Any, ...]]) -> ScoreSeen:
    measure, version, total, complete, items, at = row
    return ScoreSeen(measure, version, None if total is None else neat(total), complete, items, at)


# A post of long ago may have been hidden since: facts say from where on a room has to be read again. Of whoever left and took
# their posts along, or was erased, it is their first one. Of a room that we look at for the first time, a screen may have been
# shown what stood there just before.
_MOVED_ON = """
SELECT l.line_id, l.version, coalesce(
  CASE WHEN l.kind = 'group' THEN
    (SELECT min(CASE f->>'type' WHEN 'member_left' THEN
         (SELECT min(q.seq) FROM post q
           WHERE q.service_id = $1 AND q.line_id = l.line_id AND q.author_id = (f->>'patient')::uuid
             AND (f->>'took_posts' = 'true' OR EXISTS (SELECT FROM person p
                   WHERE p.service_id = $1 AND p.line_id = q.author_id AND p.erased_at IS NOT NULL)))
       ELSE (f->>'seq')::bigint END)
       FROM journal j, json_array_elements(j.facts) f
      WHERE j.service_id = $1 AND j.line_id = l.line_id AND j.version > coalesce(k.version, l.version - 20)
        AND f->>'type' IN
          ('post_placed', 'post_hidden', 'post_released', 'post_withdrawn', 'post_reacted', 'member_left')) END, l.seq)
  FROM unnest($2::uuid[], $3::bigint[]) k(line_id, version)
  JOIN line l ON l.service_id = $1 AND l.line_id = k.line_id AND l.version > coalesce(k.version, -1)
"""


class PostgresReading:
    def __init__(self, database: Database) -> None:
        self._db = database
        self._keys: Together[LineId, tuple[bytes, str]] = Together(self._wrapped)

    async def messages(
        self,
        service: ServiceId,
        patient: LineId,
        after: int,
        *,
        most: int = 200,
        since: datetime | None = None,
        by: Looker | None = None,
    ) -> Sequence[MessageSeen]:
        read = _messages(service, patient).where(_M.seq > after, *within(_M.line_id, service, by))
        if since is not None:
            read = read.where(_M.at >= since)
        rows = await self._rows(read.order_by(_M.seq).limit(most), service, by)
        return [_message(row) for row in rows]

    async def caseload(self, service: ServiceId, by: Looker) -> Sequence[PersonSeen]:
        """Whom they may open but those who were erased, in the order in which they were invited."""
        everybody = _people(service).where(_P.erased_at.is_(None), *within(_P.line_id, service, by))
        async with seen_by(self._db, service, by) as c:
            rows = (await c.execute(everybody)).all()
            await note_look_by(c, service, service_chain(service), by, what="caseload.list", about="all")
        return [_person(row) for row in rows]

    async def patient(
        self,
        service: ServiceId,
        patient: LineId,
        by: Looker,
        *,
        last_messages: int = 50,
        look: Look = "patient.open",
    ) -> PatientSeen | None:
        last = _messages(service, patient).order_by(_M.seq.desc()).limit(last_messages)
        this = _people(service).where(_P.line_id == patient, *within(_P.line_id, service, by))
        async with seen_by(self._db, service, by) as c:
            person = (await c.execute(this)).first()
            if person is None:
                return None
            scores = (await c.execute(_scores(service, patient))).all()
            alerts = await alerts_where(c, service, s.alert.c.line_id == patient)
            messages = (await c.execute(last)).all()
            history = await history_of(c, service, patient, by)
            await note_look_by(c, service, patient, by, what=look, about=str(patient))
        return PatientSeen(
            _person(person),
            tuple(_score(row) for row in scores),
            tuple(alerts),
            tuple(_message(row) for row in reversed(messages)),
            history,
        )

    async def people(
        self, service: ServiceId, lines: Sequence[LineId], by: Looker | None = None
    ) -> dict[LineId, PersonSeen]:
        if not lines:
            return {}
        these = _people(service).where(_P.line_id.in_(lines), *within(_P.line_id, service, by))
        rows = await self._rows(these, service, by)
        return {row.line_id: _person(row) for row in rows}

    async def began(
        self, service: ServiceId, lines: Sequence[LineId], by: Looker
    ) -> Mapping[LineId, datetime]:
        if not lines:
            return {}
        read = (
            select(_J.line_id, _J.at)
            .where(_J.service_id == service, _J.line_id.in_(lines), _J.version == 1)
            .where(*within(_J.line_id, service, by))
        )
        return {row.line_id: row.at for row in await self._rows(read, service, by)}

    async def totals(
        self, service: ServiceId, lines: Sequence[LineId], by: Looker | None = None
    ) -> Mapping[LineId, Mapping[str, tuple[ScoreKept, ...]]]:
        if not lines:
            return {}
        read = (
            select(_S.line_id, _S.measure, _S.total, _S.at)
            .where(_S.service_id == service, _S.line_id.in_(lines), _S.total.is_not(None))
            .where(*within(_S.line_id, service, by))
            .order_by(_S.at, _S.score_id)
        )
        found: dict[LineId, dict[str, tuple[ScoreKept, ...]]] = defaultdict(dict)
        for line, measure, total, at in await self._rows(read, service, by):
            found[line][measure] = (*found[line].get(measure, ()), ScoreKept(total=neat(total), at=at))
        return found

    async def histories(self, service: ServiceId, by: Looker) -> PastScores:
        others = exists().where(_P.service_id == service, _P.line_id != canary_of(service), ~_P.simulated)
        read = (
            select(_S.line_id, _P.owner_id, _S.measure, _S.total, _S.at)
            .join_from(s.person, s.score, and_(_P.service_id == _S.service_id, _P.line_id == _S.line_id))
            .where(_P.service_id == service, _P.erased_at.is_(None), _P.line_id != canary_of(service))
            .where(_S.total.is_not(None))
            .order_by(_S.line_id, _S.at, _S.score_id)
        )
        async with self._db.transaction() as c:
            real = bool((await c.execute(select(others))).scalar())
            rows = (await c.execute(read.where(_P.simulated != real))).all()
            await note_look_by(c, service, service_chain(service), by, what="scores.replay", about="all")
        totals: dict[tuple[LineId, StaffId | None], dict[str, list[ScoreKept]]] = defaultdict(dict)
        for line, owner, measure, total, at in rows:
            totals[line, owner].setdefault(measure, []).append(ScoreKept(total=neat(total), at=at))
        people = (
            PersonScores(owner, {name: tuple(scores) for name, scores in held.items()})
            for (_, owner), held in totals.items()
        )
        return PastScores(tuple(people), made_up=not real)

    async def keys(self, service: ServiceId, lines: Sequence[LineId]) -> dict[LineId, tuple[bytes, str]]:
        found = await asyncio.gather(*(self._keys.of(service, line) for line in lines))
        return {line: key for line, key in zip(lines, found, strict=True) if key is not None}

    async def _wrapped(self, service: ServiceId, lines: Sequence[LineId]) -> dict[LineId, tuple[bytes, str]]:
        sql = (
            "SELECT line_id, wrapped_key, key_id FROM line "
            "WHERE service_id = $1 AND line_id = ANY($2::uuid[]) AND wrapped_key IS NOT NULL"
        )
        rows = await self._db.fetch_raw(sql, [service, list(lines)])
        return {LineId(line): (key, key_id) for line, key, key_id in rows}

    async def moved_on(self, service: ServiceId, known: Mapping[LineId, int | None]) -> Sequence[MovedOn]:
        rows = await self._db.fetch_raw(_MOVED_ON, [service, list(known), list(known.values())])
        return [MovedOn(*row) for row in rows]

    async def _rows(
        self, read: Select[*tuple[Any, ...]], service: ServiceId | None = None, by: Looker | None = None
    ) -> Sequence[Row[*tuple[Any, ...]]]:
        """``by``: at the desk, under its role."""
        if service is None or by is None:
            async with self._db.reading() as c:
                return (await c.execute(read)).all()
        async with seen_by(self._db, service, by) as c:
            return (await c.execute(read)).all()
