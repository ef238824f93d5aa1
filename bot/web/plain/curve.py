"""A chart of the patient's own scores, worked out in points of a picture. The sentence and the table say the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from bot.core.shown import Chart

WIDTH, HEIGHT = 320, 160
LEFT, RIGHT, TOP, BOTTOM = 30, 12, 12, 24


@dataclass(frozen=True)
class Curve:
    """``grid``: heights with the scores that they stand for."""

    dots: tuple[tuple[float, float], ...]
    grid: tuple[tuple[float, float], ...]
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - 6

    @property
    def path(self) -> str:
        return " ".join(f"{x:g},{y:g}" for x, y in self.dots)


def curve_of(chart: Chart) -> Curve | None:
    """None where there is nothing to draw a line between."""
    if len(chart.points) < 2:
        return None
    days = [date.fromisoformat(point.on).toordinal() for point in chart.points]
    across, up = (days[-1] - days[0]) or 1, (chart.high - chart.low) or 1

    def x(day: int) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * (day - days[0]) / across, 1)

    def y(total: float) -> float:
        return round(HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (total - chart.low) / up, 1)

    middle = round((chart.low + chart.high) / 2)
    return Curve(
        dots=tuple((x(day), y(point.total)) for day, point in zip(days, chart.points, strict=True)),
        grid=tuple((y(score), score) for score in (chart.low, middle, chart.high)),
    )
