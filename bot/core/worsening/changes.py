"""Reliable change, of one measure and of those beside it: two measures that moved are named together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from bot.core.library import Number
from bot.core.state import ScoreKept
from bot.core.worsening.rules import Histories, Rules


@dataclass(frozen=True)
class Change:
    """``was``: the best score of the look-back window for a change to the worse, the worst for one to the better."""

    kind: Literal["worse", "better"]
    was: Number
    new: Number


def so_far(scores: Sequence[ScoreKept], rules: Rules) -> list[Number]:
    """Totals inside the look-back window of the newest, which is left out."""
    new = scores[-1]
    return [s.total for s in scores[:-1] if new.at - s.at <= rules.window]


def change_of(measure: str, scores: Sequence[ScoreKept], rules: Rules) -> Change | None:
    """How the newest score changed reliably. Where it is worse than the best and better than the worst, it is worse."""
    limits = rules.policy.measures.get(measure)
    earlier = so_far(scores, rules) if scores else []
    if limits is None or limits.worse_by is None or not earlier:
        return None
    new = scores[-1].total

    def weight(total: Number) -> Number:
        return rules.weight(measure, total)

    # The best score, not the last one: a slow slide must not hide behind small steps.
    best, worst = min(earlier, key=weight), max(earlier, key=weight)
    if weight(new) - weight(best) >= limits.worse_by:
        return Change("worse", best, new)
    return Change("better", worst, new) if weight(worst) - weight(new) >= limits.worse_by else None


def others_in(measure: str, histories: Histories, rules: Rules) -> dict[str, float]:
    """The reliable changes of other measures at about the same time, as the numbers of evidence.

    ``other:gad7:best`` and ``other:gad7:new`` for one to the worse, ``other:gad7:worst`` for one to the better.
    """
    at = histories[measure][-1].at
    numbers: dict[str, float] = {}
    for other, scores in histories.items():
        if other == measure or not scores or abs(at - scores[-1].at) > together(rules):
            continue
        if change := change_of(other, scores, rules):
            numbers |= numbers_of(other, change)
    return numbers


def numbers_of(measure: str, change: Change) -> dict[str, float]:
    was = "best" if change.kind == "worse" else "worst"
    return {f"other:{measure}:{was}": float(change.was), f"other:{measure}:new": float(change.new)}


def together(rules: Rules) -> timedelta:
    return timedelta(days=rules.policy.together_days)
