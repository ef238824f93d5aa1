"""What changed rules would have said, on the publishing page: axe finds nothing, nothing runs off a narrow screen."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from clinic import Clinic
from desk_scene import colleague
from desk_visit import sit_down
from test_content_looks import WINDOWS
from test_desk_looks import WIDE, faults
from visit import Visit

from bot.core.worsening.comparing import Compared, Load
from bot.usecases import editing
from bot.usecases.rule_change import Weighed
from bot.web.desk import rule_change

FILE = "policy/worsening.yaml"
BEFORE = Load(40, 8, Counter(reliable_deterioration=30, case_crossed=10, no_reliable_change=8), 0.4)
AFTER = Load(20, 11, Counter(reliable_deterioration=15, case_crossed=5, no_reliable_change=8, plateau=3), 0.2)
FOUND = Compared(60, 3, datetime(2026, 2, 3, tzinfo=UTC), BEFORE, AFTER, 0, 7)
WIDTHS = """() => Array.from(document.querySelectorAll("#rules ~ figure .bars li")).map((one) =>
  Array.from(one.querySelectorAll("svg"), (bar) => bar.querySelector("rect")?.getAttribute("width") ?? ""))"""


async def opened(there: Visit, clinic: Clinic, monkeypatch: pytest.MonkeyPatch, **window: Any) -> None:
    async def weigh(*_: Any) -> Weighed:
        return Weighed("default", FOUND, 60, made_up=False)

    monkeypatch.setattr(rule_change, "weigh", weigh)
    editor = await colleague(clinic, "editor")
    bench = await editing.bench_of(clinic.house, clinic.service.id)
    text = bench.bodies[FILE].decode().replace("worse_by: 6", "worse_by: 9", 1)
    await editing.save(clinic.house, editor, FILE, text, over=0, base=bench.library.files[FILE])
    await there.begin(**window)
    await sit_down(there, clinic, editor)
    await there.page.goto(there.base + "/desk/content/publish")


@pytest.mark.parametrize("window", WINDOWS)
async def test_the_page_is_accessible(
    there: Visit, clinic: Clinic, window: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    await opened(there, clinic, monkeypatch, **WINDOWS[window])
    found = await faults(there, "publish")
    assert not found, "\n".join(found)


async def test_bars_are_as_long_as_their_numbers_and_a_blank_has_none(
    there: Visit, clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    await opened(there, clinic, monkeypatch, viewport=WIDE)
    drawn = await there.page.evaluate(WIDTHS)
    assert drawn[0] == ["100.0%", "50.0%"]
    assert drawn[-1] == ["", ""]
