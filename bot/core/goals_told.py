"""What became of each goal that somebody set, from what happened: for their own copy and for their team."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from bot.core.facts import Fact, GoalEnded, GoalRated, GoalReworded, GoalSet
from bot.core.values import WordId


@dataclass
class GoalTold:
    """``before``: earlier words of it. ``ratings``: how it went, oldest first."""

    at: datetime
    word: WordId
    module: str | None
    before: list[WordId] = field(default_factory=list)
    ratings: list[tuple[datetime, int]] = field(default_factory=list)
    ended: Literal["done", "let_go"] | None = None
    ended_at: datetime | None = None


def goals_told(happened: Iterable[tuple[datetime, Fact]]) -> dict[UUID, GoalTold]:
    """``happened``: oldest first; so are the goals. Of one that was set before, nothing is told."""
    told: dict[UUID, GoalTold] = {}
    for at, fact in happened:
        match fact:
            case GoalSet(goal=goal):
                told[goal.id] = GoalTold(at, goal.word, goal.module)
            case GoalRated(goal=goal, rating=rating) if goal in told:
                told[goal].ratings.append((at, rating))
            case GoalReworded(goal=goal, word=word) if goal in told:
                told[goal].before.append(told[goal].word)
                told[goal].word = word
            case GoalEnded(goal=goal, how=how) if goal in told:
                told[goal].ended, told[goal].ended_at = how, at
    return told
