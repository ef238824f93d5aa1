"""A PostgreSQL that can be taken away: a proxy before its socket, cut, silenced, slowed and restored by the test."""

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
        self._questions, self._answers = Gate(), Gate()

    @classmethod
    def before(cls, url: str, folder: Path) -> Cutter:
        """``url``: a record on a socket; ``folder``: where the proxy's own socket is put."""
        parsed = make_url(url)
        name = f".s.PGSQL.{parsed.query.get('port', 5432)}"
        own = parsed.update_query_dict({"host": str(folder)}).render_as_string(hide_password=False)
        return cls(Path(str(parsed.query["host"])) / name, folder / name, own)

    async def restore(self) -> None:
        """All is well. What waits in silence goes on, but for what was lost in a half-open connection."""
        for gate in (self._questions, self._answers):
            gate.open()
        if self._server is None:
            self._server = await asyncio.start_unix_server(self._serve, self._own)

    async def cut(self) -> None:
        """Refuse the new, reset the open."""
        if self._server is not None:
            self._server.close()
            self._server = None
            self._own.unlink(missing_ok=True)
        for pipe in tuple(self._pipes):
            pipe.transport.abort()
        for gate in (self._questions, self._answers):
            gate.open(also_lost=True)
        await asyncio.sleep(0)

    def silence(self) -> None:
        """A black hole: connections are taken, no byte goes either way."""
        for gate in (self._questions, self._answers):
            gate.close()

    def silence_answers(self) -> None:
        """What is asked arrives, and is carried out; nobody hears of it."""
        self._answers.close()

    def lose(self) -> None:
        """Half-open: what is connected now stays connected and silent for ever, and so do the new until ``restore``."""
        for gate in (self._questions, self._answers):
            gate.close(for_ever=True)

    def slow_down(self, delay_s: float) -> None:
        """Every answer takes so long."""
        self._answers.delay_s = delay_s

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_unix_connection(self._real)
        self._pipes |= {writer, back}
        try:
            await asyncio.gather(_pour(reader, back, self._questions), _pour(there, writer, self._answers))
        finally:
            self._pipes -= {writer, back}


class Gate:
    """What pieces pass through, one way."""

    def __init__(self) -> None:
        self.delay_s = 0.0
        self._lost: list[asyncio.Event] = []
        self._passing = asyncio.Event()
        self._passing.set()

    @property
    def way(self) -> asyncio.Event:
        """The way through, for one connection's whole life."""
        return self._passing

    def open(self, *, also_lost: bool = False) -> None:
        self.delay_s = 0.0
        self._passing.set()
        for way in self._lost if also_lost else ():
            way.set()

    def close(self, *, for_ever: bool = False) -> None:
        self._passing.clear()
        if for_ever:
            self._lost.append(self._passing)
            self._passing = asyncio.Event()


async def _pour(source: asyncio.StreamReader, sink: asyncio.StreamWriter, gate: Gate) -> None:
    way = gate.way
    with contextlib.suppress(ConnectionError):
        while piece := await source.read(65536):
            await asyncio.sleep(gate.delay_s)
            await way.wait()
            sink.write(piece)
            await sink.drain()
    sink.close()
