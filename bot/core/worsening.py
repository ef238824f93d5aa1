"""Decides whether a new score should reach the care team. Same history in, same verdict out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.core.library import Level, ScoreLimits
from bot.core.state import ScoreKept


@dataclass(frozen=True)
class Verdict:
    """Why somebody should look. ``rule``: ``reliable_deterioration``, ``case_crossed`` or ``severe_entered``."""

    rule: str
    level: Level
    numbers: Mapping[str, float]


def judge(
    new: ScoreKept, earlier: Sequence[ScoreKept], limits: ScoreLimits, look_back: timedelta
) -> tuple[Verdict, ...]:
    """Compare a score with those of the look-back window; every rule that holds, the first reason first.

    >>> from datetime import datetime
    >>> then, now = datetime(2026, 2, 1), datetime(2026, 3, 1)
    >>> judge(ScoreKept(total=14, at=now), [ScoreKept(total=6, at=then)],
    ...       ScoreLimits(worse_by=6), timedelta(weeks=12))[0].rule
    'reliable_deterioration'
    """
    recent = [s.total for s in earlier if new.at - s.at <= look_back]
    verdicts = []
    # The best score, not the last one: a slow slide must not hide behind small steps.
    if recent and limits.worse_by is not None and new.total - min(recent) >= limits.worse_by:
        numbers = {"new": new.total, "best": min(recent), "worse_by": limits.worse_by}
        verdicts.append(Verdict("reliable_deterioration", "soon", numbers))
    # A first score has nothing to worsen from, or every new patient would be an alert.
    if recent and limits.case_at is not None and recent[-1] < limits.case_at <= new.total:
        numbers = {"new": new.total, "last": recent[-1], "case_at": limits.case_at}
        verdicts.append(Verdict("case_crossed", "soon", numbers))
    # Entered, not stayed in: the same alert every week would teach people to look away.
    if limits.severe_at is not None and new.total >= limits.severe_at:
        if not earlier:
            numbers = {"new": new.total, "severe_at": limits.severe_at}
            verdicts.append(Verdict("severe_at_baseline", "routine", numbers))
        elif earlier[-1].total < limits.severe_at:
            numbers = {"new": new.total, "last": earlier[-1].total, "severe_at": limits.severe_at}
            verdicts.append(Verdict("severe_entered", "soon", numbers))
    return tuple(verdicts)
