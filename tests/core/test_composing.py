"""What a check-in holds, over simulated years: the budget, the rhythm of the full questionnaires, nothing twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import pairwise
from random import Random

import pytest
from composed_weeks import DAY, Weeks
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bot.core.composing import SAFETY, Known, fell, gate_at, positive, usual
from bot.core.library import Library, Measure, Measuring

MONDAY = date(2026, 3, 2)
CONDITIONS = ("copd", "heart", "diabetes", "pain", "cancer", "fatigue", "asthma", "unexplained")


@pytest.fixture(scope="module")
def plan(library: Library) -> Measuring:
    assert library.policy.measuring is not None
    return library.policy.measuring


@pytest.fixture(scope="module")
def installed(library: Library) -> dict[str, Measure]:
    """All that is shipped, and two licensed ones as a service's pack would bring them."""
    like = library.measures["phq15"]
    more = {
        "dds17": like.model_copy(
            update={"id": "dds17", "suits": ("diabetes",), "items": (*like.items, *like.items[:2])}
        ),
        "paid": like.model_copy(update={"id": "paid", "suits": ("diabetes",)}),
        "cat": like.model_copy(update={"id": "cat", "suits": ("copd",), "items": like.items[:8]}),
        "bpi": like.model_copy(
            update={"id": "bpi", "suits": ("pain", "cancer", "everybody"), "items": like.items[:7]}
        ),
    }
    return {**library.measures, **more}


def weeks(plan: Measuring, installed: dict[str, Measure], *conditions: str) -> Weeks:
    return Weeks(plan, installed, Known(today=MONDAY, conditions=conditions))


visits = st.lists(st.tuples(st.integers(1, 9), st.booleans(), st.booleans()), min_size=30, max_size=120)


@hypothesis_settings(max_examples=60)
@given(st.lists(st.sampled_from(CONDITIONS), min_size=1, max_size=4, unique=True), visits)
def test_the_budget_is_never_exceeded_in_any_7_days(
    plan: Measuring, installed: dict[str, Measure], conditions: list[str], come: list[tuple[int, bool, bool]]
) -> None:
    kim, day = weeks(plan, installed, *conditions), MONDAY
    for wait, falls, low in come:
        kim.comes(day, falls=falls, low=low)
        day += wait * DAY
    for n in range((day - MONDAY).days + 1):
        assert kim.in_7_days(MONDAY + n * DAY) <= plan.budget.items_in_7_days


@hypothesis_settings(max_examples=40)
@given(
    st.lists(st.sampled_from(CONDITIONS), min_size=1, max_size=4, unique=True),
    st.lists(st.tuples(st.booleans(), st.booleans()), min_size=180, max_size=366),
)
def test_whoever_comes_each_day_has_the_full_ones_at_least_every_14_days(
    plan: Measuring, installed: dict[str, Measure], conditions: list[str], come: list[tuple[bool, bool]]
) -> None:
    kim = weeks(plan, installed, *conditions)
    for n, (falls, low) in enumerate(come):
        kim.comes(MONDAY + n * DAY, falls=falls, low=low)
    for measure in plan.full:
        days = [*kim.days_of(measure), MONDAY + (len(come) - 1) * DAY]
        assert days[0] == MONDAY
        assert all((b - a).days <= 14 for a, b in pairwise(days))


@hypothesis_settings(max_examples=60)
@given(st.lists(st.sampled_from(CONDITIONS), min_size=1, max_size=4, unique=True), visits)
def test_nothing_is_asked_twice_on_a_day_and_a_review_once_an_occasion(
    plan: Measuring, installed: dict[str, Measure], conditions: list[str], come: list[tuple[int, bool, bool]]
) -> None:
    kim, day = weeks(plan, installed, *conditions), MONDAY
    for wait, falls, low in come:
        kim.comes(day, falls=falls, low=low)
        kim.comes(day)
        day += wait * DAY
    for asked in kim.asked.values():
        assert len(asked) == len(set(asked))
    basic = {*plan.full, plan.brief, *plan.taps, SAFETY}
    for measure in {m for asked in kim.asked.values() for m in asked} - basic:
        assert len(kim.days_of(measure)) <= len(plan.reviews.weeks)


# -- no review is never asked ---------------------------------------------------------------------------

HALF_A_YEAR = 182
RHYTHMS = {f"every {days} days": [range(0, HALF_A_YEAR, days)] for days in range(1, 11)}
RHYTHMS |= {
    "a fifth of days": [
        [0, *(d for d in range(1, HALF_A_YEAR) if Random(100 * n + d).random() < 0.2)] for n in range(60)
    ]
}
WITHIN = {"alone": 28, "alone, now and then": 84, "with others": 84}
"""Days from an occasion (start, week 6, week 12) until each of its questionnaires has come."""


LICENSED = {"dds17": 17, "dds2": 2, "paid": 20, "cat": 8, "cfq11": 11, "bpi": 7}
SUITS = {
    "dds17": "diabetes",
    "dds2": "diabetes",
    "paid": "diabetes",
    "cat": "copd",
    "cfq11": "fatigue",
    "bpi": "pain",
}


@pytest.fixture(scope="module")
def all_worded(library: Library) -> dict[str, Measure]:
    """All that is shipped, and each skeleton as though its wording were installed."""
    like = library.measures["phq15"]
    items = (*like.items, *like.items)
    skeletons = {
        name: like.model_copy(update={"id": name, "suits": (SUITS[name],), "items": items[:n]})
        for name, n in LICENSED.items()
    }
    return {**library.measures, **skeletons}


def visited(
    plan: Measuring,
    measures: Mapping[str, Measure],
    conditions: Sequence[str],
    days: Sequence[int],
    *,
    low: bool,
) -> Weeks:
    kim = weeks(plan, dict(measures), *conditions)
    for n in days:
        kim.comes(MONDAY + n * DAY, low=low)
    assert max(kim.in_7_days(MONDAY + n * DAY) for n in range(HALF_A_YEAR)) <= plan.budget.items_in_7_days
    for measure in plan.full:
        came = [(day - MONDAY).days for day in kim.days_of(measure)]
        assert came[0] == 0
        for a, b in pairwise([*came, HALF_A_YEAR]):
            assert not [n for n in days if a + plan.full_every_days <= n < b], (
                "the first visit when it is due"
            )
    return kim


def longest_wait(plan: Measuring, kim: Weeks, measure: str) -> int:
    came = [(day - MONDAY).days for day in kim.days_of(measure)]
    occasions = [7 * week for week in plan.reviews.weeks]
    return max(min((n for n in came if n >= begins), default=9999) - begins for begins in occasions)


@pytest.mark.parametrize("low", [False, True], ids=["quiet", "always_positive"])
@pytest.mark.parametrize("rhythm", RHYTHMS)
def test_each_review_comes_within_weeks_however_seldom_somebody_comes(
    plan: Measuring, all_worded: dict[str, Measure], rhythm: str, low: bool
) -> None:
    bound = WITHIN["alone, now and then" if rhythm == "a fifth of days" else "alone"]
    theirs = SUITS | {"phq15": "unexplained", "mrc": "heart"}
    for measure, condition in theirs.items():
        alike = {other for line in plan.reviews.one_of if measure in line for other in line} - {measure}
        held = {m: all_worded[m] for m in all_worded if m not in alike}
        for days in RHYTHMS[rhythm]:
            kim = visited(plan, held, [condition], days, low=low)
            assert longest_wait(plan, kim, measure) <= bound, (measure, list(days))


@pytest.mark.parametrize("low", [False, True], ids=["quiet", "always_positive"])
@pytest.mark.parametrize("rhythm", RHYTHMS)
def test_reviews_of_several_conditions_come_in_turn(
    plan: Measuring, all_worded: dict[str, Measure], rhythm: str, low: bool
) -> None:
    conditions = ("unexplained", "diabetes", "copd", "pain")
    for days in RHYTHMS[rhythm]:
        kim = visited(plan, all_worded, conditions, days, low=low)
        for measure in ("phq15", "dds17", "cat", "mrc", "bpi"):
            assert longest_wait(plan, kim, measure) <= WITHIN["with others"], (measure, list(days))


def test_a_late_review_goes_before_the_short_form_and_the_plain_question_stays(
    plan: Measuring, installed: dict[str, Measure]
) -> None:
    kim = weeks(plan, installed, "diabetes")
    kim.comes(MONDAY)
    composed = kim.comes(MONDAY + 8 * DAY)
    assert [p.measure for p in composed.parts] == ["rate_mood", "rate_worry", SAFETY, "dds17"]
    assert [p.measure for p in composed.put_off] == ["phq4"]
    assert SAFETY not in kim.comes(MONDAY + 10 * DAY).of("weekly"), "answered 2 days ago"


def test_one_that_is_longer_than_a_sitting_has_one_beside_the_ratings_alone(
    plan: Measuring, installed: dict[str, Measure]
) -> None:
    like = installed["phq15"]
    long = like.model_copy(
        update={"id": "long", "suits": ("heart",), "items": (*like.items, *like.items[:10])}
    )
    kim = weeks(plan, {**installed, "long": long}, "heart")
    for n in range(HALF_A_YEAR):
        kim.comes(MONDAY + n * DAY)
    assert kim.days_of("long")
    for day in kim.days_of("long"):
        assert set(kim.asked[day]) - {SAFETY} == {"rate_mood", "rate_worry", "long"}
    assert max(kim.in_7_days(MONDAY + n * DAY) for n in range(HALF_A_YEAR)) <= plan.budget.items_in_7_days


# -- by example ---------------------------------------------------------------------------------------


def test_the_first_day_is_the_full_ones_alone(plan: Measuring, installed: dict[str, Measure]) -> None:
    composed = weeks(plan, installed, "copd").comes(MONDAY)
    assert [(p.measure, p.why) for p in composed.parts] == [("phq9", "first"), ("gad7", "first")]
    assert composed.items == 16


def test_what_two_conditions_share_is_asked_once(plan: Measuring, installed: dict[str, Measure]) -> None:
    kim = weeks(plan, installed, "copd", "heart", "asthma")
    for n in range(28):
        kim.comes(MONDAY + n * DAY)
    assert len(kim.days_of("mrc")) == 1


def test_of_those_that_ask_the_same_the_first_that_is_installed(
    plan: Measuring, installed: dict[str, Measure]
) -> None:
    kim = weeks(plan, installed, "diabetes")
    for n in range(80):
        kim.comes(MONDAY + n * DAY)
    assert kim.days_of("dds17") and not kim.days_of("paid") and not kim.days_of("dds2")


def test_several_conditions_share_one_rating_a_day_in_turn(
    plan: Measuring, installed: dict[str, Measure]
) -> None:
    kim = weeks(plan, installed, "copd", "pain")
    for n in range(7):
        kim.comes(MONDAY + n * DAY)
    own = [[m for m in asked if m in ("rate_breathlessness", "rate_pain")] for asked in kim.asked.values()]
    assert own[1:] == [["rate_breathlessness"], ["rate_pain"]] * 3


def test_who_comes_weekly_has_the_full_ones_each_second_week_and_the_short_one_between(
    plan: Measuring, installed: dict[str, Measure]
) -> None:
    kim = weeks(plan, installed)
    for n in range(0, 57, 7):
        kim.comes(MONDAY + n * DAY)
    assert [(d - MONDAY).days for d in kim.days_of("phq9")] == [0, 14, 28, 42, 56]
    assert [(d - MONDAY).days for d in kim.days_of("phq4")] == [7, 21, 35, 49]


def test_two_long_questionnaires_of_two_conditions_never_meet_on_a_day(
    plan: Measuring, installed: dict[str, Measure]
) -> None:
    kim = weeks(plan, installed, "unexplained", "diabetes")
    for n in range(60):
        kim.comes(MONDAY + n * DAY)
    assert kim.days_of("phq15") and kim.days_of("dds17")
    assert not set(kim.days_of("phq15")) & set(kim.days_of("dds17"))
    assert "dds17" in kim.put_off


def test_room_is_kept_for_the_full_ones(plan: Measuring, installed: dict[str, Measure]) -> None:
    """Somebody away for the one day on which a long questionnaire fits without standing in their way."""
    kim = weeks(plan, installed, "unexplained", "copd")
    for n in (0, *range(8, 60)):
        kim.comes(MONDAY + n * DAY)
    assert max(kim.in_7_days(MONDAY + n * DAY) for n in range(60)) <= plan.budget.items_in_7_days


def test_a_hinge_that_opened_too_soon_brings_the_full_ones_as_soon_as_they_may(
    plan: Measuring, installed: dict[str, Measure]
) -> None:
    kim = weeks(plan, installed)
    for n in range(10):
        kim.comes(MONDAY + n * DAY, falls=n == 4, low=n == 4)
    assert [(d - MONDAY).days for d in kim.days_of("phq9")] == [0, 7]


@pytest.mark.parametrize(
    ("earlier", "own"), [((5, 5), None), ((5, 6, 7), 6), ((1, 9, 9, 9, 2, 9, 9, 9), 9), ((4, 6, 4, 6), 5)]
)
def test_their_usual_is_the_middle_of_their_last_ratings(
    plan: Measuring, earlier: Sequence[int], own: float | None
) -> None:
    assert usual(earlier, plan) == own


@pytest.mark.parametrize(("mood", "opened"), [(3, True), (4, False), (0, True), (9, False)])
def test_the_mood_opens_it_from_3_points_under_their_usual(plan: Measuring, mood: int, opened: bool) -> None:
    assert (fell(mood, (6, 6, 6), plan) is not None) == opened


def test_the_hinge_has_thresholds_of_its_own(plan: Measuring, installed: dict[str, Measure]) -> None:
    brief = installed["phq4"]
    assert [s.positive_at for s in brief.subscales] == [3, 3], "as published"
    assert positive({"1": 1, "2": 1, "3": 1, "4": 1}, brief, plan) == {"phq2": 2}
    assert positive({"1": 2, "2": 1, "3": 1, "4": 0}, brief, plan) == {"gad2": 3}
    assert positive({"1": 1, "2": 1, "3": 1}, brief, plan) == {}


def test_a_gate_opens_where_a_rating_rises_and_once(plan: Measuring) -> None:
    at = lambda now, earlier: gate_at("rate_breathlessness", now, earlier, ("copd",), plan)  # noqa: E731
    assert at(7, (4, 4, 4)) is not None
    assert at(6, (4, 4, 4)) is None
    assert at(9, ()) is not None, "so much is asked about whatever is usual"
    assert at(9, (9, 9, 9)) is None, "one that stays is not asked about each day"
    assert gate_at("rate_worry", 9, (3, 3, 3), ("copd",), plan) is None
    assert gate_at("rate_worry", 9, (3, 3, 3), ("diabetes",), plan).asks == "sugar"  # type: ignore[union-attr]
