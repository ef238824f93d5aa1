"""The WebSocket ``/v1/ws``: one patient on one screen, gapless by seq, acknowledged when durable."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from uuid import UUID

import structlog
from aiohttp import WSCloseCode, WSMsgType, web

from bot.core.errors import Refused, Unavailable
from bot.core.values import LineId, ServiceId
from bot.logs import failure_of
from bot.ports import Session
from bot.usecases import turn
from bot.usecases.conversation import messages_since
from bot.usecases.house import House
from bot.usecases.hub import News
from bot.usecases.rooms import posts_since
from bot.usecases.ways_in import spend_ticket, who_is
from bot.web.calls import address_of, check_origin
from bot.web.frames import (
    PROTOCOL,
    Ack,
    Bye,
    Hello,
    PostFrame,
    ReportFrame,
    RoomName,
    SayFrame,
    ServerFrame,
    Welcome,
    dump,
    id_and_words,
    parse,
)
from bot.web.keys import HOUSE, METERS, SETTINGS
from bot.web.limits import Bucket, Seats
from bot.web.refusals import nack_for
from bot.web.sight import msg_for

log = structlog.get_logger()

HELLO_WITHIN_S = 10.0
LONGEST_PAUSE_S = 1.0
MOST_POSTS_KNOWN = 256

BY_ADDRESS: web.AppKey[Seats] = web.AppKey("seats_by_address", Seats)
BY_PATIENT: web.AppKey[Seats] = web.AppKey("seats_by_patient", Seats)
OPEN: web.AppKey[set[Screen]] = web.AppKey("open_screens", set)
# Screens read from the record a few at a time: a herd that comes back at once waits its turn, and leaves
# connections for those who are talking.
READING: web.AppKey[asyncio.Semaphore] = web.AppKey("screens_reading", asyncio.Semaphore)
READING_AT_ONCE = 4


async def socket(request: web.Request) -> web.StreamResponse:
    check_origin(request)
    with request.app[BY_ADDRESS].seat(address_of(request)):
        limits = request.app[SETTINGS].limits
        ws = web.WebSocketResponse(
            protocols=(PROTOCOL,),
            max_msg_size=limits.frame_bytes,
            compress=False,
            autoping=False,
            timeout=2.0,
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
        return await who_is(house, hello.token, "patient")
    if hello.ticket is not None:
        return await spend_ticket(house, hello.ticket)
    raise Refused("signed_out")


class Screen:
    """One open socket. All that goes out passes one queue, so that order is the queue's."""

    def __init__(self, request: web.Request, ws: web.WebSocketResponse, session: Session) -> None:
        app = request.app
        self._ws, self._transport = ws, request.transport
        self._house, self._meters, self._limits = app[HOUSE], app[METERS], app[SETTINGS].limits
        self._reading = app[READING]
        self._service, self._patient = session.service, LineId(session.subject)
        self._out: asyncio.Queue[ServerFrame | News | None] = asyncio.Queue(self._limits.waiting_frames)
        self._sent = 0
        self._rooms: dict[LineId, int] = {}
        self._known: dict[LineId, dict[int, str]] = {}
        self._listening = ExitStack()

    async def live(self, hello: Hello) -> None:
        """Until the socket closes: hear what is said, send what happens."""
        with self._listening:
            # Listen first, read then, apply what came between: nothing falls through.
            self._listen(self._patient)
            self._listening.enter_context(
                self._house.hub.answering(self._service, self._patient, self._come_back)
            )
            try:
                async with asyncio.timeout(self._limits.drain_s):
                    await self._welcome(hello)
            except (TimeoutError, ConnectionError):
                self._cut()
                return
            self._meters.sockets.inc()
            writer = asyncio.create_task(self._write(), name="screen-writer")
            try:
                await self._read()
            finally:
                self._meters.sockets.dec()
                writer.cancel()
                with suppress(asyncio.CancelledError):
                    await writer

    def _come_back(self) -> None:
        """A session of the patient's ended, perhaps this one: whose own session lasts is let in again."""
        self.say_bye("come_back", 0.5)

    def say_bye(self, code: str, retry_after: float) -> None:
        self._put(Bye(code=code, retry_after=retry_after))
        self._put(None)

    # -- in

    async def _read(self) -> None:
        loop = asyncio.get_running_loop()
        bucket = Bucket(self._limits.frames_per_s, self._limits.frames_burst, loop.time())
        async for message in self._ws:
            # Over the rate it is read later, not dropped: nothing that was written is lost.
            pause = bucket.wait_s(loop.time())
            if pause:
                await asyncio.sleep(min(pause, LONGEST_PAUSE_S))
            if message.type is WSMsgType.PING:
                await self._ws.pong(message.data)
            elif message.type is WSMsgType.TEXT:
                await self._hear(message.data)
            elif message.type is WSMsgType.BINARY:
                self._put(nack_for(self._house, Refused("bad_frame")))

    async def _hear(self, raw: str) -> None:
        try:
            frame = parse(raw)
        except Refused as error:
            client_id, text = id_and_words(raw)
            self._put(nack_for(self._house, error, client_id=client_id, text=text, service=self._service))
            return
        match frame:
            case SayFrame() | PostFrame() | ReportFrame():
                await self._said(frame)
            case Hello():
                self._put(nack_for(self._house, Refused("bad_frame")))
            case _:
                pass  # read marks and typing are comfort

    async def _said(self, frame: SayFrame | PostFrame | ReportFrame) -> None:
        began = time.perf_counter()

        def acknowledge(seq: int) -> None:
            self._put(Ack(id=frame.id, seq=seq))
            self._meters.turns_by_socket.inc()
            self._meters.turn_seconds.observe(time.perf_counter() - began)

        try:
            await carry_out(self._house, self._service, self._patient, frame, acknowledge)
        except (Refused, Unavailable) as error:
            text = None if isinstance(frame, ReportFrame) else frame.text
            nack = nack_for(
                self._house,
                error,
                client_id=frame.id,
                text=text,
                service=self._service,
                patient=self._patient,
            )
            self._meters.refusals.labels(nack.code).inc()
            self._put(nack)

    # -- out

    def _listen(self, line: LineId) -> None:
        self._listening.enter_context(self._house.hub.listening(self._service, line, self._put))

    def _put(self, item: ServerFrame | News | None) -> None:
        try:
            self._out.put_nowait(item)
        except asyncio.QueueFull:
            # It does not read what waits for it: the record keeps all of it for the next connection.
            self._cut()

    def _cut(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    async def _write(self) -> None:
        try:
            while (item := await self._out.get()) is not None:
                async with asyncio.timeout(self._limits.drain_s):
                    await self._send_all_from(item)
            await self._ws.close(code=WSCloseCode.GOING_AWAY)
        except (Refused, Unavailable):
            await self._ws.close(code=WSCloseCode.TRY_AGAIN_LATER)
        except Exception as error:
            # Nobody writes any more: a socket that only listens would leave every message unanswered.
            self._cut()
            if not isinstance(error, TimeoutError | ConnectionError):
                log.error("socket_failed", **failure_of(error))

    async def _send_all_from(self, item: ServerFrame | News) -> None:
        """This one and what waits behind it, up to the end of the queue or of the conversation."""
        following: ServerFrame | News | None = item
        while following is not None:
            if isinstance(following, News):
                await self._bring(following)
            else:
                await self._send(following)
            if self._out.empty():
                return
            following = self._out.get_nowait()
        self._put(None)

    async def _send(self, frame: ServerFrame) -> None:
        await self._ws.send_str(dump(frame))

    async def _bring(self, news: News) -> None:
        if news.line != self._patient:
            await self._bring_room(news)
            return
        fresh = [m for m in news.messages if m.seq > self._sent]
        if (fresh and fresh[0].seq != self._sent + 1) or (not fresh and news.seq > self._sent):
            async with self._reading:
                fresh = list(await messages_since(self._house, self._service, self._patient, self._sent))
        for message in fresh:
            self._sent = message.seq
            await self._send(msg_for(message, self._patient))
            if message.shown.room is not None:
                await self._enter(LineId(UUID(message.shown.room)))

    async def _bring_room(self, news: News) -> None:
        """From the first seq that changed: a post that was hidden is sent again as hidden."""
        after = min(self._rooms.get(news.line, 0), max(news.seq - 1, 0))
        await self._send_posts(news.line, after)

    async def _send_posts(self, room: LineId, after: int) -> bool:
        """One page of them, without those that were sent as they are. False: there are none above ``after``."""
        async with self._reading:
            posts = await posts_since(self._house, self._service, room, after, self._patient)
        known = self._known.setdefault(room, {})
        for post in posts:
            self._rooms[room] = max(self._rooms.get(room, 0), post.seq)
            if known.get(post.seq) != post.status:
                known[post.seq] = post.status
                await self._send(msg_for(post, self._patient))
        while len(known) > MOST_POSTS_KNOWN:
            del known[min(known)]
        return bool(posts)

    async def _enter(self, room: LineId, after: int = 0) -> None:
        if room not in self._rooms:
            self._rooms[room] = after
            self._listen(room)
            while await self._send_posts(room, self._rooms[room]):
                pass

    async def _welcome(self, hello: Hello) -> None:
        house, service = self._house, self._house.shelf.service(self._service)
        async with self._reading:
            missed = await messages_since(house, self._service, self._patient, hello.after)
            rooms = await house.record.reading.rooms_of(self._service, self._patient)
        titles = house.shelf.library.groups
        self._sent = hello.after
        reading = reading_now(house, self._service)
        names = tuple(
            RoomName(id=r.id, title=titles[r.group].title if r.group in titles else service.name, seq=r.seq)
            for r in rooms
        )
        seq = missed[-1].seq if missed else hello.after
        await self._send(Welcome(seq=seq, resumed=hello.after > 0, reading=reading, rooms=names))
        await self._bring(News(self._service, self._patient, seq, missed))
        for room in rooms:
            await self._enter(room.id, hello.rooms.get(room.id, 0))


def reading_now(house: House, service_id: ServiceId) -> str:
    """The honest sentence about who reads this, and when."""
    service = house.shelf.service(service_id)
    now = house.clock.now()
    key = "team_reads" if service.reading_now(now) else "nobody_reading"
    values = {"hours": service.hours.sentence(), "when": service.when(now)}
    return house.shelf.library.say(key, "en", values)


async def carry_out(
    house: House,
    service: ServiceId,
    patient: LineId,
    frame: SayFrame | PostFrame | ReportFrame,
    acknowledge: Callable[[int], None],
) -> int:
    """One frame of a patient, by whichever door it came; returns the seq of its acknowledgement."""
    inbound = turn.Inbound(service, patient, frame.id)
    match frame:
        case SayFrame(answer=answer):
            inbound = turn.Inbound(
                service,
                patient,
                frame.id,
                text=frame.text,
                choice=frame.choice,
                item=answer.item if answer else None,
                value=answer.value if answer else None,
                re=frame.re,
            )
            changed = await turn.hear(house, inbound, acknowledge)
        case PostFrame(group=group, text=text, reply_to=reply_to):
            inbound = turn.Inbound(service, patient, frame.id, text=text)
            changed = await turn.post(house, inbound, LineId(group), reply_to, acknowledge)
        case ReportFrame(group=group, seq=seq):
            changed = await turn.report(house, inbound, LineId(group), seq, acknowledge)
    return changed.seq


async def say_bye_to_all(app: web.Application) -> None:
    """Before the process goes: everybody is told, and comes back after a moment, not all at once."""
    screens: set[Screen] = app[OPEN]
    for n, screen in enumerate(tuple(screens)):
        screen.say_bye("restarting", 0.5 + (n % 50) / 10)
    for _ in range(100):
        if not screens:
            return
        await asyncio.sleep(0.05)
