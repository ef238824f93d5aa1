"""When a new score should reach the care team: over the histories of all measures, by a rule set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.library import Level, Levels, Library, ScoreLimits, Worsening
from bot.core.library.policy import NoChange, Plateau
from bot.core.state import ScoreKept
from bot.core.worsening import Rules, Verdict, said_before, verdicts

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
WEEK = timedelta(weeks=1)
PHQ9 = ScoreLimits(worse_by=6, case_at=10, severe_at=20)
GAD7 = ScoreLimits(worse_by=4, case_at=8, severe_at=15)
POLICY = Worsening(
    version="1",
    look_back_weeks=12,
    measures={"phq9": PHQ9, "gad7": GAD7, "who5": ScoreLimits(worse_by=20, case_at=49, severe_at=28)},
    no_change=NoChange(after_weeks=8, level="routine"),
)
RULES = Rules("default", POLICY, frozenset({"who5"}))


def kept(*totals: float, every: timedelta = WEEK) -> list[ScoreKept]:
    return [ScoreKept(total=t, at=NOW - every * (len(totals) - 1 - n)) for n, t in enumerate(totals)]


def judged(measure: str, *totals: float, every: timedelta = WEEK) -> tuple[Verdict, ...]:
    return verdicts(measure, {measure: kept(*totals, every=every)}, RULES)


def said(measure: str, *totals: float, every: timedelta = WEEK) -> list[str]:
    return [v.rule for v in judged(measure, *totals, every=every)]


def test_six_points_over_the_best_is_a_reliable_deterioration() -> None:
    assert said("phq9", 3, 9) == ["reliable_deterioration"]
    assert said("phq9", 3, 8) == []


def test_a_slow_slide_does_not_hide_behind_small_steps() -> None:
    assert "reliable_deterioration" in said("phq9", 3, 5, 7, 9)


def test_the_severe_band_speaks_when_entered_not_when_stayed_in() -> None:
    assert "severe_entered" in said("phq9", 19, 21)
    assert "severe_entered" not in said("phq9", 21, 22)


def test_a_first_score_is_at_most_routine() -> None:
    assert [(v.rule, v.level) for v in judged("phq9", 27)] == [("severe_at_baseline", "routine")]


def test_scores_before_the_window_are_no_longer_the_best() -> None:
    assert said("phq9", 1, 9, every=13 * WEEK) == []


def test_who_comes_back_after_the_window_has_still_crossed() -> None:
    assert said("phq9", 8, 12, every=13 * WEEK) == ["case_crossed"]
    assert "case_crossed" not in said("phq9", 12, 12, every=13 * WEEK)


@given(new=st.integers(0, 27), earlier=st.lists(st.integers(0, 27), max_size=7))
def test_a_higher_score_is_never_judged_milder(new: int, earlier: list[int]) -> None:
    if new < 27:
        assert bool(said("phq9", *earlier, new)) <= bool(said("phq9", *earlier, new + 1)) or new + 1 > 20


def told_again(*totals: float) -> list[int]:
    """At which of the scores it is said, where it is said again for 3 points more."""
    limits = PHQ9.model_copy(update={"again_by": 3})
    rules = Rules("quiet", POLICY.model_copy(update={"measures": {"phq9": limits}}))
    histories = [{"phq9": kept(*totals[: n + 1])} for n in range(len(totals))]
    return [
        n
        for n, history in enumerate(histories)
        if any(v.rule == "reliable_deterioration" for v in verdicts("phq9", history, rules))
    ]


def test_worse_is_said_at_each_score_unless_the_rule_set_says_again_only_for_more() -> None:
    totals = (3, 9, 9, 10, 12, 13)
    each = [n for n in range(6) if "reliable_deterioration" in said("phq9", *totals[: n + 1])]
    assert each == [1, 2, 3, 4, 5]
    assert told_again(3, 9, 9, 10, 12, 13) == [1, 4]


def test_a_slow_slide_is_said_again_and_so_is_a_new_fall_after_better_weeks() -> None:
    assert told_again(3, 9, 10, 11, 12, 13, 14, 15) == [1, 4, 7]
    assert told_again(3, 9, 4, 9) == [1, 3]


# -- a measure that is better when it is higher ---------------------------------------------------------


def test_well_being_that_falls_is_worse() -> None:
    (worse, crossed, severe) = judged("who5", 60, 24)
    assert worse.rule == "reliable_deterioration"
    assert (worse.numbers["best"], worse.numbers["new"]) == (60, 24)
    assert [crossed.rule, severe.rule] == ["case_crossed", "severe_entered"]


def test_well_being_that_rises_is_not() -> None:
    assert said("who5", 24, 60) == []
    assert said("who5", 24) == ["severe_at_baseline"]


@given(scores=st.lists(st.integers(0, 100), min_size=1, max_size=8))
def test_a_measure_turned_round_gets_the_same_verdicts(scores: list[int]) -> None:
    limits = ScoreLimits(worse_by=20, case_at=51, severe_at=72)
    rules = Rules("default", POLICY.model_copy(update={"measures": {"bad": limits}}))
    turned = verdicts("bad", {"bad": kept(*(100 - s for s in scores))}, rules)
    assert [v.rule for v in turned] == said("who5", *scores)


# -- levels, and what is said when nothing moves --------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "totals"),
    [
        ("worse", (3, 9)),
        ("case_crossed", (8, 10)),
        ("severe_entered", (19, 20)),
        ("severe_at_first", (20,)),
    ],
)
@pytest.mark.parametrize("level", ["now", "soon", "routine"])
def test_the_level_of_each_rule_is_the_rule_sets(key: str, totals: tuple[int, ...], level: Level) -> None:
    limits = PHQ9.model_copy(update={"levels": Levels.model_validate({key: level})})
    rules = Rules("loud", POLICY.model_copy(update={"measures": {"phq9": limits}}))
    assert [v.level for v in verdicts("phq9", {"phq9": kept(*totals)}, rules)] == [level]


def test_a_case_that_stays_one_is_said_once_after_the_agreed_weeks() -> None:
    week_by_week = [said("phq9", *[15, 14] + [15] * n) for n in range(12)]
    assert [found for found in week_by_week if found] == [["no_reliable_change"]]
    assert week_by_week[7] == ["no_reliable_change"]


def test_who_was_no_case_or_changed_reliably_is_not_without_change() -> None:
    assert said("phq9", *[5] * 9) == []
    assert said("phq9", *[17] * 8, 11) == []
    assert said("phq9", *[12] * 8, 9) == []


# -- several measures -----------------------------------------------------------------------------------


def test_one_check_in_that_worsens_two_measures_names_the_other_in_each() -> None:
    first = {"phq9": kept(3, 12), "gad7": kept(2, 3)[:1]}
    assert not [key for key in verdicts("phq9", first, RULES)[0].numbers if "gad7" in key]
    both = {"phq9": kept(3, 12), "gad7": kept(2, 9)}
    worse, crossed = verdicts("gad7", both, RULES)
    assert (worse.numbers["other:phq9:best"], worse.numbers["other:phq9:new"]) == (3, 12)
    assert not [key for key in crossed.numbers if key.startswith("other:")]
    assert said_before("gad7", both, RULES) == (
        ("phq9", Verdict("with_others", "soon", {"new": 12, "other:gad7:best": 2, "other:gad7:new": 9})),
    )


def test_a_mixed_change_is_named_in_the_alert_that_was_raised_before() -> None:
    mixed = {"phq9": kept(3, 12), "gad7": kept(12, 5)}
    assert verdicts("gad7", mixed, RULES) == ()
    ((other, verdict),) = said_before("gad7", mixed, RULES)
    assert other == "phq9"
    assert (verdict.numbers["other:gad7:worst"], verdict.numbers["other:gad7:new"]) == (12, 5)


def test_a_score_of_last_month_is_not_named_beside_todays() -> None:
    apart = {"phq9": kept(3, 12), "gad7": [s.but(at=s.at - 4 * WEEK) for s in kept(2, 9)]}
    assert not [key for key in verdicts("phq9", apart, RULES)[0].numbers if key.startswith("other:")]


def test_a_service_without_a_set_of_its_own_or_with_one_that_is_gone_has_the_default(
    library: Library,
) -> None:
    for name in ("default", "gone"):
        rules = Rules.of(library, name)
        assert (rules.policy, rules.version) == (library.policy.worsening, "default:3")
    assert "rate_mood" in Rules.of(library, "default").better


# -- a plateau ----------------------------------------------------------------------------------------

LEVEL = Rules(
    "default",
    POLICY.model_copy(update={"plateau": Plateau(check_ins=4, level="routine")}),
    frozenset({"who5"}),
)


def levelled(measure: str, *totals: float) -> list[str]:
    return [v.rule for v in verdicts(measure, {measure: kept(*totals)}, LEVEL) if v.rule == "plateau"]


def test_a_plateau_is_said_once_when_the_last_scores_have_stopped_moving_after_a_change() -> None:
    assert levelled("phq9", 20, 13, 12, 14) == []
    assert levelled("phq9", 20, 13, 12, 14, 13) == ["plateau"]
    assert levelled("phq9", 20, 13, 12, 14, 13, 13) == []
    [verdict] = [
        v for v in verdicts("phq9", {"phq9": kept(20, 13, 12, 14, 13)}, LEVEL) if v.rule == "plateau"
    ]
    assert (verdict.level, verdict.numbers) == (
        "routine",
        {"new": 13, "was": 20, "check_ins": 4, "worse_by": 6},
    )


def test_without_a_change_before_it_there_is_no_plateau_but_no_change() -> None:
    assert levelled("phq9", 15, 13, 12, 14, 13) == []


def test_who_is_no_case_any_more_has_recovered() -> None:
    assert levelled("phq9", 20, 8, 7, 9, 8) == []


def test_scores_that_move_are_no_plateau() -> None:
    assert levelled("phq9", 20, 13, 12, 18, 13) == []


def test_a_measure_that_is_better_when_higher_has_plateaus_too() -> None:
    assert levelled("who5", 12, 40, 44, 40, 36) == ["plateau"]


# -- the 0 to 10 ratings, as shipped ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rating", "totals", "level"),
    [
        ("rate_breathlessness", (2, 6), "soon"),
        ("rate_breathlessness", (2, 5), None),
        ("rate_pain", (3, 7), "routine"),
        ("rate_mood", (8, 4), "routine"),
        ("rate_mood", (4, 8), None),
        ("rate_worry", (2, 6, 7), None),
        ("rate_worry", (2, 6, 8), "routine"),
    ],
)
def test_a_rating_that_moved_by_much_is_told(
    library: Library, rating: str, totals: tuple[float, ...], level: Level | None
) -> None:
    rules = Rules.of(library, "default")
    found = verdicts(rating, {rating: kept(*totals, every=timedelta(days=1))}, rules)
    assert [(v.rule, v.level) for v in found] == ([("reliable_deterioration", level)] if level else [])
