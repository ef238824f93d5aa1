"""What the pages of groups share: which room an address names, what it is called, and where a form leads back to."""

from __future__ import annotations

import re

from aiohttp import web

from bot.core.errors import Refused
from bot.core.values import LineId
from bot.ports import RoomSeen
from bot.usecases.moderation import member_of
from bot.web.desk.forms import id_in
from bot.web.desk.seat import Seat, go

QUEUE = "/desk/moderation"
_KEY = re.compile(r"[0-9a-f-]{36}-\d{1,12}")


def titled(seat: Seat, room: RoomSeen) -> str:
    """As its group is called; its second room says so."""
    known = seat.house.shelf.library.group(room.group, "en")
    title = known.title if known else room.group or "A group"
    return title if room.n == 1 else f"{title}, room {room.n}"


async def titles(seat: Seat) -> dict[LineId, str]:
    return {room.id: titled(seat, room) for room in await seat.house.record.peers.rooms(seat.service.id)}


async def room_of(seat: Seat) -> RoomSeen:
    """Raises Refused('not_found') for what is no room of this service."""
    found = await seat.house.record.peers.one(seat.service.id, LineId(id_in(seat.request)))
    if found is None:
        raise Refused("not_found")
    return found


async def member_in(seat: Seat, room: LineId) -> LineId:
    """Whom the handle of the address stands for. Raises Refused('not_found')."""
    found = await member_of(seat.house, seat.service.id, room, id_in(seat.request, "handle"))
    if found is None:
        raise Refused("not_found")
    return found


def number_of(seat: Seat, name: str) -> int:
    text = seat.request.match_info[name]
    if len(text) > 12:
        raise Refused("not_found")
    return int(text)


def back(seat: Seat, otherwise: str, said: str, *, stay: bool = False) -> web.Response:
    """To the page whose form it was: in the queue to what comes next, or, to ``stay``, to the same thing again."""
    if seat.fields.get("back") != "queue":
        return go(otherwise, said=said)
    then = seat.fields.get("this" if stay else "then", "")
    where = then if _KEY.fullmatch(then) else "first"
    return go(f"{QUEUE}?then={where}", said=said)
