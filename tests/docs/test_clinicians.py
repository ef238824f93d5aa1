"""The numbers of docs/clinicians.md are those of the shipped content."""

from __future__ import annotations

import asyncio
import re

import pytest
from papers import ROOT, paper, row_of

from bot.adapters.content_files import read_drafts
from bot.cli.proofs.findings import Task
from bot.cli.proofs.simulation import prove_simulate
from bot.core.library import Library, said

TEXT = paper("docs/clinicians.md")
ALL = read_drafts(ROOT / "content")
MEASURES = {p.what.id: p.what for p in (*ALL.measures, *ALL.skeletons)}
assert ALL.policy
ALARMING = sorted(ALL.policy.what.worsening.measures)


@pytest.mark.parametrize("measure", ALARMING)
def test_a_measure_has_its_numbers(library: Library, measure: str) -> None:
    _, span, case, change, severe, source = row_of("docs/clinicians.md", f"`{measure}`")
    kept = library.measures[measure]
    limits = library.policy.worsening.measures[measure]
    assert span == f"{kept.range[0]}–{kept.range[1]}"
    assert (case, change) == (number(limits.case_at), number(limits.worse_by))
    assert severe == number(limits.severe_at)
    assert source


@pytest.mark.parametrize("measure", sorted(MEASURES))
def test_every_measure_has_its_range_its_bands_and_where_its_words_are(measure: str) -> None:
    kept = MEASURES[measure]
    span = "not added up" if kept.scoring.method == "none" else f"{kept.range[0]}–{kept.range[1]}"
    bands = " / ".join(f"{said(b.low)}–{said(b.high)}" for b in kept.bands) or "none"
    wording = "your pack" if kept.skeleton else "shipped"
    assert f"| `{measure}` | {kept.title} | {span} | {bands} | {wording} |" in TEXT


def number(value: float | None) -> str:
    return "none" if value is None else str(value)


def test_the_look_back_window_is_the_policys(library: Library) -> None:
    assert f"the last {library.policy.worsening.look_back_weeks} weeks" in TEXT


# -- the figures of 1,000 people for 20 weeks, on a smaller sample -------------------------------------


@pytest.fixture(scope="module")
def proved() -> dict[str, dict[str, float]]:
    task = Task(ROOT, quick=True, tell=lambda what, done, of: None)
    found = asyncio.run(prove_simulate(task, patients=300))
    assert found.short == []
    sets = {
        **found.figures["rule_sets"],
        "again": found.figures["default_said_again_only_for_half_as_much_more"],
    }
    sets["noisier"] = found.figures["default_with_noisier_answers"]
    return sets


@pytest.mark.parametrize(
    ("rules", "cell"),
    [
        ("default", "the default"),
        ("threshold only", "threshold only: whoever is a case rings, at each check-in"),
        ("any increase", "any increase on the last score rings"),
        ("again", "the default, said again only for half a reliable change more (`again_by: 3` and `2`)"),
    ],
)
def test_the_figures_of_the_score_rules_are_what_simulate_finds(
    proved: dict[str, dict[str, float]], rules: str, cell: str
) -> None:
    caught, chance, delay, false, load = row_of("docs/clinicians.md", cell)[1:]
    found = proved[rules]
    assert 100 * found["caught"] == pytest.approx(float(caught.removesuffix(" %")), abs=4)
    assert 100 * found["by_chance"] == pytest.approx(float(chance.removesuffix(" %")), abs=4)
    assert found["median_delay_weeks"] == pytest.approx(float(delay), abs=1)
    assert found["false_per_100_patient_weeks"] == pytest.approx(float(false), rel=0.1)
    assert found["alerts_per_therapist_week"] == pytest.approx(float(load), rel=0.15)


def test_it_says_what_noisier_answers_would_do(proved: dict[str, dict[str, float]]) -> None:
    said = re.search(r"reliability 0\.84 and 0\.83\), it is (\d+\.\d)", TEXT)
    assert said and proved["noisier"]["false_per_100_patient_weeks"] == pytest.approx(float(said[1]), rel=0.1)


def test_the_ladder_of_now_is_the_policys(library: Library) -> None:
    ladder = library.policy.ladder
    first, second, _ = ladder.levels["now"]
    assert (first.minutes, second.minutes, ladder.repeat_last_minutes) == (15, 15, 60)
    assert "duty after 15 minutes, then the lead after 15, then again every hour" in TEXT
    slower = ladder.repeat_slower
    assert slower is not None
    assert f"after {slower.after_hours} hours of that every {slower.minutes // 60} hours" in TEXT


def test_the_gentle_question_waits_as_long_as_the_policy_says(library: Library) -> None:
    assert f"no answer in {library.policy.ladder.gentle_question_minutes} minutes" in TEXT


def test_reports_hide_a_post_at_the_policys_number(library: Library) -> None:
    numbers = library.policy.groups
    assert f"posts that {numbers.flags_to_hide} members report are hidden" in TEXT
    assert f"an author whom {numbers.flags_to_pause} members report is paused" in TEXT


def test_it_says_that_nobody_has_signed() -> None:
    assert re.search(r"\*\*Every rule, threshold and sentence here is an unsigned draft\.\*\*", TEXT)
