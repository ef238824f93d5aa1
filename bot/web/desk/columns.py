"""Numbers week by week as columns of a picture, which says nothing that its sentence and its table do not say too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.web.desk.team_clock import TeamClock

WIDTH, HEIGHT = 400, 150
LEFT, TOP, BOTTOM = 34, 14, 24
TOO_FEW = "too few people to tell"
NONE = "–"
LOOKS = ("solid", "pale", "empty")


@dataclass(frozen=True)
class Series:
    """``values``: one a week; None: too few people stand behind it to be told. ``said``: as the table has it."""

    name: str
    values: tuple[float | None, ...]
    said: tuple[str, ...]


@dataclass(frozen=True)
class Block:
    look: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Picture:
    """``few``: where it says that there were too few people. ``empty``: there is nothing to draw."""

    key: str
    title: str
    sentence: str
    series: tuple[tuple[str, Series], ...]
    blocks: tuple[Block, ...]
    few: tuple[float, ...]
    labels: tuple[tuple[float, str], ...]
    ticks: tuple[tuple[float, str], ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    bottom: int = HEIGHT - BOTTOM

    @property
    def empty(self) -> bool:
        return not self.blocks and not self.few


def picture(
    key: str,
    title: str,
    sentence: str,
    weeks: Sequence[datetime],
    series: Sequence[Series],
    clock: TeamClock,
    unit: str = "",
) -> Picture:
    """Each week's columns stand side by side, one a series."""
    most = max((v for s in series for v in s.values if v is not None), default=0.0)
    step = (WIDTH - LEFT) / len(weeks)
    each = (step - 6) / len(series)
    blocks, few = [], []
    for n, _ in enumerate(weeks):
        for k, one in enumerate(series):
            value = one.values[n]
            middle = round(LEFT + n * step + 3 + (k + 0.5) * each, 1)
            if value is None and one.said[n] != NONE:
                few.append(middle)
            if value:
                height = round((HEIGHT - TOP - BOTTOM) * value / most, 1)
                x = round(LEFT + n * step + 3 + k * each, 1)
                blocks.append(Block(LOOKS[k], x, HEIGHT - BOTTOM - height, round(each - 1, 1), height))
    labels = [
        (round(LEFT + (n + 0.5) * step, 1), _short(week, clock)) for n, week in enumerate(weeks) if n % 3 == 0
    ]
    ticks = [(float(HEIGHT - BOTTOM), "0")]
    if most:
        ticks.append((float(TOP), f"{most:.0f}{unit}"))
    rows = [(clock.day(week), tuple(s.said[n] for s in series)) for n, week in enumerate(weeks)]
    return Picture(
        key,
        title,
        sentence,
        tuple(zip(LOOKS, series, strict=False)),
        tuple(blocks),
        tuple(few),
        tuple(labels),
        tuple(ticks),
        tuple(reversed(rows)),
    )


def _short(week: datetime, clock: TeamClock) -> str:
    """``5 Jan``"""
    day = clock.local(week)
    return f"{day.day} {day:%b}"
