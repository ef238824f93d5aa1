"""Adding up a measure, as its own data says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from bot.core.library import Band, Measure


@dataclass(frozen=True)
class Total:
    """``total`` is None where an item was skipped: a skipped item is not 0, and no measure here may be prorated."""

    total: int | None
    complete: bool
    band: Band | None
    case: bool | None


def total_of(measure: Measure, answers: Mapping[str, int | None]) -> Total:
    """Score the answers (item id -> points).

    Raises ValueError for an unknown item or for points that no option has.
    """
    allowed = {o.points for o in measure.options}
    for item, points in answers.items():
        if measure.item(item) is None:
            raise ValueError(f"{measure.id} has no item {item}")
        if points is not None and points not in allowed:
            raise ValueError(f"{measure.id} item {item} takes one of {sorted(allowed)}")
    given = [answers.get(item.id) for item in measure.items]
    if any(points is None for points in given):
        return Total(None, False, None, None)
    total = sum(points for points in given if points is not None)
    case = None if measure.case_at is None else total >= measure.case_at
    return Total(total, True, measure.band(total), case)
