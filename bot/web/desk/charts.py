"""The curve of one measure, worked out in points of a picture; the template draws it, and says it in a sentence and a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.library import Given, Library, Measure, Number, said
from bot.core.state import ScoreKept
from bot.ports import ScoreSeen
from bot.web.desk.chart_marks import LANE, NO_MARKS, Lane, Marks, lanes_of
from bot.web.desk.team_clock import TeamClock
from bot.web.desk.words import measure_name

WIDTH, HEIGHT = 400, 240
LEFT, RIGHT, TOP, BOTTOM = 30, 4, 10, 30
# The bands' names stand to the right of the curve, so that neither covers the other.
NAMES = 116


SAID_INSTEAD: Mapping[Given, str] = {"does_not_apply": "does not apply", "not_sure": "not sure"}


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
class Along:
    """The time that really passed, from the left edge of the curve to its right one."""

    first: datetime
    last: datetime

    def x(self, moment: datetime) -> float:
        whole = (self.last - self.first).total_seconds()
        share = (moment - self.first).total_seconds() / whole if whole else 0.5
        inner = WIDTH - LEFT - RIGHT - NAMES - 16
        return round(LEFT + 8 + inner * share, 1)


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
    total: Number
    at: datetime


@dataclass(frozen=True)
class Curve:
    measure: Measure
    name: str
    sentence: str
    bands: tuple[Strip, ...]
    steady: Strip | None
    dots: tuple[Dot, ...]
    ticks: tuple[tuple[float, str], ...]
    scores: tuple[ScoreSeen, ...]
    along: Along
    lanes: tuple[Lane, ...] = ()
    ends: tuple[float, ...] = ()
    frame: Frame = Frame()

    def total(self, score: ScoreSeen) -> str:
        if score.total is not None:
            return said(score.total)
        return "Not added up" if self.measure.scoring.method == "none" else "No total"

    def band(self, score: ScoreSeen) -> str:
        if score.total is None:
            return "None" if self.measure.scoring.method == "none" else "Some were skipped"
        band = self.measure.band(score.total)
        return band.name if band else "None"

    def answer(self, given: Given) -> str:
        return SAID_INSTEAD.get(given, str(given)) if given is not None else "–"

    @property
    def path(self) -> str:
        return " ".join(f"{dot.x:g},{dot.y:g}" for dot in self.dots)


def curves_of(
    scores: Sequence[ScoreSeen], library: Library, clock: TeamClock, marks: Marks = NO_MARKS
) -> list[Curve]:
    """One for each measure that was answered, the most recently answered first. All of them over the same time."""
    by_measure: dict[str, list[ScoreSeen]] = {}
    for score in scores:
        by_measure.setdefault(score.measure, []).append(score)
    newest_first = sorted(by_measure.items(), key=lambda kept: kept[1][-1].at, reverse=True)
    moments = [*(score.at for score in scores), *(moment.at for moment in marks.moments)]
    along = Along(min(moments), max(moments)) if moments else None
    return [
        _curve(measure, kept, measure_name(library, m), clock, marks, along)
        for m, kept in newest_first
        if along and (measure := library.measures.get(m))
    ]


def _curve(
    measure: Measure, scores: list[ScoreSeen], name: str, clock: TeamClock, marks: Marks, along: Along
) -> Curve:
    low, high = measure.range
    kept = [
        ScoreKept(total=s.total, at=s.at, of=measure.limits(s.items)[1])
        for s in scores
        if s.total is not None
    ]

    def height_of(total: float) -> float:
        inner = HEIGHT - TOP - BOTTOM
        return round(TOP + inner * (high - total) / (high - low or 1), 1)

    def strip(lowest: float, highest: float, name: str = "", said: str = "") -> Strip:
        top, bottom = height_of(min(highest, high)), height_of(max(lowest, low))
        return Strip(top, round(bottom - top, 1), name, said)

    change = measure.reliable_change
    steady = strip(kept[0].total - change, kept[0].total + change) if kept and change is not None else None
    bands = tuple(
        strip(lowest, highest, b.name, f"{said(b.low)}–{said(b.high)}")
        for b, (lowest, highest) in zip(measure.bands, _edges(measure), strict=True)
    )
    lanes = lanes_of(marks, along.x, HEIGHT - BOTTOM + 4)
    return Curve(
        measure=measure,
        name=name,
        sentence=sentence_of(measure, kept, clock),
        bands=bands,
        steady=steady,
        dots=tuple(Dot(along.x(k.at), height_of(k.total), k.total, k.at) for k in kept),
        ticks=tuple((height_of(t), said(t)) for t in (low, *(b.low for b in measure.bands[1:]), high)),
        scores=tuple(scores),
        along=along,
        lanes=lanes,
        ends=tuple(along.x(m.at) for m in marks.moments if m.sign == "ended"),
        frame=Frame(height=HEIGHT + LANE * len(lanes)),
    )


def _edges(measure: Measure) -> list[tuple[float, float]]:
    """Where each band's strip begins and ends: half way to the next band."""
    low, high = measure.range
    if not measure.bands:
        return []
    between = [(a.high + b.low) / 2 for a, b in zip(measure.bands, measure.bands[1:], strict=False)]
    return list(zip((low, *between), (*between, high), strict=True))


def sentence_of(measure: Measure, kept: Sequence[ScoreKept], clock: TeamClock) -> str:
    """What the curve shows; a change is named only when it is a reliable one."""
    if measure.scoring.method == "none":
        return "Their own counts, as a table. Nothing is added up."
    if not kept:
        return "No complete answers yet: without every answer there is no total."
    last = kept[-1]
    band = measure.band(last.total)
    highest = said(measure.range[1] if last.of is None else last.of)
    now = f"{said(last.total)} of {highest} on {clock.day(last.at)}{f' (band: {band.name})' if band else ''}."
    if len(kept) == 1:
        return f"First score: {now}"
    first, enough = kept[0], measure.reliable_change
    start = f"Latest: {now} First: {said(first.total)} on {clock.day(first.at)}."
    change = last.total - first.total
    if enough is None:
        return f"{start} No number for reliable change is set for this measure."
    if abs(change) < enough:
        return f"{start} No reliable change since then ({said(enough)} or more would be)."
    way = f"{'Higher' if change > 0 else 'Lower'}, that is {'worse' if is_worse(measure, change) else 'better'},"
    return f"{start} {way} by {said(abs(change))}: a reliable change ({said(enough)} or more)."


def is_worse(measure: Measure, change: Number) -> bool:
    return (change > 0) == (measure.higher_is == "worse")


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
            worse = is_worse(measure, last - first)
            way = f"{'worse' if worse else 'better'}: {said(first)} to {said(last)}"
            found.append(Trend(f"{measure_name(library, measure_id)} {way}", worse))
    return found
