"""Leave, shifts and the calendars that brought them: what the port promises."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from written import NOW

from bot.adapters.postgres.engine import Database
from bot.adapters.postgres.rota import PostgresRota
from bot.core.rota import Leave, Roster, Shift
from bot.core.values import ServiceId, StaffId
from bot.ports import Feed

ANNA, BEA = StaffId(uuid4()), StaffId(uuid4())
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def rota(database: Database) -> PostgresRota:
    return PostgresRota(database)


def leave(**more: object) -> Leave:
    return Leave(
        **{"id": uuid4(), "staff": ANNA, "from_at": NOW, "until_at": NOW + DAY, "cover": BEA, **more}
    )  # type: ignore[arg-type]


def shift(n: int = 0, source: str = "desk") -> Shift:
    return Shift(uuid4(), BEA, NOW + n * DAY, NOW + n * DAY + 12 * HOUR, source)


async def test_what_holds_at_a_moment_is_read_with_one_question(
    rota: PostgresRota, service_id: ServiceId
) -> None:
    mine, hers = leave(), shift()
    await rota.add_leave(service_id, mine)
    await rota.add_shift(service_id, hers)

    assert await rota.between(service_id, NOW, NOW) == Roster((mine,), (hers,))
    assert await rota.between(service_id, NOW + 12 * HOUR, NOW + 12 * HOUR) == Roster((mine,), ())
    assert await rota.between(service_id, NOW + DAY, NOW + DAY) == Roster()


async def test_a_stretch_of_time_has_all_that_touches_it_in_order(
    rota: PostgresRota, service_id: ServiceId
) -> None:
    two, one, later = shift(1), shift(0), shift(9)
    for each in (two, one, later):
        await rota.add_shift(service_id, each)

    assert (await rota.between(service_id, NOW + HOUR, NOW + 2 * DAY)).shifts == (one, two)


async def test_of_another_service_nothing_is_seen_or_changed(
    rota: PostgresRota, service_id: ServiceId
) -> None:
    mine, hers, other = leave(), shift(), ServiceId(uuid4())
    await rota.add_leave(service_id, mine)
    await rota.add_shift(service_id, hers)
    await rota.end_leave(other, mine.id, NOW)
    await rota.drop_shift(other, hers.id)

    assert await rota.between(other, NOW, NOW) == Roster()
    assert await rota.between(service_id, NOW, NOW) == Roster((mine,), (hers,))


async def test_who_is_back_is_back_from_that_moment(rota: PostgresRota, service_id: ServiceId) -> None:
    begun, to_come = leave(), leave(from_at=NOW + 5 * DAY, until_at=NOW + 6 * DAY)
    for each in (begun, to_come):
        await rota.add_leave(service_id, each)
        await rota.end_leave(service_id, each.id, NOW + HOUR)

    (kept,) = (await rota.between(service_id, NOW, NOW + 9 * DAY)).leaves
    assert (kept.id, kept.until_at) == (begun.id, NOW + HOUR)


async def test_a_shift_can_be_taken_away(rota: PostgresRota, service_id: ServiceId) -> None:
    one = shift()
    await rota.add_shift(service_id, one)
    await rota.drop_shift(service_id, one.id)

    assert await rota.between(service_id, NOW, NOW) == Roster()


async def test_a_calendar_that_is_brought_again_replaces_what_it_said_and_nothing_else(
    rota: PostgresRota, service_id: ServiceId
) -> None:
    by_hand, first, second = shift(), shift(1, "rota.ics"), shift(2, "rota.ics")
    await rota.add_shift(service_id, by_hand)
    await rota.bring(service_id, Feed(uuid4(), "rota.ics", NOW), [first])
    await rota.bring(service_id, Feed(uuid4(), "rota.ics", NOW + HOUR), [second])

    assert (await rota.between(service_id, NOW, NOW + 9 * DAY)).shifts == (by_hand, second)
    assert [(f.place, f.seen_at, f.error) for f in await rota.feeds(service_id)] == [
        ("rota.ics", NOW + HOUR, None)
    ]


async def test_a_calendar_that_cannot_be_read_leaves_what_it_said_before(
    rota: PostgresRota, service_id: ServiceId
) -> None:
    first = shift(0, "rota.ics")
    await rota.bring(service_id, Feed(uuid4(), "rota.ics", NOW), [first])
    await rota.failed(service_id, Feed(uuid4(), "rota.ics", NOW + HOUR, "line 3: no end"))

    assert (await rota.between(service_id, NOW, NOW)).shifts == (first,)
    assert [f.error for f in await rota.feeds(service_id)] == ["line 3: no end"]
