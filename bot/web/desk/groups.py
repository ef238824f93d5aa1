"""Peer groups as hosts see them: posts whatever became of them, reports, and a host's own words."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from aiohttp import web

from bot.core.errors import Refused
from bot.core.inputs import Moderate
from bot.core.values import LineId
from bot.ports import RoomSeen
from bot.usecases import alerts as acts
from bot.usecases import rooms
from bot.usecases.looking import open_room
from bot.web.desk import words
from bot.web.desk.alert_acts import LONGEST_NOTE
from bot.web.desk.alerts import group_title
from bot.web.desk.evidence import reason_of
from bot.web.desk.forms import id_in
from bot.web.desk.seat import Seat, go


async def show_list(seat: Seat) -> web.StreamResponse:
    """Groups by name, with what waits in each: no words of anybody, so nobody looks at a record."""
    waiting = await seat.house.record.ledger.list(seat.service.id, open_only=True, by=None)
    open_here = {a.line: a for a in waiting if a.kind == "group"}
    found = await seat.house.record.peers.rooms(seat.service.id)
    groups = seat.house.shelf.library.groups
    rows = [
        (room, group_title(seat, room.id), groups.get(room.group), open_here.get(room.id)) for room in found
    ]
    return seat.page("groups", rows=sorted(rows, key=lambda row: row[1]))


async def show(seat: Seat) -> web.StreamResponse:
    return await _page(seat)


async def _page(seat: Seat, status: int = 200, **wrong: object) -> web.Response:
    room = LineId(id_in(seat.request))
    read = await open_room(seat.house, seat.service.id, room, seat.looker())
    if read is None:
        raise Refused("not_found")
    library = seat.house.shelf.library
    alert = next(iter(read.seen.alerts), None)
    reported = (
        {e.seq: reason_of(e, library).text for e in alert.evidence if e.seq is not None} if alert else {}
    )
    return seat.page(
        "group",
        status,
        room=room,
        title=group_title(seat, room),
        group=library.groups.get(read.seen.room.group),
        read=read,
        alert=alert,
        reported=reported,
        colleagues=await seat.colleagues(),
        once=str(seat.house.ids.new()),
        longest=library.policy.groups.max_characters,
        **{"missing": False, "empty": False, "typed": "", **wrong},
    )


async def _room_of(seat: Seat) -> RoomSeen:
    room = LineId(id_in(seat.request))
    found = next((r for r in await seat.house.record.peers.rooms(seat.service.id) if r.id == room), None)
    if found is None:
        raise Refused("not_found")
    return found


# -- what a host does ---------------------------------------------------------------------------------


async def _moderate(seat: Seat, do: Literal["hide", "release"], said: str) -> web.StreamResponse:
    room = (await _room_of(seat)).id
    text = seat.request.match_info["seq"]
    if len(text) > 12:
        raise Refused("not_found")
    await rooms.moderate(
        seat.house,
        seat.service.id,
        room,
        Moderate(int(text), seat.member.id, do, seat.fields.get("reason", "other")),
    )
    return go(f"/desk/groups/{room}", said=said)


async def hide(seat: Seat) -> web.StreamResponse:
    return await _moderate(seat, "hide", "hidden")


async def release(seat: Seat) -> web.StreamResponse:
    return await _moderate(seat, "release", "released")


async def write(seat: Seat) -> web.StreamResponse:
    room = (await _room_of(seat)).id
    text = seat.fields.get("text", "").strip()
    if not text or len(text) > seat.house.shelf.library.policy.groups.max_characters:
        return await _page(seat, 422, empty=True, typed=text)
    try:
        once = UUID(seat.fields.get("once", ""))
    except ValueError:
        raise Refused("stale_form") from None
    await rooms.host_post(seat.house, seat.service.id, room, seat.member.id, once, text)
    return go(f"/desk/groups/{room}", said="posted")


async def _alert_of(seat: Seat, room: LineId) -> UUID:
    """The group's own alert: hosts answer for it here, since they see no alerts of patients."""
    waiting = await seat.house.record.ledger.list(seat.service.id, open_only=True, by=None)
    alert = next((a.id for a in waiting if a.line == room), None)
    if alert is None:
        raise Refused("alert_gone")
    return alert


async def acknowledge(seat: Seat) -> web.StreamResponse:
    room = (await _room_of(seat)).id
    await acts.acknowledge(seat.house, seat.service.id, await _alert_of(seat, room), seat.member.id)
    return go(f"/desk/groups/{room}", said="acknowledged")


async def resolve(seat: Seat) -> web.StreamResponse:
    room = (await _room_of(seat)).id
    outcome, note = seat.fields.get("outcome", ""), seat.fields.get("note", "").strip()[:LONGEST_NOTE]
    if outcome not in words.OUTCOMES:
        return await _page(seat, 422, missing=True)
    alert = await _alert_of(seat, room)
    await acts.resolve(seat.house, seat.service.id, alert, seat.member.id, outcome, note)
    return go(f"/desk/groups/{room}", said="resolved")
