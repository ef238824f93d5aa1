"""The drawn reports of the bench and of rule sets: read well on a narrow screen, in the dark, and in forced colours."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser
from test_desk_looks import NARROW, TOO_SMALL, TOO_WIDE, WIDE
from visit import Visit

from bot.core.library import ScoreLimits, Worsening
from bot.core.worsening import Rules
from bot.core.worsening.replay import judge_by
from bot.report.backtest import figures_of, only_the_threshold
from bot.report.backtest_page import render as rules_page
from bot.report.bench.page import render
from bot.report.trajectories import Population, service_of

SPREAD = {"p50": 4.2, "p95": 9.9, "p99": 1234.5}
STORM = {
    "experiment": "storm",
    "holds": False,
    "bars": {
        "seconds until all were back": {"found": 31.2, "most": 30.0},
        "turns a second": {"found": 3100, "least": 3000},
    },
    "sockets": 1000,
    "back_after_ms": SPREAD | {"all": 31200.0},
    "others_calm": {"ack_ms": SPREAD},
    "others_in_the_storm": {"ack_ms": SPREAD},
}

POLICY = Worsening(version="1", look_back_weeks=12, measures={"phq9": ScoreLimits(worse_by=6, case_at=10)})


def compared() -> str:
    population = Population.usual()
    people = service_of(50, 20, population, 7)
    judges = {"default": judge_by(Rules("default", POLICY)), "threshold only": only_the_threshold(POLICY)}
    return rules_page([figures_of(name, people, judge) for name, judge in judges.items()], population.told())


PAGES = {"bench": lambda: render([STORM], {"Machine": "two cores"}), "rules": compared}


@pytest.mark.parametrize(
    "settings",
    [
        {"viewport": WIDE, "color_scheme": "light"},
        {"viewport": NARROW, "color_scheme": "dark"},
        {"viewport": NARROW, "forced_colors": "active"},
    ],
    ids=["wide", "narrow and dark", "forced colours"],
)
@pytest.mark.parametrize("what", ["bench", "rules"])
async def test_the_report_is_accessible(
    chromium: Browser, tmp_path: Path, settings: dict[str, Any], what: str
) -> None:
    page = tmp_path / f"{what}.html"
    page.write_text(PAGES[what](), encoding="utf-8")
    visit = Visit(chromium, page.as_uri())
    await visit.begin(**settings)
    await visit.page.goto(page.as_uri())
    await visit.page.evaluate("document.querySelectorAll('details').forEach((d) => { d.open = true })")
    found = await visit.findings()
    found += ["wider than the window"] if await visit.page.evaluate(TOO_WIDE) else []
    found += await visit.page.evaluate(TOO_SMALL)
    await visit.end()
    assert not found, "\n".join(found)


def test_a_missed_bar_is_said_in_words_and_every_bar_of_a_picture_has_its_own_text() -> None:
    page = render([STORM], {})
    assert page.count("MISSED") == 1
    assert page.count("A bar is missed.") == 1
    assert page.count("<rect") == page.count('<text x="0"') == 10
    assert "the last: 31,200 ms" in page
    assert "<script" not in page
