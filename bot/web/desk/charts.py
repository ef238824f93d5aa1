"""The curve of one measure, worked out in points of a picture; the template draws it, and says it in a sentence and a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.library import Library, Measure
from bot.core.state import ScoreKept
from bot.ports import ScoreSeen
from bot.web.desk.team_clock import TeamClock
from bot.web.desk.words import measure_name

WIDTH, HEIGHT = 400, 240
LEFT, RIGHT, TOP, BOTTOM = 30, 4, 10, 30
# The bands' names stand to the right of the curve, so that neither covers the other.
NAMES = 116


@dataclass(frozen=True)
class Frame:
    """The picture's size and the edges of the part that the curve may use."""

    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    end: int = WIDTH - RIGHT - NAMES
    bottom: int = HEIGHT - BOTTOM


@dataclass(frozen=True)
class Strip:
    """A horizontal strip of the picture: a band, or what counts as no reliable change."""

    y: float
    height: float
    name: str = ""
    scores: str = ""


@dataclass(frozen=True)
class Dot:
    x: float
    y: float
    total: int
    at: datetime


@dataclass(frozen=True)
class Curve:
    measure: Measure
    name: str
    sentence: str
    bands: tuple[Strip, ...]
    steady: Strip | None
    dots: tuple[Dot, ...]
    ticks: tuple[tuple[float, int], ...]
    scores: tuple[ScoreSeen, ...]
    frame: Frame = Frame()

    @property
    def path(self) -> str:
        return " ".join(f"{dot.x:g},{dot.y:g}" for dot in self.dots)


def curves_of(scores: Sequence[ScoreSeen], library: Library, clock: TeamClock) -> list[Curve]:
    """One for each measure that was answered, the most recently answered first."""
    by_measure: dict[str, list[ScoreSeen]] = {}
    for score in scores:
        by_measure.setdefault(score.measure, []).append(score)
    newest_first = sorted(by_measure.items(), key=lambda kept: kept[1][-1].at, reverse=True)
    return [
        _curve(library.measures[m], kept, library, clock) for m, kept in newest_first if m in library.measures
    ]


def _curve(measure: Measure, scores: list[ScoreSeen], library: Library, clock: TeamClock) -> Curve:
    low, high = measure.range
    kept = [ScoreKept(total=s.total, at=s.at) for s in scores if s.total is not None]

    def height_of(total: float) -> float:
        inner = HEIGHT - TOP - BOTTOM
        return round(TOP + inner * (high - total) / (high - low), 1)

    def strip(lowest: float, highest: float, name: str = "", said: str = "") -> Strip:
        top, bottom = height_of(min(highest, high)), height_of(max(lowest, low))
        return Strip(top, round(bottom - top, 1), name, said)

    change = measure.reliable_change
    steady = strip(kept[0].total - change, kept[0].total + change) if kept and change is not None else None
    bands = tuple(strip(b.low - 0.5, b.high + 0.5, b.name, f"{b.low}–{b.high}") for b in measure.bands)
    return Curve(
        measure=measure,
        name=measure_name(library, measure.id),
        sentence=sentence_of(measure, kept, clock),
        bands=bands,
        steady=steady,
        dots=_dots(kept, height_of),
        ticks=tuple((height_of(t), t) for t in (low, *(b.low for b in measure.bands[1:]), high)),
        scores=tuple(scores),
    )


def _dots(kept: list[ScoreKept], height_of: Callable[[float], float]) -> tuple[Dot, ...]:
    """Along the time that really passed between them."""
    if not kept:
        return ()
    first, whole = kept[0].at, (kept[-1].at - kept[0].at).total_seconds()
    inner = WIDTH - LEFT - RIGHT - NAMES - 16
    dots = []
    for score in kept:
        share = (score.at - first).total_seconds() / whole if whole else 0.5
        dots.append(Dot(round(LEFT + 8 + inner * share, 1), height_of(score.total), score.total, score.at))
    return tuple(dots)


def sentence_of(measure: Measure, kept: Sequence[ScoreKept], clock: TeamClock) -> str:
    """What the curve shows; a change is named only when it is a reliable one."""
    if not kept:
        return "No complete answers yet: without every answer there is no total."
    last = kept[-1]
    now = (
        f"{last.total} of {measure.range[1]} on {clock.day(last.at)} (band: {measure.band(last.total).name})."
    )
    if len(kept) == 1:
        return f"First score: {now}"
    first, enough = kept[0], measure.reliable_change
    start = f"Latest: {now} First: {first.total} on {clock.day(first.at)}."
    change = last.total - first.total
    if enough is None:
        return f"{start} No number for reliable change is set for this measure."
    if abs(change) < enough:
        return f"{start} No reliable change since then ({enough} or more would be)."
    way = "Higher, that is worse," if change > 0 else "Lower, that is better,"
    return f"{start} {way} by {abs(change)}: a reliable change ({enough} or more)."


@dataclass(frozen=True)
class Trend:
    text: str
    worse: bool


def trends_of(totals: Mapping[str, tuple[ScoreKept, ...]], library: Library) -> list[Trend]:
    """For a list: only measures that changed reliably since the first score."""
    found = []
    for measure_id, kept in sorted(totals.items()):
        measure = library.measures.get(measure_id)
        if measure is None or measure.reliable_change is None or len(kept) < 2:
            continue
        first, last = kept[0].total, kept[-1].total
        if abs(last - first) >= measure.reliable_change:
            way = "worse" if last > first else "better"
            found.append(Trend(f"{measure_name(library, measure_id)} {way}: {first} to {last}", last > first))
    return found
