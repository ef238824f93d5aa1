"""The caseload's small curve: which measure, which points, and the sentence that says the same."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.core.library import Library
from bot.core.state import ScoreKept
from bot.web.desk.sparks import EDGE, HEIGHT, LAST, WIDTH, spark_of
from bot.web.desk.team_clock import TeamClock

NOVEMBER = datetime(2026, 11, 3, 10, tzinfo=UTC)
CLOCK = TeamClock(ZoneInfo("Europe/London"), NOVEMBER)


def kept(*totals: float, step: int = 7) -> tuple[ScoreKept, ...]:
    days = [step * (len(totals) - 1 - n) for n in range(len(totals))]
    return tuple(
        ScoreKept(total=t, at=NOVEMBER - timedelta(days=d)) for t, d in zip(totals, days, strict=True)
    )


def test_the_sentence_says_what_the_curve_shows(library: Library) -> None:
    spark = spark_of({"phq9": kept(14, 12, 16)}, library, CLOCK)
    assert spark is not None and spark.sentence == "PHQ-9: 14, 12, 16; last 3 November"
    (left, _), (middle, _), (right, _) = spark.points
    assert (left, middle, right) == (EDGE, WIDTH / 2, WIDTH - EDGE)
    assert spark.case is not None and spark.points[0][1] < spark.case


def test_mood_comes_before_what_was_answered_later(library: Library) -> None:
    both = {"gad7": kept(3), "phq9": (ScoreKept(total=4, at=NOVEMBER - timedelta(days=40)),)}
    spark = spark_of(both, library, CLOCK)
    assert spark is not None and spark.sentence.startswith("PHQ-9: 4; last 24 September")
    alone = spark_of({"gad7": kept(3)}, library, CLOCK)
    assert alone is not None and alone.sentence.startswith("GAD-7: 3")


def test_many_scores_are_cut_and_say_so(library: Library) -> None:
    spark = spark_of({"phq9": kept(*range(20))}, library, CLOCK)
    assert spark is not None and spark.sentence == "PHQ-9: … 15, 16, 17, 18, 19; last 3 November"
    assert len(spark.points) == LAST


@pytest.mark.parametrize("totals", [(0, 27), (27, 0), (5,)])
def test_no_point_leaves_the_picture(library: Library, totals: tuple[int, ...]) -> None:
    spark = spark_of({"phq9": kept(*totals)}, library, CLOCK)
    assert spark is not None
    assert all(EDGE <= x <= WIDTH - EDGE and EDGE <= y <= HEIGHT - EDGE for x, y in spark.points)


def test_nothing_is_drawn_of_nothing_or_of_what_is_not_known(library: Library) -> None:
    assert spark_of({}, library, CLOCK) is None
    assert spark_of({"nothing-known": kept(3)}, library, CLOCK) is None
