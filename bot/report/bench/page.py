"""One page with everything in it: no script, no other file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.report.bench.charts import Chart, Found, charts_of

TITLES: Mapping[str, str] = {
    "turns": "Turns",
    "long": "Long conversations",
    "idle": "Idle sockets",
    "storm": "A reconnect storm",
    "rooms": "Posts in groups",
    "alarm": "A burst of alarms",
    "profile": "Where a turn's time goes",
    "screen": "Reading a text for danger",
}
WIDTH, BAR, LINE, GAP, HEADING = 300, 8, 15, 7, 20


@dataclass(frozen=True)
class Mark:
    """One bar and the words above it: every bar says what it is, so that no colour has to."""

    y: float
    width: float
    text: str
    kind: int


@dataclass(frozen=True)
class Picture:
    chart: Chart
    height: float
    headings: tuple[tuple[float, str], ...]
    marks: tuple[Mark, ...]


def picture_of(chart: Chart) -> Picture:
    shown = [v for row in chart.rows for v in row.values[: chart.drawn] if v is not None]
    longest = max([*shown, 0.0]) or 1.0
    y, headings, marks = 0.0, [], []
    for row in chart.rows:
        y += HEADING
        headings.append((y - 5, row.name))
        for n, value in enumerate(row.values[: chart.drawn]):
            width = 0.0 if value is None else max(round(WIDTH * max(value, 0.0) / longest, 1), 1.0)
            marks.append(Mark(y + LINE - 3, width, f"{chart.series[n]}: {chart.said(value)}", n))
            y += LINE + BAR + GAP - 3
        y += GAP
    return Picture(chart, y, tuple(headings), tuple(marks))


def sheet(template: str, charts: Iterable[Chart] = (), **values: object) -> str:
    """A page of one of the reports, with its figures."""
    here = Path(__file__).parent
    environment = Environment(
        loader=FileSystemLoader([here.parent, here]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    pictures = [picture_of(chart) for chart in charts]
    return environment.get_template(template).render(values, pictures=pictures, width=WIDTH, bar=BAR)


def render(found: Sequence[Found], about: Mapping[str, Any]) -> str:
    """``about``: what was measured on, as names and values."""
    scenarios = [
        {
            "found": one,
            "title": TITLES[str(one["experiment"])],
            "pictures": [picture_of(c) for c in charts_of(one)],
        }
        for one in found
    ]
    return sheet("page.html", scenarios=scenarios, about=about)
