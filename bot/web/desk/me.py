"""One's own page: where one is signed in, and one's own password. Without patients."""

from __future__ import annotations

from aiohttp import web

from bot.core.errors import Refused
from bot.usecases import own_account
from bot.usecases.people import LONGEST_PASSWORD, SHORTEST_PASSWORD
from bot.web.calls import count_try
from bot.web.desk.seat import Seat, go

PAGE = "/desk/me"
WRONG = {
    "sign_in_failed": "Not changed. The password that you have now is another one.",
    "short_password": f"Not changed. A password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters.",
    "rate_limited": "Not changed. That was tried too often: wait a minute.",
}


async def show(seat: Seat) -> web.StreamResponse:
    return await _page(seat)


async def _page(seat: Seat, wrong: str = "", status: int = 200) -> web.Response:
    return seat.page(
        "me",
        status,
        sessions=await own_account.own_sessions(seat.house, seat.member, seat.token),
        wrong=wrong,
        shortest=SHORTEST_PASSWORD,
    )


async def end_one(seat: Seat) -> web.StreamResponse:
    await own_account.end_one(seat.house, seat.member, seat.fields.get("session", ""))
    return go(PAGE, said="ended_there")


async def end_others(seat: Seat) -> web.StreamResponse:
    await own_account.end_others(seat.house, seat.member, seat.token)
    return go(PAGE, said="ended_there")


async def change_password(seat: Seat) -> web.StreamResponse:
    old, new = (seat.fields.get(name, "")[: LONGEST_PASSWORD + 1] for name in ("old", "new"))
    try:
        count_try(seat.request)
        await own_account.change_password(seat.house, seat.member, seat.token, old, new)
    except Refused as refused:
        if refused.code not in WRONG:
            raise
        return await _page(seat, WRONG[refused.code], 429 if refused.code == "rate_limited" else 422)
    return go(PAGE, said="password_changed")
