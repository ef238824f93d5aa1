"""What is read of peer groups. A member's words belong to their own Line, a host's to the room's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    FromClause,
    Row,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    update,
)

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.audit import note_look_by, service_chain
from bot.adapters.postgres.engine import Database
from bot.adapters.postgres.fixed import Fixed
from bot.adapters.postgres.ledger import alerts_where
from bot.adapters.postgres.scope import seen_by, within
from bot.adapters.postgres.sealed import sealed_columns, sealed_of, word_of
from bot.adapters.postgres.together import Together
from bot.core.room import presence
from bot.core.values import LineId, ServiceId
from bot.ports import (
    CaseSeen,
    Looker,
    Missed,
    NoteSeen,
    PostSeen,
    RoomOpened,
    RoomSeen,
)

_Q, _L, _B, _R, _X, _D, _N, _T = (
    s.post.c,
    s.line.c,
    s.member.c,
    s.room.c,
    s.reaction.c,
    s.moderation.c,
    s.host_note.c,
    s.timer.c,
)
_WORD = s.word.alias("word")
_PSEUDONYM = s.word.alias("pseudonym")
_MINE = s.post.alias("mine")


def _pressed() -> Any:
    """Of a post: ``kind:who`` for each that was pressed, alike by whichever driver it is read."""
    pressed = func.array_agg(_X.kind.concat(":").concat(cast(_X.patient_id, Text)))
    return (
        select(pressed)
        .where(_X.service_id == _Q.service_id, _X.line_id == _Q.line_id, _X.seq == _Q.seq)
        .correlate(s.post)
        .scalar_subquery()
    )


def _by_kind(pressed: Sequence[str]) -> dict[str, frozenset[LineId]]:
    kinds: dict[str, set[LineId]] = defaultdict(set)
    for one in pressed:
        kind, _, who = one.partition(":")
        kinds[kind].add(LineId(UUID(who)))
    return {kind: frozenset(who) for kind, who in kinds.items()}


def posts_where(service: Any, *which: Any) -> Select[*tuple[Any, ...]]:
    """Posts with their words and their authors' pseudonyms, sealed."""
    owner = func.coalesce(_Q.author_id, _Q.line_id)
    as_member = and_(_B.service_id == _Q.service_id, _B.line_id == _Q.line_id, _B.patient_id == _Q.author_id)
    tables: FromClause = (
        s.post.outerjoin(_WORD, word_of(_WORD, _Q, owner, _Q.word_id))
        .outerjoin(s.member, as_member)
        .outerjoin(_PSEUDONYM, word_of(_PSEUDONYM, _B, _B.patient_id, _B.pseudonym_word_id))
    )
    columns = (
        *(_Q.seq, _Q.post_id, _Q.author_id, _Q.staff_id, _Q.status, _Q.reply_to, _Q.at, _Q.shown_at),
        *(_Q.why, _Q.distress, _Q.warning, _Q.mentions, _Q.kind, _Q.about, _pressed()),
    )
    return (
        select(*columns, *sealed_columns(_WORD), *sealed_columns(_PSEUDONYM))
        .select_from(tables)
        .where(_Q.service_id == service, *which)
    )


def post_of(row: Iterable[Any]) -> PostSeen:
    seq, post, author, staff, status, reply_to, at, shown_at, *more = row
    why, distress, warning, mentions, kind, about, pressed, *words = more
    return PostSeen(
        *(seq, post, author, staff, sealed_of(words[:5]), sealed_of(words[5:]), status, reply_to, at),
        *(shown_at, why, distress, warning, tuple(mentions or ()), kind, about, _by_kind(pressed or ())),
    )


_POSTS_AFTER = Fixed(
    posts_where(bindparam("service"), _Q.line_id == bindparam("room"))
    .where(_Q.seq > bindparam("after"))
    .order_by(_Q.seq)
    .limit(bindparam("most"))
)

_ROOM_LINE = and_(_L.service_id == _R.service_id, _L.line_id == _R.line_id)
_MEMBER_ROOM = and_(_R.service_id == _B.service_id, _R.line_id == _B.line_id)


def _host_until() -> Any:
    """Of a room in which a host was heard of and from which none has gone: when the last of them will have been quiet for
    too long."""
    last = (
        select(func.max(_T.due_at))
        .where(_T.service_id == _R.service_id, _T.line_id == _R.line_id, _T.kind == presence.TIMER)
        .correlate(s.room)
        .scalar_subquery()
    )
    return case((_R.hosts > 0, last))


_NOW = (_host_until(), _R.open_until, _R.week, _R.over, _R.members_version)


def _rooms(service: ServiceId) -> Select[*tuple[Any, ...]]:
    return (
        select(_R.line_id, _R.group_key, _L.seq, _R.n, *_NOW)
        .select_from(s.room.join(s.line, _ROOM_LINE))
        .where(_R.service_id == service)
    )


def _room(row: Row[*tuple[Any, ...]]) -> RoomSeen:
    line, group, seq, n, host_until, open_until, week, over, members_version = row
    return RoomSeen(
        *(line, group, seq),
        n=n,
        host_until=host_until,
        open_until=open_until,
        week=week,
        over=over,
        members_version=members_version,
    )


def cases_where(service: ServiceId) -> Select[*tuple[Any, ...]]:
    """With the words of an appeal, which belong to whoever made it."""
    return (
        select(
            *(_D.line_id, _D.case_n, _D.kind, _D.why, _D.seq, _D.member_id, _D.of_case),
            *(_D.opened_at, _D.decision, _D.reason, _D.decided_by, _D.decided_at),
            *sealed_columns(_WORD),
        )
        .select_from(s.moderation.outerjoin(_WORD, word_of(_WORD, _D, _D.member_id, _D.word_id)))
        .where(_D.service_id == service)
    )


def case_of(row: Row[*tuple[Any, ...]]) -> CaseSeen:
    room, case, kind, why, seq, member, of, opened, decision, reason, by, decided, *word = row
    return CaseSeen(
        *(room, case, kind, why, seq, member, of, sealed_of(word)), *(opened, decision, reason, by, decided)
    )


class PostgresPeers:
    def __init__(self, database: Database) -> None:
        self._db = database
        # A post is read by every member's screen at the same moment, from the same place on.
        self._posting: Together[tuple[LineId, int, int], Sequence[PostSeen]] = Together(self._posts, most=1)

    async def posts(
        self, service: ServiceId, room: LineId, after: int, *, most: int = 200
    ) -> Sequence[PostSeen]:
        return await self._posting.of(service, (room, after, most)) or ()

    async def _posts(
        self, service: ServiceId, asked: Sequence[tuple[LineId, int, int]]
    ) -> dict[tuple[LineId, int, int], Sequence[PostSeen]]:
        ((room, after, most),) = asked
        args = _POSTS_AFTER.args(service=service, room=room, after=after, most=most)
        return {asked[0]: [post_of(row) for row in await self._db.fetch_raw(_POSTS_AFTER.sql, args)]}

    async def post(self, service: ServiceId, room: LineId, seq: int) -> PostSeen | None:
        rows = await self._rows(posts_where(service, _Q.line_id == room, _Q.seq == seq))
        return post_of(rows[0]) if rows else None

    async def rooms_of(self, service: ServiceId, patient: LineId) -> Sequence[RoomSeen]:
        read = (
            select(
                *(_R.line_id, _R.group_key, _L.seq, _B.pseudonym_word_id, _R.n, _B.read_at, *_NOW, _B.paused)
            )
            .select_from(s.member.join(s.room, _MEMBER_ROOM).join(s.line, _ROOM_LINE))
            .where(_B.service_id == service, _B.patient_id == patient, _B.status == "member")
            .order_by(_R.group_key, _R.n)
        )
        return [RoomSeen(*row) for row in await self._rows(read)]

    async def members_of(self, service: ServiceId, room: LineId) -> frozenset[LineId]:
        wanted = select(_B.patient_id).where(
            _B.service_id == service, _B.line_id == room, _B.status == "member"
        )
        return frozenset([row[0] for row in await self._rows(wanted)])

    async def rooms(self, service: ServiceId, group: str | None = None) -> Sequence[RoomSeen]:
        read = _rooms(service).order_by(_R.group_key, _R.n)
        if group is not None:
            read = read.where(_R.group_key == group)
        return [_room(row) for row in await self._rows(read)]

    async def one(self, service: ServiceId, room: LineId) -> RoomSeen | None:
        rows = await self._rows(_rooms(service).where(_R.line_id == room))
        return _room(rows[0]) if rows else None

    async def asked(self, service: ServiceId, patient: LineId, group: str) -> LineId | None:
        read = (
            select(_R.line_id)
            .select_from(s.member.join(s.room, _MEMBER_ROOM))
            .where(
                *(_B.service_id == service, _B.patient_id == patient, _R.group_key == group),
                _B.status.in_(("member", "waiting")),
            )
        )
        rows = await self._rows(read)
        return rows[0][0] if rows else None

    async def room(
        self, service: ServiceId, room: LineId, by: Looker, *, last_posts: int = 100
    ) -> RoomOpened | None:
        which = select(_R.line_id).where(
            _R.service_id == service, _R.line_id == room, *within(_R.line_id, service, by)
        )
        last = posts_where(service, _Q.line_id == room).order_by(_Q.seq.desc()).limit(last_posts)
        of_room = (s.alert.c.line_id == room, s.alert.c.state != "resolved")
        seen = await self.one(service, room)  # with a timer, of which the role of the desk reads none
        async with seen_by(self._db, service, by) as c:
            if seen is None or (await c.execute(which)).first() is None:
                return None
            posts = (await c.execute(last)).all()
            alerts = await alerts_where(c, service, *of_room)
            await note_look_by(c, service, room, by, what="room.open", about=str(room))
        return RoomOpened(seen, tuple(post_of(row) for row in reversed(posts)), tuple(alerts))

    async def missed(self, service: ServiceId, patient: LineId) -> Mapping[LineId, Missed]:
        answers_them = (
            select(literal(1))
            .where(
                *(_MINE.c.service_id == _Q.service_id, _MINE.c.line_id == _Q.line_id),
                *(_MINE.c.seq == _Q.reply_to, _MINE.c.author_id == patient),
            )
            .correlate(s.post)
            .exists()
        )
        of_room = and_(_Q.service_id == _B.service_id, _Q.line_id == _B.line_id)
        named = literal(patient) == any_(_Q.mentions)
        read = (
            select(
                _Q.line_id,
                func.count(),
                func.count(func.coalesce(_Q.author_id, _Q.staff_id).distinct()),
                func.count().filter(named),
                func.count().filter(answers_them),
                func.min(_Q.seq),
            )
            .select_from(s.member.join(s.post, of_room))
            .where(
                *(_B.service_id == service, _B.patient_id == patient, _B.status == "member"),
                *(_Q.status == "shown", _Q.author_id.is_distinct_from(patient)),
                _Q.shown_at > func.coalesce(_B.read_at, _B.since),
            )
            .group_by(_Q.line_id)
        )
        return {line: Missed(*counts) for line, *counts in await self._rows(read)}

    async def read_up_to(self, service: ServiceId, room: LineId, patient: LineId, at: datetime) -> None:
        mine = (_B.service_id == service, _B.line_id == room, _B.patient_id == patient)
        later = or_(_B.read_at.is_(None), _B.read_at < at)
        async with self._db.transaction() as c:
            await c.execute(update(s.member).where(*mine, later).values(read_at=bindparam("at")), {"at": at})

    async def queue(self, service: ServiceId, by: Looker, *, noted: bool = True) -> Sequence[CaseSeen]:
        read = cases_where(service).where(_D.decided_at.is_(None), *within(_D.line_id, service, by))
        async with seen_by(self._db, service, by) as c:
            rows = (await c.execute(read.order_by(_D.opened_at, _D.line_id, _D.case_n))).all()
            if noted:
                await note_look_by(c, service, service_chain(service), by, what="queue.list", about="open")
        return [case_of(row) for row in rows]

    async def cases(
        self, service: ServiceId, room: LineId, by: Looker, *, member: LineId | None = None, most: int = 200
    ) -> Sequence[CaseSeen]:
        read = cases_where(service).where(_D.line_id == room, *within(_D.line_id, service, by))
        if member is not None:
            read = read.where(_D.member_id == member)
        async with seen_by(self._db, service, by) as c:
            return [
                case_of(row) for row in (await c.execute(read.order_by(_D.case_n.desc()).limit(most))).all()
            ]

    async def notes(self, service: ServiceId, room: LineId, by: Looker) -> Sequence[NoteSeen]:
        read = (
            select(_N.staff_id, _N.to_id, _N.about_id, _N.at, *sealed_columns(_WORD))
            .select_from(s.host_note.outerjoin(_WORD, word_of(_WORD, _N, _N.line_id, _N.word_id)))
            .where(_N.service_id == service, _N.line_id == room, *within(_N.line_id, service, by))
            .order_by(_N.at.desc())
        )
        async with seen_by(self._db, service, by) as c:
            rows = (await c.execute(read)).all()
        return [NoteSeen(sealed_of(word), staff, to, about, at) for staff, to, about, at, *word in rows]

    async def _rows(self, read: Select[*tuple[Any, ...]]) -> Sequence[Row[*tuple[Any, ...]]]:
        async with self._db.reading() as c:
            return (await c.execute(read)).all()
