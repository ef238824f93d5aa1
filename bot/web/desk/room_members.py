"""Who is in a room, by their made-up names, and one member's history there: never a name, never anything about health."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from bot.core.errors import Refused
from bot.core.values import LineId
from bot.ports import CaseSeen
from bot.usecases.moderation import open_member, open_members
from bot.web.desk import words
from bot.web.desk.alert_acts import LONGEST_NOTE
from bot.web.desk.forms import id_in
from bot.web.desk.moderation import why
from bot.web.desk.room_seat import titled
from bot.web.desk.seat import Seat


async def show_list(seat: Seat) -> web.StreamResponse:
    room = LineId(id_in(seat.request))
    read = await open_members(seat.house, seat.service.id, room, seat.looker())
    if read is None:
        raise Refused("not_found")
    return seat.page(
        "members",
        room=room,
        title=titled(seat, read.room),
        here_now=read.of("member"),
        waits=read.of("waiting"),
    )


async def show(seat: Seat) -> web.StreamResponse:
    room, handle = LineId(id_in(seat.request)), id_in(seat.request, "handle")
    read = await open_member(seat.house, seat.service.id, room, handle, seat.looker())
    if read is None:
        raise Refused("not_found")
    strikes = seat.house.shelf.library.policy.groups.strikes
    return seat.page(
        "member",
        room=room,
        title=titled(seat, read.room),
        member=read.member,
        read=read,
        history=_newest_first(read.cases),
        colleagues=await seat.colleagues(),
        lasts=words.strike_lasts(strikes, read.member.strikes),
        why=why,
        longest_note=LONGEST_NOTE,
    )


def _newest_first(cases: Sequence[CaseSeen]) -> list[CaseSeen]:
    return sorted(cases, key=lambda case: (case.decided_at or case.opened_at, case.case), reverse=True)
