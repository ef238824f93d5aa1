"""The editors' documents know the whole format, and their examples are what they say they are."""

from __future__ import annotations

import ast
import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from few_pages import WITHOUT_COURSES
from papers import ROOT, examples, paper

from bot.adapters.content_files import check
from bot.adapters.content_files.blocks import _FITS, NAMES
from bot.adapters.content_files.measures import read_measure
from bot.adapters.content_files.yaml import Document, read_yaml
from bot.core.library.drafts import Place, Placed
from bot.core.library.limits import CONDITIONS, PLACEHOLDERS
from bot.core.library.measure_checks import measure_problems
from bot.core.library.measures import Answers, Scoring

PAGE, REFERENCE = "docs/editors.md", "docs/editors/reference.md"
QUESTIONNAIRES, TRANSLATIONS = "docs/editors/questionnaires.md", "docs/editors/translations.md"
TEXT = paper(PAGE)
TODAY = date(2026, 6, 1)


def codes_of_the_checker() -> set[str]:
    """Every code that stands as a word of its own in the code that makes problems."""
    found = set()
    for folder in ("bot/core/library", "bot/adapters/content_files"):
        for path in (ROOT / folder).glob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    found |= set(re.findall(r"^C\d{3}$", node.value))
    return found


def test_every_code_of_the_checker_is_listed_and_no_other() -> None:
    listed = re.findall(r"^\| (C\d{3}) \|", paper(REFERENCE), re.MULTILINE)
    assert listed == sorted(codes_of_the_checker())


@pytest.mark.parametrize("block", NAMES)
def test_every_block_is_described_and_stands_in_the_example(block: str) -> None:
    (module,) = examples(PAGE, "module")
    assert re.search(rf"^\| .*`::: {block}\b", TEXT, re.MULTILINE)
    assert re.search(rf"^::: {block}\b", module, re.MULTILINE) or f", {block} " in module


@pytest.mark.parametrize("word", [w for kind in ("KIND", "HOW_MANY", "LEVEL") for w in _FITS[kind]])
def test_every_word_that_a_block_knows_is_described(word: str) -> None:
    assert re.search(rf"\b{re.escape(word)}\b", TEXT)


@pytest.mark.parametrize("name", [*CONDITIONS, *PLACEHOLDERS])
def test_every_condition_and_placeholder_is_named(name: str) -> None:
    assert f"`{name}`" in TEXT


def test_the_example_of_a_questionnaire_is_one() -> None:
    (example,) = examples(QUESTIONNAIRES, "measure")
    document = read_yaml(example, Place("measures/example.yaml"))
    assert isinstance(document, Document)
    placed = read_measure(document)
    assert isinstance(placed, Placed), placed
    assert list(measure_problems(placed)) == []


def test_the_example_of_a_quick_answer_is_one(tmp_path: Path) -> None:
    (page,) = examples(REFERENCE, "answer")
    folder = tmp_path / "content"
    shutil.copytree(ROOT / "content", folder)
    answer = folder / "answers" / "copd" / "an-example.en.md"
    answer.write_text(page, encoding="utf-8")
    assert [p.code for p in check(answer, today=TODAY)] == ["C402"], "unsigned, and nothing else"


@pytest.mark.parametrize(
    "key",
    [
        *(key for key in Scoring.model_fields if key != "prorating_source"),
        *Answers.model_fields,
        *(
            "lead",
            "may_not_apply",
            "editions",
            "higher_is",
            "item_rules",
            "wording_sources",
            "case_at_one_of",
        ),
    ],
)
def test_every_key_of_a_questionnaire_is_described(key: str) -> None:
    assert f"`{key}" in paper(QUESTIONNAIRES)


def test_the_example_of_a_translation_is_one(tmp_path: Path) -> None:
    """Made from a page that says the same in English; and the hint for its wrong hash has the right one."""
    (page,) = examples(TRANSLATIONS, "translation")
    folder = tmp_path / "content"
    for room in ("measures", "groups", "policy", "texts", "understanding"):
        shutil.copytree(ROOT / "content" / room, folder / room, ignore=WITHOUT_COURSES)
    home = folder / "modules" / "copd"
    home.mkdir(parents=True)
    (home / "a-short-walk.en.md").write_text(_in_english(page), encoding="utf-8")
    translation = home / "a-short-walk.pl.md"
    translation.write_text(page.replace("@HASH", "@" + "0" * 12) + "\n", encoding="utf-8")
    [stale] = [p for p in check(translation, today=TODAY) if p.code == "C506"]
    made = re.search(r"@([0-9a-f]{12})", stale.hint)
    assert made
    translation.write_text(page.replace("HASH", made[1]) + "\n", encoding="utf-8")
    assert [p.code for p in check(translation, today=TODAY)] == ["C402"], "unsigned, and nothing else"


def _in_english(page: str) -> str:
    said = {
        "language: pl": "language: en",
        "## Witaj {#welcome}": "## Welcome",
        "Rano": "In the morning",
        "Wieczorem": "In the evening",
        "is rano": "is in the morning",
        "Na dziś koniec": "Finish for today",
        "Świetnie. Wyjdź rano, choćby na chwilę.": "Good. Go out in the morning, if only for a moment.",
        "Kiedy masz najwięcej sił?": "When are you strongest?",
    }
    page = re.sub(r"translat(es|or):.*\n", "", page)
    for polish, english in said.items():
        assert polish in page
        page = page.replace(polish, english)
    return page + "\n"


def test_the_example_is_a_page_without_an_error(tmp_path: Path) -> None:
    (module,) = examples(PAGE, "module")
    page = tmp_path / "a-short-walk.en.md"
    page.write_text(module + "\n", encoding="utf-8")
    problems = check(page, around=ROOT / "content")
    assert [p.code for p in problems] == []
