"""A PostgreSQL that can be taken away: a proxy before its socket, cut and restored by the test."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

from sqlalchemy.engine import make_url


class Cutter:
    def __init__(self, real: Path, own: Path, url: str) -> None:
        self._real, self._own, self.url = real, own, url
        self._server: asyncio.Server | None = None
        self._pipes: set[asyncio.StreamWriter] = set()

    @classmethod
    def before(cls, url: str, folder: Path) -> Cutter:
        """``url``: a record on a socket; ``folder``: where the proxy's own socket is put."""
        parsed = make_url(url)
        name = f".s.PGSQL.{parsed.query.get('port', 5432)}"
        own = parsed.update_query_dict({"host": str(folder)}).render_as_string(hide_password=False)
        return cls(Path(str(parsed.query["host"])) / name, folder / name, own)

    async def restore(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_unix_server(self._serve, self._own)

    async def cut(self) -> None:
        """Refuse the new, reset the open."""
        if self._server is None:
            return
        self._server.close()
        self._server = None
        self._own.unlink(missing_ok=True)
        for pipe in tuple(self._pipes):
            pipe.transport.abort()
        await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_unix_connection(self._real)
        self._pipes |= {writer, back}
        try:
            await asyncio.gather(_pour(reader, back), _pour(there, writer))
        finally:
            self._pipes -= {writer, back}


async def _pour(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while piece := await source.read(65536):
            sink.write(piece)
            await sink.drain()
    sink.close()
