"""The numbers of docs/clinicians.md are those of the shipped content."""

from __future__ import annotations

import re

import pytest
from papers import ROOT, paper, row_of

from bot.adapters.content_files import read_drafts
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


def test_the_ladder_of_now_is_the_policys(library: Library) -> None:
    ladder = library.policy.ladder
    first, second, _ = ladder.levels["now"]
    assert (first.minutes, second.minutes, ladder.repeat_last_minutes) == (15, 15, 60)
    assert "duty after 15 minutes, then the lead after 15, then again every hour" in TEXT


def test_the_gentle_question_waits_as_long_as_the_policy_says(library: Library) -> None:
    assert f"no answer in {library.policy.ladder.gentle_question_minutes} minutes" in TEXT


def test_reports_hide_a_post_at_the_policys_number(library: Library) -> None:
    assert f"posts that {library.policy.groups.flags_to_hide} members report are hidden" in TEXT


def test_it_says_that_nobody_has_signed() -> None:
    assert re.search(r"\*\*Every rule, threshold and sentence here is an unsigned draft\.\*\*", TEXT)
