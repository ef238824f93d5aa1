"""When a check-in is due, reminded of and told of where it does not come. The times alone: for a turn as for a replay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.library import CheckIns, Level
from bot.core.state import Expected

CHECK_IN_MEASURES = ("phq9", "gad7")


def due_after(at: datetime, plan: CheckIns) -> datetime:
    return at + timedelta(days=plan.every_days)


def remind_at(due: datetime, plan: CheckIns) -> datetime:
    return due + timedelta(days=plan.remind_after_days)


def tell_at(expected: Expected, plan: CheckIns) -> datetime:
    """When the team is told. A reminder leaves time to answer it; who is in touch is given time again, up to the next one.

    >>> plan = CheckIns(version="1", every_days=7, remind_after_days=3, flag_after_days=4)
    >>> tell_at(Expected(due_at=datetime(2026, 3, 2), heard_at=datetime(2026, 3, 1)), plan).day
    6
    """
    due, days = expected.due_at, timedelta(days=plan.flag_after_days)
    at = due + days
    if expected.reminded_at is not None:
        at = max(at, expected.reminded_at + days - timedelta(days=plan.remind_after_days))
    if expected.heard_at > due:
        at = max(at, min(expected.heard_at + days, due_after(due, plan)))
    return at


def next_due(expected: Expected, now: datetime, plan: CheckIns) -> datetime:
    """After one that did not come: in the same rhythm, and never in the past."""
    return max(due_after(expected.due_at, plan), now)


def level_of(expected: Expected, plan: CheckIns) -> Level:
    """Of one that does not come: graver where nothing was heard since the last that did not."""
    silent = expected.told_at is not None and expected.heard_at <= expected.told_at
    return plan.again_level if silent else plan.level


@dataclass(frozen=True)
class Unanswered:
    at: datetime
    level: Level
    in_a_row: int


def unanswered(came: Sequence[datetime], until: datetime, plan: CheckIns) -> tuple[Unanswered, ...]:
    """Of what the team would have been told of somebody who was heard from in their check-ins alone, oldest first."""
    told: list[Unanswered] = []
    for at, following in zip(came, (*came[1:], until), strict=False):
        expected = Expected(due_at=due_after(at, plan), heard_at=at)
        while (tell := tell_at(expected, plan)) < following:
            told.append(Unanswered(tell, level_of(expected, plan), expected.missed + 1))
            due = next_due(expected, tell, plan)
            expected = Expected(due_at=due, heard_at=at, told_at=tell, missed=expected.missed + 1)
    return tuple(told)
