"""Which looks are one visit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from bot.core.visits import visit_before

NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
QUARTER = timedelta(minutes=15)


@pytest.mark.parametrize(
    ("minutes_ago", "found"),
    [
        ((), None),
        ((3, 5), None),
        ((15,), 15),
        ((3, 10, 20, 200, 205), 200),
        ((14, 28, 42), None),
        ((2880, 2890), 2880),
    ],
)
def test_looks_that_follow_closely_are_one_visit(minutes_ago: tuple[int, ...], found: int | None) -> None:
    looks = [NOW - timedelta(minutes=ago) for ago in minutes_ago]
    wanted = None if found is None else NOW - timedelta(minutes=found)
    assert visit_before(looks, NOW, QUARTER) == wanted
