"""Where to turn, one's own safety plan, and who looked: pages beside the conversation."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from aiohttp import web

from bot.core.errors import Refused, Unavailable
from bot.core.flow.voice import where_to_turn_in
from bot.core.shown import Signpost
from bot.usecases.own_looks import own_looks
from bot.usecases.own_plan import PartOpened, plan_of
from bot.web.calls import language_of
from bot.web.keys import HOUSE
from bot.web.plain.seat import Seat, page, seat_of, token_of
from bot.web.refusals import ALWAYS

RECORD_WITHIN_S = 1.0


async def show_help(request: web.Request) -> web.StreamResponse:
    """With the record slow or down it shows where to turn all the same, and does not wait for the plan."""
    seat: Seat | None = None
    plan: Sequence[PartOpened] = ()
    with suppress(Refused, Unavailable, TimeoutError):
        async with asyncio.timeout(RECORD_WITHIN_S):
            seat = await seat_of(request)
            plan = await plan_of(seat.house, seat.service.id, seat.patient)
    language = seat.language if seat else language_of(request)
    shown: dict[str, Any] = {
        "lines": _lines(request, seat, language),
        "plan": plan,
        "signed_in": bool(token_of(request)[0]),
    }
    return seat.page("help", **shown) if seat else page(request, "help", language=language, **shown)


def _lines(request: web.Request, seat: Seat | None, language: str) -> Sequence[Signpost]:
    shelf = request.app[HOUSE].shelf
    with suppress(Refused, Unavailable):
        services = shelf.services()
        service = seat.service if seat else services[0] if services else None
        nation = service.nation if service else "england"
        return where_to_turn_in(shelf.for_safety, nation, "advice", language).lines or ALWAYS
    return ALWAYS


async def show_plan(seat: Seat) -> web.StreamResponse:
    """On a page of its own, so that nothing else is printed with it."""
    plan = await plan_of(seat.house, seat.service.id, seat.patient)
    return seat.page("plan", plan=plan, lines=_lines(seat.request, seat, seat.language))


async def show_looks(seat: Seat) -> web.StreamResponse:
    return seat.page("looks", days=await own_looks(seat.house, seat.service.id, seat.patient))
