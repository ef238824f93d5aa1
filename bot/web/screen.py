"""One open socket of a patient's: what is said is carried out in order, what happens is shown without gaps."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import ExitStack
from uuid import UUID

import structlog
from aiohttp import WSMsgType, web

from bot.core.errors import Refused, Unavailable
from bot.core.flow import calendar
from bot.core.state import Conversation
from bot.core.values import LineId, ServiceId
from bot.logs import failure_of
from bot.ports import Session
from bot.usecases.conversation import messages_since, standing
from bot.usecases.feeds import Feeds
from bot.usecases.house import House
from bot.usecases.hub import Delivered, News
from bot.usecases.own_rooms import news_to, rooms_of
from bot.usecases.posts import posts_since
from bot.usecases.room_now import RoomNow, room_now
from bot.usecases.room_turns import tell_typing
from bot.usecases.ways_in import SHARED_IDLE, end_idle, used
from bot.web.carrying_out import carry_out
from bot.web.frames import (
    Ack,
    Acted,
    AppealFrame,
    Bye,
    Hello,
    MutedWord,
    PostFrame,
    ReadFrame,
    SayFrame,
    ServerFrame,
    Typing,
    Welcome,
    as_bytes,
    id_and_words,
    parse,
)
from bot.web.incoming import Incoming, Pong
from bot.web.keys import HOUSE, METERS, SETTINGS
from bot.web.known import Known, code_of
from bot.web.limits import Bucket
from bot.web.outgoing import Outgoing
from bot.web.overdue import OVERDUE
from bot.web.refusals import nack_for, turn_to_first
from bot.web.sight import Alike, msg_for, name_of, post_for, status_of

log = structlog.get_logger()

MOST_POSTS_AT_ONCE = 4
TYPING_EVERY_S = 3.0

# Screens read from the record a few at a time: a herd that comes back at once waits its turn, and leaves
# connections for those who are talking.
READING: web.AppKey[asyncio.Semaphore] = web.AppKey("screens_reading", asyncio.Semaphore)
READING_AT_ONCE = 4

FEEDS: web.AppKey[Feeds] = web.AppKey("feeds", Feeds)
ALIKE: web.AppKey[Alike] = web.AppKey("alike", Alike)
Out = ServerFrame | News | tuple[Delivered, ...] | RoomNow | Pong
Said = Acted


class Screen:
    """One open socket: what is said on it is heard in order, and all that it is told goes out in order."""

    def __init__(self, request: web.Request, ws: web.WebSocketResponse, session: Session) -> None:
        app = request.app
        self._ws = ws
        self._house, self._meters, self._limits = app[HOUSE], app[METERS], app[SETTINGS].limits
        self._reading, self._feeds, self._alike = app[READING], app[FEEDS], app[ALIKE]
        self._service, self._patient = session.service, LineId(session.subject)
        self._language = session.language
        self._session = session
        self._out: Outgoing[Out] = Outgoing(
            ws,
            request.transport,
            most=self._limits.waiting_frames,
            within_s=self._limits.drain_s,
            at_once=self._tell_at_once,
            in_turn=self._tell_in_turn,
        )
        now = self._said_at = asyncio.get_running_loop().time()
        bucket = Bucket(self._limits.frames_per_s, self._limits.frames_burst, now)
        self._in = Incoming(ws, bucket, answer=self._out.put, noticed=self._notice)
        self._overdue = app[OVERDUE]
        self._early: dict[UUID, _Awaited] = {}
        self._busy = False
        self._leaving: Bye | None = None
        self._sent = self._read_to = 0
        self._known: dict[UUID, Known] = {}
        self._typed_at = 0.0
        self._listening = ExitStack()

    async def live(self, hello: Hello) -> None:
        """Until the socket closes: hear what is said, send what happens."""
        with self._listening:
            # Listen first, read then, apply what came between: nothing falls through.
            self._listening.enter_context(
                self._house.hub.listening(self._service, self._patient, self._out.put)
            )
            self._listening.enter_context(
                self._house.hub.answering(self._service, self._patient, self._come_back)
            )
            try:
                async with asyncio.timeout(self._limits.drain_s):
                    await self._welcome(hello)
            except (TimeoutError, ConnectionError):
                self._out.cut()
                return
            self._meters.sockets.inc()
            self._out.begin()
            try:
                await self._read()
            finally:
                self._meters.sockets.dec()
                await self._in.close()
                await self._out.close()

    def _come_back(self) -> None:
        """A session of the patient's ended, perhaps this one: whose own session lasts is let in again."""
        self.say_bye("come_back", 0.5)

    def say_bye(self, code: str, retry_after: float) -> None:
        """At once, or after the answer to the message that is being carried out."""
        self._leaving = Bye(code=code, retry_after=retry_after)
        if not self._busy:
            self._leave()

    def _leave(self) -> None:
        if self._leaving is not None:
            self._out.put(self._leaving)
            self._out.put(None)

    # -- in

    async def _read(self) -> None:
        while (raw := await self._next()) is not None:
            self._busy = True
            await self._hear(raw)
            self._busy = False
            if self._leaving is not None:
                self._leave()
                break
        while await self._in.next() is not None:
            pass  # what is said after the bye is not taken up: it is not acknowledged, and will be sent again

    async def _next(self) -> str | None:
        """On a shared device None, too, where nothing was said for so long that whoever it was may have gone."""
        if not self._session.shared:
            return await self._in.next()
        try:
            async with asyncio.timeout_at(self._said_at + SHARED_IDLE.total_seconds()):
                return await self._in.next()
        except TimeoutError:
            await self._sign_out()
            return None

    async def _sign_out(self) -> None:
        """The page hears of it when the session is over, so that it never says so of one that lasts; and even where that failed."""
        self._busy = True
        try:
            await end_idle(self._house, self._session)
        finally:
            self._busy = False
            self.say_bye("signed_out", 0)

    async def _used(self) -> None:
        """Something was said on a shared device, so the session lasts a while longer."""
        if self._session.shared and self._session.parent is not None:
            self._said_at = asyncio.get_running_loop().time()
            await used(self._house, self._session, self._session.parent)

    async def _hear(self, raw: str) -> None:
        try:
            frame = parse(raw)
        except Refused as error:
            client_id, text = id_and_words(raw)
            nack = nack_for(
                self._house,
                error,
                client_id=client_id,
                text=text,
                service=self._service,
                language=self._language,
            )
            self._out.put(nack)
            return
        match frame:
            case Hello():
                self._out.put(nack_for(self._house, Refused("bad_frame"), language=self._language))
            case ReadFrame(seq=seq, group=None):
                self._has_read(seq)
            case ReadFrame(group=room):
                self._has_read_posts(room)
            case Typing(group=room):
                await self._types(room)
            case _:
                await self._said(frame)
                await self._used()

    async def _said(self, frame: Said) -> None:
        awaited = self._early.pop(frame.id, None) if self._early else None
        if awaited is None:
            awaited = _Awaited(self, frame)
            self._overdue.begin(awaited)

        def acknowledge(seq: int) -> None:
            self._out.put(Ack(id=frame.id, seq=seq))
            self._meters.turns_by_socket.inc()
            self._meters.turn_seconds.observe(time.monotonic() - awaited.since)

        try:
            await carry_out(self._house, self._service, self._patient, frame, acknowledge)
        except (Refused, Unavailable) as error:
            self._refuse(frame, error, awaited)
        except Exception as error:
            log.error("message_failed", **failure_of(error))
            self._refuse(frame, Unavailable("this service"), awaited)
        finally:
            self._overdue.end(awaited)

    def _has_read(self, seq: int) -> None:
        """A reminder that stands there is opened. Nobody waits for it."""
        seq = min(seq, self._sent)
        if seq > self._read_to:
            self._read_to = seq
            read = self._house.record.reminders.read_up_to(
                self._service, self._patient, seq, self._house.clock.now()
            )
            self._house.afterwards.start("read", read)

    def _has_read_posts(self, group: UUID | None) -> None:
        """Of a room that is on this screen. Nobody waits for it."""
        if group is None or group not in self._known:
            return
        now = self._house.clock.now()
        read = self._house.record.peers.read_up_to(self._service, LineId(group), self._patient, now)
        self._house.afterwards.start("read", read)

    async def _types(self, group: UUID | None) -> None:
        """Told to the others who look at the room, if this member wishes it and may write there, and kept nowhere."""
        now = asyncio.get_running_loop().time()
        if group is None or group not in self._known or now - self._typed_at < TYPING_EVERY_S:
            return
        self._typed_at = now
        state = await standing(self._house, self._service, self._patient)
        room, at = LineId(group), self._house.clock.now()
        if state is not None and state.shows_typing and not state.gone and state.may_write_in(room, at):
            tell_typing(self._house, self._service, room, self._patient)

    def _refuse(self, frame: Said, error: Refused | Unavailable, awaited: _Awaited) -> None:
        nack = nack_for(
            self._house,
            error,
            client_id=frame.id,
            text=_words(frame),
            service=self._service,
            patient=self._patient,
            language=self._language,
        )
        self._meters.refusals.labels(nack.code).inc()
        # Who was told early has been told this already.
        if not (awaited.told and nack.code == "unavailable"):
            self._out.put(nack)

    # -- while a message waits long for its outcome

    def overdue(self, frame: Said) -> bool:
        """Read on behind it, and say where to turn if its words ask for that. True: it was said."""
        self._in.look_ahead()
        nack = turn_to_first(self._house, frame.id, _words(frame), self._service)
        if nack is not None:
            self._out.put(nack)
        return nack is not None

    def _notice(self, raw: str) -> None:
        """Read ahead, behind a message that is overdue: as good as overdue itself."""
        try:
            frame = parse(raw)
        except Refused:
            return
        if isinstance(frame, SayFrame | PostFrame | AppealFrame) and frame.id not in self._early:
            awaited = self._early[frame.id] = _Awaited(self, frame)
            awaited.overdue()

    # -- out

    def cut(self) -> None:
        self._out.cut()

    def _tell_at_once(self, item: Out) -> bool:
        if isinstance(item, Pong):
            self._out.write_pong(item.data)
        elif isinstance(item, News):
            fresh = self._unsent(item)
            if fresh is None or any(m.shown.room is not None for m in fresh):
                return False  # the record has to be read
            if fresh:
                self._sent = fresh[-1].seq
                self._out.write([as_bytes(msg_for(m, self._patient)) for m in fresh])
        elif isinstance(item, tuple):
            if len(item) > MOST_POSTS_AT_ONCE:
                return False
            if fresh := self._fresh(item):
                self._out.write_frames(self._alike.frames(item, fresh, self._patient))
        elif isinstance(item, RoomNow):
            self._out.write((as_bytes(status_of(item)),))
        else:
            self._out.write((as_bytes(item),))
        return True

    async def _tell_in_turn(self, item: Out) -> None:
        if isinstance(item, Pong):
            await self._ws.pong(item.data)
        elif isinstance(item, News):
            await self._bring(item)
        elif isinstance(item, tuple):
            await self._send_posts(item)
        elif isinstance(item, RoomNow):
            await self._send(status_of(item))
        else:
            await self._send(item)

    async def _send(self, frame: ServerFrame) -> None:
        await self._ws.send_frame(as_bytes(frame), WSMsgType.TEXT)

    def _unsent(self, news: News) -> Sequence[Delivered] | None:
        """What of it was not sent yet; None where something between has to be read."""
        if news.seq <= self._sent:
            return ()
        fresh = [m for m in news.messages if m.seq > self._sent]
        return fresh if fresh and fresh[0].seq == self._sent + 1 else None

    async def _bring(self, news: News, *, replayed: bool = False) -> None:
        """``replayed``: which rooms they are in now is known besides; an old message tells what was."""
        fresh = self._unsent(news)
        if fresh is None:
            async with self._reading:
                fresh = await messages_since(self._house, self._service, self._patient, self._sent)
        for message in fresh:
            self._sent = message.seq
            await self._send(msg_for(message, self._patient))
            if message.shown.room is not None and not replayed:
                await self._enter_new(LineId(UUID(message.shown.room)))

    def _fresh(self, posts: Sequence[Delivered]) -> list[Delivered]:
        """Those that were not sent yet as they are now; all of one room."""
        fresh = []
        for post in posts:
            assert post.room is not None
            if self._known[post.room].is_new(post.seq, code_of(post)):
                fresh.append(post)
        return fresh

    async def _send_posts(self, posts: Sequence[Delivered]) -> None:
        for post in self._fresh(posts):
            await self._send(post_for(post, self._patient))

    async def _enter_new(self, room: LineId) -> None:
        """They are told that they are in, and may have left since."""
        mine = await self._house.record.peers.rooms_of(self._service, self._patient)
        if any(seen.id == room for seen in mine):
            await self._enter(room)

    async def _enter(self, room: LineId, first: int = 1, has: int = 0) -> None:
        """Its posts from ``first`` on but those that this screen has, what goes on there, and what happens from now on."""
        after = first - 1
        if (
            room not in self._known
        ):  # who comes back to it on the same screen has missed what was written meanwhile
            self._known[room] = Known()
            self._listening.enter_context(
                self._feeds.following(self._service, room, self._patient, after, self._out.put)
            )
        while posts := await self._posts_since(room, after):
            await self._send_posts([post for post in posts if news_to(post, has)])
            after = posts[-1].seq
        now = await room_now(self._house, self._service, room)
        if now is not None:
            await self._send(status_of(now))

    async def _posts_since(self, room: LineId, after: int) -> tuple[Delivered, ...]:
        async with self._reading:
            return await posts_since(self._house, self._service, room, after, self._patient)

    async def _welcome(self, hello: Hello) -> None:
        house, service = self._house, self._house.shelf.service(self._service)
        async with self._reading:
            missed = await messages_since(house, self._service, self._patient, hello.after)
            state = await standing(house, self._service, self._patient)
            mine = await rooms_of(house, service, self._patient, state, self._language)
        self._sent = hello.after
        reading = reading_now(house, self._service, self._language, state)
        names = tuple([name_of(room) for room in mine.rooms])
        seq = missed[-1].seq if missed else hello.after
        welcome = Welcome(
            seq=seq,
            resumed=hello.after > 0,
            reading=reading,
            rooms=names,
            muted_words=tuple([MutedWord(id=id_, text=text) for id_, text in mine.muted_words.items()]),
            shows_typing=mine.shows_typing,
        )
        await self._send(welcome)
        await self._bring(News(self._service, self._patient, seq, missed), replayed=True)
        for name in names:
            if not name.resting:
                await self._enter(LineId(name.id), name.first, hello.rooms.get(name.id, 0))


class _Awaited:
    """A message of a screen's, until its outcome is known. ``told``: its sender has been shown where to turn."""

    __slots__ = ("_frame", "_screen", "since", "told")

    def __init__(self, screen: Screen, frame: Said) -> None:
        self._screen, self._frame = screen, frame
        self.since = time.monotonic()
        self.told = False

    def overdue(self) -> None:
        self.told = self._screen.overdue(self._frame)


def _words(frame: Said) -> str | None:
    return getattr(frame, "text", None)


def reading_now(
    house: House, service_id: ServiceId, language: str = "en", state: Conversation | None = None
) -> str:
    """The honest sentence about who reads this, and when; that nobody may, to somebody whose care here has ended."""
    service, library = house.shelf.service(service_id), house.shelf.for_safety
    now = house.clock.now()
    key = "team_reads" if service.reading_now(now) else "nobody_reading"
    if state is not None and state.gone:
        key = f"after_{state.status}"
    language = library.tongue(key, language)
    values = {
        "hours": calendar.hours(library, service.hours, language),
        "when": calendar.when(library, service, now, language),
        "service": service.name,
    }
    return library.say(key, language, values)
