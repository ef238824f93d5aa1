"""The conversation as a page."""

from __future__ import annotations

from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from aiohttp import web

from bot.core.errors import Refused, Unavailable
from bot.web.plain.curve import curve_of
from bot.web.plain.entering import way_in
from bot.web.plain.forms import whole
from bot.web.plain.reading import screen_of, settled, turns_before
from bot.web.plain.rooms import rooms_with_names
from bot.web.plain.seat import Seat, go, seat_of, sorry
from bot.web.plain.wording import Voice
from bot.web.screen import reading_now

LOOKS_EVERY_S = 60


@dataclass(frozen=True)
class Wrong:
    """A form that was not taken, and what was written, which goes back into it.

    ``re``: the message whose form it was; None: the box for one's own words. ``sentence``: why, where it does not follow
    from the question.
    """

    typed: str = field(repr=False)
    re: int | None = None
    sentence: str = ""


async def show(request: web.Request) -> web.StreamResponse:
    """The conversation of whoever is signed in; to everybody else the way in."""
    by_itself = "look" in request.query
    try:
        seat = await seat_of(request, used=not by_itself)
    except Refused:
        return way_in(request)
    except Unavailable as down:
        return sorry(request, down)
    try:
        before = whole(request.query.get("before", ""))
        return await (_older(seat, before) if before else conversation(seat, looks=by_itself))
    except (Refused, Unavailable) as error:
        return sorry(request, error)


async def conversation(
    seat: Seat, status: int = 200, *, wrong: Wrong | None = None, looks: bool = False
) -> web.Response:
    """``looks``: it loads itself again, because its reader has asked for that, and has no place to write."""
    state = await settled(seat)
    if state is None:
        raise Refused("signed_out")
    screen = await screen_of(seat, state)
    response = seat.page(
        "conversation",
        status,
        t=voice_of(seat, state.profile.timezone),
        screen=screen,
        wrong=wrong,
        looks=looks,
        page_id=seat.house.ids.new(),
        curve_of=curve_of,
        reading=reading_now(seat.house, seat.service.id, seat.language, state),
        rooms=await rooms_with_names(seat),
    )
    if looks:
        response.headers["Refresh"] = f"{LOOKS_EVERY_S}; url=/plain?look=1"
    return response


async def _older(seat: Seat, before: int) -> web.Response:
    turns, older = await turns_before(seat, before)
    if not turns:
        return go("/plain")
    return seat.page("older", turns=turns, older=older, curve_of=curve_of, t=voice_of(seat))


def voice_of(seat: Seat, zone: str | None = None) -> Voice:
    library = seat.house.shelf.library
    return Voice(library, library.speaks(seat.language), ZoneInfo(zone or seat.service.timezone))
