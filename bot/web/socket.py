"""The WebSocket ``/v1/ws``: one patient on one screen, gapless by seq, acknowledged when durable."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import replace

import structlog
from aiohttp import WSCloseCode, WSMsgType, web

from bot.core.errors import Refused, Unavailable
from bot.logs import failure_of
from bot.ports import Session
from bot.usecases.house import House
from bot.usecases.ways_in import secret_hash, spend_ticket, who_is
from bot.web.calls import address_of, check_origin
from bot.web.frames import PROTOCOL, Hello, dump, parse
from bot.web.keys import HOUSE, SETTINGS
from bot.web.limits import Seats
from bot.web.outgoing import CLOSED_WITHIN_S, TAKEN_AT_ONCE
from bot.web.refusals import nack_for
from bot.web.screen import READING, Screen

log = structlog.get_logger()

HELLO_WITHIN_S = 10.0
BYE_WITHIN_S = 3.0
LOOK_S = 0.02

BY_ADDRESS: web.AppKey[Seats] = web.AppKey("seats_by_address", Seats)
BY_PATIENT: web.AppKey[Seats] = web.AppKey("seats_by_patient", Seats)
OPEN: web.AppKey[set[Screen]] = web.AppKey("open_screens", set)


async def socket(request: web.Request) -> web.StreamResponse:
    check_origin(request)
    with request.app[BY_ADDRESS].seat(address_of(request)):
        limits = request.app[SETTINGS].limits
        ws = web.WebSocketResponse(
            protocols=(PROTOCOL,),
            max_msg_size=limits.frame_bytes,
            compress=False,
            autoping=False,
            timeout=CLOSED_WITHIN_S,
            writer_limit=TAKEN_AT_ONCE,
        )
        await ws.prepare(request)
        await _serve(request, ws)
        return ws


async def _serve(request: web.Request, ws: web.WebSocketResponse) -> None:
    house = request.app[HOUSE]
    try:
        hello = await _greeted(ws)
        async with request.app[READING]:
            session = await _session_of(house, hello)
        with request.app[BY_PATIENT].seat(session.subject):
            screen = Screen(request, ws, session)
            request.app[OPEN].add(screen)
            try:
                await screen.live(hello)
            finally:
                request.app[OPEN].discard(screen)
    except (Refused, Unavailable) as error:
        with suppress(ConnectionError):
            await ws.send_str(dump(nack_for(house, error)))
            await ws.close(code=WSCloseCode.POLICY_VIOLATION)
    except (TimeoutError, ConnectionError):
        await ws.close(code=WSCloseCode.POLICY_VIOLATION)
    except Exception as error:
        log.error("socket_failed", **failure_of(error))
        await ws.close(code=WSCloseCode.INTERNAL_ERROR)


async def _greeted(ws: web.WebSocketResponse) -> Hello:
    async with asyncio.timeout(HELLO_WITHIN_S):
        first = await ws.receive()
    frame = parse(first.data) if first.type is WSMsgType.TEXT else None
    if not isinstance(frame, Hello):
        raise Refused("bad_frame")
    return frame


async def _session_of(house: House, hello: Hello) -> Session:
    if hello.token is not None:
        session = await who_is(house, hello.token, "patient")
        return replace(session, parent=secret_hash(hello.token))
    if hello.ticket is not None:
        return await spend_ticket(house, hello.ticket)
    raise Refused("signed_out")


async def say_bye_to_all(app: web.Application) -> None:
    """Before the process goes: everybody is told, and comes back after a moment, not all at once."""
    screens: set[Screen] = app[OPEN]
    for n, screen in enumerate(tuple(screens)):
        screen.say_bye("restarting", 0.5 + (n % 50) / 10)
    for _ in range(round(BYE_WITHIN_S / LOOK_S)):
        if not screens:
            return
        await asyncio.sleep(LOOK_S)
    for screen in tuple(screens):
        screen.cut()
