"""Scoring, worsening, escalation, outcomes and working hours: pen and paper."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.escalation import Colleague, due_at, next_rung, who_hears
from bot.core.flow import calendar
from bot.core.library import Library, ScoreLimits, text_hash
from bot.core.outcomes import Pair, outcome_of
from bot.core.scoring import total_of
from bot.core.service import Hours, Service
from bot.core.state import ScoreKept
from bot.core.values import ServiceId, StaffId
from bot.core.worsening import judge

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
WINDOW = timedelta(weeks=12)
PHQ9 = ScoreLimits(worse_by=6, case_at=10, severe_at=20)
PUBLISHED = {
    "phq9": "1e8de47cf9f0804287d6896ed894d202b45ec601c43870db27ce2536bee4c3a2",
    "gad7": "ba17b034a0ae9ec67caaf31f256ee2b8ad4fd96bc07a0b19715167638baf97a8",
    "phq4": "df09d952ab7891b6e6e5bc3dee67121059717486df3374999c05d15d74f4967a",
}


def kept(*totals: int, every: timedelta = timedelta(weeks=1)) -> list[ScoreKept]:
    return [ScoreKept(total=t, at=NOW - every * (len(totals) - n)) for n, t in enumerate(totals)]


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


# -- worsening ----------------------------------------------------------------------------------------


def rules(new: int, *earlier: int) -> list[str]:
    return [v.rule for v in judge(ScoreKept(total=new, at=NOW), kept(*earlier), PHQ9, WINDOW)]


def test_six_points_over_the_best_is_a_reliable_deterioration() -> None:
    assert rules(9, 3) == ["reliable_deterioration"]
    assert rules(8, 3) == []


def test_a_slow_slide_does_not_hide_behind_small_steps() -> None:
    assert "reliable_deterioration" in rules(9, 3, 5, 7)


def test_the_severe_band_speaks_when_entered_not_when_stayed_in() -> None:
    assert "severe_entered" in rules(21, 19)
    assert "severe_entered" not in rules(22, 21)


def test_a_first_score_is_at_most_routine() -> None:
    verdicts = judge(ScoreKept(total=27, at=NOW), [], PHQ9, WINDOW)
    assert [(v.rule, v.level) for v in verdicts] == [("severe_at_baseline", "routine")]


def test_scores_before_the_window_do_not_count() -> None:
    old = [ScoreKept(total=1, at=NOW - timedelta(weeks=13))]
    assert judge(ScoreKept(total=9, at=NOW), old, PHQ9, WINDOW) == ()


@given(new=st.integers(0, 27), earlier=st.lists(st.integers(0, 27), max_size=12))
def test_a_higher_score_is_never_judged_milder(new: int, earlier: list[int]) -> None:
    if new < 27:
        assert bool(rules(new, *earlier)) <= bool(rules(new + 1, *earlier)) or new + 1 > 20


# -- escalation ---------------------------------------------------------------------------------------

SERVICE = Service(id=ServiceId(UUID(int=1)), slug="s", name="S", nation="england")
OWNER, DUTY, LEAD = (
    Colleague(StaffId(UUID(int=n)), frozenset({role}), f"{role}@x")
    for n, role in enumerate(("therapist", "duty", "lead"), 10)
)


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


def test_nobody_there_is_never_nobody_told(library: Library) -> None:
    ladder = library.policy.ladder
    away = Colleague(OWNER.id, OWNER.roles, OWNER.email, away=True)
    assert who_hears("risk", "now", 0, OWNER.id, [away, DUTY], ladder) == (DUTY,)
    assert who_hears("risk", "soon", 0, None, [LEAD], ladder) == (LEAD,)
    assert who_hears("risk", "soon", 0, OWNER.id, [away], ladder) == (away,)


def test_a_report_of_a_group_goes_to_its_hosts_first(library: Library) -> None:
    host = Colleague(StaffId(UUID(int=20)), frozenset({"host"}), "host@x")
    ladder = library.policy.ladder
    assert who_hears("group-report", "soon", 0, None, [OWNER, host, DUTY], ladder) == (host,)
    assert who_hears("group-report", "soon", 1, None, [OWNER, host, DUTY], ladder) == (DUTY,)


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


def test_every_sentence_that_a_safety_rule_names_is_there(library: Library) -> None:
    rules, thresholds = library.safety.rules, library.safety.numbers.thresholds
    named = {r.says for r in rules} | {t.says for t in thresholds} | {"third_person_first"}
    assert named - {None} <= set(library.texts["en"])
