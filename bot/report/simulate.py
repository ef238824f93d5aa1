"""Made-up people who fill in questionnaires week by week. Pure: the source of chance is an argument."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import exp
from random import Random
from typing import Literal

from bot.core.library import Measure
from bot.core.state import Helped

# How readily each item is endorsed beside the others of its measure. With a long-term illness tiredness and sleep come first.
_READINESS: Mapping[str, Sequence[float]] = {
    "phq9": (0.1, 0.2, 0.5, 0.8, 0.0, -0.1, 0.0, -0.6),
    "gad7": (0.5, 0.3, 0.4, 0.2, -0.3, 0.1, -0.2),
}
_OWN_WAY = 0.45  # how far people differ in which items they endorse, in points
_MOOD_OF_THE_DAY = 0.3  # how far one answer differs from week to week
_JITTER = 0.035  # how far a total strays from its course, as a share of the scale


@dataclass(frozen=True)
class Course:
    """How somebody's weeks go. ``first`` and ``last`` are shares of a scale's range.

    ``step``: the whole change comes at once, ``turn`` of the way through. ``misses``: chance that a week is left out.
    ``skips``: chance that a check-in leaves items out. ``stays``: share of the weeks after which they stop.
    ``dark``: chance that an item about self-harm is endorsed once the step has come.
    """

    first: float
    last: float
    shape: Literal["curve", "line", "step"] = "line"
    turn: float = 0.7
    misses: float = 0.06
    skips: float = 0.0
    stays: float = 1.0
    dark: float = 0.0

    def at(self, week: int, weeks: int) -> float:
        """The share of the scale in this week."""
        gone = week / max(weeks - 1, 1)
        match self.shape:
            case "curve":  # much of a recovery comes early
                done = (1 - exp(-3 * gone)) / (1 - exp(-3))
            case "line":
                done = gone
            case "step":
                done = float(self.turned(week, weeks))
        return self.first + (self.last - self.first) * done

    def turned(self, week: int, weeks: int) -> bool:
        return self.shape == "step" and week >= round(self.turn * max(weeks - 1, 1))


COURSES: Mapping[str, Course] = {
    "improving": Course(first=0.6, last=0.2, shape="curve"),
    "steady": Course(first=0.3, last=0.3),
    "sliding": Course(first=0.2, last=0.52, misses=0.0),
    "falling": Course(first=0.26, last=0.72, shape="step", misses=0.0, dark=0.6),
    "skipping": Course(first=0.38, last=0.34, skips=0.6),
    "leaving": Course(first=0.5, last=0.4, stays=0.4),
}


@dataclass(frozen=True)
class CheckIn:
    """``answers``: measure -> points by item, None where an item was skipped."""

    week: int
    answers: Mapping[str, tuple[int | None, ...]]


def found(course: Course, random: Random) -> Helped | None:
    """Whether a module helped somebody on this course: more often where the weeks get better. None: they do not say."""
    better = course.first - course.last
    yes, no = (6, 1) if better > 0.1 else (2, 4) if better < -0.1 else (4, 2)
    said: tuple[Helped | None, ...] = ("yes", "little", "no", None)
    return random.choices(said, weights=(yes, 3, no, 1))[0]


@dataclass(frozen=True)
class _Person:
    """What makes one person's answers resemble each other: which items they endorse readily."""

    leanings: Mapping[str, tuple[float, ...]]
    worry: float  # how much higher than the mood the worry stands, as a share of the scale
    random: Random = field(repr=False)


def check_ins(course: Course, weeks: int, measures: Sequence[Measure], random: Random) -> tuple[CheckIn, ...]:
    """Every check-in that a person on this course sends. The first week is never left out."""
    leanings = {m.id: tuple(random.gauss(0, _OWN_WAY) for _ in m.items) for m in measures}
    person = _Person(leanings, random.gauss(0, 0.06), random)
    stops = max(1, round(course.stays * weeks))
    done = []
    for week in range(stops):
        if week and random.random() < course.misses:
            continue
        answers = {m.id: _answers(person, course, m, week, weeks) for m in measures}
        done.append(CheckIn(week, answers))
    return tuple(done)


def _answers(
    person: _Person, course: Course, measure: Measure, week: int, weeks: int
) -> tuple[int | None, ...]:
    random = person.random
    share = course.at(week, weeks) + random.gauss(0, _JITTER)
    if measure.id != "phq9":
        share += person.worry
    low, high = map(int, measure.range)
    total = min(max(round(low + share * (high - low)), low), high)
    points: list[int | None] = list(
        _spread(person, measure, total, _dark(course, share, week, weeks, random))
    )
    if random.random() < course.skips:
        for item in random.sample(range(len(points)), random.choice((1, 1, 2))):
            points[item] = None
    return tuple(points)


def _dark(course: Course, share: float, week: int, weeks: int, random: Random) -> bool:
    """Is an item about self-harm endorsed? Rare, and less rare the heavier the week."""
    chance = 0.005 + 0.3 * max(0.0, share - 0.6)
    if course.turned(week, weeks):
        chance = max(chance, course.dark)
    return random.random() < chance


def _spread(person: _Person, measure: Measure, total: int, dark: bool) -> list[int]:
    """Points for each item that add up to ``total``: the readiest item takes each next point."""
    random = person.random
    rare = {rule.item for rule in measure.item_rules}
    top = max(o.points for o in measure.options)
    known = _READINESS.get(measure.id, ())
    readiness = []
    for n, leaning in enumerate(person.leanings[measure.id]):
        usual = known[n] if n < len(known) else 0.0
        readiness.append(usual + leaning + random.gauss(0, _MOOD_OF_THE_DAY))
    points = [0] * len(measure.items)
    open_items = [n for n, item in enumerate(measure.items) if item.id not in rare]
    if dark:
        for n, item in enumerate(measure.items):
            if item.id in rare and sum(points) < total:
                points[n] = 1
    while sum(points) < total:
        free = [n for n in open_items if points[n] < top]
        if not free:
            free = [n for n in range(len(points)) if points[n] < top]
        points[max(free, key=lambda n: readiness[n] - points[n])] += 1
    return points
