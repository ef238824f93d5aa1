"""Which letters somebody gets: the digest, on or off, and those that always come."""

from __future__ import annotations

from aiohttp import web

from bot.core.errors import Refused
from bot.web.desk.seat import Seat, go

SHOWN = 10


async def show(seat: Seat) -> web.StreamResponse:
    digests = seat.house.record.digests
    return seat.page(
        "letters",
        wanted=seat.member.id not in await digests.unwanted(seat.service.id),
        digests=await digests.seen(seat.service.id, seat.member.id, SHOWN),
    )


async def set_digest(seat: Seat) -> web.StreamResponse:
    wish = seat.fields.get("digest")
    if wish not in ("on", "off"):
        raise Refused("refused")
    now = seat.house.clock.now()
    await seat.house.record.digests.want(seat.service.id, seat.member.id, now, on=wish == "on")
    return go("/desk/letters", said=f"digest_{wish}")
