"""The chat over plain HTTP: the same frames in a POST, and replay by seq with a long poll."""

from __future__ import annotations

import asyncio
import json
import time

from aiohttp import web

from bot.core.errors import Refused, Unavailable
from bot.core.values import LineId, ServiceId
from bot.usecases.conversation import messages_since
from bot.usecases.house import House
from bot.usecases.hub import Delivered
from bot.usecases.rooms import posts_since
from bot.web.calls import check_origin, patient_of, raw_body
from bot.web.frames import Ack, PostFrame, ReportFrame, SayFrame, dump, id_and_words, parse
from bot.web.keys import HOUSE, METERS
from bot.web.limits import Buckets
from bot.web.refusals import nack_for, response_for
from bot.web.sight import msg_for
from bot.web.socket import carry_out

LONGEST_WAIT_S = 25.0

SENDS: web.AppKey[Buckets] = web.AppKey("sends", Buckets)


async def send(request: web.Request) -> web.Response:
    """One ``say``, ``post`` or ``report`` frame; ``Idempotency-Key`` is its id, and stands for it where it has none."""
    check_origin(request)
    house, meters, began = request.app[HOUSE], request.app[METERS], time.perf_counter()
    raw = await raw_body(request)
    client_id, text = id_and_words(raw)
    service, patient = None, None
    try:
        frame = _frame(raw, request.headers.get("Idempotency-Key"))
        client_id = frame.id
        session, patient = await patient_of(request)
        service = session.service
        if not request.app[SENDS].may(str(patient), asyncio.get_running_loop().time()):
            raise Refused("rate_limited")

        def acknowledge(_: int) -> None:
            meters.turns.labels("http").inc()
            meters.turn_seconds.observe(time.perf_counter() - began)

        seq = await carry_out(house, session.service, patient, frame, acknowledge)
    except (Refused, Unavailable) as error:
        nack = nack_for(house, error, client_id=client_id, text=text, service=service, patient=patient)
        meters.refusals.labels(nack.code).inc()
        return response_for(nack)
    return web.json_response(text=dump(Ack(id=frame.id, seq=seq)))


def _frame(raw: str, key: str | None) -> SayFrame | PostFrame | ReportFrame:
    """The body as a frame of the protocol: ``type`` may be left out for ``say``, ``id`` where the header gives it."""
    try:
        body = json.loads(raw)
        if not isinstance(body, dict):
            raise ValueError
        body.setdefault("type", "say")
        if key is not None and body.setdefault("id", key) != key:
            raise ValueError
        frame = parse(json.dumps(body))
    except (ValueError, RecursionError):
        raise Refused("bad_frame") from None
    if not isinstance(frame, SayFrame | PostFrame | ReportFrame):
        raise Refused("bad_frame")
    return frame


async def receive(request: web.Request) -> web.Response:
    """Messages above ``after``, of the conversation or of one ``group``; ``wait`` seconds for the first."""
    house = request.app[HOUSE]
    session, patient = await patient_of(request)
    after, wait = _number(request, "after", 0), _number(request, "wait", 0)
    room = await _room(house, session.service, patient, request.query.get("group"))
    messages = await _since(house, session.service, patient, room, after, min(wait, LONGEST_WAIT_S))
    frames = ",".join(dump(msg_for(m, patient)) for m in messages)
    seq = messages[-1].seq if messages else int(after)
    return web.json_response(text=f'{{"messages":[{frames}],"seq":{seq}}}')


def _number(request: web.Request, name: str, default: float) -> float:
    try:
        value = float(request.query.get(name, default))
    except ValueError:
        raise Refused("bad_frame") from None
    if not 0 <= value < 1e12:
        raise Refused("bad_frame")
    return value


async def _room(house: House, service: ServiceId, patient: LineId, group: str | None) -> LineId | None:
    """A room that the patient is in. Missing and forbidden look alike."""
    if group is None:
        return None
    for room in await house.record.reading.rooms_of(service, patient):
        if group == str(room.id):
            return room.id
    raise Refused("not_found")


async def _since(
    house: House, service: ServiceId, patient: LineId, room: LineId | None, after: float, wait_s: float
) -> tuple[Delivered, ...]:
    changed = asyncio.Event()
    with house.hub.listening(service, room or patient, lambda _: changed.set()):
        found = await _read(house, service, patient, room, int(after))
        if not found and wait_s:
            try:
                async with asyncio.timeout(wait_s):
                    await changed.wait()
            except TimeoutError:
                return ()
            found = await _read(house, service, patient, room, int(after))
        return found


async def _read(
    house: House, service: ServiceId, patient: LineId, room: LineId | None, after: int
) -> tuple[Delivered, ...]:
    if room is None:
        return await messages_since(house, service, patient, after)
    return await posts_since(house, service, room, after, patient)


def add_message_routes(app: web.Application) -> None:
    app.router.add_post("/v1/messages", send)
    app.router.add_get("/v1/messages", receive)
