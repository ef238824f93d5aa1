"""docs/safety/hazards.yaml is a whole hazard log, and `bounceback hazards` writes it out or says what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from papers import ROOT, all_tests
from typer.testing import CliRunner

from bot.authoring import read_other
from bot.cli import app
from bot.report.hazards import Hazard, HazardLog, misnumbered

FILE = ROOT / "docs/safety/hazards.yaml"
ONE = """\
version: "1"
status: unsigned draft
review-by: 2027-03-31
hazards:
  - id: H01
    hazard: A kettle | that boils over
    causes: [it is too full, nobody looks]
    effect: Somebody is scalded
    controls:
      - control: it switches itself off
        tests: [test_it_is_off, test_it_stays_off]
    left: The lid.
    status: open
"""


def shipped() -> HazardLog:
    log = read_other(FILE, HazardLog)
    assert isinstance(log, HazardLog), log
    return log


def written(path: Path) -> tuple[int, str, str]:
    said = CliRunner().invoke(app, ["hazards", str(path)])
    return said.exit_code, said.stdout, said.stderr


@pytest.mark.parametrize("hazard", shipped().hazards, ids=lambda hazard: hazard.id)
def test_every_control_of_a_hazard_names_tests_that_exist(hazard: Hazard) -> None:
    assert hazard.tests - all_tests() == set()


@pytest.mark.parametrize("hazard", shipped().hazards, ids=lambda hazard: hazard.id)
def test_no_control_or_test_stands_twice_in_a_hazard(hazard: Hazard) -> None:
    said = [control.control for control in hazard.controls]
    assert len(said) == len(set(said))
    for control in hazard.controls:
        assert len(control.tests) == len(set(control.tests)), control.control


def test_hazards_are_numbered_in_order() -> None:
    assert list(misnumbered(shipped())) == []


def test_nobody_has_judged_or_signed_a_hazard() -> None:
    """Severity and likelihood are the clinical safety officer's. Who fills them in takes the draft's name away too."""
    log = shipped()
    assert log.status == "unsigned draft"
    assert {h.id for h in log.hazards if h.severity or h.likelihood or h.status != "open"} == set()


def test_the_log_is_a_summary_and_a_table_for_each_hazard(tmp_path: Path) -> None:
    file = tmp_path / "hazards.yaml"
    file.write_text(ONE, encoding="utf-8")
    code, out, _ = written(file)
    assert code == 0
    assert "Hazards: 1, open: 1. Controls: 1, held by 2 tests." in out
    assert "Severity or likelihood not judged: 1." in out
    assert "| H01 | A kettle \\| that boils over | 1 | 2 | not judged | not judged | open |" in out
    assert "| Causes | it is too full; nobody looks |" in out
    assert "| Control | it switches itself off (`test_it_is_off`, `test_it_stays_off`) |" in out
    assert "| What is left | The lid. |" in out


def test_what_an_officer_judged_is_written_too(tmp_path: Path) -> None:
    file = tmp_path / "hazards.yaml"
    file.write_text(ONE + "    severity: considerable\n    likelihood: very low\n", encoding="utf-8")
    _, out, _ = written(file)
    assert "| considerable | very low | open |" in out
    assert "Severity or likelihood not judged: 0." in out


def test_every_shipped_hazard_stands_in_the_log() -> None:
    code, out, _ = written(FILE)
    assert code == 0
    for hazard in shipped().hazards:
        assert f"## {hazard.id}. {hazard.hazard}" in out


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("        tests: [test_it_is_off, test_it_stays_off]\n", "", "10:9 'tests' is missing"),
        ("[test_it_is_off, test_it_stays_off]", "[]", "'tests' has too few entries"),
        ("    left: The lid.\n", "", "'left' is missing"),
        ("    effect:", "    efect:", "there is no key 'efect' here"),
        ("status: open", "status: done", "'status' cannot be this"),
        ("    left: The lid.", "    left: [The", "this is not understood"),
        ("id: H01", "id: H02", "H02 stands where H01 should"),
        ("status: open", "status: open\n    severity: quite bad", "'severity' cannot be this"),
    ],
)
def test_what_is_wrong_is_said_with_its_place_and_what_to_do(
    tmp_path: Path, was: str, now: str, said: str
) -> None:
    assert was in ONE
    file = tmp_path / "hazards.yaml"
    file.write_text(ONE.replace(was, now), encoding="utf-8")
    code, out, err = written(file)
    assert (code, out) == (1, "")
    assert said in err


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    said = CliRunner().invoke(app, ["hazards", str(tmp_path / "none.yaml")])
    assert said.exit_code == 1
    assert "run this in the project's folder, or name the file" in str(said.exception)
