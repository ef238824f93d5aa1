"""The door of a rehearsal: the widget's own protocol over a socket, and what the page around the widget asks for.

Nothing here reads or writes the record, so it may stand wherever somebody is let in to look at a draft.
"""

from __future__ import annotations

import asyncio
import copy
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from typing import Annotated, Literal, TypeVar

import structlog
from aiohttp import WSCloseCode, WSMsgType, web
from pydantic import Field, StringConstraints

from bot.core.checked import Checked
from bot.core.errors import Misuse, Refused, Unavailable
from bot.core.library import Library
from bot.core.values import ServiceId
from bot.logs import failure_of
from bot.usecases.rehearsal import NOBODY, Rehearsal, Room
from bot.usecases.rehearsed import Pretended
from bot.usecases.turn import LONGEST, Inbound
from bot.web.frames import (
    PROTOCOL,
    Ack,
    Acted,
    Hello,
    Nack,
    ReadFrame,
    SayFrame,
    ServerFrame,
    Typing,
    Welcome,
    as_bytes,
    id_and_words,
    parse,
)
from bot.web.sight import msg_for

log = structlog.get_logger()

READING = "A rehearsal: nobody reads this, and nothing is kept."
MOST_SEATS = 32
HELLO_WITHIN_S = 10.0
FRAME_BYTES = 256 * 1024

T = TypeVar("T")
_Name = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{1,64}$")]
_Id = Annotated[str, StringConstraints(max_length=120)]


class Score(Checked):
    now: Annotated[int, Field(ge=0, le=999)] | None = None
    last: Annotated[int, Field(ge=0, le=999)] | None = None


class Wish(Checked):
    """What the page asks for. ``like``: the seat that ``follow`` follows."""

    do: Literal["skip", "jump", "restart", "pretend", "follow"]
    step: _Id | None = None
    scores: dict[_Id, Score] = Field(default_factory=dict, max_length=16)
    like: _Name | None = None


class Seat:
    """One widget that rehearses, for as long as its socket is open."""

    def __init__(self, name: str, ws: web.WebSocketResponse, rehearsal: Rehearsal) -> None:
        self.name, self.rehearsal = name, rehearsal
        self.stale = False  # a later text could not be played
        self._ws = ws
        self._alone = asyncio.Lock()
        self._begun, self._sent = 0, 0

    async def show(self) -> None:
        async with self._alone:
            await self._told()

    async def say(self, frame: SayFrame) -> None:
        async with self._alone:
            answer = frame.answer
            said = Inbound(
                ServiceId(NOBODY),
                self.rehearsal.line,
                frame.id,
                text=frame.text,
                choice=frame.choice,
                item=answer.item if answer else None,
                value=answer.value if answer else None,
                re=frame.re,
            )
            try:
                seq = self.rehearsal.say(said)
            except Refused as error:
                await self.send(nack(self.rehearsal.library, error, frame))
                return
            await self.send(Ack(id=frame.id, seq=seq))
            await self._told()

    async def do(self, act: Callable[[Rehearsal], T]) -> T:
        async with self._alone:
            result = act(self.rehearsal)
            await self._told()
            return result

    async def renew(self, library: Library) -> None:
        """With another text; where that cannot be played, the rehearsal goes on as it was."""
        async with self._alone:
            fresh = copy.copy(self.rehearsal)
            try:
                self.stale = not fresh.renew(library)
            except Exception as error:
                log.error("rehearsal_failed", **failure_of(error))
                self.stale = True
            if not self.stale:
                self.rehearsal = fresh
            await self._told()

    async def _told(self) -> None:
        await self._bring()
        await self.rehearsal.settle()
        await self._bring()

    async def _bring(self) -> None:
        held = self.rehearsal
        if self._begun != held.begun:
            self._begun, self._sent = held.begun, 0
            last = held.messages[-1].seq if held.messages else 0
            await self.send(Welcome(seq=last, resumed=False, reading=READING))
        for message in held.messages:
            if message.seq > self._sent:
                self._sent = message.seq
                await self.send(msg_for(message, held.line))

    async def send(self, frame: ServerFrame) -> None:
        with suppress(ConnectionError):
            await self._ws.send_frame(as_bytes(frame), WSMsgType.TEXT)

    async def close(self) -> None:
        await self._ws.close(code=WSCloseCode.GOING_AWAY)


class Rehearsals:
    """Every rehearsal that is going on. ``changed`` hears of each after everything that happened in it."""

    def __init__(self, room: Room, changed: Callable[[Seat], None]) -> None:
        self._room, self.changed = room, changed
        self._seats: dict[str, Seat] = {}
        self.library: Library | None = None

    def seat(self, name: str) -> Seat:
        if name not in self._seats:
            raise Refused("not_found")
        return self._seats[name]

    async def take(self, request: web.Request, ws: web.WebSocketResponse) -> Seat:
        """Raises Refused: nothing can be played, or too many play already."""
        asked = request.query
        if self.library is None:
            raise Refused("not_found")
        if len(self._seats) >= MOST_SEATS:
            raise Refused("too_many_sockets")
        pretend = scores_in(asked.getall("pretend", []))
        module, step = asked.get("module", ""), asked.get("step") or None
        try:
            rehearsal = Rehearsal(self.library, module, step, room=self._room, pretend=pretend)
        except Refused:
            rehearsal = Rehearsal(self.library, module, room=self._room, pretend=pretend)
        name = asked.get("seat", "")
        if (before := self._seats.get(name)) is not None:
            await before.close()
        seat = self._seats[name] = Seat(name, ws, rehearsal)
        return seat

    def leave(self, seat: Seat) -> None:
        if self._seats.get(seat.name) is seat:
            del self._seats[seat.name]

    async def wished(self, seat: Seat, wish: Wish) -> bool:
        """False: there was nothing to do. Raises Refused."""
        done = await seat.do(lambda rehearsal: self._carry_out(rehearsal, wish))
        self.changed(seat)
        return done

    def _carry_out(self, rehearsal: Rehearsal, wish: Wish) -> bool:
        match wish.do:
            case "skip":
                return rehearsal.skip_wait()
            case "jump":
                rehearsal.jump(wish.step)
            case "restart":
                rehearsal.restart()
            case "pretend":
                rehearsal.pretend({m: Pretended(s.now, s.last) for m, s in wish.scores.items()})
            case "follow":
                rehearsal.follow(self.seat(wish.like or "").rehearsal)
        return True

    async def renew(self, library: Library) -> None:
        self.library = library
        for seat in tuple(self._seats.values()):
            await seat.renew(library)
            self.changed(seat)

    async def heard(self, seat: Seat, raw: str) -> None:
        try:
            frame = parse(raw)
        except Refused as error:
            client_id, _ = id_and_words(raw)
            await seat.send(Nack(id=client_id, code=error.code, text=sentence(self.library, error.code)))
            return
        match frame:
            case SayFrame():
                await seat.say(frame)
                self.changed(seat)
            case Hello() | ReadFrame() | Typing():
                pass  # nobody is there
            case _:
                await seat.send(nack(self.library, Refused("not_asked"), frame))

    async def close(self) -> None:
        for seat in tuple(self._seats.values()):
            await seat.close()


REHEARSALS: web.AppKey[Rehearsals] = web.AppKey("rehearsals", Rehearsals)


async def rehearse(request: web.Request) -> web.StreamResponse:
    return await rehearse_in(request.app[REHEARSALS], request)


async def rehearse_in(rehearsals: Rehearsals, request: web.Request) -> web.StreamResponse:
    """The socket, as ``/v1/ws`` is one; whoever mounts it lets in whom it trusts."""
    ws = web.WebSocketResponse(protocols=(PROTOCOL,), max_msg_size=FRAME_BYTES, compress=False)
    await ws.prepare(request)
    try:
        async with asyncio.timeout(HELLO_WITHIN_S):
            first = await ws.receive()
        if first.type is not WSMsgType.TEXT or not isinstance(parse(first.data), Hello):
            raise Refused("bad_frame")
        seat = await rehearsals.take(request, ws)
        try:
            await _live(rehearsals, seat, ws)
        finally:
            rehearsals.leave(seat)
    except Refused as error:
        with suppress(ConnectionError):
            told = Nack(code=error.code, text=sentence(rehearsals.library, error.code))
            await ws.send_frame(as_bytes(told), WSMsgType.TEXT)
            await ws.close(code=WSCloseCode.TRY_AGAIN_LATER)
    except (TimeoutError, ConnectionError):
        await ws.close(code=WSCloseCode.POLICY_VIOLATION)
    except Exception as error:
        log.error("socket_failed", **failure_of(error))
        await ws.close(code=WSCloseCode.INTERNAL_ERROR)
    return ws


async def _live(rehearsals: Rehearsals, seat: Seat, ws: web.WebSocketResponse) -> None:
    await seat.show()
    rehearsals.changed(seat)
    async for message in ws:
        if message.type is WSMsgType.TEXT:
            await rehearsals.heard(seat, str(message.data))


def scores_in(given: list[str]) -> dict[str, Pretended]:
    """``gad7:15:9``: now, and the last time; either may be empty. What is neither is left out."""
    found = {}
    for each in given[:16]:
        measure, _, scores = each.partition(":")
        now, _, last = scores.partition(":")
        found[measure[:40]] = Pretended(_number(now), _number(last))
    return found


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else None


def nack(library: Library | None, error: Refused, frame: Acted) -> Nack:
    return Nack(id=frame.id, code=error.code, text=sentence(library, error.code))


def sentence(library: Library | None, code: str) -> str:
    """The library's own for a refusal, as patients read it."""
    values: dict[str, str] = defaultdict(str, limit=f"{LONGEST:,}")
    try:
        if library is not None:
            return library.say(code, "en", values)
    except (Misuse, Unavailable):
        pass
    return "That did not work. Please try again."
