"""The upgrade itself, by alembic: loaded where a record has to be changed, which is once a release."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from bot.adapters.postgres.engine import CONNECT_TIMEOUT_S
from bot.adapters.postgres.troubles import record_troubles

_LOCK = 0x626F756E  # one migration at a time, whoever starts first
MIGRATION_TIMEOUT_S = 3600.0  # for one statement: a table may have to be written anew


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def newest_written() -> str:
    """The last of the migrations' own files."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None
    return head


async def upgrade(url: str, to: str = "head") -> tuple[str | None, str]:
    """To this revision, one process at a time; returns the one before and the newest there is."""
    engine = create_async_engine(
        url.replace("postgresql://", "postgresql+asyncpg://", 1),
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={"timeout": CONNECT_TIMEOUT_S, "command_timeout": MIGRATION_TIMEOUT_S},
    )
    try:
        with record_troubles():
            async with engine.begin() as connection:
                await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
                before = await connection.run_sync(_revision)
                await connection.run_sync(lambda c: command.upgrade(_config(c), to))
                return before, newest_written()
    finally:
        await engine.dispose()


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()
