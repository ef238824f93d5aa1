"""How a page should read: counted, and held against the house's words. Only the checker knows of it."""

from __future__ import annotations

import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
from drafting import BYE, CONTENT, FRONT, TODAY, around
from few_pages import BREATHLESSNESS, few_pages

from bot.adapters.content_files import read_drafts, read_library
from bot.adapters.content_files.files import File
from bot.adapters.content_files.names import Name
from bot.adapters.content_files.pages import read_module
from bot.adapters.content_files.syllables import syllables
from bot.core.library.build import build
from bot.core.library.drafts import Drafts, ModuleDraft
from bot.core.library.house_style import HouseStyle
from bot.core.library.reading_checks import Counts, count

ROOT = Path(__file__).parents[2]


@cache
def style() -> HouseStyle:
    held = read_drafts(CONTENT).style
    assert held
    return held


def page(body: str, front: str = FRONT, language: str = "en") -> ModuleDraft:
    name = Name("module", "copd/page", language)
    return read_module(File("modules/copd/page.en.md", front + body), name)[0]


def problems(draft: ModuleDraft) -> list[str]:
    drafts = Drafts((draft,), around().groups, around().measures, style=style())
    found = build(drafts, today=TODAY).problems
    return [f"{p.line - 25}:{p.column} {p.code}" for p in found if p.code in ("C316", "C317", "C318", "C319")]


def counts(body: str) -> Counts:
    """Of the step's own text: the urgent block of the page is left out."""
    found = count(page(body).passages[1:], style())
    assert found
    return found


@pytest.mark.parametrize(
    ("word", "number"),
    [
        *(
            ("the", 1),
            ("breathe", 1),
            ("walked", 1),
            ("comes", 1),
            ("people", 2),
            ("little", 2),
            ("tables", 2),
        ),
        *(("started", 2), ("being", 2), ("something", 2), ("careful", 2), ("medicine", 3), ("ambulance", 3)),
        *(
            ("emergency", 4),
            ("rehabilitation", 6),
            ("999", 1),
            ("x" * 200, 1),
            ("GP", 1),
            ("questionnaire", 3),
        ),
    ],
)
def test_syllables(word: str, number: int) -> None:
    assert syllables(word) == number


def test_a_page_is_counted_sentence_by_sentence() -> None:
    found = counts("Sit down now. Lean *forward* a little: rest your arms!\n\n- [Go on with it](#end)\n")
    assert [len(sentence.words) for sentence in found.sentences] == [3, 4, 3, 4]
    assert [(s.at.line - 25, s.at.column) for s in found.sentences] == [(1, 1), (1, 15), (1, 40), (3, 4)]


def test_the_grade_is_flesch_and_kincaids() -> None:
    found = counts("The cat sat on the mat.")
    assert (found.words, found.syllables, round(found.grade, 2)) == (6, 6, -1.45)


def test_only_what_patients_read_is_counted() -> None:
    body = (
        "::: tell-therapist soon\nHis brother committed suicide.\n:::\n\n"
        "::: exercise for 3 minutes\n| Committed suicide | For |\n|---|---|\n| Breathe in slowly | 4 seconds |\n:::\n"
    )
    assert [" ".join(s.words) for s in counts(body + BYE).sentences] == ["Breathe in slowly"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("He COMMITTED\n  **suicide** then.", ["1:4 C318"]),
        ("You're diabetic.", ["1:1 C318"]),
        ("You’re diabetic.", ["1:1 C318"]),
        ("Diabetic eye tests are free.", []),
        ("She is a diabetic nurse.", []),
        ("This is not all in the mind. It is all in the mind.", ["1:36 C318"]),
        ("Do not stop your insulin. Stop your insulin.", ["1:27 C318"]),
        ("A panicking intriagent sufferersome is no word of ours.", []),
        ("A word or two. Two of them.", ["1:16 C319"]),
        ("Twofold, the one.", []),
        ("Open {{ two }} of [three](#end).", ["1:20 C319"]),
    ],
)
def test_house_words(body: str, expected: list[str]) -> None:
    assert problems(page(body + BYE)) == expected


def test_another_language_has_other_words() -> None:
    assert problems(page("He committed suicide." + BYE, language="cy")) == []


def test_a_sentence_says_where_it_begins() -> None:
    long = "you may rest and " * 7
    assert problems(page(f"First. Then\n{long} stop." + BYE)) == ["1:8 C317"]


def test_a_short_page_is_not_judged_by_its_grade() -> None:
    assert problems(page("Multidisciplinary rehabilitation necessitates determination." + BYE)) == []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return few_pages(tmp_path / "content", BREATHLESSNESS)


def test_no_conversation_reads_the_house_style(folder: Path) -> None:
    first = read_library(folder, today=TODAY).library
    path = folder / "policy/writing.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("aim: 25", "aim: 24"), encoding="utf-8")
    second = read_library(folder, today=TODAY).library
    path.unlink()
    third = read_library(folder, today=TODAY).library
    assert first and second and third
    # Its file is one of the release's own; nothing else of the library knows of it.
    bare = [library.model_copy(update={"files": {}, "unsigned": ()}) for library in (first, second, third)]
    assert bare[0].release == bare[1].release == bare[2].release


def test_the_dictionary_is_loaded_by_the_first_page_and_not_before() -> None:
    code = (
        "import sys; import bot.adapters.content_files.folder as f; assert 'pyphen' not in sys.modules; "
        "from bot.adapters.content_files.syllables import syllables; syllables('word'); assert 'pyphen' in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    assert done.stderr == ""
