"""Groups as pages: the newest posts, a box to write, and Report on every post of somebody else."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from aiohttp import web

from bot.core.errors import Refused
from bot.core.values import LineId
from bot.usecases.rooms import posts_since
from bot.web.plain.seat import Seat
from bot.web.sight import msg_for

NEWEST = 50


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


async def show_rooms(seat: Seat) -> web.StreamResponse:
    return seat.page("groups", rooms=await rooms_with_names(seat))


async def show_room(seat: Seat) -> web.StreamResponse:
    """Missing and forbidden look alike."""
    rooms = await rooms_with_names(seat)
    room = next((room for room in rooms if room.id == _id(seat)), None)
    if room is None:
        raise Refused("not_found")
    after = max(0, room.seq - NEWEST)
    posts = await posts_since(seat.house, seat.service.id, room.id, after, seat.patient)
    return seat.page(
        "group",
        rooms=rooms,
        room=room,
        posts=tuple(msg_for(post, seat.patient) for post in reversed(posts)),
        asked=seat.request.query.get("report", ""),
        page_id=seat.house.ids.new(),
    )


def _id(seat: Seat) -> LineId:
    try:
        return LineId(UUID(seat.request.match_info["id"]))
    except ValueError:
        raise Refused("not_found") from None
