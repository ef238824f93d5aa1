"""Those who sit in rooms: each reads on a socket of their own what the first of the room posts."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any
from uuid import uuid4

from bot.cli.benches.watch import spread_ms
from bot.cli.benches.wire import Wire, connect

ALL_THERE_WITHIN_S, ARRIVED_WITHIN_S, LOOK_S = 120.0, 20.0, 0.01
ARRIVING_AT_ONCE = 64
_TEXT = re.compile(rb'"text":"Post (\d+) of the bench')
_SEQ = re.compile(rb'"seq":(\d+)')


@dataclass
class Posts:
    """Of all rooms of one kind: when each post was to be sent, when it was acknowledged, and what came where.

    ``first``: the first's number; what comes with one of an earlier lot is not counted. ``late``: seconds after its
    moment at which each left; who waits for a post waits from that moment on. ``came``: seconds from the sending, and from the acknowledgement; who reads a post before its author is told of it
    has waited for nothing.
    """

    first: int = 0
    sent: dict[int, float] = field(default_factory=dict)
    late: list[float] = field(default_factory=list)
    acked: dict[int, float] = field(default_factory=dict)
    number: dict[str, int] = field(default_factory=dict)
    came: list[tuple[int, float]] = field(default_factory=list)
    wanted: int = 0
    twice: int = 0
    out_of_order: int = 0
    seconds: float = 0.0

    @property
    def unacknowledged(self) -> int:
        return len(self.sent) - len(self.acked)

    @property
    def missing(self) -> int:
        return self.wanted - (len(self.came) - self.twice)

    def figures(self) -> dict[str, Any]:
        seconds = max(self.seconds, 0.001)
        return {
            "posts": len(self.sent),
            "arrivals_a_post": round(len(self.came) / max(len(self.sent), 1), 1),
            "per_s": round(len(self.acked) / seconds, 1),
            "arrivals_per_s": round(len(self.came) / seconds, 1),
            "sent_late_ms": spread_ms(self.late),
            "ack_ms": spread_ms([at - self.sent[n] for n, at in self.acked.items()]),
            "post_to_arrival_ms": spread_ms([at - self.sent[n] for n, at in self.came]),
            "ack_to_arrival_ms": spread_ms(
                [max(at - self.acked[n], 0.0) for n, at in self.came if n in self.acked]
            ),
            "unacknowledged": self.unacknowledged,
            "missing": self.missing,
            "twice": self.twice,
            "out_of_order": self.out_of_order,
        }


@dataclass(eq=False)
class Member:
    """``hello``: what is said first. A post's seq must follow the last one's: a gap is out of order, too."""

    hello: Mapping[str, Any] = field(repr=False)
    room: str
    posts: Posts
    wire: Wire | None = None
    posted: int = 0
    _last: int | None = None
    _seen: set[int] = field(default_factory=set)
    _ready: asyncio.Event = field(default_factory=asyncio.Event)

    async def arrive(self, port: int) -> None:
        self.wire = await connect(port, self._hear, lambda: None)
        self.wire.send(json.dumps(self.hello).encode())
        await self._ready.wait()

    def leave(self) -> None:
        if self.wire is not None:
            self.wire.close()
        self.wire = None
        self._ready.clear()

    def post(self, readers: int, at: float, more: Mapping[str, Any]) -> None:
        """``at``: the moment at which it was to be, by ``perf_counter``."""
        assert self.wire is not None
        client_id, n = str(uuid4()), self.posts.first + len(self.posts.sent)
        self.posts.number[client_id] = n
        self.posts.wanted += readers
        self.posted += 1
        frame = {
            "type": "post",
            "id": client_id,
            "group": self.room,
            "text": f"Post {n} of the bench",
            **more,
        }
        raw = json.dumps(frame).encode()
        self.posts.sent[n] = at
        self.posts.late.append(time.perf_counter() - at)
        self.wire.send(raw)

    def _hear(self, frame: bytes) -> None:
        if found := _TEXT.search(frame):
            self._read(int(found[1]), frame)
        elif frame.startswith(b'{"type":"ack"'):
            n = self.posts.number.get(json.loads(frame)["id"])
            if n is not None:
                self.posts.acked[n] = time.perf_counter()
        elif frame.startswith(b'{"type":"welcome"'):
            self._ready.set()

    def _read(self, n: int, frame: bytes) -> None:
        if n not in self.posts.sent:
            return
        self.posts.came.append((n, time.perf_counter()))
        if n in self._seen:
            self.posts.twice += 1
            return
        self._seen.add(n)
        seq = _SEQ.search(frame, 0, 60)
        assert seq is not None
        before, self._last = self._last, int(seq[1])
        if before is not None and self._last != before + 1:
            self.posts.out_of_order += 1


Rooms = Sequence[Sequence[Member]]


async def arrive(rooms: Rooms, ports: Sequence[int]) -> None:
    """Each room over all these ports, and those who post as well: each room's first is at another port."""
    doors = asyncio.Semaphore(ARRIVING_AT_ONCE)

    async def one(member: Member, port: int) -> None:
        async with doors:
            await member.arrive(port)

    async with asyncio.timeout(ALL_THERE_WITHIN_S):
        await asyncio.gather(
            *(
                one(m, ports[(room + n) % len(ports)])
                for room, members in enumerate(rooms)
                for n, m in enumerate(members)
            )
        )


def leave(rooms: Rooms) -> None:
    for members in rooms:
        for member in members:
            member.leave()


async def post_for(rooms: Rooms, seconds: float, pause_s: float, *, numbered: bool = False) -> None:
    """Each room in turn, so that posts are spread over time; then wait for what is under way.

    ``pause_s``: between two posts of one room. ``numbered``: the author says each post's seq.
    """
    posts = rooms[0][0].posts
    began = time.perf_counter()
    # By the clock, or a slow generator would post less to the slower of two.
    for n in range(ceil(seconds * len(rooms) / pause_s)):
        at = began + n * pause_s / len(rooms)
        await asyncio.sleep(max(at - time.perf_counter(), 0))
        members = rooms[n % len(rooms)]
        members[0].post(len(members), at, {"seq": members[0].posted + 1} if numbered else {})
    posts.seconds += time.perf_counter() - began
    for _ in range(int(ARRIVED_WITHIN_S / LOOK_S)):
        if not posts.missing and not posts.unacknowledged:
            break
        await asyncio.sleep(LOOK_S)
