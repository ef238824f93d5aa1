"""What a patient set out to do and what they wrote in their diary, opened for their team."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.core.goals_told import goals_told
from bot.core.values import LineId, ServiceId
from bot.ports import Looker, PatientSeen
from bot.usecases.house import House
from bot.usecases.unsealing import unsealed

MOST_LINES = 60


@dataclass(frozen=True)
class GoalOpened:
    """``text`` None: it has been erased. ``ratings``: how it went, oldest first. ``ended``: ``done`` or ``let_go``."""

    at: datetime
    text: str | None
    module: str | None
    ratings: tuple[tuple[datetime, int], ...] = ()
    ended: str | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True)
class DiaryOpened:
    """One line. ``text`` None: no words, or they have been erased."""

    kind: str
    at: datetime
    number: float | None
    unit: str
    text: str | None


async def goals_of(house: House, service: ServiceId, seen: PatientSeen) -> tuple[GoalOpened, ...]:
    """In their own words: said in the chat, which their team may read. Newest first."""
    told = goals_told((each.at, each.fact) for each in reversed(seen.history.happened))
    if not told:
        return ()
    words = [goal.word for goal in told.values()]
    texts = await unsealed(house, service, await house.record.lines.words(service, seen.person.id, words))
    return tuple(
        GoalOpened(goal.at, texts.get(goal.word), goal.module, tuple(goal.ratings), goal.ended, goal.ended_at)
        for goal in reversed(told.values())
    )


async def diary_of(house: House, service: ServiceId, patient: LineId, by: Looker) -> tuple[DiaryOpened, ...]:
    """The last lines, newest first, as part of a look that is noted already."""
    lines = await house.record.diary.of(service, patient, most=MOST_LINES, by=by)
    if not lines:
        return ()
    texts = await unsealed(house, service, (line.word for line in lines))
    return tuple(
        DiaryOpened(
            line.kind, line.at, line.number, line.unit, texts.get(line.word.id) if line.word else None
        )
        for line in lines
    )
