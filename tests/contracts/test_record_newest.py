"""A start asks one row whether the schema is what it should be: the answer must stand in the code."""

from __future__ import annotations

from bot.adapters.postgres.migrate import newest
from bot.adapters.postgres.upgrade import newest_written


def test_the_newest_revision_is_that_of_the_last_migration() -> None:
    assert newest() == newest_written()
