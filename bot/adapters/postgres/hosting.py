"""What the pages of hosts read besides the queue and the room."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, and_, select, tuple_

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.audit import note_look_by
from bot.adapters.postgres.engine import Database
from bot.adapters.postgres.peers import (
    case_of,
    cases_where,
    post_of,
    posts_where,
)
from bot.adapters.postgres.scope import seen_by, within
from bot.adapters.postgres.sealed import sealed_columns, sealed_of, word_of
from bot.core.room import handle_of
from bot.core.values import LineId, ServiceId, WordId
from bot.ports import CaseSeen, HandedOver, Looker, MemberSeen, PostSeen, Sealed
from bot.ports.hosting import Of, Who

_Q, _B, _D, _N, _R = s.post.c, s.member.c, s.moderation.c, s.host_note.c, s.room.c
_WORD = s.word.alias("word")


class PostgresHosting:
    def __init__(self, database: Database) -> None:
        self._db = database

    async def around(
        self, service: ServiceId, posts: Collection[Of], by: Looker, *, before: int
    ) -> Mapping[Of, PostSeen]:
        wanted = sorted({(room, seq - n) for room, seq in posts for n in range(before + 1)}, key=str)
        these = tuple_(_Q.line_id, _Q.seq).in_(wanted)
        read = posts_where(service, these, *within(_Q.line_id, service, by)).add_columns(_Q.line_id)
        found = {}
        for *row, room in await self._rows(service, read, by, wanted):
            post = post_of(row)
            found[(LineId(room), post.seq)] = post
        return found

    async def names(self, service: ServiceId, members: Collection[Who], by: Looker) -> Mapping[Who, Sealed]:
        of_member = word_of(_WORD, _B, _B.patient_id, _B.pseudonym_word_id)
        read = (
            select(_B.line_id, _B.patient_id, *sealed_columns(_WORD))
            .select_from(s.member.join(_WORD, of_member))
            .where(_B.service_id == service, tuple_(_B.line_id, _B.patient_id).in_(list(members)))
            .where(*within(_B.line_id, service, by))
        )
        rows = await self._rows(service, read, by, members)
        return {(LineId(room), LineId(patient)): Sealed(*word) for room, patient, *word in rows}

    async def cases(self, service: ServiceId, wanted: Collection[Of], by: Looker) -> Mapping[Of, CaseSeen]:
        these = tuple_(_D.line_id, _D.case_n).in_(list(wanted))
        read = cases_where(service).where(these, *within(_D.line_id, service, by))
        cases = [case_of(row) for row in await self._rows(service, read, by, wanted)]
        return {(case.room, case.case): case for case in cases}

    async def members(
        self, service: ServiceId, room: LineId, by: Looker, *, handle: UUID | None = None
    ) -> Sequence[MemberSeen] | None:
        there = select(_R.line_id).where(
            _R.service_id == service, _R.line_id == room, *within(_R.line_id, service, by)
        )
        of_member = word_of(_WORD, _B, _B.patient_id, _B.pseudonym_word_id)
        read = (
            select(
                *(_B.patient_id, _B.status, _B.posts, _B.since, _B.paused),
                *sealed_columns(_WORD),
            )
            .select_from(s.member.outerjoin(_WORD, of_member))
            .where(_B.service_id == service, _B.line_id == room, *within(_B.line_id, service, by))
            .order_by(_B.since, _B.patient_id)
        )
        async with seen_by(self._db, service, by) as c:
            if (await c.execute(there)).first() is None:
                return None
            found = [_member(row) for row in await c.execute(read)]
            if handle is not None:
                found = [member for member in found if handle_of(room, member.patient) == handle]
                if not found:
                    return None
            what, about = ("room.members", room) if handle is None else ("room.member", handle)
            await note_look_by(c, service, room, by, what=what, about=str(about))
        return found

    async def posts_of(
        self, service: ServiceId, room: LineId, author: LineId, by: Looker, *, most: int
    ) -> Sequence[PostSeen]:
        theirs = and_(_Q.line_id == room, _Q.author_id == author)
        read = posts_where(service, theirs, *within(_Q.line_id, service, by)).order_by(_Q.seq.desc())
        return [post_of(row) for row in await self._rows(service, read.limit(most), by)]

    async def handed(self, service: ServiceId, since: datetime, by: Looker) -> Sequence[HandedOver]:
        read = (
            select(_N.line_id, _N.staff_id, _N.at, *sealed_columns(_WORD))
            .select_from(s.host_note.outerjoin(_WORD, word_of(_WORD, _N, _N.line_id, _N.word_id)))
            .where(_N.service_id == service, _N.to_id == by.who, _N.at >= since)
            .where(*within(_N.line_id, service, by))
            .order_by(_N.at.desc())
        )
        rows = await self._rows(service, read, by)
        return [HandedOver(room, staff, at, sealed_of(word)) for room, staff, at, *word in rows]

    async def rooms_of_words(
        self, service: ServiceId, words: Collection[WordId], by: Looker
    ) -> Mapping[WordId, LineId]:
        wanted = list(words)
        found: dict[WordId, LineId] = {}
        for table in (_Q, _D):
            read = select(table.word_id, table.line_id).where(
                *(table.service_id == service, table.word_id.in_(wanted)),
                *within(table.line_id, service, by),
            )
            rows = await self._rows(service, read, by, wanted)
            found |= {WordId(word): LineId(room) for word, room in rows}
        return found

    async def _rows(
        self, service: ServiceId, read: Any, by: Looker, wanted: Collection[object] = ("all",)
    ) -> Sequence[Row[*tuple[Any, ...]]]:
        """Nothing where nothing is wanted."""
        if not wanted:
            return ()
        async with seen_by(self._db, service, by) as c:
            rows: Sequence[Row[*tuple[Any, ...]]] = (await c.execute(read)).all()
        return rows


def _member(row: Row[*tuple[Any, ...]]) -> MemberSeen:
    patient, status, posts, since, paused, *word = row
    return MemberSeen(LineId(patient), status, sealed_of(word), posts, since, paused)
