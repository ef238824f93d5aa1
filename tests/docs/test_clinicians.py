"""The numbers of docs/clinicians.md are those of the shipped content."""

from __future__ import annotations

import re

import pytest
from papers import ROOT, paper, row_of

from bot.core.library import Library

TEXT = paper("docs/clinicians.md")
MEASURES = sorted(path.stem for path in (ROOT / "content/measures").glob("*.yaml"))


@pytest.mark.parametrize("measure", MEASURES)
def test_a_measure_has_its_numbers(library: Library, measure: str) -> None:
    _, span, case, change, severe, source = row_of("docs/clinicians.md", f"`{measure}`")
    kept = library.measures[measure]
    limits = library.policy.worsening.measures[measure]
    assert span == f"{kept.range[0]}–{kept.range[1]}"
    assert (case, change) == (number(limits.case_at), number(limits.worse_by))
    assert severe == number(limits.severe_at)
    assert source


def number(value: int | None) -> str:
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
