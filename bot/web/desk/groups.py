"""Peer groups as hosts see them: which there are, and one room with its posts, who of the hosts is there, and their notes."""

from __future__ import annotations

from uuid import UUID

from aiohttp import web

from bot.core.errors import Refused
from bot.core.facts import PostKind
from bot.core.inputs import HostLooksIn
from bot.core.library import Group
from bot.core.roles import ROOMS
from bot.core.room import Room, presence
from bot.core.values import LineId, StaffId
from bot.usecases import alerts as acts
from bot.usecases import hosting, room_turns
from bot.usecases.looking import PostRead, RoomRead, open_room
from bot.usecases.moderation import handed_over, notes_of
from bot.usecases.room_now import now_of
from bot.usecases.room_turns import standing_of
from bot.web.desk import words
from bot.web.desk.alert_acts import LONGEST_NOTE
from bot.web.desk.evidence import reason_of
from bot.web.desk.forms import id_in
from bot.web.desk.room_seat import room_of, titled, titles
from bot.web.desk.seat import REFRESHED, Seat, go

HOST = frozenset({"host"})


async def show_list(seat: Seat) -> web.StreamResponse:
    """Groups by name, those first in which something waits: no words of members, so nobody looks at a record."""
    now = seat.house.clock.now()
    load = await seat.house.record.room_health.load(seat.service.id, now=now, since=now)
    by_room = {r.room: r for r in load.rooms}
    library = seat.house.shelf.library
    rows = [
        (room, titled(seat, room), library.group(room.group, "en"), by_room.get(room.id))
        for room in await seat.house.record.peers.rooms(seat.service.id)
    ]
    handed = await handed_over(seat.house, seat.service.id, seat.looker())
    return seat.page(
        "groups",
        rows=sorted(rows, key=lambda row: (row[3] is None or not row[3].waiting, row[1])),
        handed=handed,
        titles=await titles(seat),
        colleagues=await seat.colleagues(),
    )


async def show(seat: Seat) -> web.StreamResponse:
    return await page_of_room(seat)


async def page_of_room(seat: Seat, status: int = 200, **wrong: object) -> web.Response:
    room = LineId(id_in(seat.request))
    read = await open_room(seat.house, seat.service.id, room, seat.looker())
    if read is None:
        raise Refused("not_found")
    await _counts_as_there(seat, room)
    library = seat.house.shelf.library
    group = library.group(read.seen.room.group, "en")
    alert = next(iter(read.seen.alerts), None)
    standing = await standing_of(seat.house, seat.service.id, room)
    return seat.page(
        "group",
        status,
        room=room,
        title=titled(seat, read.seen.room),
        group=group,
        read=read,
        alert=alert,
        reported=_reported(seat, read),
        colleagues=await seat.colleagues(),
        there=presence.hosts_there(standing, seat.house.clock.now()) if standing else {},
        waiting=len(standing.cases) if standing else 0,
        recap=standing is not None and any(case.kind == "recap" for case in standing.cases.values()),
        may_begin=_may_begin(standing, group),
        begins_with=library.begins_with(group) if group is not None else 0,
        now=now_of(seat.house, seat.service.id, read.seen.room),
        away_after=library.policy.groups.host_away_after_minutes,
        notes=[n for n in await notes_of(seat.house, seat.service.id, room, seat.looker()) if not n.handle],
        others=await _others(seat),
        answers=_answered(seat, read),
        once=str(seat.house.ids.new()),
        longest=library.policy.groups.max_characters,
        longest_note=LONGEST_NOTE,
        **{"missing": False, "empty": False, "typed": "", "not_handed": False, "note": "", **wrong},
    )


async def _counts_as_there(seat: Seat, room: LineId) -> None:
    """A host who opens the room by day is there. Others may read it, and are there once they act or say so."""
    if seat.may(HOST) and REFRESHED not in seat.request.headers:
        await room_turns.tell_room(seat.house, seat.service.id, room, HostLooksIn(seat.member.id))


def _reported(seat: Seat, read: RoomRead) -> dict[int, str]:
    library = seat.house.shelf.library
    return {
        e.seq: reason_of(e, library).text
        for alert in read.seen.alerts[:1]
        for e in alert.evidence
        if e.seq is not None
    }


def _may_begin(standing: Room | None, group: Group | None) -> bool:
    """A course for which somebody is there."""
    waits = standing is not None and standing.course is None and standing.size > 0
    return waits and group is not None and group.kind == "course"


def _answered(seat: Seat, read: RoomRead) -> PostRead | None:
    """The post that the host is about to answer: named by the address, or by the form that was sent."""
    to = seat.fields.get("to", "") if seat.fields else seat.request.query.get("to", "")
    return next((p for p in read.posts if str(p.seq) == to and p.status == "shown"), None)


async def _others(seat: Seat) -> list[tuple[StaffId, str]]:
    """To whom a room can be handed over, hosts first."""
    staff = [m for m in await seat.house.record.staff.all(seat.service.id) if m.id != seat.member.id]
    can = sorted((m for m in staff if m.roles & ROOMS), key=lambda m: (not m.roles & HOST, m.name))
    return [(m.id, f"{m.name} (away)" if m.away else m.name) for m in can]


# -- what a host does ---------------------------------------------------------------------------------


async def write(seat: Seat) -> web.StreamResponse:
    room = (await room_of(seat)).id
    text, to = seat.fields.get("text", "").strip(), seat.fields.get("to", "")
    if not text or len(text) > seat.house.shelf.library.policy.groups.max_characters:
        return await page_of_room(seat, 422, empty=True, typed=text)
    try:
        once = UUID(seat.fields.get("once", ""))
    except ValueError:
        raise Refused("stale_form") from None
    reply_to = int(to) if to.isascii() and to.isdigit() and len(to) <= 12 else None
    kind: PostKind = "recap" if seat.fields.get("recap") == "yes" else "post"
    await hosting.host_post(seat.house, seat.service.id, room, seat.member.id, once, text, reply_to, kind)
    return go(f"/desk/groups/{room}", said="posted")


async def _alert_of(seat: Seat, room: LineId) -> UUID:
    """The group's own alert: hosts answer for it here, since they see no alerts of patients."""
    waiting = await seat.house.record.ledger.list(seat.service.id, open_only=True, by=None)
    alert = next((a.id for a in waiting if a.line == room), None)
    if alert is None:
        raise Refused("alert_gone")
    return alert


async def acknowledge(seat: Seat) -> web.StreamResponse:
    room = (await room_of(seat)).id
    await acts.acknowledge(seat.house, seat.service.id, await _alert_of(seat, room), seat.member.id)
    return go(f"/desk/groups/{room}", said="acknowledged")


async def resolve(seat: Seat) -> web.StreamResponse:
    room = (await room_of(seat)).id
    outcome, note = seat.fields.get("outcome", ""), seat.fields.get("note", "").strip()[:LONGEST_NOTE]
    if outcome not in words.OUTCOMES:
        return await page_of_room(seat, 422, missing=True)
    alert = await _alert_of(seat, room)
    await acts.resolve(seat.house, seat.service.id, alert, seat.member.id, outcome, note)
    return go(f"/desk/groups/{room}", said="resolved")
