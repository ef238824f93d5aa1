"""A member of a room on one device: posts numbered posts, replies, reacts, reports, and sends again what has no acknowledgement."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from math import inf
from typing import Literal
from uuid import UUID

import aiohttp

from bot.cli.proofs.doors import GONE, Frame, Gone

Kind = Literal["post", "react", "report"]
TOGETHER = ("heart", "hug", "me_too")
"""Pressed by all devices of a member, and never taken back."""
TO_AND_FRO = ("thanks", "strength")
"""Pressed and taken back, by one device of a member."""
REASONS = ("unkind", "worried", "contact", "other")
MOST_OPEN = 3
PAUSE_S = 0.05
NO_ANSWER_S = 20.0
UNTIL_SEEN = ("post_gone",)
"""What a host hid or held meanwhile cannot be pressed or reported."""


@dataclass
class Act:
    """``seq``: of its acknowledgement. ``overtook``: the member's other device sent it while a post that this one had
    written before was not acknowledged yet."""

    kind: Kind
    frame: Frame
    since: float
    seq: int | None = None
    refused: str | None = None
    overtook: bool = False

    @property
    def id(self) -> str:
        return str(self.frame["id"])


@dataclass(eq=False)
class Device:
    """``by_last``: asks to go on after the last post that it has; else after the last one without a gap before it.

    ``posts``: what the screen shows of the room. ``ever``: all that it showed, as it was last. ``stretches``: of each
    connection where it began, and the last post that was shown by its end. ``slips``: what should not have happened, counted.
    """

    member: int
    letter: str
    token: str = field(repr=False)
    room: str
    urls: Sequence[str]
    chance: random.Random
    by_last: bool = False
    twin: Device | None = None
    posts: dict[int, Frame] = field(default_factory=dict)
    ever: dict[int, Frame] = field(default_factory=dict)
    stretches: list[tuple[int, int]] = field(default_factory=list)
    first: int = 1
    after: int = 0
    sent: list[Act] = field(default_factory=list)
    open: list[Act] = field(default_factory=list)
    slips: Counter[str] = field(default_factory=Counter)
    connections: int = 0
    repeated: int = 0
    _again: list[Frame] = field(default_factory=list)
    _pressed: dict[tuple[int, str], bool] = field(default_factory=dict)
    _reported: set[int] = field(default_factory=set)

    # -- connections

    async def live(self, http: aiohttp.ClientSession, until: asyncio.Event, over: asyncio.Event) -> None:
        """Take part until told to stop, over as many connections as it takes; then look on until all is over."""
        while not over.is_set():
            with suppress(*GONE, json.JSONDecodeError):
                url = self.chance.choice(self.urls)
                async with http.ws_connect(f"{url}/v1/ws", protocols=("bounceback.v1",)) as ws:
                    await self._here(ws, until, over)
            await asyncio.sleep(PAUSE_S)

    async def _here(
        self, ws: aiohttp.ClientWebSocketResponse, until: asyncio.Event, over: asyncio.Event
    ) -> None:
        await ws.send_json(
            {"type": "hello", "token": self.token, "after": self.after, "rooms": {self.room: self._has()}}
        )
        if not await self._welcomed(ws):
            return
        self.connections += 1
        for act in self.open:
            await ws.send_json(act.frame)
        reading = asyncio.create_task(self._read(ws))
        try:
            await self._take_part(ws, until, over, reading)
        finally:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
            self.stretches.append((self.first, max(self.posts, default=0)))

    def _has(self) -> int:
        if self.by_last:
            return max(self.posts, default=0)
        seq = self.first - 1
        while seq + 1 in self.posts:
            seq += 1
        return seq

    async def _welcomed(self, ws: aiohttp.ClientWebSocketResponse) -> bool:
        """What stands above the window is asked for anew by whoever wants it, so it is not shown any longer."""
        message = await ws.receive(timeout=NO_ANSWER_S)
        if message.type is not aiohttp.WSMsgType.TEXT:
            raise Gone
        frame = json.loads(message.data)
        if frame["type"] != "welcome":
            return False
        named = next((r for r in frame.get("rooms", ()) if r["id"] == self.room), None)
        if named is None:
            self.slips["room not in the welcome"] += 1
            return False
        self.first = named.get("first", 1)
        # What is pressed comes again with its post.
        self.posts = {seq: post | {"reactions": {}} for seq, post in self.posts.items() if seq >= self.first}
        return True

    async def _take_part(
        self,
        ws: aiohttp.ClientWebSocketResponse,
        until: asyncio.Event,
        over: asyncio.Event,
        reading: asyncio.Task[None],
    ) -> None:
        began = time.monotonic()
        while not over.is_set() and not reading.done():
            pause = self.chance.uniform(0.05, 0.35)
            for frame in self._again:
                self.repeated += 1
                if self.twin is not None:
                    self.twin.sent_elsewhere(frame)
                await ws.send_json(frame)
            self._again.clear()
            if not until.is_set():
                if self.chance.random() < 0.02:
                    return  # over to the other process, with all that is still open
                if len(self.open) < MOST_OPEN:
                    await self._act(ws)
            waits_since = max(began, min((act.since for act in self.open), default=inf))
            if time.monotonic() - waits_since > NO_ANSWER_S:
                self.slips["no answer"] += 1
                return
            await asyncio.sleep(pause)

    # -- in

    async def _read(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        async for message in ws:
            if message.type is not aiohttp.WSMsgType.TEXT:
                raise Gone
            self._take(json.loads(message.data))

    def _take(self, frame: Frame) -> None:
        match frame.get("type"):
            case "ack" | "nack":
                self._answered(frame)
            case "msg" if frame.get("group") == self.room:
                self._shown(frame)
            case "msg":
                self.after = max(self.after, frame["seq"])
            case "bye":
                raise Gone

    def _answered(self, frame: Frame) -> None:
        act = next((a for a in reversed(self.sent) if a.id == frame.get("id")), None)
        if act is None:
            return  # of the other device
        if frame["type"] == "ack":
            self.slips["acknowledged with another seq"] += act.seq not in (None, frame["seq"])
            act.seq = frame["seq"]
        elif frame["code"] == "unavailable":
            raise Gone
        elif act.seq is None:
            act.refused = frame["code"]
            self.slips[f"{act.kind} refused: {act.refused}"] += not (
                act.kind != "post" and act.refused in UNTIL_SEEN
            )
        if act in self.open:
            self.open.remove(act)

    def _shown(self, post: Frame) -> None:
        seq = post["seq"]
        at_once = post.get("shown_at") == post["at"] and not post.get("held")
        if seq not in self.posts and at_once and self.first <= seq < max(self.posts, default=0):
            self.slips["out of order"] += 1
        self.posts[seq] = self.ever[seq] = post

    # -- out

    async def _act(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        throw = self.chance.random()
        others = [s for s, p in self.posts.items() if not p.get("mine") and not p.get("hidden")]
        if throw < 0.45 or not others:
            frame = self._post(None)
        elif throw < 0.6:
            frame = self._post(self.chance.choice(others))
        elif throw < 0.95:
            frame = self._react(self.chance.choice(others[-12:]))
        else:
            frame = self._report(self.chance.choice(others))
        kind: Kind = frame["type"]
        act = Act(kind, frame, time.monotonic())
        self.sent.append(act)
        self.open.append(act)
        await ws.send_json(frame)
        if self.chance.random() < 0.15:
            # The same once more, here or on the other device, perhaps at another process.
            (self.twin or self)._again.append(frame)

    def sent_elsewhere(self, frame: Frame) -> None:
        """The member's other device says it, too, and knows nothing of what waits here."""
        for n, act in enumerate(self.open):
            if act.id == frame["id"]:
                act.overtook = any(before.kind == "post" for before in self.open[:n])

    def _frame(self, type_: Kind, **what: object) -> Frame:
        new = UUID(int=self.chance.getrandbits(128), version=4)
        return {"type": type_, "id": str(new), "group": self.room, **what}

    def _post(self, reply_to: int | None) -> Frame:
        text = f"Post {len(self.sent)} of member {self.member}, written on device {self.letter}."
        return self._frame("post", text=text, **({"reply_to": reply_to} if reply_to else {}))

    def _react(self, seq: int) -> Frame:
        if self.letter != "a" or self.chance.random() < 0.5:
            kind = self.chance.choice(TOGETHER)
            frame = self._frame("react", seq=seq, kind=kind)
            if self.twin is not None:
                self.twin._again.append(self._frame("react", seq=seq, kind=kind))
            return frame
        kind = self.chance.choice(TO_AND_FRO)
        on = self._pressed[(seq, kind)] = not self._pressed.get((seq, kind), False)
        return self._frame("react", seq=seq, kind=kind, on=on)

    def _report(self, seq: int) -> Frame:
        if seq in self._reported:
            return self._post(None)
        self._reported.add(seq)
        return self._frame("report", seq=seq, why=self.chance.choice(REASONS))
