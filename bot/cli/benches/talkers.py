"""Those who talk: a patient who goes through the check-in again and again, and one who speaks to an echo."""

from __future__ import annotations

import asyncio
import json
import re
import time
from dataclasses import dataclass, field
from math import inf
from typing import Protocol

from bot.cli.benches.wire import Wire, connect
from bot.core.errors import Misuse

AGAIN_S = 0.5
WELCOMED_WITHIN_S = 60.0
_ITEM = re.compile(rb'"question":\{[^{}]*?"item":"([^"]+)"')
_SEQ = re.compile(rb'"seq":(\d+)')
UNKNOWN = 2**53
_WORRIES = b"phq9.9"


@dataclass
class Load:
    """One run at one number of talkers. Seconds from the message to its ack, and to the whole reply.

    ``heard``: acknowledgements by talker, over the whole run. ``turned_away``: how often a message or a connection was
    refused for now.
    """

    acks: list[float] = field(default_factory=list)
    turns: list[float] = field(default_factory=list)
    turned_away: int = 0
    arriving: bool = True
    counting: bool = False
    over: bool = False

    def done(self, ack_s: float, turn_s: float) -> None:
        if self.counting:
            self.acks.append(ack_s)
            self.turns.append(turn_s)


class Talker(Protocol):
    acknowledged: int

    async def arrive(self, port: int, load: Load) -> None:
        """Connect; returns when it could talk."""

    def begin(self) -> None:
        """From here on it talks until the load is over."""

    def leave(self) -> None: ...

    @property
    def quiet(self) -> bool:
        """Nothing of it is under way."""


@dataclass(eq=False)
class CheckingIn:
    """Answers that worry nobody: item 9 is always 0."""

    token: str
    number: int
    acknowledged: int = 0
    after: int = 0
    wire: Wire | None = None
    load: Load = field(default_factory=Load)
    rests_at: float = inf
    _open: bytes = b""
    _began: float = 0.0
    _ack_s: float = 0.0
    _screen: bytes = b""
    _said: int = 0
    _missed: int = 0
    _port: int = 0
    _left: bool = False
    _there: asyncio.Event = field(default_factory=asyncio.Event)
    _coming: asyncio.Task[None] | None = None

    async def arrive(self, port: int, load: Load) -> None:
        self.load, self._port, self._left = load, port, False
        self._there.clear()
        await self._come()
        async with asyncio.timeout(WELCOMED_WITHIN_S):
            await self._there.wait()

    async def _come(self) -> None:
        try:
            self.wire = await connect(self._port, self._hear, self._lost)
        except (OSError, Misuse):
            self._lost()
            return
        hello = {"type": "hello", "token": self.token, "after": self.after}
        self.wire.send(json.dumps(hello).encode())
        self._missed = UNKNOWN
        self._say_again(self._open)  # what was not acknowledged is sent again

    async def _come_again(self) -> None:
        await asyncio.sleep(AGAIN_S)
        await self._come()

    def begin(self) -> None:
        self._next()

    def leave(self) -> None:
        self._left = True
        if self._coming is not None:
            self._coming.cancel()
        if self.wire is not None:
            self.wire.close()

    @property
    def quiet(self) -> bool:
        return not self._open and bool(self._screen)

    def goes_on(self, rests_at: int) -> None:
        """Talk until so many messages have been acknowledged since the beginning."""
        self.rests_at = rests_at
        self._next()

    # -- what comes in

    def _hear(self, frame: bytes) -> None:
        kind = frame[9:13]  # {"type":"…
        if kind == b'ack"':
            if self._open and self._open[22:58] in frame:
                self._ack_s = time.perf_counter() - self._began
                self._open = b""
                self.acknowledged += 1
                self._go_on()
        elif kind == b'msg"':
            self.after = _seq_of(frame)
            if b'"from":"bot"' in frame and b'"choices":[{' in frame:
                self._screen = frame
                self._go_on()
        elif kind == b"nack":
            self.load.turned_away += 1
            asyncio.get_running_loop().call_later(AGAIN_S, self._say_again, self._open)
        elif kind == b"welc":
            self._missed = _seq_of(frame)
            self._go_on()

    def _lost(self) -> None:
        """It comes again after a moment, as a widget does."""
        if not self._left and not self.load.over:
            self.load.turned_away += 1
            self._coming = asyncio.create_task(self._come_again(), name="talker-comes-again")

    def _go_on(self) -> None:
        if self._open or not self._screen or self.after < self._missed:
            return
        if self._began:
            self.load.done(self._ack_s, time.perf_counter() - self._began)
            self._began = 0.0
        self._there.set()
        if not self.load.arriving:
            self._next()

    # -- what goes out

    def _next(self) -> None:
        if self.load.over or self.acknowledged >= self.rests_at:
            return
        screen, self._screen = self._screen, b""
        self._said += 1
        self._began = time.perf_counter()  # also where it has to be said twice
        head = b'{"type":"say","id":"%08x-0000-4000-8000-%012x",' % (self.number, self._said)
        question = _ITEM.search(screen)
        if question and question[1] != _WORDS:
            value = 0 if question[1] == _WORRIES else self._said % 2
            said = b'"answer":{"item":"%s","value":%d}}' % (question[1], value)
        else:
            said = b'"choice":"%s"}' % _key_in(screen)
        self._say(head + said)

    def _say_again(self, frame: bytes) -> None:
        if frame and frame is self._open:
            self._say(frame)

    def _say(self, frame: bytes) -> None:
        self._open = frame
        if self.wire is not None:
            self.wire.send(frame)


def _seq_of(frame: bytes) -> int:
    """Of a frame that has one: it stands near its beginning."""
    found = _SEQ.search(frame, 0, 60)
    assert found is not None
    return int(found[1])


_WORDS = b"daily.words"
GOES_ON = ("send", "daily.done", "no", "resume", "menu:again", "menu:check_in")


def _key_in(screen: bytes) -> bytes:
    """The button that sends the check-in, or the one that begins another."""
    keys = {c["id"].partition(".")[2]: c["id"] for c in json.loads(screen)["choices"]}
    return str(next(keys[key] for key in GOES_ON if key in keys)).encode()


@dataclass(eq=False)
class Echoed:
    """Frames of a message's size, each sent when the last has come back."""

    number: int
    acknowledged: int = 0
    wire: Wire | None = None
    load: Load = field(default_factory=Load)
    _began: float = 0.0
    _waits: bool = False

    async def arrive(self, port: int, load: Load) -> None:
        self.load = load
        self._frame = (
            b'{"type":"say","id":"%08x-0000-4000-8000-000000000000","answer":{"item":"phq9.1","value":1}}'
            % self.number
        )
        self.wire = await connect(port, self._hear, lambda: None)

    def begin(self) -> None:
        self._say()

    def leave(self) -> None:
        if self.wire is not None:
            self.wire.close()

    @property
    def quiet(self) -> bool:
        return not self._waits

    def _say(self) -> None:
        assert self.wire is not None
        self._began, self._waits = time.perf_counter(), True
        self.wire.send(self._frame)

    def _hear(self, _: bytes) -> None:
        took = time.perf_counter() - self._began
        self.load.done(took, took)
        self.acknowledged += 1
        self._waits = False
        if not self.load.over:
            self._say()
