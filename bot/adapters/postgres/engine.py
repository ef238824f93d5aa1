"""One engine a process, made from one URL."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import PoolProxiedConnection

from bot.adapters.postgres.troubles import record_troubles

STATEMENT_TIMEOUT_S = 2.0
POOL_WAIT_S = 1.0
CONNECT_TIMEOUT_S = 2.0


def make_engine(url: str, *, pool_size: int = 8) -> AsyncEngine:
    """``postgresql://…`` as libpq writes it. Parameters never show in errors (I8)."""
    parsed = make_url(url).set(drivername="postgresql+asyncpg")
    on_socket = str(parsed.query.get("host", "")).startswith("/")
    engine = create_async_engine(
        parsed,
        pool_size=pool_size,
        max_overflow=0,
        pool_timeout=POOL_WAIT_S,
        hide_parameters=True,
        connect_args={
            # The shell's own PGSSLMODE must not reach a socket in our data folder.
            **({"ssl": False} if on_socket else {}),
            "timeout": CONNECT_TIMEOUT_S,
            "command_timeout": STATEMENT_TIMEOUT_S,
            "server_settings": {
                "statement_timeout": str(int(STATEMENT_TIMEOUT_S * 1000)),
                "application_name": "bounceback",
                "timezone": "UTC",
            },
        },
    )
    event.listen(engine.sync_engine, "checkout", _only_alive)
    return engine


def _only_alive(connection: Any, _record: Any, _proxy: Any) -> None:
    """A connection that was lost while it lay in the pool: the pool makes another, without asking the server."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError


class Lane:
    """One connection of the engine that the writer keeps, so that a commit checks nothing out."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._held: PoolProxiedConnection | None = None
        self._alone = asyncio.Lock()

    async def fetch(self, sql: str, args: Sequence[Any]) -> list[Any]:
        """One statement, committed when this returns. After a failure of the connection the next call makes another."""
        with record_troubles():
            async with self._alone:
                raw = await self._connection()
                try:
                    rows: list[Any] = await raw.fetch(sql, *args)
                except BaseException as error:
                    # Only the server's own word about a statement leaves the connection as it was.
                    if not isinstance(error, asyncpg.PostgresError) or raw.is_closed():
                        self._drop(raw)
                    raise
                return rows

    async def _connection(self) -> Any:
        held = self._held
        if held is not None and held.driver_connection is not None:
            if not held.driver_connection.is_closed():
                return held.driver_connection
            self._drop(held.driver_connection)
        self._held = await self._engine.raw_connection()
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
        self.lane = Lane(engine)
        self._autocommit = engine.execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        with record_troubles():
            async with self.engine.begin() as connection:
                yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """One statement at a time, each its own transaction."""
        with record_troubles():
            async with self._autocommit.connect() as connection:
                yield connection

    async def fetch_raw(self, sql: str, args: list[Any]) -> list[Any]:
        """One statement on the driver's own connection, committed when this returns.

        On a time-out the connection is thrown away before it goes back: leaving it to a pool hangs on a dead server.
        """
        with record_troubles():
            async with self._autocommit.connect() as connection:
                raw = (await connection.get_raw_connection()).driver_connection
                assert raw is not None
                try:
                    rows: list[Any] = await raw.fetch(sql, *args)
                except (TimeoutError, OSError):
                    raw.terminate()
                    await connection.invalidate()
                    raise
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
