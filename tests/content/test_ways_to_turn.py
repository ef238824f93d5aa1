"""Beside a crisis line and 999, which no content builds without: what else the shipped lines hold for everybody."""

from __future__ import annotations

from typing import get_args

import pytest

from bot.core.library import Library
from bot.core.safety import signposting
from bot.core.safety.content import Nation


def purposes(library: Library, nation: str) -> set[str]:
    return {line.purpose for line in signposting(library.safety, nation).lines}


@pytest.mark.parametrize("nation", get_args(Nation))
def test_every_nation_has_a_way_without_a_voice(library: Library, nation: str) -> None:
    assert "no_voice" in purposes(library, nation)


@pytest.mark.parametrize("nation", get_args(Nation))
def test_every_nation_has_a_line_for_abuse(library: Library, nation: str) -> None:
    own = next(held for held in library.safety.signposting if held.nation == nation)
    assert "domestic_abuse" in {line.purpose for line in own.lines}


@pytest.mark.parametrize("nation", get_args(Nation))
def test_a_line_that_is_not_open_at_any_time_says_when_it_is(library: Library, nation: str) -> None:
    for line in signposting(library.safety, nation).lines:
        assert line.hours == "at any time" or line.hours in line.text, line.text
