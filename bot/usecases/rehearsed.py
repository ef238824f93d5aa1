"""What a rehearsal is made of: what was done in it, where it began, what is pretended, and who would be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from bot.core.facts import Evidence
from bot.core.inputs import ActionReturned
from bot.core.library import CheckIn, Level, Module
from bot.core.state import Goal, ScoreKept, Slot
from bot.core.values import WordId
from bot.usecases.turn import Inbound

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Pretended:
    """Scores of one measure. ``now``: how its next check-in ends, by itself. ``last``: what it was a week ago."""

    now: int | None = None
    last: int | None = None


@dataclass(frozen=True)
class Told:
    """An alert that would be raised now. ``again``: somebody has heard of this concern; this is added to it."""

    concern: str
    level: Level
    evidence: Evidence
    again: bool = False


@dataclass(frozen=True)
class Place:
    """``step`` of ``module``; None where no module is open."""

    module: str | None = None
    step: str | None = None


class Act(Struct, frozen=True):
    """Something that was done. ``label``: of the button; ``item``: the question on the screen; ``measure``: in whose check-in."""

    at: datetime
    did: Inbound | ActionReturned | Literal["skip"]
    label: str = ""
    item: str | None = None
    measure: str | None = None


@dataclass(frozen=True)
class Start:
    """Where a rehearsal begins, and what had been said before."""

    step: str | None = None
    slots: Mapping[str, Slot] = field(default_factory=dict)
    scores: Mapping[str, tuple[ScoreKept, ...]] = field(default_factory=dict)
    goals: tuple[Goal, ...] = ()
    done: tuple[str, ...] = ()
    words: Mapping[WordId, str] = field(default_factory=dict)


def as_pretended(
    pretend: Mapping[str, Pretended], start: Start, module: Module, step: str, now: datetime
) -> tuple[dict[str, Slot], dict[str, tuple[ScoreKept, ...]]]:
    """The answers and scores that there are before ``step``: a check-in that the page has above it counts as answered."""
    slots, scores = dict(start.slots), dict(start.scores)
    above = _check_ins_above(module, step)
    for measure, score in pretend.items():
        kept = () if score.last is None else (ScoreKept(total=score.last, at=now - WEEK),)
        if score.now is not None and measure in above:
            kept = (*kept, ScoreKept(total=score.now, at=now))
            slots[measure] = Slot(number=score.now)
        if kept or score.now is not None:
            scores[measure] = kept
    return slots, {measure: kept for measure, kept in scores.items() if kept}


def _check_ins_above(module: Module, step: str) -> frozenset[str]:
    found: set[str] = set()
    for each in module.steps:
        if each.id == step:
            break
        found |= {part.measure for part in each.parts if isinstance(part, CheckIn)}
    return frozenset(found)
