"""A patient who answers what is on the screen, numbers their messages, and sends again what has no acknowledgement."""

from __future__ import annotations

import asyncio
import json
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

import aiohttp

from bot.cli.proofs.doors import GONE, Door, Frame, Gone, http_door, socket_door

Kind = Literal["words", "crisis", "answer", "send", "check_in", "action", "button"]
CRISIS = (
    "i want to die",
    "i cant do this any more i want to die",
    "i have been thinking about killing myself",
)
NEVER_PRESSED = {"not_safe", "later", "skip", "back", "leave", "menu:team", "menu:group", "menu:record"}
ACTIONS = {"menu:module", "menu:progress"}
SLOWEST_REPLY_S = 30.0
PAUSE_S = 0.05


@dataclass
class Sent:
    """One message and, once it is durable, the seq it was acknowledged with."""

    n: int
    frame: Frame
    kind: Kind
    seq: int | None = None
    refused: str | None = None

    @property
    def id(self) -> str:
        return str(self.frame["id"])


@dataclass
class Patient:
    """``by``: the door used. ``slips``: what should not have happened, counted."""

    number: int
    token: str
    by: Literal["socket", "http"]
    chance: random.Random
    sent: list[Sent] = field(default_factory=list)
    open: list[Sent] = field(default_factory=list)
    seen: dict[int, Frame] = field(default_factory=dict)
    screen: Frame | None = None
    after: int = 0
    slips: Counter[str] = field(default_factory=Counter)
    repeated: int = 0
    _again: str | None = None
    _probe: str | None = None
    _crises: int = 0

    @property
    def acknowledged(self) -> int:
        return max((s.seq for s in self.sent if s.seq is not None), default=0)

    @property
    def waits_for_reply(self) -> bool:
        return self.screen is None or self.screen["seq"] <= self.acknowledged

    @property
    def question(self) -> int:
        """The number of the questionnaire's question on the screen; 0 for none."""
        _, _, item = self.item.partition(".")
        return int(item) if item.isdigit() else 0

    @property
    def item(self) -> str:
        question = (self.screen or {}).get("question")
        return str(question["item"]) if question else ""

    # -- connections

    async def live(
        self, session: aiohttp.ClientSession, heard: Callable[[Sent], None], until: asyncio.Event
    ) -> None:
        """Talk, over as many connections as it takes, until told to stop; then finish what is open."""
        while True:
            try:
                make = socket_door if self.by == "socket" else http_door
                async with make(session, self.token, self.after) as door:
                    await self._talk(door, heard, until)
                    return
            except (*GONE, json.JSONDecodeError):
                # Until the instance is back: what has no acknowledgement is sent again.
                await asyncio.sleep(PAUSE_S)

    async def _talk(self, door: Door, heard: Callable[[Sent], None], until: asyncio.Event) -> None:
        self._again = self._probe = None
        for message in self.open:
            await door.send(message.frame)
        await self._settle(door, heard)
        while not until.is_set():
            await self._move(door)
            await self._settle(door, heard)
            if self.sent[-1].kind == "words" and self.chance.random() < 0.2:
                await self._say_otherwise(door, self.sent[-1])
                await self._settle(door, heard)

    async def _settle(self, door: Door, heard: Callable[[Sent], None]) -> None:
        """Read until everything is acknowledged and answered."""
        try:
            async with asyncio.timeout(SLOWEST_REPLY_S):
                while self.open or self._again or self._probe or self.waits_for_reply:
                    self._take(await door.receive(), heard)
        except TimeoutError:
            self.slips["stalled"] += 1
            raise Gone from None

    def _take(self, frame: Frame, heard: Callable[[Sent], None]) -> None:
        match frame.get("type"):
            case "ack":
                self._acknowledged(frame, heard)
            case "msg":
                self._message(frame)
            case "nack":
                self._refused(frame)
            case "bye":
                raise Gone

    def _acknowledged(self, frame: Frame, heard: Callable[[Sent], None]) -> None:
        known = next(s for s in reversed(self.sent) if s.id == frame["id"])
        if known.seq is not None and known.id == self._again:
            self._again = None
            self.slips["acknowledged with another seq"] += known.seq != frame["seq"]
        elif known.seq is not None:
            # Nothing but the other words under its number are still unanswered.
            self._probe = None
            self.slips["other body taken"] += 1
        else:
            known.seq = frame["seq"]
            self.open.remove(known)
            heard(known)

    def _message(self, frame: Frame) -> None:
        seq = frame["seq"]
        self.slips["replies missing"] += seq > self.after + 1
        self.slips["replies extra"] += seq <= self.after
        self.after = max(self.after, seq)
        self.seen[seq] = frame
        if frame["from"] == "bot" and (frame.get("choices") or frame.get("question")):
            self.screen = frame

    def _refused(self, frame: Frame) -> None:
        if frame.get("id") == self._probe and frame["code"] == "conflict":
            self._probe = None
            return
        if frame["code"] == "unavailable":
            raise Gone
        for message in [s for s in self.open if s.id == frame.get("id")]:
            message.refused = frame["code"]
            self.open.remove(message)
            self.slips[f"refused: {frame['code']}"] += 1

    # -- what they say

    async def _move(self, door: Door) -> None:
        fresh = self._next()
        self.sent += fresh
        self.open += fresh
        for message in fresh:
            await door.send(message.frame)
        if self.chance.random() < 0.1:
            self.repeated += 1
            self._again = fresh[-1].id
            await door.send(fresh[-1].frame)

    async def _say_otherwise(self, door: Door, said: Sent) -> None:
        """Other words under a number that was acknowledged: to be refused."""
        self._probe = said.id
        await door.send(said.frame | {"text": "Something else under the same number."})

    def _next(self) -> list[Sent]:
        assert self.screen is not None
        throw = self.chance.random()
        if throw < 0.03 and self._crises < 6:
            self._crises += 1
            return [self._say("crisis", text=self.chance.choice(CRISIS))]
        keys = [c["id"] for c in self.screen.get("choices", ())]
        if not self.item and any(k.endswith("menu:check_in") for k in keys) and throw < 0.3:
            return [self._words(n) for n in range(self.chance.randint(1, 3))]
        if throw < 0.08:
            return [self._words(0)]
        if self.screen.get("question"):
            return [self._answered()]
        return [self._pressed(keys)]

    def _words(self, ahead: int) -> Sent:
        n = len(self.sent) + ahead
        text = f"This is line {n} of what I wanted to tell you about my week."
        return self._say("words", ahead, text=text)

    def _answered(self) -> Sent:
        assert self.screen is not None
        question = self.screen["question"]
        values = [o["value"] for o in question.get("options", ())]
        if question["kind"] == "scale":
            values = list(range(question["min"], question["max"] + 1))
        if not values:
            return self._words(0)
        # Item 9 mostly at zero: each answer above it opens the safety questions.
        weights = [8 if v == 0 and question["item"] == "phq9.9" else 1 for v in values]
        value = self.chance.choices(values, weights)[0]
        return self._say("answer", answer={"item": question["item"], "value": value})

    def _pressed(self, keys: list[str]) -> Sent:
        by_key = {k.partition(".")[2]: k for k in keys}
        pleasant = {k: v for k, v in by_key.items() if k not in NEVER_PRESSED and "change." not in k}
        if not pleasant:
            return self._words(0)
        for key in ("resume", "send", "menu:again", "menu:menu"):
            if key in pleasant:
                return self._say("send" if key == "send" else "button", choice=pleasant[key])
        if "menu:check_in" in pleasant and self.chance.random() < 0.7:
            return self._say("check_in", choice=pleasant["menu:check_in"])
        key = self.chance.choice(sorted(pleasant.keys() & ACTIONS) or sorted(pleasant))
        return self._say("action" if key in ACTIONS else "button", choice=pleasant[key])

    def _say(self, kind: Kind, ahead: int = 0, **what: object) -> Sent:
        new = UUID(int=self.chance.getrandbits(128), version=4)
        return Sent(len(self.sent) + ahead, {"type": "say", "id": str(new), **what}, kind)
