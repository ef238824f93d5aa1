"""Groups as pages: the newest posts and a box to write, one post with its answers, and what one wishes there for oneself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from aiohttp import web

from bot.core.errors import Refused
from bot.core.values import LineId
from bot.usecases.conversation import standing
from bot.usecases.own_rooms import OwnRoom, OwnRooms, rooms_of
from bot.usecases.posts import posts_since
from bot.usecases.room_now import now_of
from bot.web.frames import Msg
from bot.web.plain import posts as shown
from bot.web.plain.forms import whole
from bot.web.plain.posts import Post, posts_shown
from bot.web.plain.seat import Seat, voice_for
from bot.web.plain.wording import Voice
from bot.web.sight import name_of, post_for

NEWEST = 50
BREAKS = (("week", 7), ("month", 30), ("open", 0))


@dataclass(frozen=True)
class RoomNamed:
    id: LineId
    title: str
    seq: int


async def rooms_with_names(seat: Seat) -> tuple[RoomNamed, ...]:
    """Those that the patient is in, as they are called in their language."""
    library = seat.house.shelf.library
    found = await seat.house.record.peers.rooms_of(seat.service.id, seat.patient)
    named = [(room, library.group(room.group, seat.language)) for room in found]
    return tuple(
        RoomNamed(room.id, group.title if group else seat.service.name, room.seq) for room, group in named
    )


async def _own_rooms(seat: Seat) -> OwnRooms:
    state = await standing(seat.house, seat.service.id, seat.patient)
    return await rooms_of(seat.house, seat.service, seat.patient, state, seat.language)


async def _own_room(seat: Seat) -> tuple[OwnRooms, OwnRoom]:
    """Missing and forbidden look alike."""
    known, own = _id(seat), await _own_rooms(seat)
    mine = next((room for room in own.rooms if room.seen.id == known), None)
    if mine is None:
        raise Refused("not_found")
    return own, mine


async def show_rooms(seat: Seat) -> web.StreamResponse:
    own, t = await _own_rooms(seat), voice_for(seat.request, seat.language)
    named = [(room.seen.id, _with_news(room, t)) for room in own.rooms]
    return seat.page("groups", rooms=named)


def _with_news(room: OwnRoom, t: Voice) -> str:
    count = room.missed.posts
    return shown.counted(t, "others_new", count, title=room.title) if count else room.title


async def show_room(seat: Seat) -> web.StreamResponse:
    """The newest posts, or those before one; having seen the newest counts as having read."""
    own, mine = await _own_room(seat)
    before = whole(seat.request.query.get("before", "")) or mine.seen.seq + 1
    after = max(0, before - 1 - NEWEST)
    found = () if mine.resting else await _posts(seat, mine, after)
    page = seat.page(
        "group",
        **_known(seat, own, mine),
        posts=tuple(reversed([post for post in _shown(seat, own, mine, found) if post.said.seq < before])),
        newest=before > mine.seen.seq,
        older=after + 1 if after and not mine.resting else None,
        digest=shown.digest_of(mine, voice_for(seat.request, seat.language)),
        names=_names(found),
    )
    if before > mine.seen.seq and not mine.resting:
        now = seat.house.clock.now()
        await seat.house.record.peers.read_up_to(seat.service.id, mine.seen.id, seat.patient, now)
    return page


async def show_post(seat: Seat) -> web.StreamResponse:
    """One post and its answers, with all that can be done there."""
    own, mine = await _own_room(seat)
    seq = whole(seat.request.match_info["seq"])
    found = await _all_posts(seat, mine, seq - 1) if seq and not mine.resting else ()
    thread = [post for post in _shown(seat, own, mine, found) if post.root == seq]
    if not thread:
        raise Refused("not_found")
    post, *answers = thread
    names = _names([*found[-NEWEST:], *(one.said for one in thread)])
    return seat.page("group_post", **_known(seat, own, mine), post=post, answers=answers, names=names)


async def show_own_wishes(seat: Seat) -> web.StreamResponse:
    own, mine = await _own_room(seat)
    muted = mine.membership.muted if mine.membership is not None else ()
    found = await _posts(seat, mine, max(0, mine.seen.seq - NEWEST)) if muted else ()
    names = {post.by: post.name for post in found if post.by}
    t = voice_for(seat.request, seat.language)
    somebody = t.text("widget_chat_from_member")
    return seat.page(
        "group_wishes",
        **_known(seat, own, mine),
        muted=[(handle, names.get(handle) or somebody) for handle in muted],
        muted_words=own.muted_words,
        shows_typing=own.shows_typing,
        breaks=BREAKS,
        leaves="leave" in seat.request.query,
    )


async def _posts(seat: Seat, mine: OwnRoom, after: int) -> Sequence[Msg]:
    posts = await posts_since(seat.house, seat.service.id, mine.seen.id, after, seat.patient)
    return [post_for(post, seat.patient) for post in posts]


async def _all_posts(seat: Seat, mine: OwnRoom, after: int) -> Sequence[Msg]:
    """However long ago a post was written, its answers may be of today."""
    found: list[Msg] = []
    while page := await _posts(seat, mine, after):
        found += page
        after = page[-1].seq
    return found


def _names(found: Sequence[Msg]) -> dict[UUID, str]:
    """Whom one can name, by their handles."""
    members = [post for post in found if post.sender == "member" and not post.mine]
    return {post.by: post.name for post in members if post.by and post.name}


def _shown(seat: Seat, own: OwnRooms, mine: OwnRoom, found: Sequence[Msg]) -> tuple[Post, ...]:
    return posts_shown(found, mine, own.muted_words, voice_for(seat.request, seat.language))


def _known(seat: Seat, own: OwnRooms, mine: OwnRoom) -> dict[str, Any]:
    """What all pages of a room say."""
    t, now = voice_for(seat.request, seat.language), now_of(seat.house, seat.service.id, mine.seen)
    closed = name_of(mine).kind == "session" and now.open_until is None
    return {
        "room": mine,
        "at": f"/plain/groups/{mine.seen.id}",
        "rooms": own.rooms,
        "presence": shown.presence_of(now, closed=closed, t=t),
        "closed": closed,
        "writes": not (closed or mine.paused or mine.resting),
        "topics": shown.TOPICS,
        "kinds": shown.KINDS,
        "reasons": shown.REASONS,
        "topic_of": lambda post: shown.topic_of(post, t),
        "answers_of": lambda count: shown.counted(t, "answers", count),
        "asked": seat.request.query.get("report", ""),
        "shows": seat.request.query.get("show", ""),
        "page_id": seat.house.ids.new(),
    }


def _id(seat: Seat) -> LineId:
    try:
        return LineId(UUID(seat.request.match_info["id"]))
    except ValueError:
        raise Refused("not_found") from None
