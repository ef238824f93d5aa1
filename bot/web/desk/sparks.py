"""The caseload's small curve: a patient's main measure in points of a picture, and the same in a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.core.library import Library, Measure, said
from bot.core.state import ScoreKept
from bot.web.desk.team_clock import TeamClock
from bot.web.desk.words import measure_name

WIDTH, HEIGHT, EDGE = 120, 40, 4
MAIN = ("phq9", "phq8", "phq4", "who5", "rate_mood")
"""Mood first: the first of these that was answered. Our own choice, to be confirmed by the clinical lead."""
LAST = 12
NAMED = 5


@dataclass(frozen=True)
class Spark:
    """``case``: how high the line stands from which a score counts as a case; ``points`` may be one."""

    sentence: str
    points: tuple[tuple[float, float], ...]
    case: float | None
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def path(self) -> str:
        return " ".join(f"{x:g},{y:g}" for x, y in self.points)


def spark_of(totals: Mapping[str, tuple[ScoreKept, ...]], library: Library, clock: TeamClock) -> Spark | None:
    """None where nothing with a total was answered."""
    known = {m: kept for m, kept in totals.items() if kept and m in library.measures}
    if not known:
        return None
    key = next((m for m in MAIN if m in known), None) or max(known, key=lambda m: known[m][-1].at)
    measure, kept = library.measures[key], known[key][-LAST:]
    return Spark(
        sentence=_sentence(measure_name(library, key), known[key], clock),
        points=_points(measure, kept),
        case=None if measure.case_at is None else _height(measure, measure.case_at),
    )


def _sentence(name: str, kept: Sequence[ScoreKept], clock: TeamClock) -> str:
    """``PHQ-9: 14, 12, 16; last 3 November``"""
    numbers = ", ".join(said(score.total) for score in kept[-NAMED:])
    before = "… " if len(kept) > NAMED else ""
    return f"{name}: {before}{numbers}; last {clock.day(kept[-1].at)}"


def _points(measure: Measure, kept: Sequence[ScoreKept]) -> tuple[tuple[float, float], ...]:
    """Along the time that really passed between them."""
    first, whole = kept[0].at, (kept[-1].at - kept[0].at).total_seconds()
    inner = WIDTH - 2 * EDGE
    shares = [(score.at - first).total_seconds() / whole if whole else 0.5 for score in kept]
    return tuple(
        (round(EDGE + inner * share, 1), _height(measure, score.total))
        for share, score in zip(shares, kept, strict=True)
    )


def _height(measure: Measure, total: float) -> float:
    low, high = measure.range
    return round(EDGE + (HEIGHT - 2 * EDGE) * (high - total) / (high - low or 1), 1)
