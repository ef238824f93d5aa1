"""What hosts read at the desk: what waits with what stands around it, and who is in a room. Each page is one look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from bot.core.room import Member, Room, handle_of
from bot.core.room.urgency import Class, class_of, urgency
from bot.core.values import LineId, ServiceId, StaffId, WordId
from bot.ports import CaseSeen, HandedOver, Looker, MemberSeen, NoteSeen, PostSeen, RoomSeen, Sealed
from bot.usecases.house import House
from bot.usecases.room_turns import standing_of
from bot.usecases.unsealing import unsealed

MOST_AT_ONCE = 50
BEFORE = 2
MOST_POSTS = 200
HANDED_OVER_FOR = timedelta(days=1)
OF_A_POST = ("held", "reported")
"""What a host answers by deciding about the post."""


@dataclass(frozen=True)
class PostShown:
    """One post with its words, whatever became of it. ``handle``: by which the room knows its author."""

    seq: int
    handle: UUID | None
    name: str | None
    staff: StaffId | None
    text: str
    status: str
    at: datetime
    warning: str | None = None


@dataclass(frozen=True)
class Standing:
    """Of a member, as the room has it: how often others reported posts of theirs lately, and what was decided."""

    handle: UUID
    name: str | None
    status: str = "left"
    flags: int = 0
    strikes: int = 0
    paused: str = ""
    until: datetime | None = None


@dataclass(frozen=True)
class Item:
    """All that waits about one post, or one thing about a member. ``words``: of an appeal. ``about``: what was decided
    before, and is looked at again."""

    room: RoomSeen
    cases: tuple[CaseSeen, ...]
    post: PostShown | None = None
    before: tuple[PostShown, ...] = ()
    who: Standing | None = None
    words: str = ""
    about: CaseSeen | None = None
    flags: int = 0

    @property
    def first(self) -> CaseSeen:
        """Why it is where it is."""
        return _first(self.cases)

    @property
    def since(self) -> datetime:
        return min(case.opened_at for case in self.cases)

    @property
    def of_a_post(self) -> bool:
        return self.first.kind in OF_A_POST and self.post is not None

    @property
    def asked(self) -> tuple[int, ...]:
        """What a decision about the post answers."""
        return tuple(case.case for case in self.cases if case.kind in OF_A_POST)

    @property
    def key(self) -> str:
        return f"{self.room.id}-{self.first.case}"


@dataclass(frozen=True)
class Queue:
    """``waiting``: how many of each class wait altogether, of which ``items`` are the first. ``open``: every case."""

    items: tuple[Item, ...]
    waiting: Mapping[Class, int]
    open: Sequence[CaseSeen] = ()

    @property
    def number(self) -> int:
        return sum(self.waiting.values())


async def open_queue(house: House, service: ServiceId, by: Looker, *, most: int = MOST_AT_ONCE) -> Queue:
    """Most urgent first, oldest first within."""
    cases = await house.record.peers.queue(service, by)
    found = _in_order(cases)
    waiting = Counter(class_of(_first(of).kind, _first(of).why) for of in found)
    items = await _items(house, service, found[:most], by)
    return Queue(items, waiting, cases)


def _in_order(cases: Sequence[CaseSeen]) -> list[tuple[CaseSeen, ...]]:
    """Cases of one post are one thing to decide; what a member says before anybody has decided is read with what waits."""
    waiting = {(case.room, case.case): case for case in cases}
    together: dict[tuple[object, ...], list[CaseSeen]] = {}
    for case in cases:
        about = waiting.get((case.room, case.of), case) if case.of is not None else case
        one = (about.room, about.seq) if about.kind in OF_A_POST else (about.room, None, about.case)
        together.setdefault(one, []).append(case)
    return sorted(
        (tuple(of) for of in together.values()),
        key=lambda of: (urgency(_first(of).kind, _first(of).why), min(c.opened_at for c in of)),
    )


def _first(cases: tuple[CaseSeen, ...]) -> CaseSeen:
    return min(cases, key=lambda case: (urgency(case.kind, case.why), case.opened_at))


async def _items(
    house: House, service: ServiceId, found: Sequence[tuple[CaseSeen, ...]], by: Looker
) -> tuple[Item, ...]:
    hosting = house.record.hosting
    first = [_first(cases) for cases in found]
    said = [c for cases in found for c in cases if c.word is not None]
    posts = await hosting.around(
        service, [(c.room, c.seq) for c in first if c.seq is not None], by, before=BEFORE
    )
    about = await hosting.cases(service, [(c.room, c.of) for c in first if c.of is not None], by)
    members = {(c.room, c.member) for c in first if c.member is not None}
    names = await hosting.names(service, members, by)
    words = [w for p in posts.values() for w in (p.word, p.pseudonym)]
    texts = await unsealed(house, service, [*words, *names.values(), *(c.word for c in said)])
    rooms = {room.id: room for room in await house.record.peers.rooms(service)}
    states = {room: await standing_of(house, service, room) or Room() for room in {c.room for c in first}}
    items = []
    for cases in found:
        one, state = _first(cases), states[cases[0].room]
        word = next((c.word for c in cases if c.word is not None), None)
        seen = posts.get((one.room, one.seq)) if one.seq is not None else None
        who = one.member or (seen.author if seen else None)
        name = names.get((one.room, who)) if who else None
        name = name or (seen.pseudonym if seen else None)
        earlier = [
            p
            for n in range(BEFORE, 0, -1)
            if one.seq and (p := posts.get((one.room, one.seq - n))) is not None
        ]
        standing = state.posts.get(one.seq) if one.seq is not None else None
        items.append(
            Item(
                room=rooms[one.room],
                cases=cases,
                post=_post(one.room, seen, texts) if seen else None,
                before=tuple(_post(one.room, p, texts) for p in earlier if p.status != "withdrawn"),
                who=_standing(one.room, who, state, name, texts) if who else None,
                words=texts.get(word.id, "") if word else "",
                about=about.get((one.room, one.of)) if one.of is not None else None,
                flags=len(standing.flags) if standing else 0,
            )
        )
    return tuple(items)


def _post(room: LineId, p: PostSeen, texts: Mapping[WordId, str]) -> PostShown:
    return PostShown(
        seq=p.seq,
        handle=handle_of(room, p.author) if p.author else None,
        name=texts.get(p.pseudonym.id) if p.pseudonym else None,
        staff=p.staff,
        text=texts.get(p.word.id, "") if p.word else "",
        status=p.status,
        at=p.at,
        warning=p.warning,
    )


def _standing(
    room: LineId, who: LineId, state: Room, name: Sealed | None, texts: Mapping[WordId, str]
) -> Standing:
    member = state.members.get(who)
    paused = member.paused if member else None
    return Standing(
        handle=handle_of(room, who),
        name=texts.get(name.id) if name else None,
        status=member.status if member else "left",
        flags=_flags_of(state, who),
        strikes=len(member.strikes) if member else 0,
        paused=paused.why if paused else "",
        until=paused.until if paused else None,
    )


def _flags_of(state: Room, who: LineId) -> int:
    """How often others reported posts of theirs, of those that the room still holds."""
    return sum(len(post.flags) for post in state.posts.values() if post.author == who)


# -- who is in a room ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class MemberRead:
    """As hosts see them: never a name, never anything about their health."""

    handle: UUID
    name: str | None
    status: str
    since: datetime
    posts: int
    flags: int
    strikes: int
    paused: str
    until: datetime | None
    held_back: bool


@dataclass(frozen=True)
class MembersRead:
    room: RoomSeen
    members: tuple[MemberRead, ...]

    def of(self, status: str) -> tuple[MemberRead, ...]:
        return tuple(member for member in self.members if member.status == status)


async def open_members(house: House, service: ServiceId, room: LineId, by: Looker) -> MembersRead | None:
    seen = await house.record.hosting.members(service, room, by)
    return await _members(house, service, room, seen) if seen is not None else None


async def _members(
    house: House, service: ServiceId, room: LineId, seen: Sequence[MemberSeen]
) -> MembersRead | None:
    state, of = await standing_of(house, service, room), await house.record.peers.one(service, room)
    if state is None or of is None:
        return None
    texts = await unsealed(house, service, (m.pseudonym for m in seen))
    joining = {case.member for case in state.cases.values() if case.kind == "joining"}
    return MembersRead(
        of, tuple(_member(room, m, state, texts, held_back=m.patient in joining) for m in seen)
    )


def _member(
    room: LineId, m: MemberSeen, state: Room, texts: Mapping[WordId, str], *, held_back: bool
) -> MemberRead:
    member: Member | None = state.members.get(m.patient)
    paused = member.paused if member else None
    return MemberRead(
        handle=handle_of(room, m.patient),
        name=texts.get(m.pseudonym.id) if m.pseudonym else None,
        status=m.status,
        since=m.since,
        posts=m.posts,
        flags=_flags_of(state, m.patient),
        strikes=len(member.strikes) if member else 0,
        paused=paused.why if paused else "",
        until=paused.until if paused else None,
        held_back=held_back,
    )


@dataclass(frozen=True)
class NoteRead:
    by: StaffId
    to: StaffId | None
    handle: UUID | None
    text: str
    at: datetime


@dataclass(frozen=True)
class OneMember:
    room: RoomSeen
    member: MemberRead
    cases: tuple[CaseSeen, ...]
    posts: tuple[PostShown, ...]
    notes: tuple[NoteRead, ...]


async def open_member(
    house: House, service: ServiceId, room: LineId, handle: UUID, by: Looker
) -> OneMember | None:
    """One member's history in this room."""
    seen = await house.record.hosting.members(service, room, by, handle=handle)
    read = await _members(house, service, room, seen) if seen else None
    if not seen or read is None:
        return None
    patient = seen[0].patient
    posts = await house.record.hosting.posts_of(service, room, patient, by, most=MOST_POSTS)
    theirs = {post.seq for post in posts}
    every = await house.record.peers.cases(service, room, by, most=2_000)
    texts = await unsealed(house, service, (w for p in posts for w in (p.word, p.pseudonym)))
    return OneMember(
        read.room,
        read.members[0],
        tuple(case for case in every if case.member == patient or case.seq in theirs),
        tuple(_post(room, p, texts) for p in posts),
        tuple(note for note in await notes_of(house, service, room, by) if note.handle == handle),
    )


async def notes_of(house: House, service: ServiceId, room: LineId, by: Looker) -> tuple[NoteRead, ...]:
    """Newest first; for a page whose look is noted already. Those about somebody who was erased are gone."""
    seen: Sequence[NoteSeen] = await house.record.peers.notes(service, room, by)
    texts = await unsealed(house, service, (note.word for note in seen))
    return tuple(
        NoteRead(
            by=note.by,
            to=note.to,
            handle=handle_of(room, note.about) if note.about else None,
            text=texts[note.word.id],
            at=note.at,
        )
        for note in seen
        if note.word is not None and note.word.id in texts
    )


async def member_of(house: House, service: ServiceId, room: LineId, handle: UUID) -> LineId | None:
    """Whom the handle stands for in this room."""
    state = await standing_of(house, service, room)
    return next((p for p in state.members if handle_of(room, p) == handle), None) if state else None


# -- what colleagues handed over ----------------------------------------------------------------------


@dataclass(frozen=True)
class HandedRead:
    room: LineId
    by: StaffId
    at: datetime
    text: str


async def handed_over(house: House, service: ServiceId, by: Looker) -> tuple[HandedRead, ...]:
    """Rooms that were handed to whoever asks lately, and to which they have not come since."""
    seen: Sequence[HandedOver] = await house.record.hosting.handed(service, by.at - HANDED_OVER_FOR, by)
    texts = await unsealed(house, service, (each.word for each in seen))
    found: dict[LineId, HandedRead] = {}
    for each in seen:
        state = await standing_of(house, service, each.room)
        came = state.hosts.get(by.who) if state else None
        if each.room not in found and (came is None or came < each.at):
            text = texts.get(each.word.id, "") if each.word else ""
            found[each.room] = HandedRead(each.room, each.by, each.at, text)
    return tuple(found.values())
