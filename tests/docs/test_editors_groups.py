"""The pages of docs/editors/groups.md are pages, and each mistake that it names is found in those words."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from papers import ROOT, examples, rows_of

from bot.adapters.content_files import check
from bot.adapters.content_files.files import File
from bot.adapters.content_files.pages import text_hash
from bot.core.library.problems import Problem
from bot.core.room.meeting import HOST_WITHIN

PAGE = "docs/editors/groups.md"
TODAY = date(2026, 6, 1)
(OPEN,), (POLISH,) = examples(PAGE, "group"), examples(PAGE, "group-in-polish")
(SESSION,), (COURSE,) = examples(PAGE, "session"), examples(PAGE, "course")
UNSIGNED = ["C402"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(ROOT / "content", tmp_path_factory.mktemp("groups") / "content"))


def found(folder: Path, text: str, name: str = "heart-failure.en.md") -> list[Problem]:
    page = folder / "groups" / name
    page.write_text(text + "\n", encoding="utf-8")
    return [*check(page, today=TODAY)]


def with_lines(lines: str, *without: str) -> str:
    kept = [line for line in OPEN.split("\n") if not line.startswith(without)]
    return "\n".join(kept).replace("language: en\n", f"language: en\n{lines}\n", 1)


def test_the_whole_page_and_its_translation_are_what_they_say(folder: Path) -> None:
    assert [p.code for p in found(folder, OPEN)] == UNSIGNED
    made = text_hash(File("groups/heart-failure.en.md", OPEN + "\n"))
    assert [p.code for p in found(folder, POLISH.replace("HASH", made), "heart-failure.pl.md")] == UNSIGNED
    (folder / "groups/heart-failure.pl.md").unlink()


def test_the_lines_of_a_session_and_of_a_course_fit_the_same_page(folder: Path) -> None:
    session = with_lines(SESSION, "hours:").replace(
        "## House rules", "## Agenda\n\n- Hello\n\n## House rules"
    )
    assert [p.code for p in found(folder, session)] == UNSIGNED
    assert [p.code for p in found(folder, with_lines(COURSE, "size:"))] == UNSIGNED
    assert COURSE.count("\n  - ") == 8
    assert f"called off after {HOST_WITHIN.seconds // 60} minutes" in (ROOT / PAGE).read_text(
        encoding="utf-8"
    )


MISTAKES = {
    "for: [hart]": ("for: [heart]", "for: [hart]"),
    "for: heart": ("for: [heart]", "for: heart"),
    "no line `host:`": ("host: A nurse of the heart team, marked with a staff badge\n", ""),
    'hour: "Mon-Fri 09:00-17:00"': ("hours:", "hour:"),
    'hours: "9 to 5"': ('"Mon-Fri 09:00-17:00"', '"9 to 5"'),
    "size: 0": ("size: 40", "size: 0"),
    "the same title as another group": ("title: Living with heart failure", "title: Living with COPD"),
    "a second list": ("People here share", "- Stairs\n- Sleep\n\nPeople here share"),
    "no rule with 999 and *Get help now*": ("call 999", "ring for help"),
}


@pytest.mark.parametrize("row", rows_of(PAGE, "mistakes"), ids=lambda row: row[0])
def test_every_mistake_is_found_in_these_words(folder: Path, row: list[str]) -> None:
    wrote, says, _ = row
    was, now = MISTAKES[wrote]
    assert was in OPEN
    told = [f"{p.code} {p.message}" for p in found(folder, OPEN.replace(was, now, 1))]
    assert any(one.startswith(says) for one in told), told


def test_every_mistake_is_one_of_the_table() -> None:
    assert {*MISTAKES} == {row[0] for row in rows_of(PAGE, "mistakes")}
