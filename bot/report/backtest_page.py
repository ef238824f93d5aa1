"""What a back-test found, as pictures on one page and as rows of a table: no script, no other file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from bot.core.worsening.names import NAMES
from bot.report.backtest import WITHIN, Figures
from bot.report.bench.charts import Chart, Number, Row, short
from bot.report.bench.page import sheet

MADE_UP = (
    "Made-up people, whose true course is known. It shows what follows from the assumptions below, and nothing about "
    "real patients."
)
OWN_PAST = (
    "The service's own recorded scores, judged again. Nobody knows here who was truly getting worse, so it shows how "
    "often each rule set would have rung, and not what it would have caught."
)
RULES = {
    **NAMES,
    "threshold": "at or above the case threshold",
    "increase": "more than the last score",
}


def charts_of(found: Sequence[Figures]) -> list[Chart]:
    first = found[0]
    known = first.deteriorations > 0
    return [*(_of_truth(found) if known else ()), *_of_load(found)]


def _of_truth(found: Sequence[Figures]) -> Iterable[Chart]:
    first = found[0]
    yield _chart(
        "True deteriorations caught",
        f"{first.name}: an alert within {WITHIN} weeks of {short(100 * first.caught)} % of {first.deteriorations:,} true "
        f"deteriorations. As many weeks of people who never got worse held an alert too in "
        f"{short(100 * first.by_chance)} %: what a rule set says beyond that is news.",
        "%",
        ("Caught", "Rang as well where nothing was"),
        ((one.name, (100 * one.caught, 100 * one.by_chance)) for one in found),
    )
    yield _chart(
        "How late",
        f"Of those that it caught, {first.name} had rung for {short(100 * _by(first, 0))} % in the week of the onset "
        f"and for {short(100 * _by(first, 2))} % two weeks later.",
        "%",
        tuple(f"by week {week}" for week in range(WITHIN + 1)),
        ((one.name, tuple(100 * _by(one, week) for week in range(WITHIN + 1))) for one in found),
        drawn=3,
    )
    yield _chart(
        "False alerts",
        f"{first.name}: {short(first.false_per_100)} alerts in 100 weeks of people who were not (yet) getting worse.",
        "",
        ("Alerts in 100 patient-weeks",),
        ((one.name, (one.false_per_100,)) for one in found),
    )
    yield _chart(
        f"What rang falsely: {first.name}",
        "The first rule that spoke, of each false alert, in 100 weeks.",
        "",
        ("Alerts in 100 patient-weeks",),
        (
            (RULES.get(rule, rule), (100 * count / first.well_weeks,))
            for rule, count in first.false_by_rule.most_common()
        ),
    )


def _of_load(found: Sequence[Figures]) -> Iterable[Chart]:
    first = found[0]
    yield _chart(
        "Alerts for a therapist in a week",
        f"{first.name}: {short(first.per_therapist_week)} for each of {first.therapists:,} therapists, and a line in the "
        f"list {short(first.listed / first.patient_weeks * 100)} times in 100 patient-weeks beside them.",
        "",
        ("Alerts",),
        ((one.name, (one.per_therapist_week,)) for one in found),
    )
    yield _chart(
        f"What rang: {first.name}",
        "The first rule that spoke, of each alert, in 100 patient-weeks.",
        "",
        ("Alerts in 100 patient-weeks",),
        (
            (RULES.get(rule, rule), (100 * count / first.patient_weeks,))
            for rule, count in first.by_rule.most_common()
        ),
    )


def _by(one: Figures, week: int) -> float:
    return sum(delay <= week for delay in one.delays) / len(one.delays) if one.delays else 0.0


def _chart(
    title: str,
    sentence: str,
    unit: str,
    series: tuple[str, ...],
    rows: Iterable[tuple[str, tuple[Number, ...]]],
    drawn: int | None = None,
) -> Chart:
    made = tuple(Row(name, values) for name, values in rows)
    return Chart(title, sentence, unit, series, made, len(series) if drawn is None else drawn)


def table_of(found: Sequence[Figures]) -> list[tuple[str, ...]]:
    """Rows for a terminal: a figure, and what each rule set has of it."""
    told: list[tuple[str, Callable[[Figures], str]]] = [
        (f"true deteriorations caught in {WITHIN} weeks", lambda one: f"{100 * one.caught:.0f} %"),
        ("the same weeks of people who were not", lambda one: f"{100 * one.by_chance:.0f} %"),
        ("median delay, weeks", lambda one: f"{one.median_delay:g}"),
        ("false alerts in 100 patient-weeks", lambda one: f"{one.false_per_100:.1f}"),
    ]
    load: list[tuple[str, Callable[[Figures], str]]] = [
        ("alerts for a therapist in a week", lambda one: f"{one.per_therapist_week:.1f}"),
        ("alerts in 100 patient-weeks", lambda one: f"{one.per_100:.1f}"),
        ("in the list only, in all", lambda one: f"{one.listed:,}"),
        (
            "check-ins that did not come, in 100 patient-weeks",
            lambda one: f"{one.in_100(one.unanswered):.1f}",
        ),
        ("of these not the first in a row", lambda one: f"{one.in_100(one.in_a_row):.1f}"),
    ]
    rows = [*(told if found[0].deteriorations else ()), *load]
    return [(name, *(say(one) for one in found)) for name, say in rows]


def render(found: Sequence[Figures], about: Mapping[str, object]) -> str:
    """``about``: what was assumed, as names and values."""
    design = MADE_UP if found[0].deteriorations else OWN_PAST
    return sheet("backtest.html", charts_of(found), design=design, about=about)
