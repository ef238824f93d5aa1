"""The chat over plain HTTP: the same frames in a POST, and replay by seq with a long poll."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import structlog
from aiohttp import web

from bot.core.errors import Refused, Unavailable
from bot.core.values import LineId, ServiceId
from bot.logs import failure_of
from bot.usecases.conversation import messages_since
from bot.usecases.house import House
from bot.usecases.hub import Delivered
from bot.usecases.rooms import posts_since
from bot.usecases.ways_in import service_of
from bot.web.calls import bearer, check_origin, patient_of, raw_body
from bot.web.carrying_out import carry_out
from bot.web.frames import Ack, PostFrame, ReportFrame, SayFrame, dump, id_and_words, parse
from bot.web.keys import HOUSE, METERS
from bot.web.limits import Buckets
from bot.web.overdue import OVERDUE
from bot.web.refusals import nack_for, response_for, turn_to_first
from bot.web.sight import msg_for

log = structlog.get_logger()

LONGEST_WAIT_S = 25.0

SENDS: web.AppKey[Buckets] = web.AppKey("sends", Buckets)


async def send(request: web.Request) -> web.Response:
    """One ``say``, ``post`` or ``report`` frame; ``Idempotency-Key`` is its id, and stands for it where it has none."""
    check_origin(request)
    raw = await raw_body(request)
    posted = _Posted(request, raw)
    request.app[OVERDUE].begin(posted)
    try:
        return await posted.carried_out()
    finally:
        request.app[OVERDUE].end(posted)


class _Posted:
    """One message over HTTP, until its outcome is known."""

    def __init__(self, request: web.Request, raw: str) -> None:
        self.since = time.monotonic()
        self._request, self._raw = request, raw
        self._house, self._meters = request.app[HOUSE], request.app[METERS]
        self._id, self._text = id_and_words(raw)
        self._service = _service_named(request)
        self._patient: LineId | None = None
        self._early: web.Response | None = None
        self._written = asyncio.Event()

    async def carried_out(self) -> web.Response:
        try:
            response = await self._taken()
        except (Refused, Unavailable) as error:
            response = self._refused(error)
        except Exception as error:
            log.error("message_failed", **failure_of(error))
            response = self._refused(Unavailable("this service"))
        if self._early is None:
            return response
        await self._written.wait()
        return self._early

    async def _taken(self) -> web.Response:
        frame = _frame(self._raw, self._request.headers.get("Idempotency-Key"))
        self._id = frame.id
        session, patient = await patient_of(self._request)
        self._service, self._patient = session.service, patient
        if not self._request.app[SENDS].may(str(patient), asyncio.get_running_loop().time()):
            raise Refused("rate_limited")
        seq = await carry_out(self._house, session.service, patient, frame, self._acknowledged)
        return web.json_response(text=dump(Ack(id=frame.id, seq=seq)))

    def _acknowledged(self, _: int) -> None:
        self._meters.turns.labels("http").inc()
        self._meters.turn_seconds.observe(time.monotonic() - self.since)

    def _refused(self, error: Refused | Unavailable) -> web.Response:
        nack = nack_for(
            self._house,
            error,
            client_id=self._id,
            text=self._text,
            service=self._service,
            patient=self._patient,
        )
        self._meters.refusals.labels(nack.code).inc()
        return response_for(nack)

    def overdue(self) -> None:
        """Where to turn is the answer, and what becomes of the message is found out by sending it again."""
        nack = turn_to_first(self._house, self._id, self._text, self._service)
        if nack is not None:
            self._early = response_for(nack)
            self._early.force_close()  # the next request must not wait behind this one
            self._house.afterwards.start("early answer", self._write(self._early))

    async def _write(self, response: web.Response) -> None:
        try:
            with suppress(ConnectionError):
                await response.prepare(self._request)
                await response.write_eof()
        finally:
            self._written.set()


def _service_named(request: web.Request) -> ServiceId | None:
    """By the token alone, before the record has said whether it is any good: whose lines to show."""
    try:
        return service_of(request.app[HOUSE], bearer(request)).id
    except Refused:
        return None


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


class Polls:
    """Those who wait for the next message. Where the process goes, nobody waits any longer."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Event] = set()
        self._ended = False

    @contextmanager
    def one(self) -> Iterator[asyncio.Event]:
        changed = asyncio.Event()
        if self._ended:
            changed.set()
        self._waiting.add(changed)
        try:
            yield changed
        finally:
            self._waiting.discard(changed)

    def end(self) -> None:
        self._ended = True
        for changed in self._waiting:
            changed.set()


POLLS: web.AppKey[Polls] = web.AppKey("polls", Polls)


async def end_polls(app: web.Application) -> None:
    app[POLLS].end()


async def receive(request: web.Request) -> web.Response:
    """Messages above ``after``, of the conversation or of one ``group``; ``wait`` seconds for the first."""
    house = request.app[HOUSE]
    session, patient = await patient_of(request)
    after, wait = _number(request, "after", 0), _number(request, "wait", 0)
    room = await _room(house, session.service, patient, request.query.get("group"))
    with (
        request.app[POLLS].one() as changed,
        house.hub.listening(session.service, room or patient, lambda _: changed.set()),
    ):
        messages = await _read(house, session.service, patient, room, int(after))
        if not messages and wait:
            with suppress(TimeoutError):
                async with asyncio.timeout(min(wait, LONGEST_WAIT_S)):
                    await changed.wait()
                messages = await _read(house, session.service, patient, room, int(after))
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


async def _read(
    house: House, service: ServiceId, patient: LineId, room: LineId | None, after: int
) -> tuple[Delivered, ...]:
    if room is None:
        return await messages_since(house, service, patient, after)
    return await posts_since(house, service, room, after, patient)


def add_message_routes(app: web.Application) -> None:
    app.router.add_post("/v1/messages", send)
    app.router.add_get("/v1/messages", receive)
