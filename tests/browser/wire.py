"""What travels between a browser and a server, counted on the wire: headers, bodies, whoever asked for them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass


@dataclass
class Wire:
    """``port``: of the server, once it stands. ``down``: bytes that reached the browser. ``up``: bytes that it sent."""

    url: str
    port: int = 0
    down: int = 0
    up: int = 0

    def since(self) -> tuple[int, int]:
        """Down and up since this was asked last."""
        counted = self.down, self.up
        self.down = self.up = 0
        return counted


@asynccontextmanager
async def laid_wire() -> AsyncIterator[Wire]:
    """An address of its own in front of a server."""
    wire = Wire("")

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, down: bool) -> None:
        while chunk := await reader.read(65536):
            if down:
                wire.down += len(chunk)
            else:
                wire.up += len(chunk)
            writer.write(chunk)
            await writer.drain()
        writer.close()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        theirs, ours = await asyncio.open_connection("127.0.0.1", wire.port)
        both = (pass_on(theirs, writer, down=True), pass_on(reader, ours, down=False))
        await asyncio.gather(*both, return_exceptions=True)

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    wire.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with server:
        yield wire
        server.close()
