"""A WebSocket client that costs next to nothing: it shares the machine with the server that it measures.

No tasks, no time-outs, no queue: frames come in by one call and go out by another. Sent frames are masked, as they
must be, with a key of zeros, so that nothing has to be masked.
"""

from __future__ import annotations

import asyncio
import base64
import os
from collections.abc import Callable
from typing import cast

from bot.core.errors import Misuse

_TEXT, _CLOSE, _PING = 0x1, 0x8, 0x9
OPEN_WITHIN_S = 60.0
_NO_MASK = bytes(4)

Heard = Callable[[bytes], None]


def masked(payload: bytes, opcode: int = _TEXT) -> bytes:
    """One whole frame of a client."""
    size = len(payload)
    head = 0x80 | opcode
    if size < 126:
        return bytes((head, 0x80 | size)) + _NO_MASK + payload
    if size < 1 << 16:
        return bytes((head, 0xFE)) + size.to_bytes(2) + _NO_MASK + payload
    return bytes((head, 0xFF)) + size.to_bytes(8) + _NO_MASK + payload


class Wire(asyncio.Protocol):
    """One connection. ``heard`` gets each text frame; ``gone`` is called once, when the connection ends."""

    def __init__(self, request: bytes, heard: Heard, gone: Callable[[], None]) -> None:
        self._request, self._heard, self._gone = request, heard, gone
        self._rest = b""
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # uvloop's own is not a subclass
        self.transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        data = bytes(self._rest + data) if self._rest else bytes(data)
        if not self.opened.done():
            head, blank, data = data.partition(b"\r\n\r\n")
            if not blank:
                self._rest = head
                return
            if b" 101 " not in head[:20]:
                self.opened.set_exception(Misuse(f"no WebSocket: {head[:80]!r}"))
                self.cut()
                return
            self.opened.set_result(None)
        self._rest = self._frames(data)

    def _frames(self, data: bytes) -> bytes:
        """Hear all whole frames; what is left of a broken one."""
        at, end = 0, len(data)
        while end - at >= 2:
            size, start = data[at + 1], at + 2
            if size >= 126:
                wide = 2 if size == 126 else 8
                size, start = int.from_bytes(data[start : start + wide]), start + wide
            if start + size > end:
                break
            opcode = data[at] & 0x0F
            if opcode == _TEXT:
                self._heard(data[start : start + size])
            elif opcode == _PING:
                self._write(masked(data[start : start + size], 0xA))
            elif opcode == _CLOSE:
                self._write(masked(data[start : start + size], _CLOSE))
                self.close()
            at = start + size
        return data[at:]

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.opened.done():
            self.opened.set_exception(ConnectionError("closed before it was open"))
            self.opened.exception()  # whoever waits gets it; nobody has to
        self._gone()

    def send(self, payload: bytes) -> None:
        self._write(masked(payload))

    def _write(self, frame: bytes) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write(frame)

    def close(self) -> None:
        if self.transport is not None:
            self.transport.close()

    def cut(self) -> None:
        """Gone without a word, like a phone in a lift."""
        if self.transport is not None:
            self.transport.abort()


async def connect(port: int, heard: Heard, gone: Callable[[], None], *, source: str | None = None) -> Wire:
    """An open WebSocket to ``/v1/ws`` on this machine. Raises OSError, Misuse. ``source``: our own address."""
    key = base64.b64encode(os.urandom(16)).decode()
    request = (
        f"GET /v1/ws HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Protocol: bounceback.v1\r\n\r\n"
    ).encode()
    _, wire = await asyncio.get_running_loop().create_connection(
        lambda: Wire(request, heard, gone), "127.0.0.1", port, local_addr=(source, 0) if source else None
    )
    async with asyncio.timeout(OPEN_WITHIN_S):
        await wire.opened
    return wire
