"""One's own scores as a curve, with a sentence that says what it shows."""

from __future__ import annotations

from datetime import date

from bot.core.flow import calendar
from bot.core.flow.their_clock import zone_of
from bot.core.flow.voice import Talk, language_of, sentence
from bot.core.library import Measure, said
from bot.core.shown import BandShown, Chart, Point
from bot.core.state import ScoreKept


def told(pen: Talk, measure: Measure, kept: ScoreKept) -> str:
    """A score in a sentence, with its band where the measure has bands."""
    band = measure.band(kept.total)
    return sentence(
        pen,
        "progress_sentence" if band else "progress_number",
        name=measure.plain_name,
        date=calendar.day(pen.moment.library, _on(pen, kept), language_of(pen)),
        total=said(kept.total),
        max=said(measure.range[1] if kept.of is None else kept.of),
        band=band.plain if band else "",
    )


def chart_of(pen: Talk, measure_id: str) -> Chart | None:
    """None where nothing was scored yet. A change is named only when it is a reliable one."""
    scores = pen.state.scores.get(measure_id, ())
    measure = pen.moment.library.measures[measure_id]
    if not scores:
        return None
    change = scores[-1].total - scores[0].total
    reliable = measure.reliable_change is not None and abs(change) >= measure.reliable_change
    if len(scores) == 1:
        key = "progress_first"
    elif not reliable:
        key = "progress_steady" if measure.reliable_change is not None else ""
    else:
        key = "progress_worse" if (change > 0) == (measure.higher_is == "worse") else "progress_better"
    return Chart(
        measure=measure_id,
        title=measure.plain_name,
        low=measure.range[0],
        high=measure.range[1],
        sentence=" ".join([told(pen, measure, scores[-1]), *([sentence(pen, key)] if key else [])]),
        points=tuple(_point(pen, measure, kept) for kept in scores),
        bands=tuple(BandShown(low=b.low, high=b.high, name=b.plain) for b in measure.bands),
    )


def _point(pen: Talk, measure: Measure, kept: ScoreKept) -> Point:
    band = measure.band(kept.total)
    return Point(on=_on(pen, kept).isoformat(), total=kept.total, band=band.plain if band else "")


def _on(pen: Talk, kept: ScoreKept) -> date:
    return kept.at.astimezone(zone_of(pen)).date()
