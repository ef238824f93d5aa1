"""A hostile client over a raw socket: it may send what no library would."""

from __future__ import annotations

import asyncio
import base64
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

TEXT, PING, AGAIN = 1, 9, 0
WITHIN_S = 20.0


def frame(
    payload: bytes = b"",
    *,
    opcode: int = TEXT,
    fin: bool = True,
    masked: bool = True,
    reserved: int = 0,
    claims: int | None = None,
) -> bytes:
    """A client's frame; ``claims`` may lie about its length."""
    n = len(payload) if claims is None else claims
    first = bytes([(0x80 if fin else 0) | reserved << 4 | opcode])
    bit = 0x80 if masked else 0
    if n < 126:
        head = first + bytes([bit | n])
    elif n < 65536:
        head = first + bytes([bit | 126]) + struct.pack(">H", n)
    else:
        head = first + bytes([bit | 127]) + struct.pack(">Q", n)
    # A mask of zeros is legal and leaves the payload as it is.
    return head + (bytes(4) if masked else b"") + payload


def upgrade(*headers: str) -> bytes:
    lines = (
        "GET /v1/ws HTTP/1.1",
        "Host: localhost",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Key: {base64.b64encode(bytes(16)).decode()}",
        *headers,
    )
    return "\r\n".join((*lines, "", "")).encode()


class Raw:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def send(self, data: bytes) -> bool:
        """False: the server has hung up."""
        try:
            self.writer.write(data)
            async with asyncio.timeout(WITHIN_S):
                await self.writer.drain()
        except (ConnectionError, TimeoutError, RuntimeError):  # uvloop's word for a closed transport
            return False
        return True

    async def status(self) -> int:
        """Of the HTTP answer; 0 where the server hung up without one."""
        try:
            async with asyncio.timeout(WITHIN_S):
                head = await self.reader.readuntil(b"\r\n\r\n")
        except (asyncio.IncompleteReadError, ConnectionError):
            return 0
        return int(head.split()[1])

    async def upgraded(self, *headers: str) -> Raw:
        await self.send(upgrade(*headers))
        assert await self.status() == 101
        return self

    async def closed_with(self) -> int:
        """Read to the end; the code of the close frame, 1006 without one."""
        everything = b""
        async with asyncio.timeout(WITHIN_S):
            try:
                while piece := await self.reader.read(65536):
                    everything += piece
            except ConnectionError:
                pass
        at = everything.rfind(b"\x88", -130 if len(everything) > 130 else 0)
        return struct.unpack(">H", everything[at + 2 : at + 4])[0] if at >= 0 else 1006


@asynccontextmanager
async def raw_client(url: str) -> AsyncIterator[Raw]:
    there = urlsplit(url)
    reader, writer = await asyncio.open_connection(there.hostname, there.port)
    try:
        yield Raw(reader, writer)
    finally:
        writer.transport.abort()
