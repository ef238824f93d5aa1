"""The record's own time, told by every process alike."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.adapters.postgres.clock import RecordClock, record_clock
from bot.adapters.postgres.engine import Database

A_MOMENT = timedelta(seconds=2)


class Seconds:
    """How many went by, as a machine counts them; ``astray`` were never real."""

    def __init__(self) -> None:
        self.astray = 0.0

    def __call__(self) -> float:
        return self.astray


async def record_says(database: Database) -> datetime:
    [row] = await database.fetch_raw("SELECT clock_timestamp()", [])
    said: datetime = row[0]
    return said


@pytest.mark.parametrize("hours", [-3, 0, 3])
async def test_a_machine_that_counted_wrongly_tells_the_records_time_once_it_asks(
    database: Database, hours: int
) -> None:
    seconds = Seconds()
    clock = RecordClock(database, seconds)
    seconds.astray = hours * 3600.0
    await clock.measure()

    assert abs(clock.now() - await record_says(database)) < A_MOMENT


async def test_between_two_questions_time_goes_on(database: Database) -> None:
    seconds = Seconds()
    clock = RecordClock(database, seconds)
    await clock.measure()
    before = clock.now()
    seconds.astray += 90.0

    assert clock.now() - before == timedelta(seconds=90)


async def test_two_processes_agree_whatever_their_machines_think(database: Database) -> None:
    astray = Seconds()
    one, two = RecordClock(database), RecordClock(database, astray)
    astray.astray = 7200.0
    await one.measure()
    await two.measure()

    assert abs(one.now() - two.now()) < A_MOMENT


async def test_a_house_is_told_the_time_before_anybody_asks(database: Database) -> None:
    async with record_clock(database) as clock:
        await clock.measure()
        assert abs(clock.now() - await record_says(database)) < A_MOMENT
        assert clock.now().tzinfo is UTC or clock.now().utcoffset() == timedelta(0)
