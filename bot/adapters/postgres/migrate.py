"""Bringing the schema up to date. From the first release on: expand first, contract a release later."""

from __future__ import annotations

import asyncpg
from sqlalchemy.engine import make_url

from bot.adapters.postgres.engine import CONNECT_TIMEOUT_S, STATEMENT_TIMEOUT_S
from bot.adapters.postgres.troubles import record_troubles

_NEWEST = "0022"


def newest() -> str:
    """The revision that this code needs."""
    return _NEWEST


async def migrate(url: str) -> tuple[str | None, str]:
    """Upgrade to the newest revision; returns the one before and the one after."""
    if await _stands_at(url) == _NEWEST:
        return _NEWEST, _NEWEST
    from bot.adapters.postgres.upgrade import (
        upgrade,
    )  # alembic, which a record that stands where it should never needs

    return await upgrade(url)


async def _stands_at(url: str) -> str | None:
    """None of a record without a schema."""
    on_socket = str(make_url(url).query.get("host", "")).startswith("/")
    with record_troubles():
        connection = await asyncpg.connect(
            url,
            timeout=CONNECT_TIMEOUT_S,
            command_timeout=STATEMENT_TIMEOUT_S,
            # As for the engine: the shell's own PGSSLMODE must not reach a socket in our data folder.
            ssl=False if on_socket else None,
        )
        try:
            found: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
        except asyncpg.UndefinedTableError:
            found = None
        finally:
            await connection.close(timeout=CONNECT_TIMEOUT_S)
    return found
