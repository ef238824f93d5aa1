"""Scoring, escalation, outcomes and working hours: pen and paper."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.escalation import due_at, next_rung
from bot.core.flow import calendar
from bot.core.library import Library, text_hash
from bot.core.outcomes import Outcome, Pair, outcome_of, totals_of
from bot.core.scoring import total_of
from bot.core.service import Hours, Service
from bot.core.values import ServiceId

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
PUBLISHED = {
    "phq9": "1e8de47cf9f0804287d6896ed894d202b45ec601c43870db27ce2536bee4c3a2",
    "gad7": "ba17b034a0ae9ec67caaf31f256ee2b8ad4fd96bc07a0b19715167638baf97a8",
    "phq4": "df09d952ab7891b6e6e5bc3dee67121059717486df3374999c05d15d74f4967a",
}


# -- measures -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("measure", sorted(PUBLISHED))
def test_the_wording_is_the_published_one(library: Library, measure: str) -> None:
    assert text_hash(library.measures[measure]) == PUBLISHED[measure]


@given(answers=st.lists(st.sampled_from([0, 1, 2, 3, None]), min_size=9, max_size=9))
def test_a_total_is_the_sum_and_a_skipped_item_leaves_none(
    library: Library, answers: list[int | None]
) -> None:
    measure = library.measures["phq9"]
    total = total_of(measure, {i.id: a for i, a in zip(measure.items, answers, strict=True)})
    if None in answers:
        assert (total.total, total.complete) == (None, False)
    else:
        assert total.total == sum(a for a in answers if a is not None)
        assert total.band is not None and total.band.low <= total.total <= total.band.high
        assert total.case == (total.total >= 10)


def test_points_that_no_answer_has_are_refused(library: Library) -> None:
    with pytest.raises(ValueError, match="takes one of"):
        total_of(library.measures["gad7"], {"1": 4})


# -- escalation ---------------------------------------------------------------------------------------

SERVICE = Service(id=ServiceId(UUID(int=1)), slug="s", name="S", nation="england")


def test_an_alert_of_now_climbs_by_minutes_and_then_tells_the_last_rung_each_hour(library: Library) -> None:
    ladder = library.policy.ladder
    assert due_at("now", 0, NOW, ladder, SERVICE) == NOW + timedelta(minutes=15)
    last = len(ladder.levels["now"]) - 1
    assert next_rung("now", last, ladder) == last
    assert due_at("now", last + 1, NOW, ladder, SERVICE) == NOW + timedelta(
        minutes=ladder.repeat_last_minutes
    )


def test_an_alert_of_soon_waits_one_working_day(library: Library) -> None:
    friday = datetime(2026, 3, 6, 16, tzinfo=UTC)
    due = due_at("soon", 0, friday, library.policy.ladder, SERVICE)
    assert due is not None and due.date() == date(2026, 3, 9)


# -- hours --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (datetime(2026, 3, 2, 10, tzinfo=UTC), "today until 5pm"),
        (datetime(2026, 3, 2, 8, tzinfo=UTC), "today from 9am"),
        (datetime(2026, 3, 2, 20, tzinfo=UTC), "tomorrow from 9am"),
        (datetime(2026, 3, 6, 20, tzinfo=UTC), "on Monday from 9am"),
    ],
)
def test_when_the_team_next_reads_is_said_truly(library: Library, now: datetime, said: str) -> None:
    assert calendar.when(library, SERVICE, now) == said


def test_a_bank_holiday_is_not_a_reading_day() -> None:
    hours = Hours(opens=time(9), closes=time(17), closed=(date(2026, 3, 2),))
    assert not SERVICE.model_copy(update={"hours": hours}).reading_now(NOW)


# -- outcomes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last", "wanted"),
    [
        ((15, 12), (5, 4), (True, True, True, False, True)),
        ((15, 12), (9, 7), (True, True, True, False, True)),
        ((11, 8), (9, 7), (True, True, False, False, False)),
        ((6, 5), (13, 5), (False, False, False, True, False)),
        ((15, 5), (8, 10), (True, False, False, False, False)),  # one up, one down: no reliable change
        ((15, 12), (15, 12), (True, False, False, False, False)),
    ],
)
def test_outcomes_are_counted_as_nationally(
    library: Library, first: tuple[int, int], last: tuple[int, int], wanted: tuple[bool, ...]
) -> None:
    def pair(totals: tuple[int, int]) -> dict[str, int | None]:
        return {"phq9": totals[0], "gad7": totals[1]}

    outcome = outcome_of(Pair(pair(first), pair(last), 3), library.policy.outcomes)
    assert outcome[:5] == wanted
    assert outcome.finished


def test_an_unpaired_referral_is_finished_but_has_no_change(library: Library) -> None:
    outcome = outcome_of(Pair({"phq9": 15, "gad7": 12}, {"phq9": None}, 2), library.policy.outcomes)
    assert (outcome.case_at_start, outcome.recovered, outcome.finished) == (True, None, True)


@pytest.mark.parametrize(
    ("first", "last", "wanted"),
    [
        ({"phq9": 15}, {"phq9": 4, "gad7": 3}, (True, True, None, None, None)),
        ({"phq9": 15}, {"phq9": 12}, (True, False, None, None, False)),
        ({"phq9": 3, "gad7": 4}, {"phq9": 2}, (False, False, None, None, False)),
        ({"gad7": 3}, {"phq9": 2, "gad7": 2}, (None, None, None, None, None)),
    ],
)
def test_recovery_is_known_where_being_a_case_is_though_a_change_is_not(
    library: Library, first: dict[str, int], last: dict[str, int], wanted: tuple[bool | None, ...]
) -> None:
    assert outcome_of(Pair(first, last, 2), library.policy.outcomes)[:5] == wanted


def test_one_up_and_one_down_may_count_as_both(library: Library) -> None:
    rules = library.policy.outcomes.model_copy(update={"one_up_one_down": "both"})
    outcome = outcome_of(Pair({"phq9": 15, "gad7": 5}, {"phq9": 8, "gad7": 10}, 2), rules)
    assert (outcome.reliable_improvement, outcome.reliable_deterioration) == (True, True)


def outcomes(library: Library, *groups: tuple[int, int, int]) -> list[Outcome]:
    """So many people with this PHQ-9 first and last, and no worry."""
    pairs = [
        Pair({"phq9": first, "gad7": 0}, {"phq9": last, "gad7": 0}, 2)
        for many, first, last in groups
        for _ in range(many)
    ]
    return [outcome_of(pair, library.policy.outcomes) for pair in pairs]


def test_totals_are_rounded_and_their_rates_are_not(library: Library) -> None:
    found = totals_of(outcomes(library, (11, 15, 5), (22, 15, 14), (8, 12, 19)), library.policy.outcomes)
    assert (found.finished, found.cases_at_start, found.recovered) == (40, 40, 10)
    assert (found.reliable_improvement, found.reliable_deterioration, found.no_reliable_change) == (
        10,
        10,
        20,
    )
    assert (found.recovery_rate, found.reliable_recovery_rate, found.deterioration_rate) == (27, 27, 20)


def test_a_small_count_is_blank_and_no_other_gives_it_away(library: Library) -> None:
    found = totals_of(outcomes(library, (11, 15, 5), (22, 15, 14), (3, 12, 19)), library.policy.outcomes)
    assert (found.reliable_improvement, found.reliable_deterioration, found.no_reliable_change) == (
        None,
        None,
        20,
    )
    assert (found.improvement_rate, found.deterioration_rate) == (None, None)
    assert (found.recovered, found.recovery_rate) == (10, 31)


def test_every_sentence_that_a_safety_rule_names_is_there(library: Library) -> None:
    rules, thresholds = library.safety.rules, library.safety.numbers.thresholds
    named = {r.says for r in rules} | {t.says for t in thresholds} | {"third_person_first"}
    assert named - {None} <= set(library.texts["en"])


@pytest.mark.parametrize("days", [(), (7,), (0, -1)])
def test_a_service_that_never_reads_is_refused_with_what_to_do(days: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="name one weekday or more on which people read"):
        Hours(days=days)
