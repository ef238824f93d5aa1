"""Signing at the command line: bound to the very text, undone by an edit, two people for what decides who is told."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from drafting import TODAY
from few_pages import BREATHLESSNESS, few_pages
from typer.testing import CliRunner

from bot.adapters.content_files import read_library, write_signoff
from bot.adapters.content_files.files import File
from bot.adapters.content_files.signoff import read_signoff
from bot.cli.signing import content_app
from bot.core.errors import Misuse
from bot.core.library.signoff import NAME, Signature, mark_of

PAGE = "modules/copd/breathlessness-and-worry.en.md"
RULES = "safety/rules_suicide.yaml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return few_pages(tmp_path / "content", BREATHLESSNESS)


def sign(folder: Path, *files: str, who: str = "A. Lead") -> str:
    words = ["sign", *files, "--who", who, "--role", "clinical lead", "--content", str(folder)]
    result = CliRunner().invoke(content_app, words)
    if isinstance(result.exception, Misuse):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


def told(folder: Path, file: str, today: date = TODAY) -> list[str]:
    """What is said of who signed a file."""
    codes = ("C401", "C402", "C420", "C421", "C422", "C423")
    return [p.code for p in read_library(folder, today=today).problems if p.file == file and p.code in codes]


def edit(folder: Path, file: str, before: str, after: str) -> None:
    path = folder / file
    path.write_text(path.read_text(encoding="utf-8").replace(before, after, 1), encoding="utf-8")


def unsigned(folder: Path) -> tuple[str, ...]:
    library = read_library(folder, today=TODAY).library
    assert library is not None
    return library.unsigned


def test_an_edit_of_one_letter_undoes_a_signature(folder: Path) -> None:
    edit(folder, PAGE, "unsigned draft", "A. Lead")
    assert told(folder, PAGE) == ["C402"]
    assert sign(folder, PAGE) == f"{PAGE} is signed by A. Lead.\n"
    assert (told(folder, PAGE), PAGE in unsigned(folder)) == ([], False)
    edit(folder, PAGE, "breath", "breaths")
    assert (told(folder, PAGE), PAGE in unsigned(folder)) == (["C420"], True)
    edit(folder, PAGE, "breaths", "breath")
    assert told(folder, PAGE) == []


def test_line_ends_of_another_machine_undo_nothing(folder: Path) -> None:
    edit(folder, PAGE, "unsigned draft", "A. Lead")
    sign(folder, PAGE)
    (folder / PAGE).write_bytes((folder / PAGE).read_bytes().replace(b"\n", b"\r\n"))
    assert told(folder, PAGE) == []


def test_safety_files_need_two_different_people(folder: Path) -> None:
    assert "needs a second person" in sign(folder, RULES)
    assert "needs a second person" in sign(folder, RULES)
    assert (told(folder, RULES), RULES in unsigned(folder)) == (["C422"], True)
    assert "second" not in sign(folder, RULES, who="B. Second")
    assert (told(folder, RULES), RULES in unsigned(folder)) == ([], False)


def test_a_page_that_calls_itself_unsigned_is_not_signed(folder: Path) -> None:
    with pytest.raises(Misuse, match="still calls itself unsigned"):
        sign(folder, PAGE)
    assert told(folder, PAGE) == ["C402"]


def test_who_signed_another_text_before_is_named(folder: Path) -> None:
    edit(folder, PAGE, "unsigned draft", "A. Lead")
    sign(folder, PAGE)
    edit(folder, PAGE, "breath", "breaths")
    said = sign(folder, PAGE, who="B. Second")
    assert f"{PAGE} was signed by A. Lead on " in said
    assert "as another text." in said


def test_a_review_that_is_due_is_told(folder: Path) -> None:
    edit(folder, PAGE, "unsigned draft", "A. Lead")
    sign(folder, PAGE)
    assert told(folder, NAME, today=date(2999, 1, 1)).count("C401") == 1


def test_what_has_an_error_is_not_signed(folder: Path) -> None:
    edit(folder, PAGE, "unsigned draft", "A. Lead")
    edit(folder, PAGE, "::: urgent", "::: urgnt")
    with pytest.raises(Misuse, match="has an error; correct it first"):
        sign(folder, PAGE)
    assert not (folder / NAME).exists()


@pytest.mark.parametrize("file", ["modules/heart/nothing.en.md", NAME, "understanding/nlu.en.yml", ""])
def test_there_is_nothing_to_sign(folder: Path, file: str) -> None:
    with pytest.raises(Misuse, match="nothing to sign"):
        sign(folder, file)


def test_what_is_written_is_read_again() -> None:
    odd = 'Dr "Q" \\ O’Neill\n[[signed]]'
    wanted = Signature(
        file="a/b.md", sha256=mark_of("a", b""), who=odd, role="lead", on="2026-06-01", review_by="2027-06-01"
    )
    (placed,), problems = read_signoff(File(NAME, write_signoff([wanted])))
    assert problems == ()
    assert placed.what == wanted.model_copy(update={"who": odd.replace("\n", " ")})
    assert placed.at.line == 4


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[[signed]]\nfile = \n", 2),
        ("[[signd]]\n", 1),
        ("\n\n[[signed]]\nfile = 'x'\n", 3),
        ("signed = 3\n", 1),
        ("[[signed]]\nfile='x'\nsha256='y'\nwho='z'\nrole='r'\non=1\nreview-by=2027-01-01\n", 1),
        ("[[signed]]\nfile='x'\nsha256='y'\nwho='z'\nrole='r'\non=2026-01-01\nreview-by=2027-01-01\n", 1),
        ("a = " + "[" * 4000, 1),
    ],
)
def test_an_entry_that_is_not_understood(text: str, line: int) -> None:
    placed, (problem,) = read_signoff(File(NAME, text))
    assert (placed, problem.code, problem.line) == ((), "C421", line)
    assert problem.hint
