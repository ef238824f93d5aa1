"""Whatever stands in the folder: problems come back, each inside its file, and the work stays in bounds."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from drafting import FRONT, read
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.authoring import look
from bot.cli.proofs.content import Ground, Tally, misplaced
from bot.cli.proofs.hostile import KINDS, PAGE, Hostile, hostile
from bot.core.library import Problem


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    return Ground.lay(tmp_path_factory.mktemp("hostile") / "content")


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(number=st.integers(0, 1_000_000))
def test_a_hostile_file_gives_problems_inside_it(ground: Ground, number: int) -> None:
    spoilt = hostile(number, ground.shipped)
    found = ground.problems_with(spoilt)
    assert list(misplaced(found, spoilt)) == []


def test_the_same_number_is_the_same_file(ground: Ground) -> None:
    assert hostile(17, ground.shipped) == hostile(17, ground.shipped)
    assert {hostile(n, ground.shipped).kind for n in range(len(KINDS))} == set(KINDS)


def test_the_proof_sees_a_crash_and_a_problem_out_of_place(ground: Ground) -> None:
    outside = Problem(file=PAGE, line=9, column=1, code="C001", message="odd", hint="mend it")
    silent = Problem(file="policy/ladder.yaml", line=1, code="C018", message="odd")
    spoilt = Hostile("cut anywhere", PAGE, b"one\ntwo\n")
    assert list(misplaced((outside, silent), spoilt)) == [outside, silent]
    tally = Tally()
    tally.add(0, Ground(ground.folder / "nowhere", ground.shipped))
    assert [bar.name for bar in tally.findings(1).short] == ["crashes"]


# -- the work -------------------------------------------------------------------------------------------


def calls_of(text: str) -> int:
    """How many functions were called to read the page: a measure of the work that no other program disturbs."""
    counted = 0

    def count(_frame: Any, event: str, _arg: Any) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        read((FRONT + text).encode())
    finally:
        sys.setprofile(before)
    return counted


@pytest.mark.parametrize(
    "piece",
    [
        *("[" * 1_000 + "\n", "![" * 500 + "\n\n", "*a " * 300 + "\n", "> " * 500 + "\n", "- " * 500 + "\n"),
        *(
            "- [a](#b)\n",
            "::: when gad7 is 3\n",
            "::: otherwise\n\n",
            "{{ a }} " * 100 + "\n\n",
            "## a\n",
            "`" * 900,
        ),
    ],
    ids=lambda piece: piece[:10].strip(),
)
def test_twice_the_page_is_about_twice_the_work(piece: str) -> None:
    once = 10_000 // len(piece)
    calls_of(piece)  # what is loaded once
    assert calls_of(piece * once * 2) < 3 * calls_of(piece * once)


# -- the folder -----------------------------------------------------------------------------------------


def loops(folder: Path) -> None:
    (folder / "modules/copd/again").symlink_to(folder / "modules", target_is_directory=True)


def leads_out(folder: Path) -> None:
    (folder / "modules/heart").symlink_to(folder.parent, target_is_directory=True)


def leads_nowhere(folder: Path) -> None:
    (folder / PAGE).symlink_to(folder / "nothing")


def is_a_folder(folder: Path) -> None:
    (folder / PAGE).mkdir()


def has_an_odd_name(folder: Path) -> None:
    (folder / "modules/copd/..\\..\\x\n.en.md").write_bytes(FRONT.encode())


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Path]:
    (tmp_path / "content/modules/copd").mkdir(parents=True)
    (tmp_path / "content/modules/copd/other.en.md").write_bytes(FRONT.encode())
    yield tmp_path / "content"


@pytest.mark.parametrize(
    "odd", [loops, leads_out, leads_nowhere, is_a_folder, has_an_odd_name], ids=lambda odd: odd.__name__
)
def test_an_odd_folder_is_read(small: Path, odd: Any) -> None:
    odd(small)
    looked = look(small)
    assert looked.problems
    assert looked.files <= 3
