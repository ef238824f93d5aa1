"""The catalogue of planted defects does not rot: each still finds the code that it would change."""

from __future__ import annotations

import pytest

from tests.planted.__main__ import ROOT, planted
from tests.planted.catalogue import DEFECTS, Defect


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda d: d.name)
def test_a_defect_can_still_be_planted(defect: Defect) -> None:
    sound = (ROOT / defect.file).read_text()
    broken = planted(sound, defect)
    assert broken != sound
    if defect.file.endswith(".py"):
        compile(broken, defect.file, "exec")


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda d: d.name)
def test_the_tests_that_should_catch_it_exist(defect: Defect) -> None:
    for test in defect.tests:
        file, _, name = test.partition("::")
        assert f"def {name}" in (ROOT / file).read_text() if name else (ROOT / file).exists()
