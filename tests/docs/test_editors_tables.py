"""The tables of docs/editors.md hold the numbers of the shipped content and the keys of the format."""

from __future__ import annotations

import re

import pytest
from papers import ROOT, paper, row_of

from bot.adapters.content_files import read_drafts
from bot.core.library import Library, Measure, said
from bot.core.library.drafts import Header, Place
from bot.core.library.headers import _GROUP, _MODULE, TRANSLATION_KEYS, group_front, module_front

PAGE = "docs/editors.md"
TEXT = paper(PAGE)
DRAFTS = read_drafts(ROOT / "content")
MEASURES = {placed.what.id: placed.what for placed in DRAFTS.measures}


def test_every_key_of_the_first_lines_is_listed_and_whether_it_must_be_there() -> None:
    needed = {p.message.split("'")[1] for p in module_front(Header(Place("page.en.md"), {}, {})).problems}
    table = TEXT[TEXT.index("## The first lines") : TEXT.index("## What one writes")]
    listed: dict[str, bool] = {}
    for names, must in re.findall(r"^\| (`.+?) \| (.+?) \|", table, re.MULTILINE):
        listed |= dict.fromkeys(re.findall(r"`(.+?)`", names), must == "yes")
    assert listed == {key: key in needed for key in _MODULE}


def test_every_key_of_a_group_is_listed_and_whether_it_must_be_there() -> None:
    needed = {p.message.split("'")[1] for p in group_front(Header(Place("page.en.md"), {}, {})).problems}
    text = paper("docs/editors/reference.md")
    table = text[text.index("## Peer groups") : text.index("## Quick answers")]
    listed: dict[str, bool] = {}
    for names, must in re.findall(r"^\| (`.+?) \| (.+?) \|", table, re.MULTILINE):
        listed |= dict.fromkeys(re.findall(r"`(.+?)`", names), must == "yes")
    rest = {"author", "sources", *TRANSLATION_KEYS}
    assert all(f"`{key}`" in table for key in rest)
    assert listed == {key: key in needed for key in _GROUP.keys() - rest}


@pytest.mark.parametrize("measure", sorted(MEASURES))
def test_every_measure_is_listed_with_its_numbers(library: Library, measure: str) -> None:
    kept, limits = MEASURES[measure], library.policy.worsening.measures.get(measure)
    rules = {
        word: number
        for word, number in (
            ("worse", limits and limits.worse_by),
            ("case", limits and limits.case_at),
            ("severe", limits and limits.severe_at),
        )
        if number is not None
    }
    bands = " · ".join(f"{said(band.low)}–{said(band.high)} {band.name}" for band in kept.bands)
    rule = ", ".join(f"{word} {number:g}" for word, number in rules.items())
    assert row_of(PAGE, f"`{measure}`")[1:] == [
        kept.plain_name,
        _range(kept),
        bands or "none",
        rule or "none",
    ]


def _range(measure: Measure) -> str:
    if measure.scoring.method == "none":
        return "not added up"
    better = ", higher is better" if measure.higher_is == "better" else ""
    return f"{measure.range[0]:g}–{measure.range[1]:g}{better}"


def test_every_licensed_measure_is_named_and_no_other() -> None:
    [line] = [line for line in TEXT.splitlines() if line.startswith("Their words are yours to license")]
    named = set(re.findall(r"`(\w+)`", line))
    assert named == {placed.what.id for placed in DRAFTS.skeletons}


def test_the_levels_say_the_minutes_of_the_ladder(library: Library) -> None:
    for level, rungs in library.policy.ladder.levels.items():
        row = " ".join(row_of(PAGE, f"`{level}`"))
        assert {str(rung.minutes) for rung in rungs if rung.minutes} <= set(re.findall(r"\d+", row))
