"""``bounceback check``: what it prints, and how it ends."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import typer
from drafting import BYE, CONTENT, FRONT, TODAY
from typer.testing import CliRunner

from bot.adapters.content_files import look, write_signoff
from bot.cli.check import check
from bot.core.library.signoff import Signature, mark_of

_APP = typer.Typer()
_APP.command()(check)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    """A page with one fault, in a folder with the shipped measures."""
    shutil.copytree(CONTENT / "measures", tmp_path / "measures")
    path = tmp_path / "modules/copd/page.en.md"
    path.parent.mkdir(parents=True)
    path.write_text(FRONT + "::: check-in gad8\n:::" + BYE, encoding="utf-8")
    sign(path)
    return path


def sign(page: Path) -> None:
    """As it stands."""
    file = page.relative_to(page.parents[2]).as_posix()
    mark = mark_of(file, page.read_bytes())
    signature = Signature(
        file=file, sha256=mark, who="A. Tester", role="lead", on="2026-06-01", review_by="2999-01-01"
    )
    (page.parents[2] / "SIGNOFF.toml").write_text(write_signoff([signature]), encoding="utf-8")


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(_APP, list(words))
    return result.exit_code, result.stdout


def test_a_problem_is_a_line_and_a_hint(page: Path) -> None:
    printed = f"{page}:26:14 C206 there is no measure 'gad8'\n    did you mean 'gad7'?\n"
    assert run(str(page)) == (1, printed)


def test_machines_get_json(page: Path) -> None:
    code, printed = run(str(page), "--format", "json")
    problem = {
        "file": str(page),
        "line": 26,
        "column": 14,
        "code": "C206",
        "level": "error",
        "message": "there is no measure 'gad8'",
        "hint": "did you mean 'gad7'?",
    }
    assert (code, json.loads(printed)) == (1, {"problems": [problem]})


def test_github_gets_an_annotation(page: Path) -> None:
    printed = (
        f"::error file={page},line=26,col=14,title=C206::there is no measure 'gad8' (did you mean 'gad7'?)\n"
    )
    assert run(str(page), "--format", "github") == (1, printed)


def test_a_good_page_ends_with_nought(page: Path) -> None:
    page.write_text(FRONT + "Hello." + BYE, encoding="utf-8")
    sign(page)
    assert run(str(page)) == (0, "")


def test_a_warning_alone_is_no_failure(page: Path) -> None:
    held = (FRONT + "Hello." + BYE).replace("signed for this test", "unsigned draft")
    page.write_text(held, encoding="utf-8")
    code, printed = run(str(page))
    assert (code, printed.split("\n")[0]) == (
        0,
        f"{page}:9:16 C420 warning: this is not the text that A. Tester signed on 2026-06-01",
    )


def test_a_page_that_lies_elsewhere_is_read_with_the_content_at_hand(
    page: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    loose = tmp_path_factory.mktemp("elsewhere") / "draft.en.md"
    shutil.copy(page, loose)
    (page.parents[2].parent / "here").mkdir()
    monkeypatch.chdir(page.parents[2].parent / "here")
    shutil.copytree(CONTENT / "measures", Path("content/measures"))
    printed = f"{loose}:26:14 C206 there is no measure 'gad8'\n    did you mean 'gad7'?\n"
    assert run(str(loose)) == (1, printed)


def test_what_is_not_there_cannot_be_checked(tmp_path: Path) -> None:
    assert run(str(tmp_path / "nowhere")) == (2, "")


def test_the_packs_of_the_setting_are_read_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(CONTENT / "measures", tmp_path / "content/measures")
    packs = tmp_path / "packs"
    packs.mkdir()
    (packs / "who5.yaml").write_text("id: who5\nlicence: {holder: A, number: B}\nrange: [0, 9]\nitems: {}\n")
    monkeypatch.setenv("BOUNCEBACK_MEASURE_PACKS", str(packs))
    code, printed = run(str(tmp_path / "content"))
    assert code == 1
    assert f"{packs}/who5.yaml:3:1 C406 a pack cannot change 'range'\n    a pack brings words only" in printed


def test_how_much_was_read_is_said_in_one_line_that_is_no_part_of_the_list(page: Path) -> None:
    result = CliRunner().invoke(_APP, [str(page)])
    assert result.stderr == "1 file, 1 step, 1 choice: 1 to correct, 0 to think about.\n"
    page.write_text(FRONT + "Hello." + BYE, encoding="utf-8")
    sign(page)
    result = CliRunner().invoke(_APP, [str(page)])
    assert result.stderr == "1 file, 1 step, 1 choice: nothing to correct.\n"


@pytest.mark.parametrize("format", ["json", "github"])
def test_machines_get_nothing_else(page: Path, format: str) -> None:
    assert CliRunner().invoke(_APP, [str(page), "--format", format]).stderr == ""


def test_github_gets_warnings_and_whole_lines(page: Path) -> None:
    """Two problems, in the order of their lines; a per cent sign and the commas of a path are written its way."""
    name = page.with_name("a-100%,b.en.md")
    page.rename(name)
    code, printed = run(str(name), "--format", "github")
    escaped = str(name).replace("%", "%25").replace(",", "%2C")
    assert (code, printed.split("::")[1]) == (1, f"error file={escaped},line=1,col=1,title=C006")

    held = (FRONT + "::: check-in gad8\n:::" + BYE).replace("signed for this test", "unsigned draft")
    page.write_text(held, encoding="utf-8")
    _, printed = run(str(page), "--format", "github")
    assert [line.split(" ")[0] for line in printed.splitlines()] == ["::warning", "::error"]


def test_a_file_that_is_no_content_is_not_passed_in_silence(page: Path) -> None:
    notes = page.parents[2] / "notes.txt"
    notes.write_text("To do", encoding="utf-8")
    code, printed = run(str(notes))
    assert (code, printed.split("\n")[0]) == (1, f"{notes}:1:1 C006 nothing here is read as content")


def test_an_unchanged_folder_is_checked_from_the_note_and_any_change_undoes_it(
    page: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder, data = page.parents[2], tmp_path_factory.mktemp("data")
    first = look(folder, data=data, today=TODAY)
    note = data / "check.noted"
    told = note.read_text(encoding="utf-8")
    assert look(folder, data=data, today=TODAY) == first
    note.write_text(told.replace("there is no measure 'gad8'", "from the note"), encoding="utf-8")
    assert "from the note" in [p.message for p in look(folder, data=data, today=TODAY).problems]
    for undone in (TODAY.replace(day=2), TODAY):
        page.write_text(page.read_text(encoding="utf-8") + "\n", encoding="utf-8")
        assert look(folder, data=data, today=undone).problems != ()
        assert "from the note" not in [p.message for p in look(folder, data=data, today=undone).problems]
    note.write_text("[]", encoding="utf-8")
    assert look(folder, data=data, today=TODAY).files == first.files
