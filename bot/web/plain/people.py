"""People like me as a page: the groups that fit, why, and when people are there."""

from __future__ import annotations

from urllib.parse import urlencode

from aiohttp import web

from bot.core.matching import Wish
from bot.usecases.own_directory import own_calendar, own_directory
from bot.web.directory import calendar_of, wish_in
from bot.web.plain.rooms import rooms_with_names
from bot.web.plain.seat import Seat

ADDRESS = "/plain/people-like-me"


async def show_people(seat: Seat) -> web.StreamResponse:
    wish = wish_in({name: value for name, value in seat.request.query.items() if value})
    return seat.page(
        "people",
        found=await own_directory(seat.house, seat.service.id, seat.patient, wish),
        wish=wish,
        rooms=await rooms_with_names(seat),
        page_id=seat.house.ids.new(),
        address_of=lambda **more: _address(wish, more),
    )


def _address(wish: Wish, more: dict[str, str]) -> str:
    """Of the same page with another wish; the rest of what was asked for stays."""
    asked = {"theme": wish.theme, "stage": wish.stage or "", "kind": wish.kind or "", **more}
    query = urlencode({name: value for name, value in asked.items() if value})
    return f"{ADDRESS}?{query}" if query else ADDRESS


async def give_calendar(seat: Seat) -> web.StreamResponse:
    room = seat.request.match_info["id"]
    return calendar_of(await own_calendar(seat.house, seat.service.id, seat.patient, room, seat.language))
