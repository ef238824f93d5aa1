"""Further rule sets about scores, as files beside the default one."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from bot.adapters.content_files import read_drafts
from bot.core.library import Library, ScoreLimits
from bot.core.library.build import build
from bot.core.library.signoff import people_needed
from bot.core.worsening import Rules

CONTENT = Path(__file__).resolve().parents[2] / "content"
TODAY = date(2026, 11, 1)
NAME = "policy/worsening_mood.yaml"
MOOD = """\
version: "3"
clinical-lead: unsigned draft
review-by: 2027-11-01
look_back_weeks: 4
measures:
  rate_mood:
    worse_by: 4
    levels: {worse: routine}
sources:
  look_back_weeks: "Our own choice"
  measures.rate_mood: "Our own choice"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for room in ("measures", "policy", "texts"):
        shutil.copytree(CONTENT / room, tmp_path / room)
    return tmp_path


def problems(folder: Path, name: str, text: str) -> list[tuple[str, str]]:
    (folder / name).write_text(text, encoding="utf-8")
    found = build(read_drafts(folder), today=TODAY).problems
    return [(p.code, p.level) for p in found if p.file == name and p.code not in ("C402", "C403")]


def test_a_service_may_choose_a_further_set(folder: Path, library: Library) -> None:
    assert problems(folder, NAME, MOOD) == []
    drafts = read_drafts(folder)
    assert drafts.policy is not None
    held = library.model_copy(update={"policy": drafts.policy.what})
    rules = Rules.of(held, "mood")
    assert rules.version == "mood:3"
    assert rules.policy.measures["rate_mood"] == ScoreLimits(worse_by=4, levels={"worse": "routine"})  # type: ignore[arg-type]
    assert Rules.of(held, "default").policy == library.policy.worsening


@pytest.mark.parametrize(
    ("was", "now", "code", "level"),
    [
        ("rate_mood:\n", "rate_moods:\n", "C407", "error"),
        ("worse: routine", "worse: softly", "C013", "error"),
        ("look_back_weeks: 4\n", "", "C011", "error"),
        ('  measures.rate_mood: "Our own choice"\n', "", "C410", "warning"),
        ("sources:\n", 'sources:\n  measures.gad7: "?"\n', "C411", "warning"),
        ("review-by: 2027-11-01", "review-by: 2020-11-01", "C401", "warning"),
    ],
)
def test_it_is_checked_as_the_default_is(folder: Path, was: str, now: str, code: str, level: str) -> None:
    assert (code, level) in problems(folder, NAME, MOOD.replace(was, now))


@pytest.mark.parametrize("name", ["policy/worsening_default.yaml", "policy/worse.yaml"])
def test_another_name_is_no_rule_set(folder: Path, name: str) -> None:
    assert ("C013", "error") in problems(folder, name, MOOD)


def test_two_people_sign_it() -> None:
    assert people_needed(NAME) == 2


def test_without_a_plan_of_check_ins_none_is_expected(folder: Path) -> None:
    """A release from before there was one can still be edited and published again."""
    (folder / "policy/check_ins.yaml").unlink()
    drafts = read_drafts(folder)
    assert drafts.policy is not None and drafts.policy.what.check_ins is None
