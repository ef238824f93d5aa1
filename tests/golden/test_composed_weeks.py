"""What somebody with several conditions is asked over 8 weeks, as a table for a clinical lead to read.

`make golden` rewrites it; the diff is the review. They come each day but on Sundays; the mood falls on one day.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from composed_weeks import DAY, Weeks

from bot.core.composing import Known
from bot.core.library import Library

FOLDER = Path(__file__).parent / "weeks"
MONDAY = date(2026, 3, 2)
FALLS_ON = 24
SHORT = {"rate_mood": "mood", "rate_worry": "worry"}
WHO = {
    "copd_heart_unexplained": ("copd", "heart", "unexplained"),
    "pain_and_diabetes": ("pain", "diabetes"),
}


@pytest.mark.parametrize("name", WHO)
def test_weeks(name: str, library: Library, request: pytest.FixtureRequest) -> None:
    path = FOLDER / f"{name}.txt"
    after = "\n".join(_table(library, WHO[name])) + "\n"
    if request.config.getoption("--rewrite-golden"):
        path.write_text(after)
    assert after == path.read_text(), (
        f"{path.name} says something else now: run `make golden` and read the diff"
    )


def _table(library: Library, conditions: tuple[str, ...]) -> Iterator[str]:
    plan = library.policy.measuring
    assert plan is not None
    kim = Weeks(plan, dict(library.measures), Known(today=MONDAY, conditions=conditions))
    yield f"# {', '.join(conditions)}: 8 weeks, each day but Sunday; on day {FALLS_ON} the mood falls and the short form is positive"
    yield ""
    yield f"{'day':<10} {'asked':<58} {'today':>5} {'7 days':>6}  left for another day"
    for n in range(56):
        day = MONDAY + n * DAY
        if day.isoweekday() == 7:
            continue
        falls = n == FALLS_ON
        composed = kim.comes(day, falls=falls, low=falls)
        asked = " ".join(SHORT.get(m, m) for m in kim.asked.get(day, ()))
        later = " ".join(dict.fromkeys(part.measure for part in composed.put_off))
        line = f"{n:>3} {day:%a %d} {asked:<59}{kim.items.get(day, 0):>5} {kim.in_7_days(day):>6}  {later}"
        yield line.rstrip()
