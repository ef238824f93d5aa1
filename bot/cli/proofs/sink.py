"""A mail server that remembers what it got, when, and about which alert; and that can be busy, rude or dead."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Literal

Mood = Literal["well", "busy", "rejecting", "cutting", "down"]
MOODS: tuple[Mood, ...] = ("down", "busy", "rejecting", "cutting")
_ALERTS = re.compile(rb"^x-alert-id:((?:[^\r\n]|\r\n[ \t])*)", re.IGNORECASE | re.MULTILINE)
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
_ID, _TO = b"message-id:", b"to:"


@dataclass(frozen=True)
class Got:
    """An alert of which a letter that arrived tells. ``message_id``: the same for every retry of one telling of one person.

    ``among``: of how many alerts that letter tells.
    """

    alert: str
    message_id: str
    at: float
    to: str
    among: int
    text: bytes = field(repr=False)


@dataclass
class Sink:
    """``first``: when the first letter about each alert was accepted. ``got``: every letter that arrived, also those
    that were never acknowledged to the sender. ``each_s``: it looks at one letter at a time, and so long."""

    port: int = 0
    each_s: float = 0.0
    mood: Mood = "well"
    letters: int = 0
    first: dict[str, float] = field(default_factory=dict)
    got: list[Got] = field(default_factory=list)
    _counter: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            if self.mood != "down":
                await self._talk(reader, writer)
        writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 sink\r\n")
        while (line := await reader.readline()) and not line.upper().startswith(b"QUIT"):
            answer = b"250 ok\r\n"
            if line.upper().startswith(b"RCPT") and self.mood == "rejecting":
                answer = b"550 nobody here\r\n"
            if line.upper().startswith(b"DATA"):
                writer.write(b"354 go on\r\n")
                letter = await reader.readuntil(b"\r\n.\r\n")
                if self.each_s:
                    async with self._counter:
                        await asyncio.sleep(self.each_s)
                if self.mood == "busy":
                    answer = b"451 not now\r\n"
                else:
                    self._keep(letter)
                if self.mood == "cutting":
                    return
            writer.write(answer)
        writer.write(b"221 bye\r\n")

    def _keep(self, letter: bytes) -> None:
        self.letters += 1
        now, named = time.perf_counter(), _ALERTS.search(letter)
        alerts = _UUID.findall(named[1].decode()) if named else []
        for alert in alerts:
            self.first.setdefault(alert, now)
            self.got.append(Got(alert, _header(letter, _ID), now, _header(letter, _TO), len(alerts), letter))


def _header(letter: bytes, name: bytes) -> str:
    lines = (line for line in letter.splitlines() if line.lower().startswith(name))
    return next((line.partition(b":")[2].strip().decode() for line in lines), "")


@asynccontextmanager
async def mail_sink() -> AsyncIterator[Sink]:
    sink = Sink()
    server = await asyncio.start_server(sink.serve, "127.0.0.1", 0)
    sink.port = server.sockets[0].getsockname()[1]
    try:
        yield sink
    finally:
        server.close()
