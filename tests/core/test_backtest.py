"""Rule sets over made-up people and over the past: what is caught, how late, and at what cost."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import mean, stdev

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.core.library import Library, ScoreLimits, Worsening
from bot.core.state import ScoreKept
from bot.core.worsening import Histories, Rules, Verdict
from bot.core.worsening.replay import Replayed, judge_by, replay
from bot.report.backtest import WITHIN, Past, any_increase, figures_of, only_the_threshold
from bot.report.backtest_page import charts_of, render, table_of
from bot.report.trajectories import BEGIN, Person, Population, day_of, service_of

NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
WEEK = timedelta(weeks=1)
POLICY = Worsening(
    version="1", look_back_weeks=12, measures={"phq9": ScoreLimits(worse_by=6, case_at=10, severe_at=20)}
)
RULES = Rules("default", POLICY)
DAYS_3 = timedelta(days=3)


def kept(*totals: int, every: timedelta = WEEK) -> tuple[ScoreKept, ...]:
    return tuple(ScoreKept(total=t, at=BEGIN + n * every) for n, t in enumerate(totals))


# -- replay -------------------------------------------------------------------------------------------


def test_the_past_is_judged_by_what_was_known_then() -> None:
    raised = replay({"phq9": kept(3, 4, 12, 3)}, judge_by(RULES), answered_in=DAYS_3)
    assert raised == (Replayed("phq9", BEGIN + 2 * WEEK, "soon", ("reliable_deterioration", "case_crossed")),)


def test_an_alert_that_is_open_takes_in_what_comes() -> None:
    scores = {"phq9": kept(8, 20, 21, every=timedelta(days=2))}
    judge = judge_by(RULES)
    assert [alert.at for alert in replay(scores, judge, answered_in=DAYS_3)] == [BEGIN + timedelta(days=2)]
    assert len(replay(scores, judge, answered_in=timedelta(days=1))) == 2


def test_a_graver_reason_makes_the_open_alert_graver() -> None:
    def judge(measure: str, histories: Histories) -> tuple[Verdict, ...]:
        n = len(histories[measure])
        return (Verdict(f"rule-{n}", "routine" if n == 1 else "soon", {}),)

    scores = {"phq9": kept(1, 1, every=timedelta(days=1))}
    assert replay(scores, judge, answered_in=DAYS_3) == (
        Replayed("phq9", BEGIN, "soon", ("rule-1", "rule-2")),
    )


def test_the_replay_says_what_the_turn_said(library: Library) -> None:
    """One check-in of two measures at the same moment: each is judged with the other beside it."""
    rules = Rules.of(library, "default")
    histories = {"phq9": kept(3, 12), "gad7": kept(2, 9)}
    raised = replay(histories, judge_by(rules), answered_in=DAYS_3)
    assert sorted((alert.measure, alert.level) for alert in raised) == [("gad7", "soon"), ("phq9", "soon")]


# -- made-up people -----------------------------------------------------------------------------------

USUAL = Population.usual()


def test_the_same_seed_gives_the_same_people() -> None:
    assert service_of(20, 12, USUAL, 3) == service_of(20, 12, USUAL, 3)
    assert service_of(20, 12, USUAL, 3) != service_of(20, 12, USUAL, 4)


def test_people_are_as_the_population_says() -> None:
    people = service_of(2000, 20, USUAL, 1)
    shares = Counter(person.kind for person in people)
    assert {kind: round(many / 2000, 1) for kind, many in shares.items()} == USUAL.kinds
    assert len({person.therapist for person in people}) == 2000 / USUAL.caseload
    for name, scale in USUAL.scales.items():
        totals = [score.total for person in people for score in person.scores[name]]
        assert min(totals) >= 0 and max(totals) <= scale.top


def test_an_answer_strays_by_the_standard_error_of_its_scale() -> None:
    still = replace(
        USUAL, drift=0.0, missed=0.0, kinds={**USUAL.kinds, "stable": 1, "better": 0, "step": 0, "slide": 0}
    )
    scale = USUAL.scales["phq9"]
    inside = [
        totals
        for person in service_of(400, 20, still, 1)
        if 6 < mean(totals := [score.total for score in person.scores["phq9"]]) < 21
    ]
    assert mean(stdev(totals) for totals in inside) == pytest.approx(scale.error, abs=0.15)
    assert scale.error == pytest.approx(1.89, abs=0.01)


def test_who_gets_worse_truly_does_and_misses_more() -> None:
    people = [person for person in service_of(2000, 20, replace(USUAL, drift=0.0), 1) if person.onset]
    before: list[int] = []
    after: list[int] = []
    came, could = 0, 0
    for person in people:
        assert person.onset is not None and person.onset <= person.ended - 4 * WEEK
        scores = person.scores["phq9"]
        before += [int(s.total) for s in scores if s.at < person.onset]
        after += [int(s.total) for s in scores if s.at >= person.onset + 8 * WEEK]
        came += sum(s.at >= person.onset for s in scores)
        could += (person.ended - person.onset) // WEEK + 1
    assert mean(after) - mean(before) > 6
    assert came / could == pytest.approx(1 - USUAL.missed_when_worse, abs=0.03)


# -- figures ------------------------------------------------------------------------------------------


def person(*totals: int, onset: int | None = None, therapist: int = 0) -> Person:
    began = None if onset is None else day_of(onset)
    return Person("stable", therapist, began, day_of(0), day_of(len(totals) - 1), {"phq9": kept(*totals)})


def test_an_alert_before_the_onset_is_false_and_the_first_after_it_is_the_delay() -> None:
    figures = figures_of("r", [person(2, 8, 2, 2, 3, 9, 9, 9, onset=4)], judge_by(RULES))
    assert (figures.alerts, figures.false, figures.well_weeks) == (4, 1, 4)
    assert (figures.deteriorations, figures.delays, figures.caught) == (1, (1,), 1.0)
    assert figures.false_per_100 == 25
    assert figures.per_therapist_week == 4 / 8


def test_an_alert_that_comes_too_late_has_caught_nothing() -> None:
    late = [2, 2, *[2] * (WITHIN + 1), 9]
    figures = figures_of("r", [person(*late, onset=2)], judge_by(RULES))
    assert (figures.alerts, figures.delays, figures.caught) == (1, (), 0.0)


def test_what_rang_where_nothing_was_is_told_beside_it() -> None:
    figures = figures_of("r", [person(*[2] * 4, 8, *[2] * 6), person(*[2] * 11)], judge_by(RULES))
    assert figures.by_chance == 3 / 10  # of the windows from week 2 to 6 of each, those from 2 to 4 of one
    assert figures_of("r", [person(*[2] * 11)], judge_by(RULES)).by_chance == 0


def test_routine_is_no_alert_that_anybody_is_mailed() -> None:
    figures = figures_of("r", [person(22, 22, 22)], judge_by(RULES))
    assert (figures.alerts, figures.listed) == (0, 1)


def test_the_naive_rules_ring_as_they_say() -> None:
    people = [person(12, 9, 11, 13)]
    assert figures_of("t", people, only_the_threshold(POLICY)).by_rule == {"threshold": 3}
    assert figures_of("i", people, any_increase).by_rule == {"increase": 2}


def test_of_a_real_past_nobody_knows_what_was_true() -> None:
    past = [Past("anna", {"phq9": kept(2, 9, 9)}), Past("ben", {"phq9": kept(2, 2, 2)})]
    figures = figures_of("r", past, judge_by(RULES))
    assert (figures.therapists, figures.alerts, figures.per_therapist_week) == (2, 2, (2 / 3 + 0) / 2)
    assert "caught" not in figures.told()
    assert next(chart.title for chart in charts_of([figures])) == "Alerts for a therapist in a week"
    assert len(table_of([figures])) == 5


# -- the default rule set, the command, the page ------------------------------------------------------


def test_the_default_rules_catch_more_than_chance_and_ring_less_than_the_naive_ones(library: Library) -> None:
    people = service_of(200, 20, USUAL, 7)
    default = figures_of("default", people, judge_by(Rules.of(library, "default")))
    threshold = figures_of("t", people, only_the_threshold(library.policy.worsening))
    increase = figures_of("i", people, any_increase)
    assert default.caught >= 0.95
    assert default.median_delay <= 1
    assert default.false_per_100 <= 0.5 * min(increase.false_per_100, threshold.false_per_100)
    assert default.by_chance < min(increase.by_chance, threshold.by_chance)
    assert default.per_therapist_week <= 10


def test_the_command_compares_a_rule_set_of_ones_own_and_draws_it(tmp_path: Path) -> None:
    rules = tmp_path / "worsening_strict.yaml"
    rules.write_text(
        'version: "2"\nlook_back_weeks: 4\nmeasures:\n  phq9: {worse_by: 12}\n', encoding="utf-8"
    )
    asked = ["simulate", "--patients", "40", "--json", "--rules", str(rules), "--report", str(tmp_path)]
    done = CliRunner().invoke(app, asked)
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout.splitlines()[0])["rule_sets"]
    assert list(found) == ["default", "strict", "threshold only", "any increase"]
    assert found["strict"]["alerts"] < found["default"]["alerts"]
    page = (tmp_path / "rules.html").read_text(encoding="utf-8")
    assert "<script" not in page and page.count("<svg") == 6 == page.count("<table>")


def test_a_rule_set_with_something_wrong_in_it_is_told_by_its_line(tmp_path: Path) -> None:
    rules = tmp_path / "mine.yaml"
    rules.write_text('version: "2"\nlook_back_weeks: twelve\nmeasures: {}\n', encoding="utf-8")
    done = CliRunner().invoke(app, ["simulate", "--rules", str(rules)])
    assert "mine.yaml:2 'look_back_weeks' should be a whole number" in str(done.exception)


def test_each_picture_has_its_sentence_and_a_page_says_what_was_assumed(library: Library) -> None:
    people = service_of(40, 20, USUAL, 7)
    found = [figures_of("default", people, judge_by(Rules.of(library, "default")))]
    assert all(chart.sentence.endswith(".") for chart in charts_of(found))
    page = render(found, USUAL.told())
    assert "nothing about real patients" in page
    assert "reliability 0.89" in page
