"""A mail server that a test can close, silence, hold up and make say no."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from email import message_from_bytes
from email.message import Message
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope
from clinic import PostBox

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")


class PostOffice(PostBox):
    """``unknown``: addresses that it refuses. ``answer``: what it says to a letter. ``cuts``: it keeps a letter and
    hangs up before it says so. ``gate``: letters wait before it. ``each_s``: it looks at one letter at a time, so long."""

    def __init__(self) -> None:
        super().__init__()
        self.unknown: set[str] = set()
        self.answer = "250 OK"
        self.cuts = False
        self.hangs_up_after = False
        self.each_s = 0.0
        self._counter = asyncio.Lock()
        self.gate = asyncio.Event()
        self.gate.set()
        self._let_through = asyncio.Semaphore(0)
        self.all: list[Message] = []
        self.waiting, self.most_waiting = 0, 0
        self._changed = asyncio.Condition()
        self._server: asyncio.Server | None = None
        self._silent: list[asyncio.Transport] = []
        self._port = 0

    async def open(self) -> None:
        await self.close()
        await self._listen(lambda: SMTP(self, hostname="localhost"))

    async def close(self) -> None:
        """Connections are refused, and those that hang in the silence are cut."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for transport in self._silent:
            transport.abort()
        self._silent.clear()

    async def fall_silent(self) -> None:
        """It takes connections and never says a word: a black hole."""
        await self.close()
        office = self

        class Silence(asyncio.Protocol):
            def connection_made(self, transport: Any) -> None:
                office._silent.append(transport)
                office._count(0)

        await self._listen(Silence)

    async def _listen(self, protocol: Any) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(protocol, "127.0.0.1", self._port)
        self._port = self._server.sockets[0].getsockname()[1]
        self.url = f"smtp://127.0.0.1:{self._port}"

    async def until_waiting(self, letters: int) -> None:
        """Until so many letters, or silent connections, hang in here."""
        async with asyncio.timeout(10), self._changed:
            await self._changed.wait_for(lambda: self.waiting + len(self._silent) >= letters)

    def let_through(self, letters: int) -> None:
        """So many of those that wait before the gate, which stays closed to the others."""
        for _ in range(letters):
            self._let_through.release()

    async def _gate(self) -> None:
        ways = [asyncio.create_task(self.gate.wait()), asyncio.create_task(self._let_through.acquire())]
        _, others = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in others:
            way.cancel()

    def _count(self, more: int) -> None:
        self.waiting += more
        self.most_waiting = max(self.waiting, self.most_waiting)

        async def tell() -> None:
            async with self._changed:
                self._changed.notify_all()

        self._telling = asyncio.ensure_future(tell())

    def told_of(self) -> Counter[str]:
        """How many letters tell of each alert."""
        return Counter(alert for m in self.all for alert in _UUID.findall(m["X-Alert-Id"] or ""))

    # -- what aiosmtpd asks

    async def handle_RCPT(
        self, server: SMTP, session: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.unknown:
            return "550 5.1.1 nobody here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Envelope) -> str:
        self._count(1)
        try:
            await self._gate()
            if self.each_s:
                async with self._counter:
                    await asyncio.sleep(self.each_s)
        finally:
            self._count(-1)
        if not self.answer.startswith("250"):
            return self.answer
        content = envelope.content
        assert isinstance(content, bytes)
        for address in envelope.rcpt_tos:
            message = message_from_bytes(content)
            self.letters[address].append(message)
            self.all.append(message)
        if self.cuts:
            server.transport.abort()
        return self.answer

    async def handle_QUIT(self, server: SMTP, session: Any, envelope: Envelope) -> str:
        if self.hangs_up_after:
            server.transport.abort()
        return "221 Bye"
