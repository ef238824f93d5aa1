"""The way to the record is cut while somebody is just making a connection."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import pytest

from bot.adapters.postgres.engine import Database
from bot.core.errors import NotTaken, Unavailable

FOR_NOW_S = 5.0


@pytest.fixture
async def cut(own_database: Database) -> AsyncIterator[Database]:
    """Whatever is connected now was connected before the cut, as somebody else has noted it."""
    own_database.road.cut_at = time.time() + FOR_NOW_S
    yield own_database
    own_database.road.cut = False
    own_database.road.cut_at = 0.0


async def test_a_question_is_unavailable(cut: Database) -> None:
    with pytest.raises(Unavailable):
        async with cut.reading():
            pass


async def test_a_commit_was_not_taken(cut: Database) -> None:
    with pytest.raises(NotTaken):
        await cut.lane.fetch("SELECT 1", [])


async def test_and_once_it_is_behind_everything_goes_on(cut: Database) -> None:
    with pytest.raises(Unavailable):
        async with cut.reading():
            pass
    cut.road.cut_at = time.time() - FOR_NOW_S
    assert await cut.lane.fetch("SELECT 1", [])
