"""One engine a process, made from one URL."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import PoolProxiedConnection

from bot.adapters.postgres.road import Road
from bot.adapters.postgres.troubles import record_troubles
from bot.core.errors import NotTaken, Unavailable

STATEMENT_TIMEOUT_S = 2.0
# A little longer than the server's own: who says "cancelled" is alive, who says nothing is not.
ANSWER_WITHIN_S = 2.25
POOL_WAIT_S = 1.0
CONNECT_TIMEOUT_S = 1.5


def make_engine(url: str, *, pool_size: int = 8, patience: float = 1.0) -> AsyncEngine:
    """``postgresql://…`` as libpq writes it. Parameters never show in errors (I8).

    ``patience``: how many times the limits; nobody waits for a test, and a busy machine may stop for seconds.
    """
    parsed = make_url(url).set(drivername="postgresql+asyncpg")
    on_socket = str(parsed.query.get("host", "")).startswith("/")
    return create_async_engine(
        parsed,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=POOL_WAIT_S * patience,
        hide_parameters=True,
        connect_args={
            # The shell's own PGSSLMODE must not reach a socket in our data folder.
            **({"ssl": False} if on_socket else {}),
            "timeout": CONNECT_TIMEOUT_S * patience,
            "command_timeout": ANSWER_WITHIN_S * patience,
            "server_settings": {
                "statement_timeout": str(int(STATEMENT_TIMEOUT_S * 1000 * patience)),
                "application_name": "bounceback",
                "timezone": "UTC",
            },
        },
    )


class Lane:
    """One connection of the engine that the writer keeps, so that a commit checks nothing out."""

    def __init__(self, engine: AsyncEngine, road: Road) -> None:
        self._engine, self._road = engine, road
        self._held: PoolProxiedConnection | None = None
        self._since = 0.0
        self._alone = asyncio.Lock()

    async def fetch(self, sql: str, args: Sequence[Any]) -> list[Any]:
        """One statement, committed when this returns. After a failure of the connection the next call makes another.

        Raises NotTaken where it never left, Unavailable where it is not known what became of it.
        """
        async with self._alone:
            raw = self._ready() or await self._connected()
            async with self._road.taken():
                with record_troubles():
                    try:
                        rows: list[Any] = await raw.fetch(sql, *args)
                    except BaseException as error:
                        # Only the server's own word about a statement leaves the connection as it was.
                        if not isinstance(error, asyncpg.PostgresError) or raw.is_closed():
                            self._drop(raw)
                        raise
                    return rows

    def _ready(self) -> Any:
        """The connection that is held, unless it is lost or older than the last cut."""
        held = self._held
        if held is None or held.driver_connection is None:
            return None
        if held.driver_connection.is_closed() or self._since <= self._road.cut_at:
            self._drop(held.driver_connection)
            return None
        return held.driver_connection

    async def _connected(self) -> Any:
        try:
            async with self._road.taken():
                with record_troubles():
                    self._held = await self._engine.raw_connection()
        except Unavailable:
            raise NotTaken("record") from None
        self._since = time.time()
        return self._held.driver_connection

    def _drop(self, raw: Any) -> None:
        """Thrown away before it goes back: leaving it to a pool hangs on a dead server."""
        raw.terminate()
        held, self._held = self._held, None
        if held is not None:
            held.invalidate()

    def close(self) -> None:
        if self._held is not None:
            self._drop(self._held.driver_connection)


class Database:
    """Connections of one engine: a transaction for reading and writing, a lane for the writer."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.road = Road()
        self.lane = Lane(engine, self.road)
        self._autocommit = engine.execution_options(isolation_level="AUTOCOMMIT")
        event.listen(engine.sync_engine, "checkout", self._only_alive)

    def _only_alive(self, connection: Any, record: Any, _proxy: Any) -> None:
        """Of a connection that was lost in the pool, or is older than the last cut, the pool makes another.

        The server is not asked: a dead one would not answer.
        """
        if connection.driver_connection.is_closed() or record.starttime <= self.road.cut_at:
            connection.driver_connection.terminate()
            raise DisconnectionError

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        async with self.road.taken():
            with record_troubles():
                async with self.engine.begin() as connection, _left_clean(connection):
                    yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """One statement at a time, each its own transaction."""
        async with self.road.taken():
            with record_troubles():
                async with self._autocommit.connect() as connection, _left_clean(connection):
                    yield connection

    async def fetch_raw(self, sql: str, args: Sequence[Any]) -> list[Any]:
        """One statement on the driver's own connection, committed when this returns."""
        async with self.road.taken():
            with record_troubles():
                held = await self.engine.raw_connection()
                raw: Any = held.driver_connection
                try:
                    rows: list[Any] = await raw.fetch(sql, *args)
                except (TimeoutError, OSError, asyncio.CancelledError):
                    # Thrown away before the pool gets it back: leaving it to the pool hangs on a dead server.
                    raw.terminate()
                    held.invalidate()
                    raise
                finally:
                    held.close()
                return rows

    async def standing(self) -> str:
        """``ok``, or what is wrong: an acknowledgement promises what the disk has (I1)."""
        rows = await self.fetch_raw(
            "SELECT name FROM pg_settings WHERE name IN ('fsync', 'synchronous_commit') AND setting = 'off'",
            [],
        )
        return "ok" if not rows else f"{rows[0][0]} is off: turn it on in postgresql.conf"

    async def dispose(self) -> None:
        self.lane.close()
        await self.engine.dispose()


@asynccontextmanager
async def _left_clean(connection: AsyncConnection) -> AsyncIterator[None]:
    """After silence, or in the middle of a question, the connection is thrown away before the pool gets it back.

    Leaving it to the pool hangs on a dead server.
    """
    try:
        yield
    except (TimeoutError, OSError, asyncio.CancelledError):
        if not connection.invalidated:
            raw = (await connection.get_raw_connection()).driver_connection
            if raw is not None:
                raw.terminate()
            await connection.invalidate()
        raise
