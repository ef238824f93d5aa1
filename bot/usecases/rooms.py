"""Peer groups from outside their Lines: opening rooms, letting people in, reading posts, hosts at work, telling members live."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from msgspec import Struct, structs

from bot.core.errors import Refused
from bot.core.facts import (
    Fact,
    MemberWaits,
    OldPost,
    PostHidden,
    PostKind,
    PostReacted,
    PostReleased,
    PostWithdrawn,
)
from bot.core.inputs import (
    Admit,
    HostSaid,
    HostWorried,
    Leave,
    Moderate,
    Open,
    React,
    Report,
    RoomInput,
    Withdraw,
)
from bot.core.posts import seen_alike
from bot.core.room import Member, Room, handle_of, meeting, post_id, presence, room_id
from bot.core.room.members import has_a_place
from bot.core.shown import Shown
from bot.core.state import Conversation
from bot.core.values import LineId, ServiceId, StaffId, WordId
from bot.ports import PostSeen, RoomSeen
from bot.usecases.change import Changed, Once, change, hand_in
from bot.usecases.house import House
from bot.usecases.hub import Delivered, News

PSEUDONYM = b"pseudonym"


# -- rooms, and who is in them ------------------------------------------------------------------------


async def open_room(house: House, service: ServiceId, group: str, n: int = 1) -> LineId:
    """Begin the n-th room of the group, once."""
    line = room_id(service, group, n)
    if await house.record.lines.load(service, line) is None:
        key, key_id = house.vault.new_key(line)
        await house.record.lines.open(service, line, "group", Room().json(), key, key_id)

    async def prepare(room: Room) -> Open:
        if room.group:
            raise Refused("already_open")
        return Open(group, n)

    try:
        await change(house, service, line, prepare)
    except Refused as known:
        if known.code != "already_open":
            raise
    return line


async def admit(
    house: House, service: ServiceId, group: str, patient: LineId, word: WordId, once: UUID
) -> None:
    """Into the first of the group's rooms that has a place, or on the list of its newest. Twice is once, wherever it was."""
    asked = await house.record.peers.asked(service, patient, group)
    rooms = [room.id for room in await house.record.peers.rooms(service, group)]
    name, known = (
        await _name_index(house, service, patient, word),
        await _paused_elsewhere(house, service, patient),
    )
    for room in [asked] if asked is not None else rooms:
        heard = Admit(patient, word, name, known)
        if room != rooms[-1] and room != asked and not await _has_a_place(house, service, room):
            continue
        changed = await tell_room(house, service, room, heard, Once(once, b"promise"))
        if changed.repeated or any(isinstance(fact, MemberWaits) for fact in changed.facts):
            await _go_on_from(house, service, group, room, patient, once)
        return


async def _go_on_from(
    house: House, service: ServiceId, group: str, room: LineId, patient: LineId, once: UUID
) -> None:
    """Who opened the next room while they asked may have read this one's list before they stood on it."""
    newest = (await house.record.peers.rooms(service, group))[-1].id
    state = await standing_of(house, service, room)
    if newest != room and state is not None and patient in state.next_in:
        await _move(house, service, patient, state.members[patient], room, newest, once)


async def _has_a_place(house: House, service: ServiceId, room: LineId) -> bool:
    """Whether it would take somebody in, without asking it to."""
    state, library = await standing_of(house, service, room), house.shelf.library
    return state is not None and has_a_place(state, library.group(state.group, "en"), library.policy.groups)


async def open_another(house: House, service: ServiceId, group: str, n: int, once: UUID) -> None:
    """The group's next room, for those who wait in the one before it: they come in together.

    Each comes in first and leaves the list then, so that nobody falls between the two. Whom a host looks at first stays.
    """
    before, after = room_id(service, group, n - 1), await open_room(house, service, group, n)
    state = await standing_of(house, service, before)
    for patient in state.next_in if state is not None else ():
        assert state is not None
        await _move(house, service, patient, state.members[patient], before, after, once)


async def _move(
    house: House,
    service: ServiceId,
    patient: LineId,
    member: Member,
    before: LineId,
    after: LineId,
    once: UUID,
) -> None:
    mine = Once(uuid5(once, patient.hex), b"moved")
    await tell_room(house, service, after, Admit(patient, member.pseudonym, member.name), mine)
    await tell_room(house, service, before, Leave(patient, moved=True), mine)


async def standing_of(house: House, service: ServiceId, room: LineId) -> Room | None:
    stored = await house.record.lines.load(service, room)
    if stored is None or stored.kind != "group":
        return None
    return Room.from_rows(stored.state, stored.members)


async def _name_index(house: House, service: ServiceId, patient: LineId, word: WordId) -> str:
    """By which two names that look alike are one. Keyed, so that it tells nobody what they are called."""
    stored = await house.record.lines.load(service, patient)
    sealed = await house.record.lines.words(service, patient, (word,))
    if stored is None or stored.wrapped_key is None or not sealed:
        return ""
    key = house.vault.open_key(patient, stored.wrapped_key, stored.key_id)
    plain = seen_alike(house.vault.unseal(key, sealed[0]))
    return house.vault.sign(PSEUDONYM, plain.encode()).hex()[:24]


async def _paused_elsewhere(house: House, service: ServiceId, patient: LineId) -> bool:
    """Whether somebody who was paused in this service's groups, under another record, has the same address."""
    for other in await house.record.contacts.same(service, patient):
        stored = await house.record.lines.load(service, other)
        if stored is not None and stored.kind == "patient":
            state = Conversation.from_json(stored.state)
            if state.barred_at(house.clock.now()) is not None:
                return True
    return False


# -- what goes on besides posts -----------------------------------------------------------------------


class RoomNow(Struct, frozen=True):
    """``asleep``: what is written waits for a host. ``typing``: a member is writing, and nothing else is said."""

    room: LineId
    host: bool = False
    asleep: bool = False
    open_until: datetime | None = None
    opens_at: datetime | None = None
    week: int = 0
    over: bool = False
    typing: UUID | None = None


async def room_now(house: House, service: ServiceId, room: LineId) -> RoomNow | None:
    seen = await house.record.peers.one(service, room)
    return now_of(house, service, seen) if seen is not None else None


def now_of(house: House, service: ServiceId, seen: RoomSeen) -> RoomNow:
    at_home, library = house.shelf.service(service), house.shelf.library
    numbers, group, now = library.policy.groups, library.group(seen.group, "en"), house.clock.now()
    meets = group.meets if group is not None and group.kind == "session" else None
    night = presence.at_night(at_home, numbers, now)
    return RoomNow(
        seen.id,
        host=seen.hosts > 0,
        asleep=night and not seen.hosts,
        open_until=seen.open_until,
        opens_at=meeting.next_meeting(meets, at_home, now)[0] if meets is not None else None,
        week=seen.week,
        over=seen.over,
    )


# -- reading ------------------------------------------------------------------------------------------


PAGE = 200
Keys = dict[LineId, Any]


async def posts_since(
    house: House, service: ServiceId, room: LineId, after: int, reader: LineId
) -> tuple[Delivered, ...]:
    """One page of a room's posts as a member sees them: what is shown, and their own held ones."""
    posts = await posts_opened(house, service, room, after)
    return tuple(seen for post in posts if (seen := as_seen_by(post, reader)) is not None)


def as_seen_by(post: Delivered, reader: LineId | None) -> Delivered | None:
    """Of a hidden post, and of one that was taken back, its place stays. What others never saw is there for its author
    alone, whatever became of it. ``reader`` None: none of the authors."""
    never_seen = post.status == "held" or (post.status != "shown" and post.shown_at is None)
    if never_seen and post.author != reader:
        return None
    if post.status in ("hidden", "withdrawn"):
        return structs.replace(post, shown=Shown(text=""), reactions=None, warning=None, mentions=())
    return post


async def posts_opened(
    house: House, service: ServiceId, room: LineId, after: int, keys: Keys | None = None
) -> tuple[Delivered, ...]:
    """One page of a room's posts with all their words, for hosts. ``keys``: those that are open, and from here on more."""
    seen = await house.record.peers.posts(service, room, after, most=PAGE)
    keys = {} if keys is None else keys
    await _open_keys(house, service, seen, keys)
    out = []
    for p in seen:
        text = house.vault.unseal(keys[p.word.owner], p.word) if p.word else ""
        name = house.vault.unseal(keys[p.pseudonym.owner], p.pseudonym) if p.pseudonym else None
        out.append(_as_delivered(room, p, text, name))
    return tuple(out)


def _as_delivered(room: LineId, p: PostSeen, text: str, name: str | None) -> Delivered:
    erased = p.word is None and p.kind != "week"
    return Delivered(
        seq=p.seq,
        sender="host" if p.author is None else "member",
        shown=Shown(text=text),
        at=p.at,
        client_id=post_id(p.author, p.post) if p.author is not None else None,
        room=room,
        author=p.author,
        staff=p.staff,
        name=name,
        status="hidden" if erased and p.status != "withdrawn" else p.status,  # type: ignore[arg-type]
        reply_to=p.reply_to,
        shown_at=p.shown_at,
        warning=p.warning,
        mentions=p.mentions,
        kind=p.kind,  # type: ignore[arg-type]
        about=p.about,
        reactions=p.reactions or None,
    )


async def _open_keys(house: House, service: ServiceId, posts: Sequence[PostSeen], keys: Keys) -> None:
    """Those of the posts' words: the record is asked for what neither is open here nor belongs to a Line in memory."""
    owners = {w.owner for p in posts for w in (p.word, p.pseudonym) if w is not None}
    for line in owners - keys.keys():
        hot = house.hot.get((service, line))
        if hot is not None:
            keys[line] = hot.key
    if missing := owners - keys.keys():
        wrapped = await house.record.reading.keys(service, sorted(missing, key=str))
        keys.update(
            {line: house.vault.open_key(line, key, key_id) for line, (key, key_id) in wrapped.items()}
        )


# -- acting, and telling whoever looks on -------------------------------------------------------------

OF_OLD_POSTS = (PostHidden, PostReleased, PostWithdrawn, PostReacted)


async def tell_room(
    house: House,
    service: ServiceId,
    room: LineId,
    heard: RoomInput,
    once: Once | None = None,
    acknowledge: Callable[[int], None] | None = None,
) -> Changed:
    """The room hears it, and whoever looks at the room is told where it changed."""
    changed = await hand_in(house, service, room, heard, once=once, acknowledge=acknowledge)
    told_again(house, service, room, changed.facts)
    if isinstance(heard, Leave) and heard.take_posts:
        await _told_of_taken(house, service, room, heard.patient)
    if changed.repeated and isinstance(heard, React | Withdraw):
        # Whoever did it may have died before telling the others.
        tell_again_from(house, service, room, heard.seq)
    return changed


async def _told_of_taken(house: House, service: ServiceId, room: LineId, author: LineId) -> None:
    """What somebody took along goes from the screens that are open, too."""
    for posted in await house.record.erasures.posted_in(service, author):
        if posted.room == room and posted.first:
            tell_again_from(house, service, room, posted.first)


def told_again(house: House, service: ServiceId, room: LineId, facts: tuple[Fact, ...]) -> None:
    """An old post is another one now: members' screens read from there again, in every process.

    Of a new one they hear with the room's turn itself.
    """
    changed = [f.seq for f in facts if isinstance(f, OF_OLD_POSTS)]
    if changed:
        tell_again_from(house, service, room, min(changed))


def tell_again_from(house: House, service: ServiceId, room: LineId, seq: int) -> None:
    house.hub.tell(News(service, room, seq))
    house.bus.hint(service, "posts", {"line": str(room), "seq": seq})


def tell_typing(house: House, service: ServiceId, room: LineId, patient: LineId) -> None:
    """To those who look at the room, here and in other processes; kept nowhere."""
    who = handle_of(room, patient)
    house.hub.tell(News(service, room, 0, typing=who))
    house.bus.hint(service, "typing", {"line": str(room), "who": str(who)})


async def host_post(
    house: House,
    service: ServiceId,
    room: LineId,
    by: StaffId,
    client_id: UUID,
    text: str,
    reply_to: int | None = None,
    kind: PostKind = "post",
) -> Changed:
    if not text.strip():
        raise Refused("empty")
    said = HostSaid(client_id, by, text.strip(), reply_to, kind)
    more = [kind] if kind != "post" else []
    body = json.dumps([str(by), text, *more], ensure_ascii=False).encode()
    return await tell_room(house, service, room, said, Once(client_id, body))


async def moderate(house: House, service: ServiceId, room: LineId, act: Moderate) -> Changed:
    """A host hides a post, lets it through, or leaves it as it is, however old it is."""
    changed = await of_any_age(house, service, room, act)
    if not changed.facts:
        # A process may have died between doing it and telling the others.
        tell_again_from(house, service, room, act.seq)
    return changed


async def report(house: House, service: ServiceId, room: LineId, heard: Report, once: Once) -> None:
    """A member's report reaches a person, however old the post is."""
    await of_any_age(house, service, room, heard, once)


async def of_any_age(
    house: House,
    service: ServiceId,
    room: LineId,
    heard: Moderate | Report | Withdraw,
    once: Once | None = None,
    acknowledge: Callable[[int], None] | None = None,
) -> Changed:
    """Of a post that the room has let go of it is told how it stands. Raises Refused('post_gone') for one that never was."""
    try:
        return await tell_room(house, service, room, heard, once, acknowledge)
    except Refused as gone:
        old = await _old_post(house, service, room, heard.seq) if gone.code == "post_gone" else None
        if old is None:
            raise
        return await tell_room(house, service, room, replace(heard, old=old), once, acknowledge)


async def _old_post(house: House, service: ServiceId, room: LineId, seq: int) -> OldPost | None:
    """How a post stands that the room may have let go of."""
    post = await house.record.peers.post(service, room, seq)
    if post is None:
        return None
    return OldPost(author=post.author, status=post.status, at=post.at, shown_at=post.shown_at)  # type: ignore[arg-type]


async def ask_their_team(house: House, service: ServiceId, room: LineId, seq: int, by: StaffId) -> None:
    """A host is worried: the author's own team is asked to look, on the author's own Line."""
    post = await house.record.peers.post(service, room, seq)
    if post is None or post.author is None:
        raise Refused("post_gone")
    word = post.word.id if post.word is not None else None
    worried = HostWorried(by, room, seq, post.post, word)
    await hand_in(house, service, post.author, worried, once=Once(post.post, b"host_worried"))
