"""What hosts do: about a post, a member, an appeal, and by being there. Each act is an input to the room's own Line."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from aiohttp import web

from bot.core.errors import Refused
from bot.core.facts import PostDelayed
from bot.core.inputs import (
    AnswerAppeal,
    AnswerJoining,
    BeginCourse,
    HandRoomOver,
    HostAway,
    HostHere,
    Moderate,
    NoteByHost,
    Recapped,
    Restore,
    RoomInput,
    Strike,
)
from bot.core.roles import ROOMS
from bot.core.values import LineId, StaffId
from bot.usecases import hosting, room_turns
from bot.usecases.change import Changed
from bot.usecases.moderation import member_of
from bot.web.desk.alert_acts import LONGEST_NOTE
from bot.web.desk.groups import page_of_room
from bot.web.desk.room_seat import back, member_in, number_of, room_of
from bot.web.desk.seat import Seat, go


async def _done(
    seat: Seat, room: LineId, act: RoomInput, otherwise: str, said: str, *, stay: bool = False
) -> web.StreamResponse:
    """What a colleague was faster with is said, and changes nothing. ``stay``: what it was about waits as before."""
    try:
        if isinstance(act, Moderate):
            changed = await hosting.moderate(seat.house, seat.service.id, room, act)
        else:
            changed = await room_turns.tell_room(seat.house, seat.service.id, room, act)
    except Refused as refused:
        if refused.code not in ("already_decided", "post_gone") or seat.fields.get("back") != "queue":
            raise
        return back(seat, otherwise, "decided_before")
    return back(seat, otherwise, _came_of_it(changed, said), stay=stay)


def _came_of_it(changed: Changed, said: str) -> str:
    delayed = any(isinstance(fact, PostDelayed) for fact in changed.facts)
    return f"{said}_later" if delayed and said == "released" else said


# -- about a post -------------------------------------------------------------------------------------


async def _moderate(
    seat: Seat, do: Literal["hide", "release", "leave"], said: str, reason: str = ""
) -> web.StreamResponse:
    room, seq = (await room_of(seat)).id, number_of(seat, "seq")
    act = Moderate(seq, seat.member.id, do, reason, asked=_asked(seat))
    return await _done(seat, room, act, f"/desk/groups/{room}", said)


def _asked(seat: Seat) -> tuple[int, ...]:
    """The cases that the page had shown as open."""
    numbers = seat.fields.get("asked", "").split()
    return tuple(int(n) for n in numbers if n.isascii() and n.isdigit() and len(n) <= 12)


async def hide(seat: Seat) -> web.StreamResponse:
    return await _moderate(seat, "hide", "hidden", seat.fields.get("reason", ""))


async def release(seat: Seat) -> web.StreamResponse:
    return await _moderate(seat, "release", "released")


async def leave(seat: Seat) -> web.StreamResponse:
    return await _moderate(seat, "leave", "left_alone")


async def worried(seat: Seat) -> web.StreamResponse:
    room, seq = (await room_of(seat)).id, number_of(seat, "seq")
    await hosting.ask_their_team(seat.house, seat.service.id, room, seq, seat.member.id, _once(seat))
    return back(seat, f"/desk/groups/{room}", "worried", stay=True)


def _once(seat: Seat) -> UUID:
    """As the page brought it. A form without one asks all the same: two alerts are better than none."""
    try:
        return UUID(seat.fields.get("once", ""))
    except ValueError:
        return seat.house.ids.new()


# -- about a member -----------------------------------------------------------------------------------


async def strike(seat: Seat) -> web.StreamResponse:
    room = (await room_of(seat)).id
    member, seq = await member_in(seat, room), seat.fields.get("seq", "")
    about = int(seq) if seq.isascii() and seq.isdigit() and len(seq) <= 12 else None
    act = Strike(member, seat.member.id, seat.fields.get("reason", ""), about)
    return await _done(seat, room, act, _page_of(seat, room), "struck", stay=about is not None)


async def restore(seat: Seat) -> web.StreamResponse:
    room = (await room_of(seat)).id
    act = Restore(await member_in(seat, room), seat.member.id)
    return await _done(seat, room, act, _page_of(seat, room), "may_write")


async def let_in(seat: Seat) -> web.StreamResponse:
    return await _joining(seat, let_in=True, said="let_in")


async def turn_away(seat: Seat) -> web.StreamResponse:
    return await _joining(seat, let_in=False, said="turned_away")


async def _joining(seat: Seat, *, let_in: bool, said: str) -> web.StreamResponse:
    room = (await room_of(seat)).id
    act = AnswerJoining(await member_in(seat, room), seat.member.id, let_in)
    return await _done(seat, room, act, f"/desk/groups/{room}/members", said)


def _page_of(seat: Seat, room: LineId) -> str:
    return f"/desk/groups/{room}/members/{seat.request.match_info['handle']}"


# -- appeals ------------------------------------------------------------------------------------------


async def uphold(seat: Seat) -> web.StreamResponse:
    return await _appeal(seat, uphold=True, said="upheld")


async def overturn(seat: Seat) -> web.StreamResponse:
    return await _appeal(seat, uphold=False, said="overturned")


async def dealt_with(seat: Seat) -> web.StreamResponse:
    return await _appeal(seat, uphold=True, said="dealt_with")


async def _appeal(seat: Seat, *, uphold: bool, said: str) -> web.StreamResponse:
    room = (await room_of(seat)).id
    act = AnswerAppeal(number_of(seat, "case"), seat.member.id, uphold)
    return await _done(seat, room, act, f"/desk/groups/{room}", said)


# -- sessions and courses -----------------------------------------------------------------------------


async def recapped(seat: Seat) -> web.StreamResponse:
    room = (await room_of(seat)).id
    act = Recapped(number_of(seat, "case"), seat.member.id)
    return await _done(seat, room, act, f"/desk/groups/{room}", "recapped")


async def begin_course(seat: Seat) -> web.StreamResponse:
    room = (await room_of(seat)).id
    act = BeginCourse(seat.member.id)
    return await _done(seat, room, act, f"/desk/groups/{room}", "course_began")


# -- being there --------------------------------------------------------------------------------------


async def here(seat: Seat) -> web.StreamResponse:
    room = (await room_of(seat)).id
    await room_turns.tell_room(seat.house, seat.service.id, room, HostHere(seat.member.id))
    return go(f"/desk/groups/{room}", said="here")


async def away(seat: Seat) -> web.StreamResponse:
    """To the list: opening the room again would mean being there again."""
    room = (await room_of(seat)).id
    await room_turns.tell_room(seat.house, seat.service.id, room, HostAway(seat.member.id))
    return go("/desk/groups", said="away")


async def hand_over(seat: Seat) -> web.StreamResponse:
    """With a few words: they are what the colleague finds."""
    room = (await room_of(seat)).id
    note = seat.fields.get("note", "").strip()[:LONGEST_NOTE]
    to = await _colleague(seat)
    if to is None or not note:
        return await page_of_room(seat, 422, not_handed=True, note=note)
    await room_turns.tell_room(seat.house, seat.service.id, room, HandRoomOver(seat.member.id, to, note))
    return go("/desk/groups", said="room_handed_over")


async def _colleague(seat: Seat) -> StaffId | None:
    try:
        to = StaffId(UUID(seat.fields.get("to", "")))
    except ValueError:
        return None
    staff = await seat.house.record.staff.all(seat.service.id)
    return next((m.id for m in staff if m.id == to and m.roles & ROOMS and m.id != seat.member.id), None)


async def note(seat: Seat) -> web.StreamResponse:
    """About the room, or about one of its members."""
    room = (await room_of(seat)).id
    text = seat.fields.get("note", "").strip()[:LONGEST_NOTE]
    if not text:
        raise Refused("empty_note")
    handle = seat.fields.get("about", "")
    where, about = f"/desk/groups/{room}", None
    if handle:
        about = await _about(seat, room, handle)
        where += f"/members/{handle}"
    await room_turns.tell_room(seat.house, seat.service.id, room, NoteByHost(seat.member.id, text, about))
    return go(where, said="noted")


async def _about(seat: Seat, room: LineId, handle: str) -> LineId:
    try:
        found = await member_of(seat.house, seat.service.id, room, UUID(handle))
    except ValueError:
        found = None
    if found is None:
        raise Refused("not_found")
    return found
