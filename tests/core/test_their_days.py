"""A day that is told is the day on a patient's own clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from presser import SERVICE

from bot.core.flow import charts, coming
from bot.core.library import Library
from bot.core.pen import Moment, Pen
from bot.core.state import Conversation, Measured, Profile, ScoreKept
from bot.core.values import LineId

HALF_PAST_MIDNIGHT = datetime(2026, 7, 12, 23, 30, tzinfo=UTC)
TEN_IN_THE_EVENING = datetime(2026, 3, 3, 3, tzinfo=UTC)


def pen_at(library: Library, now: datetime, state: Conversation) -> Pen[Conversation]:
    return Pen(state, Moment(LineId(UUID(int=1)), UUID(int=9 << 16), now, SERVICE, library))


def test_a_score_is_of_their_day_in_the_sentence_and_on_the_curve(library: Library) -> None:
    kept = ScoreKept(total=9, at=HALF_PAST_MIDNIGHT)
    state = Conversation(profile=Profile(timezone="Europe/London"), scores={"phq9": (kept,)})
    chart = charts.chart_of(pen_at(library, HALF_PAST_MIDNIGHT, state), "phq9")
    assert chart is not None
    assert [point.on for point in chart.points] == ["2026-07-13"]
    assert "13 July" in chart.sentence


def test_what_comes_tomorrow_on_their_clock_is_told_though_elsewhere_it_is_tomorrow_already(
    library: Library,
) -> None:
    plan = library.policy.measuring
    assert plan is not None
    sent = TEN_IN_THE_EVENING - timedelta(days=plan.full_every_days - 1)
    state = Conversation(
        status="joined",
        profile=Profile(timezone="America/New_York"),
        measuring=Measured(began=sent, sent=dict.fromkeys(plan.full, sent)),
    )
    pen = pen_at(library, TEN_IN_THE_EVENING, state)
    coming.say_next(pen)
    assert ["3 March" in message.shown.text for message in pen.finish().shown] == [True]
