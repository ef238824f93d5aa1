"""Server-sent events: a word to an open page that what it shows has changed. They carry nothing else."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiohttp import web

from bot.core.errors import Refused, Unavailable
from bot.core.state import Conversation
from bot.core.values import LineId
from bot.usecases.conversation import standing
from bot.usecases.staff_sessions import staff_session
from bot.web.desk import alerts, inbox, moderation
from bot.web.desk.forms import id_in
from bot.web.desk.seat import Seat
from bot.web.limits import Seats

KEEP_ALIVE_S = 15.0
MOST_STREAMS = 6

STREAMS: web.AppKey[set[asyncio.Queue[bool]]] = web.AppKey("desk_streams")
TAKEN: web.AppKey[Seats] = web.AppKey("desk_streams_of_one", Seats)


@dataclass(frozen=True)
class Watch:
    """What an open page waits for. ``standing``: a fingerprint of what it shows, read from the record."""

    line: LineId
    standing: Callable[[], Awaitable[str]]


async def events(seat: Seat) -> web.StreamResponse:
    """Of the alerts: until the browser goes, the session ends or this process stops."""
    house, service = seat.house, seat.service.id

    async def standing_now() -> str:
        return await alerts.waiting_now(house, service, seat.looker())

    return await _watch(seat, Watch(LineId(service), standing_now))


async def events_of_inbox(seat: Seat) -> web.StreamResponse:
    house, service = seat.house, seat.service.id

    async def standing_now() -> str:
        return await inbox.waiting_now(house, service, seat.looker())

    return await _watch(seat, Watch(LineId(service), standing_now))


async def events_of_moderation(seat: Seat) -> web.StreamResponse:
    house, service = seat.house, seat.service.id

    async def standing_now() -> str:
        return await moderation.waiting_now(house, service, seat.looker())

    return await _watch(seat, Watch(LineId(service), standing_now))


async def events_of_patient(seat: Seat) -> web.StreamResponse:
    """The same of one patient, whose page lies open: that page was the look, and loads itself anew."""
    house, service = seat.house, seat.service.id
    patient = LineId(id_in(seat.request))
    if patient not in await house.record.reading.people(service, [patient], seat.looker()):
        raise Refused("not_found")

    async def standing_now() -> str:
        state = await standing(house, service, patient)
        return fingerprint_of(state) if state else ""

    return await _watch(seat, Watch(patient, standing_now))


def fingerprint_of(state: Conversation) -> str:
    """What a patient's open page shows, in a few characters."""
    alerts = sorted((concern, alert.status, alert.level) for concern, alert in state.alerts.items())
    by = state.hold.by if state.hold else None
    return hashlib.sha256(repr((state.seq, state.status, by, alerts)).encode()).hexdigest()[:16]


async def _watch(seat: Seat, watch: Watch) -> web.StreamResponse:
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
            with seat.house.hub.listening(seat.service.id, watch.line, lambda _: _say(news, True)):
                await response.prepare(seat.request)
                await _stream(seat, watch, response, news)
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


async def _stream(seat: Seat, watch: Watch, response: web.StreamResponse, news: asyncio.Queue[bool]) -> None:
    """Listening began before: what changed between the page and this stream shows in the fingerprint."""
    await response.write(b"retry: 3000\n\n")
    last = seat.request.query.get("seen", "")
    while True:
        now = await _standing(watch, last)
        if now != last:
            last = now
            await response.write(b"event: changed\ndata: 1\n\n")
        else:
            await response.write(b": still here\n\n")
        try:
            async with asyncio.timeout(KEEP_ALIVE_S):
                going_on = await news.get()
        except TimeoutError:
            going_on = await _signed_in(seat)
        if not going_on:
            return


async def _standing(watch: Watch, last: str) -> str:
    """Read from the record each time: a hint that was lost is made good at the next round."""
    try:
        return await watch.standing()
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
