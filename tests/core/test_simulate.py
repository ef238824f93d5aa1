"""The simulator's people: totals on their course, answers like people's, the same seed the same weeks."""

from __future__ import annotations

from itertools import pairwise
from random import Random
from statistics import correlation, mean, pvariance

import pytest

from bot.core.library import Library, Measure
from bot.report.simulate import COURSES, CheckIn, Course, check_ins, found

WEEKS = 8


@pytest.fixture
def phq9(library: Library) -> Measure:
    return library.measures["phq9"]


def totals(done: tuple[CheckIn, ...], measure: str = "phq9") -> list[int]:
    return [sum(p or 0 for p in c.answers[measure]) for c in done]


def crowd(measure: Measure, *courses: Course, people: int = 60) -> list[tuple[CheckIn, ...]]:
    return [check_ins(c, WEEKS, [measure], Random(f"{c}{n}")) for c in courses for n in range(people)]


def answered(crowd: list[tuple[CheckIn, ...]]) -> list[tuple[int, ...]]:
    return [tuple(p for p in c.answers["phq9"] if p is not None) for one in crowd for c in one]


def test_the_same_seed_gives_the_same_weeks(phq9: Measure) -> None:
    course = COURSES["skipping"]
    assert check_ins(course, WEEKS, [phq9], Random(7)) == check_ins(course, WEEKS, [phq9], Random(7))


def test_another_seed_gives_another_person(phq9: Measure) -> None:
    course = COURSES["steady"]
    assert check_ins(course, WEEKS, [phq9], Random(7)) != check_ins(course, WEEKS, [phq9], Random(8))


def test_every_answer_is_one_that_the_measure_offers(library: Library) -> None:
    measures = [library.measures[m] for m in ("phq9", "gad7", "phq4")]
    for course in COURSES.values():
        for done in check_ins(course, WEEKS, measures, Random(1)):
            for measure in measures:
                offered = {o.points for o in measure.options} | {None}
                assert len(done.answers[measure.id]) == len(measure.items)
                assert set(done.answers[measure.id]) <= offered


def test_the_improving_end_reliably_better(phq9: Measure) -> None:
    for done in crowd(phq9, COURSES["improving"]):
        assert totals(done)[0] - totals(done)[-1] >= 6


def test_the_steady_stay_where_they_are(phq9: Measure) -> None:
    for done in crowd(phq9, COURSES["steady"]):
        assert max(totals(done)) - min(totals(done)) < 6


def test_the_sliding_go_down_in_small_steps_and_far_in_all(phq9: Measure) -> None:
    people = [totals(done) for done in crowd(phq9, COURSES["sliding"])]
    # A single step of a person may be a large one; the usual step is small.
    steps = [b - a for t in people for a, b in pairwise(t)]
    assert mean(steps) < 2
    assert mean(t[-1] - t[0] for t in people) > 7


def test_the_falling_fall_all_at_once(phq9: Measure) -> None:
    for done in crowd(phq9, COURSES["falling"]):
        t = totals(done)
        assert max(b - a for a, b in pairwise(t)) >= 7


def test_only_the_skipping_leave_items_out(phq9: Measure) -> None:
    gaps = {
        name: sum(None in c.answers["phq9"] for one in crowd(phq9, c) for c in one)
        for name, c in COURSES.items()
    }
    assert gaps.pop("skipping") > 0
    assert set(gaps.values()) == {0}


def test_the_leaving_stop_coming(phq9: Measure) -> None:
    for done in crowd(phq9, COURSES["leaving"]):
        assert done[-1].week < WEEKS / 2


def test_the_first_week_is_never_left_out(phq9: Measure) -> None:
    often_away = Course(first=0.3, last=0.3, misses=1.0)
    assert [c.week for c in check_ins(often_away, WEEKS, [phq9], Random(1))] == [0]


def test_items_hang_together_as_they_do_in_people(phq9: Measure) -> None:
    rows = answered(
        crowd(phq9, COURSES["improving"], COURSES["steady"], COURSES["sliding"], COURSES["falling"])
    )
    items = list(zip(*rows, strict=True))
    sums = [sum(row) for row in rows]
    alpha = len(items) / (len(items) - 1) * (1 - sum(map(pvariance, items)) / pvariance(sums))
    assert 0.75 < alpha < 0.95
    for item in items[:8]:
        rest = [s - i for s, i in zip(sums, item, strict=True)]
        assert 0.3 < correlation(item, rest) < 0.9


def test_tiredness_comes_before_restlessness(phq9: Measure) -> None:
    items = list(zip(*answered(crowd(phq9, COURSES["steady"])), strict=True))
    assert mean(items[3]) > mean(items[0]) > mean(items[7])


def test_thoughts_of_self_harm_are_rare(phq9: Measure) -> None:
    rows = answered(crowd(phq9, COURSES["improving"], COURSES["steady"]))
    assert 0 < mean(row[8] > 0 for row in rows) < 0.04


def test_and_less_rare_after_a_sudden_fall(phq9: Measure) -> None:
    fallen = [
        c.answers["phq9"][8] for one in crowd(phq9, COURSES["falling"]) for c in one if c.week == WEEKS - 1
    ]
    assert 0.4 < mean(bool(points) for points in fallen) < 0.8


def test_worry_goes_with_mood(library: Library) -> None:
    measures = [library.measures["phq9"], library.measures["gad7"]]
    both = [check_ins(c, WEEKS, measures, Random(f"{c}{n}")) for c in COURSES.values() for n in range(20)]
    mood = [t for done in both for t in totals(done, "phq9")]
    worry = [t for done in both for t in totals(done, "gad7")]
    assert 0.5 < correlation(mood, worry) < 0.95


def test_a_module_helps_those_more_often_whose_weeks_get_better() -> None:
    def yes(course: str) -> float:
        said = [found(COURSES[course], Random(n)) for n in range(400)]
        assert set(said) == {"yes", "little", "no", None}
        return said.count("yes") / len(said)

    assert yes("improving") > yes("steady") > yes("sliding")
