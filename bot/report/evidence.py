"""What groups may have done, as a table, as CSV and as a page of pictures: always with what it cannot show."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping

from bot.core.participation import CLASSES, THIRDS, Class, Dose, Evidence, Third, range_told
from bot.core.participation import Row as Told
from bot.report.bench.charts import Chart, Number, Row
from bot.report.bench.page import sheet

NAMES: Mapping[Class, str] = {
    "never": "Had not joined a group",
    "quiet": "Had joined, and read at most or wrote little",
    "took_part": "Had taken part",
}
THIRD_NAMES: Mapping[Third, str] = {
    "least": "The third that took part least",
    "middle": "The third in the middle",
    "most": "The third that took part most",
}
FIGURES: Mapping[str, str] = {
    "people": "People",
    "known": "With a score of each measure before and after",
    "cases_at_first": "A case at the first check-in",
    "cases": "A case at the landmark, with scores after it",
    "recovered": "Recovered",
    "improved": "Reliably better",
    "deteriorated": "Reliably worse",
    "recovery_rate": "Recovered, % of cases at the landmark",
    "improvement_rate": "Reliably better, %",
    "deterioration_rate": "Reliably worse, %",
    "later": "Joined after the landmark",
}
MEMBERS: Mapping[str, str] = {
    "joined": "Have joined a group",
    "opened": "Have read there, once at least",
    "posted": "Have written a post that others saw",
    "answered": "Have answered another post",
    "reacted": "Have given a reaction",
    "took_part": "Have taken part",
}
OF: Mapping[str, str] = {
    "recovery_rate": "cases",
    "improvement_rate": "known",
    "deterioration_rate": "known",
}
"""Of which number each rate is the share."""
MADE_UP = "Simulated people: this service has no others. It says nothing about real patients."


def about(found: Evidence) -> dict[str, str]:
    how = found.how
    told = {
        "People who agreed to be counted": _of_all(found.people, found),
        "Of them with a first check-in long enough ago": _of_all(found.reached, found),
        "Landmark": f"{how.landmark_weeks} weeks after the first check-in",
        "Outcomes": f"from there to the last score of the {how.follow_weeks} weeks after it, by rule set {found.rules}",
        "Taken part": f"a post that others saw, or a reaction, in {how.weeks_to_take_part} or more different weeks",
    }
    return ({"Simulated": MADE_UP} if found.made_up else {}) | told


def _of_all(count: int | None, found: Evidence) -> str:
    return f"fewer than {found.hide.blank_below}" if count is None else str(count)


def too_few(found: Evidence) -> str:
    """Said in place of tables and figures in which nothing but blanks would stand."""
    if any(row.people is not None for row in found.rows.values()) or found.members.joined is not None:
        return ""
    return (
        f"Too few people for any number to be told yet: fewer than {found.hide.blank_below} of each kind have agreed to "
        f"be counted and sent their first check-in {found.how.landmark_weeks} weeks ago or more."
    )


def cannot_show(found: Evidence) -> tuple[str, ...]:
    how, hide = found.how, found.hide
    return (
        "It does not show what groups do. Who joins a group is different from who does not: in how they are, in what "
        "they hope for, in how much else they do here. A difference between the rows is no effect of groups, and no "
        "difference is no proof that they do nothing.",
        f"Who had taken part is fixed {how.landmark_weeks} weeks after the first check-in, and only what changed after "
        "that counts. Otherwise those who stayed long enough to take part would look better for having stayed. "
        "Whoever joined later stays in the row of those who had not joined.",
        "It uses the official arithmetic, but counts from the landmark and not from the first score. So it is not to be "
        "laid beside the service's own or national recovery rates.",
        "Whoever sent no score of each measure after the landmark is not in the shares, and may be better or worse.",
        "Of reading the record knows only when each member last did. Who read every day and who never came back "
        "stand in the same row.",
        "Only those who agreed to be counted are in it, and who agrees is different, too.",
        f"Counts below {hide.blank_below} are left blank and the others go to the nearest {hide.round_to}. A share is of "
        f"unrounded counts, and is told only with at least {hide.blank_below} people on either side of it. A blank "
        "is not a zero.",
        "Behind each share stands the range in which the true one lies in 95 of 100 cases, as far as chance alone goes. "
        "Where two of them overlap widely, the two shares may well be the same.",
    )


# -- tables --------------------------------------------------------------------------------------------

Table = list[tuple[str, ...]]


def main_table(found: Evidence) -> Table:
    """A figure, and what each class has of it; the first row names the classes. Empty where there are too few."""
    if too_few(found):
        return []
    rows: Table = [("", *(NAMES[kind] for kind in CLASSES))]
    for key, name in FIGURES.items():
        rows.append((name, *(_cell(found.rows[kind], key) for kind in CLASSES)))
    return rows


def thirds_table(found: Evidence) -> Table:
    """Empty where one of the thirds would be told of too few."""
    if found.thirds is None:
        return []
    rows: Table = [("Of those who had taken part", *(THIRD_NAMES[third] for third in THIRDS))]
    for key in Dose._fields:
        rows.append((FIGURES[key], *(_cell(found.thirds[third], key) for third in THIRDS)))
    return rows


def members_table(found: Evidence) -> Table:
    if too_few(found):
        return []
    return [
        ("By now, of all who agreed", "People"),
        *((name, _said(getattr(found.members, key))) for key, name in MEMBERS.items()),
    ]


def as_csv(found: Evidence) -> str:
    """A line for each number: which table, of whom, what, and the number, empty where it is left blank."""
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(_lines(found))
    return out.getvalue()


def _lines(found: Evidence) -> Iterator[tuple[object, ...]]:
    yield "table", "whom", "what", "value"
    for name, value in about(found).items():
        yield "about", "", name, value
    for kind in CLASSES:
        yield from _each("landmark", kind, found.rows[kind])
    for third, dose in (found.thirds or {}).items():
        yield from _each("thirds", third, dose)
    for key, value in found.members._asdict().items():
        yield "members", "all", key, _bare(value)
    for sentence in cannot_show(found):
        yield "cannot_show", "", "", sentence


def _each(table: str, whom: str, told: Told | Dose) -> Iterator[tuple[object, ...]]:
    for key, value in told._asdict().items():
        yield table, whom, key, _bare(value)
        if key in OF:
            low, high = range_told(value, getattr(told, OF[key])) or (None, None)
            yield table, whom, f"{key}_low", _bare(low)
            yield table, whom, f"{key}_high", _bare(high)


def _cell(told: Told | Dose, key: str) -> str:
    """A rate with the range in which the true one may lie."""
    value = getattr(told, key)
    span = range_told(value, getattr(told, OF[key])) if key in OF else None
    return _said(value) + (f" ({span[0]} to {span[1]})" if span else "")


def _bare(value: int | None) -> str:
    return "" if value is None else str(value)


def _said(value: int | None) -> str:
    return "–" if value is None else str(value)


# -- the page ------------------------------------------------------------------------------------------


def charts_of(found: Evidence) -> list[Chart]:
    """None where there are too few."""
    if too_few(found):
        return []
    rows, how = found.rows, found.how
    took, never = rows["took_part"], rows["never"]
    charts = [
        _chart(
            "People, by what they had done at the landmark",
            f"{how.landmark_weeks} weeks after the first check-in. Had taken part: {_people(took.people)}. Had not "
            f"joined: {_people(never.people)}. The shares below are of those with scores before and after.",
            "people",
            (FIGURES["people"], FIGURES["known"]),
            ((NAMES[kind], (rows[kind].people, rows[kind].known)) for kind in CLASSES),
        ),
        _chart(
            "How they were before any of it counts",
            "Those who join differ from the beginning: these are cases at the first check-in, and at the landmark of "
            "those whose recovery is known.",
            "people",
            ("At the first check-in", "At the landmark"),
            ((NAMES[kind], (rows[kind].cases_at_first, rows[kind].cases)) for kind in CLASSES),
        ),
        _chart(
            "Reliable change after the landmark",
            f"Reliably better: {_share(took, 'improvement_rate')} of those who had taken part, "
            f"{_share(never, 'improvement_rate')} of those who had not joined. That is no effect of groups.",
            "%",
            ("Reliably better", "Reliably worse"),
            ((NAMES[kind], (rows[kind].improvement_rate, rows[kind].deterioration_rate)) for kind in CLASSES),
        ),
        _chart(
            "Recovery after the landmark",
            f"Of cases at the landmark, recovered: {_share(took, 'recovery_rate')} of those who had taken part, "
            f"{_share(never, 'recovery_rate')} of those who had not joined. That is no effect of groups.",
            "%",
            ("Recovered",),
            ((NAMES[kind], (rows[kind].recovery_rate,)) for kind in CLASSES),
        ),
    ]
    if found.thirds is not None:
        thirds = found.thirds
        charts.append(
            _chart(
                "By how much they had taken part",
                "Thirds of those who had taken part, by posts and reactions up to the landmark; alike ones stay "
                "together. Whoever is better may write more, or the other way round.",
                "%",
                ("Reliably better", "Reliably worse", "Recovered"),
                (
                    (
                        THIRD_NAMES[third],
                        (
                            thirds[third].improvement_rate,
                            thirds[third].deterioration_rate,
                            thirds[third].recovery_rate,
                        ),
                    )
                    for third in THIRDS
                ),
            )
        )
    charts.append(
        _chart(
            "What members have done by now",
            f"Of all who agreed to be counted. Have joined: {_people(found.members.joined)}. Have taken part: "
            f"{_people(found.members.took_part)}. How often anybody reads is not known.",
            "people",
            ("People",),
            ((name, (getattr(found.members, key),)) for key, name in MEMBERS.items()),
        )
    )
    return charts


def _people(count: int | None) -> str:
    return "too few to say" if count is None else f"about {count} people"


def _share(told: Told, key: str) -> str:
    value = getattr(told, key)
    span = range_told(value, getattr(told, OF[key]))
    return "too few to say what share" if span is None else f"{value} % ({span[0]} to {span[1]})"


def _chart(
    title: str,
    sentence: str,
    unit: str,
    series: tuple[str, ...],
    rows: Iterator[tuple[str, tuple[Number, ...]]],
) -> Chart:
    return Chart(title, sentence, unit, series, tuple(Row(*row) for row in rows), len(series))


def render(found: Evidence, service: str) -> str:
    """One page with everything in it: no script, no other file."""
    return sheet(
        "evidence.html",
        charts_of(found),
        about={"Service": service, **about(found)},
        cannot_show=cannot_show(found),
        too_few=too_few(found),
        tables=[table for table in (main_table(found), thirds_table(found)) if table],
    )
