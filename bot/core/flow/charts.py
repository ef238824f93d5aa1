"""One's own scores as a curve, with a sentence that says what it shows."""

from __future__ import annotations

from bot.core.flow import calendar
from bot.core.flow.voice import Talk, language_of, sentence
from bot.core.shown import Chart, Point


def chart_of(pen: Talk, measure_id: str) -> Chart | None:
    """None where nothing was scored yet. A change is named only when it is a reliable one."""
    scores = pen.state.scores.get(measure_id, ())
    measure = pen.moment.library.measures[measure_id]
    if not scores:
        return None
    first, last = scores[0].total, scores[-1].total
    change = last - first
    reliable = measure.reliable_change is not None and abs(change) >= measure.reliable_change
    if len(scores) == 1:
        key = "progress_first"
    elif not reliable:
        key = "progress_steady"
    else:
        key = "progress_worse" if change > 0 else "progress_better"
    told = sentence(
        pen,
        "progress_sentence",
        name=measure.plain_name,
        date=calendar.day(pen.moment.library, scores[-1].at.date(), language_of(pen)),
        total=str(last),
        max=str(measure.range[1]),
        band=measure.band(last).plain,
    )
    return Chart(
        measure=measure_id,
        title=measure.plain_name,
        low=measure.range[0],
        high=measure.range[1],
        sentence=f"{told} {sentence(pen, key)}",
        points=tuple(
            Point(on=s.at.date().isoformat(), total=s.total, band=measure.band(s.total).plain) for s in scores
        ),
    )
