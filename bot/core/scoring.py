"""Adding up a measure, as its own data says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.core.library import Band, Given, Item, Measure, Number, neat


@dataclass(frozen=True)
class Total:
    """``total`` is None where nothing is added up, or where too little was answered: a skipped item is not 0.

    ``complete``: no item was skipped. ``of``: the highest score that could be, in view of what does not apply.
    """

    total: Number | None
    complete: bool
    band: Band | None
    case: bool | None
    of: Number


def total_of(measure: Measure, answers: Mapping[str, Given]) -> Total:
    """Score the answers (item id -> points, what was said instead, or None for skipped).

    Raises ValueError for an unknown item or for an answer that it does not take.
    """
    _check(measure, answers)
    asked = [i for i in measure.items if answers.get(i.id) != "does_not_apply"]
    counted = [measure.counted(i, points) for i in asked if isinstance(points := answers.get(i.id), int)]
    complete = all(answers.get(i.id) is not None for i in asked)
    highest = measure.limits(answers)[1]
    total = _total(measure, counted, len(asked))
    if total is None:
        return Total(None, complete, None, None, highest)
    case = None if measure.case_at is None else total >= measure.case_at
    return Total(total, complete, measure.band(total), case, highest)


def _total(measure: Measure, counted: list[int], asked: int) -> Number | None:
    """``asked``: how many items apply. Fewer answers than that are enough only where the measure says so."""
    how = measure.scoring
    enough = asked if how.least_answered is None else min(how.least_answered, asked)
    if how.method == "none" or not counted or len(counted) < enough:
        return None
    share = len(counted) if how.method == "mean" else len(counted) / asked
    return neat(sum(counted) / share * how.times)


def _check(measure: Measure, answers: Mapping[str, Given]) -> None:
    for name, given in answers.items():
        item = measure.item(name)
        if item is None:
            raise ValueError(f"{measure.id} has no item {name}")
        if isinstance(given, str):
            if given not in measure.asides(item):
                raise ValueError(f"{measure.id} item {name} cannot be answered '{given}'")
        elif given is not None and not measure.answers(item).takes(given):
            raise ValueError(f"{measure.id} item {name} takes one of {_taken(measure, item)}")


def _taken(measure: Measure, item: Item) -> str:
    answers = measure.answers(item)
    if answers.options:
        return str(sorted(o.points for o in answers.options))
    return "{} to {}".format(*answers.bounds)


def points_for(measure: Measure, total: int) -> tuple[int, ...]:
    """Answers that add up to ``total``, or come as near as the answers allow: the most from the first item on."""
    left, points = total, []
    for item in measure.items:
        answers = measure.answers(item)
        low, high = answers.bounds
        offered = [o.points for o in answers.options] or range(int(low), int(high) + 1)
        points.append(max((p for p in offered if p <= left), default=min(offered)))
        left -= points[-1]
    return tuple(points)
