"""Taking part in groups beside outcomes: what counts, what is fixed at the landmark, and what is never told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import astuple, replace
from datetime import UTC, datetime, timedelta
from math import inf

from hypothesis import given
from hypothesis import strategies as st

from bot.core.library import Library, OutcomeRules
from bot.core.library.policy import Participation, Suppression
from bot.core.participation import (
    CLASSES,
    THIRDS,
    Counted,
    Evidence,
    Members,
    Row,
    Stay,
    class_of,
    evidence_of,
    followed,
    range_told,
    share_of_many,
    taken_part,
    thirds_of,
)
from bot.core.state import ScoreKept

BEGAN = datetime(2026, 3, 2, 10, tzinfo=UTC)
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
NOW = BEGAN + 30 * WEEK
RULES = OutcomeRules(
    version="1",
    name="nhs",
    case_at={"phq9": 10, "gad7": 8},
    reliable_change={"phq9": 6, "gad7": 4},
    finished_contacts=2,
    suppression=Suppression(blank_below=5, round_to=5),
)
HOW = RULES.participation
LANDMARK = BEGAN + HOW.landmark_weeks * WEEK


def week(n: float) -> datetime:
    return BEGAN + n * WEEK


def scored(*totals: tuple[float, int, int]) -> dict[str, tuple[ScoreKept, ...]]:
    """Week, PHQ-9, GAD-7."""
    return {
        name: tuple(ScoreKept(total=row[n], at=week(row[0])) for row in totals)
        for n, name in ((1, "phq9"), (2, "gad7"))
    }


BETTER = scored((0, 15, 12), (6, 15, 12), (12, 4, 3))
SAME = scored((0, 15, 12), (6, 15, 12), (12, 14, 12))
WORSE = scored((0, 9, 6), (6, 9, 6), (12, 16, 12))


def took(scores: dict[str, tuple[ScoreKept, ...]] = BETTER, posts: Sequence[float] = (1, 2)) -> Counted:
    return Counted(scores, (Stay(week(0.5), None),), posts=tuple(week(at) for at in posts))


def never(scores: dict[str, tuple[ScoreKept, ...]] = SAME) -> Counted:
    return Counted(scores)


def evidence(*people: Counted, rules: OutcomeRules = RULES) -> Evidence:
    return evidence_of(people, rules, NOW, made_up=False)


# -- what counts as taking part ------------------------------------------------------------------------


def test_weeks_in_a_room_are_weeks_touched_and_a_room_that_was_left_ends_them() -> None:
    one = Counted({}, (Stay(week(0), week(1.5)), Stay(week(1.7), week(1.8)), Stay(week(4), None)))
    assert taken_part(one, BEGAN, week(5.5)).weeks_in == 2 + 2
    assert taken_part(one, BEGAN, week(1)).weeks_in == 2
    assert taken_part(Counted({}), BEGAN, NOW).weeks_in == 0


def test_two_posts_of_one_week_are_one_week() -> None:
    one = took(posts=(1, 1.9))
    assert taken_part(one, BEGAN, NOW)[1:] == (2, 0, 0, 1)
    assert class_of(one, BEGAN, NOW, HOW) == "quiet"
    assert class_of(replace(one, reactions=(week(2),)), BEGAN, NOW, HOW) == "took_part"


def test_who_joined_and_only_read_did_not_take_part_and_who_waits_has_not_joined() -> None:
    reader = Counted(BETTER, (Stay(week(1), None),), read_at=week(9))
    assert class_of(reader, BEGAN, LANDMARK, HOW) == "quiet"
    assert class_of(never(), BEGAN, LANDMARK, HOW) == "never"


def test_the_thresholds_are_the_policys() -> None:
    strict = Participation(weeks_to_take_part=3)
    assert class_of(took(posts=(1, 2)), BEGAN, LANDMARK, strict) == "quiet"
    assert class_of(took(posts=(1, 2, 3)), BEGAN, LANDMARK, strict) == "took_part"


moments = st.floats(-4, 25).map(week)
times = st.lists(moments, max_size=6).map(lambda found: tuple(sorted(found)))
totals = st.lists(st.tuples(st.floats(0.01, 25), st.integers(0, 27), st.integers(0, 21)), max_size=6)
stays = st.lists(st.tuples(moments, st.floats(0, 10) | st.none()), max_size=3).map(
    lambda found: tuple(
        Stay(at, None if long is None else at + long * WEEK)
        for at, long in sorted(found, key=lambda s: (s[0], s[1] or inf))
    )
)
people = st.builds(
    Counted,
    scores=totals.map(lambda later: scored((0, 15, 12), *sorted(later))),
    stays=stays,
    posts=times,
    reactions=times,
)


@given(people, times, times, stays)
def test_nothing_after_the_landmark_changes_who_had_taken_part(
    one: Counted, posts: tuple[datetime, ...], reactions: tuple[datetime, ...], more: tuple[Stay, ...]
) -> None:
    """Or staying long enough to take part would itself be counted: immortal time."""
    after = replace(
        one,
        posts=(*one.posts, *(at for at in posts if at > LANDMARK)),
        reactions=(*one.reactions, *(at for at in reactions if at > LANDMARK)),
        stays=(*one.stays, *(stay for stay in more if stay.joined > LANDMARK)),
    )
    then, now = followed(one, RULES, NOW), followed(after, RULES, NOW)
    assert then is not None and now is not None
    assert (now.kind, now.taken, now.outcome) == (then.kind, then.taken, then.outcome)


@given(people)
def test_an_outcome_is_what_changed_after_the_landmark(one: Counted) -> None:
    """Of what came before it only the last score counts, and nothing of whoever sent none since."""
    last = {
        name: tuple(s for n, s in enumerate(kept) if n + 1 == len(kept) or kept[n + 1].at > LANDMARK)
        for name, kept in one.scores.items()
    }
    at_once = {name: (kept[0], *last[name]) for name, kept in one.scores.items()}
    then, now = followed(one, RULES, NOW), followed(replace(one, scores=at_once), RULES, NOW)
    assert then is not None and now is not None
    assert then.outcome == now.outcome
    if all(kept[-1].at <= LANDMARK for kept in one.scores.values()):
        assert then.outcome.reliable_improvement is None


@given(people, st.floats(-500, 500))
def test_it_makes_no_difference_when_all_of_it_happened(one: Counted, days: float) -> None:
    by = days * DAY
    moved = Counted(
        {
            name: tuple(ScoreKept(total=s.total, at=s.at + by) for s in kept)
            for name, kept in one.scores.items()
        },
        tuple(Stay(joined + by, None if left is None else left + by) for joined, left in one.stays),
        posts=tuple(at + by for at in one.posts),
        reactions=tuple(at + by for at in one.reactions),
    )
    assert followed(moved, RULES, NOW + by) == followed(one, RULES, NOW)


def test_what_was_better_before_the_landmark_counts_for_nobody() -> None:
    found = followed(took(scored((0, 20, 15), (5, 4, 3), (12, 4, 3))), RULES, NOW)
    assert found is not None
    assert (found.case_at_first, found.outcome.case_at_start) == (True, False)
    assert (found.outcome.reliable_improvement, found.outcome.recovered) == (False, False)


def test_a_score_too_long_after_the_landmark_does_not_count() -> None:
    late = HOW.landmark_weeks + HOW.follow_weeks
    inside, outside = (
        scored((0, 15, 12), (late - 0.1, 4, 3)),
        scored((0, 15, 12), (12, 15, 12), (late + 0.1, 4, 3)),
    )
    found = [followed(took(scores), RULES, NOW) for scores in (inside, outside)]
    assert [one and one.outcome.reliable_improvement for one in found] == [True, False]


def test_whose_landmark_has_not_come_is_not_in_the_table() -> None:
    assert followed(took(), RULES, LANDMARK - DAY) is None
    assert followed(Counted({}, (Stay(week(0), None),)), RULES, NOW) is None


def test_who_joins_after_the_landmark_stays_where_they_were_and_is_told_apart() -> None:
    late = replace(never(), stays=(Stay(week(8), None),), posts=(week(8), week(9)))
    row = evidence(*[late] * 6, *[never()] * 9).rows["never"]
    assert (row.people, row.later) == (15, 5)


# -- what is told --------------------------------------------------------------------------------------


def test_classes_stand_side_by_side_with_the_official_arithmetic() -> None:
    found = evidence(
        *[took(BETTER)] * 13,
        *[took(SAME)] * 6,
        *[took(WORSE)] * 6,
        *[never(BETTER)] * 5,
        *[never(SAME)] * 12,
        *[never(WORSE)] * 7,
        *[Counted(SAME, (Stay(week(1), None),))] * 5,
    )
    assert found.rows["took_part"] == Row(25, 25, 20, 20, 15, 15, 5, 68, 52, 24, None)
    assert found.rows["never"][:4] == (25, 25, 15, 15)
    assert found.rows["never"].improvement_rate == 21
    assert found.rows["quiet"].people == 5
    assert (found.people, found.reached) == (55, 55)


def test_a_blank_class_has_nothing_but_blanks_and_takes_the_smallest_other_with_it() -> None:
    found = evidence(*[took()] * 4, *[never()] * 30, *[Counted(SAME, (Stay(week(1), None),))] * 20)
    assert set(found.rows["took_part"]) == set(found.rows["quiet"]) == {None}
    assert found.rows["never"].people == 30


def test_that_all_of_a_few_did_something_is_not_told() -> None:
    row = evidence(*[took(BETTER)] * 9, *[never()] * 9, *[Counted(SAME, (Stay(week(1), None),))] * 9).rows
    assert (row["took_part"].people, row["took_part"].recovery_rate, row["took_part"].improvement_rate) == (
        10,
        None,
        None,
    )


def test_who_stayed_the_same_is_not_given_away_by_the_others() -> None:
    row = evidence(*[took(BETTER)] * 12, *[took(WORSE)] * 6, *[took(SAME)] * 2, *[never()] * 9).rows[
        "took_part"
    ]
    assert (row.improvement_rate, row.improved) == (60, 10)
    assert (row.deterioration_rate, row.deteriorated) == (None, None)


def test_that_hardly_anybody_got_worse_hides_only_that() -> None:
    row = evidence(*[took(BETTER)] * 8, *[took(WORSE)] * 2, *[took(SAME)] * 10, *[never()] * 9).rows[
        "took_part"
    ]
    assert (row.improvement_rate, row.deterioration_rate) == (40, None)


def test_without_a_rule_small_numbers_are_left_out_all_the_same() -> None:
    bare = RULES.model_copy(update={"suppression": None})
    assert evidence(*[took()] * 4, rules=bare).people is None


@given(st.lists(people, max_size=40))
def test_no_number_under_five_and_none_between_the_fives_is_ever_told(found: list[Counted]) -> None:
    told = evidence_of(found, RULES, NOW, made_up=False)
    counts = [told.people, told.reached, *told.members]
    counts += [value for row in told.rows.values() for value in (*row[:7], row.later)]
    counts += [dose.people for dose in (told.thirds or {}).values()]
    assert all(count is None or (count >= 5 and count % 5 == 0) for count in counts)


@given(st.integers(0, 60), st.integers(0, 60))
def test_a_share_has_five_people_on_either_side(part: int, more: int) -> None:
    told = share_of_many(part, part + more, Suppression(blank_below=5, round_to=5))
    assert (told is not None) == (part >= 5 and more >= 5)
    assert told is None or abs(told - 100 * part / (part + more)) <= 0.5


@given(st.lists(people, max_size=30))
def test_the_order_of_people_says_nothing(found: list[Counted]) -> None:
    told, turned = (evidence_of(order, RULES, NOW, made_up=False) for order in (found, found[::-1]))
    assert astuple(told) == astuple(turned)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=60))
def test_thirds_keep_alike_together_and_go_upwards(doses: list[int]) -> None:
    placed = list(zip(doses, map(THIRDS.index, thirds_of(doses)), strict=True))
    assert all(a_third == b_third for a, a_third in placed for b, b_third in placed if a == b)
    assert all(a_third <= b_third for a, a_third in placed for b, b_third in placed if a < b)
    if len(set(doses)) == len(doses) and len(doses) % 3 == 0:
        assert sorted(third for _, third in placed) == sorted([0, 1, 2] * (len(doses) // 3))


@given(st.integers(5, 95), st.integers(2, 40).map(lambda n: 5 * n))
def test_the_range_holds_what_is_told_and_follows_from_it(rate: int, whole: int) -> None:
    span = range_told(rate, whole)
    assert span is not None and 0 <= span[0] <= rate <= span[1] <= 100
    assert range_told(None, whole) is range_told(rate, None) is None


def test_thirds_are_told_all_or_none() -> None:
    def some(many: int, posts: int, better: int) -> list[Counted]:
        at = [1 + n / 10 for n in range(posts)] + [3]
        return [took(BETTER if n < better else SAME, at) for n in range(many)]

    told = evidence(*some(10, 1, 5), *some(10, 5, 5), *some(10, 9, 5)).thirds
    assert told is not None
    assert [(dose.people, dose.improvement_rate) for dose in told.values()] == [(10, 50)] * 3
    assert [dose.deterioration_rate for dose in told.values()] == [None] * 3
    one_blank = evidence(*some(10, 1, 5), *some(10, 5, 5), *some(10, 9, 3)).thirds
    assert one_blank is not None and {dose.improvement_rate for dose in one_blank.values()} == {None}
    assert evidence(*some(10, 1, 5), *some(10, 5, 5), *some(4, 9, 2)).thirds is None


def test_what_members_do_is_counted_in_people_by_now() -> None:
    reader = Counted({}, (Stay(week(1), None),), read_at=week(9))
    writer = Counted({}, (Stay(week(20), None),), posts=(week(21),), answers=(week(21),))
    found = evidence(*[reader] * 12, *[writer] * 6, *[took()] * 5, *[never()] * 9)
    assert found.members == Members(25, 10, 10, 5, None, 5)


def test_shipped_numbers_are_there_and_are_our_own_choice(library: Library) -> None:
    assert library.policy.outcomes.participation == Participation()
    assert set(CLASSES) == {"never", "quiet", "took_part"}
