"""A mail server that takes every letter and remembers when it came, and about which alert."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

_ALERT = b"x-alert-id:"


@dataclass
class Sink:
    """``first``: when the first letter about each alert was accepted."""

    port: int = 0
    letters: int = 0
    first: dict[str, float] = field(default_factory=dict)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            writer.write(b"220 sink\r\n")
            while (line := await reader.readline()) and not line.upper().startswith(b"QUIT"):
                if line.upper().startswith(b"DATA"):
                    writer.write(b"354 go on\r\n")
                    self._keep(await reader.readuntil(b"\r\n.\r\n"))
                writer.write(b"250 ok\r\n")
            writer.write(b"221 bye\r\n")
        writer.close()

    def _keep(self, letter: bytes) -> None:
        self.letters += 1
        for line in letter.splitlines():
            if line.lower().startswith(_ALERT):
                self.first.setdefault(line.partition(b":")[2].strip().decode(), time.perf_counter())


@asynccontextmanager
async def mail_sink() -> AsyncIterator[Sink]:
    sink = Sink()
    server = await asyncio.start_server(sink.serve, "127.0.0.1", 0)
    sink.port = server.sockets[0].getsockname()[1]
    try:
        yield sink
    finally:
        server.close()
