"""Server-sent events: a word to an open page that the alerts, or the inbox, have changed. They carry nothing else."""

from __future__ import annotations

import asyncio

from aiohttp import web

from bot.core.errors import Refused, Unavailable
from bot.core.values import LineId
from bot.usecases.staff_sessions import staff_session
from bot.web.desk import alerts, inbox
from bot.web.desk.seat import Seat
from bot.web.limits import Seats

KEEP_ALIVE_S = 15.0
MOST_STREAMS = 6

STREAMS: web.AppKey[set[asyncio.Queue[bool]]] = web.AppKey("desk_streams")
TAKEN: web.AppKey[Seats] = web.AppKey("desk_streams_of_one", Seats)


async def events(seat: Seat) -> web.StreamResponse:
    """Until the browser goes, the session ends or this process stops."""
    app = seat.request.app
    response = web.StreamResponse(
        headers={
            "Content-Type": "text/event-stream",
            "Cache-Control": "no-store",
            "X-Accel-Buffering": "no",
        }
    )
    with app[TAKEN].seat(seat.token):
        news: asyncio.Queue[bool] = asyncio.Queue(maxsize=1)
        app[STREAMS].add(news)
        try:
            with seat.house.hub.listening(
                seat.service.id, LineId(seat.service.id), lambda _: _say(news, True)
            ):
                await response.prepare(seat.request)
                await _stream(seat, response, news)
        except ConnectionError:
            pass
        finally:
            app[STREAMS].discard(news)
    return response


def _say(news: asyncio.Queue[bool], going_on: bool) -> None:
    """Many changes while a page is busy are one; the last word always fits."""
    if news.full() and not going_on:
        news.get_nowait()
    if not news.full():
        news.put_nowait(going_on)


async def _stream(seat: Seat, response: web.StreamResponse, news: asyncio.Queue[bool]) -> None:
    """Listening began before: what changed between the page and this stream shows in the fingerprint."""
    await response.write(b"retry: 3000\n\n")
    last = seat.request.query.get("seen", "")
    while True:
        standing = await _standing(seat, last)
        if standing != last:
            last = standing
            await response.write(b"event: alerts\ndata: changed\n\n")
        else:
            await response.write(b": still here\n\n")
        try:
            async with asyncio.timeout(KEEP_ALIVE_S):
                going_on = await news.get()
        except TimeoutError:
            going_on = await _signed_in(seat)
        if not going_on:
            return


async def _standing(seat: Seat, last: str) -> str:
    """Read from the record each time: a hint that was lost is made good at the next round."""
    try:
        if seat.request.query.get("of") == "inbox":
            return await inbox.waiting_now(seat)
        return await alerts.waiting_now(seat.house, seat.service.id)
    except Unavailable:
        return last


async def _signed_in(seat: Seat) -> bool:
    try:
        await staff_session(seat.house, seat.token, used=False)
    except Refused:
        return False
    except Unavailable:
        return True
    return True


async def end_streams(app: web.Application) -> None:
    streams = app[STREAMS]
    for news in tuple(streams):
        _say(news, False)
