"""Who hears of an alert, by when somebody must have looked, and who is next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.core.library import Ladder, Level
from bot.core.service import Service
from bot.core.values import StaffId

GRAVITY: dict[Level, int] = {"routine": 0, "soon": 1, "now": 2}


def graver(one: Level, other: Level) -> Level:
    return one if GRAVITY[one] >= GRAVITY[other] else other


@dataclass(frozen=True)
class Colleague:
    """One member of staff, as the ladder sees them. ``roles``: therapist, clinician, duty, lead, host ..."""

    id: StaffId
    roles: frozenset[str]
    email: str
    away: bool = False


def due_at(level: Level, rung: int, now: datetime, ladder: Ladder, service: Service) -> datetime | None:
    """When the rung after ``rung`` is told, unless somebody acknowledges before; None: never (a digest).

    A rung of a ``now`` alert counts plain minutes, day and night, and the last rung is told again each hour. Others
    count one working day, for the last rung too: it is told again each working day.
    """
    rungs = ladder.levels[level]
    if not rungs:
        return None
    minutes = rungs[rung].minutes if rung < len(rungs) else ladder.repeat_last_minutes
    if level == "now":
        return now + timedelta(minutes=minutes)
    return service.working_day_after(now) if minutes else None


def next_rung(level: Level, rung: int, ladder: Ladder) -> int:
    """After the last rung the last rung is told again, each hour, until somebody acknowledges."""
    return min(rung + 1, max(len(ladder.levels[level]) - 1, 0))


def duty_rung(level: Level, rung: int, ladder: Ladder) -> int | None:
    """The next rung above this one that names the duty role; None where there is none any more."""
    above = range(rung + 1, len(ladder.levels[level]))
    return next((n for n in above if "duty" in ladder.levels[level][n].who), None)


def on_duty(staff: Sequence[Colleague]) -> tuple[Colleague, ...]:
    """Who stands in where nobody else is there: duty, else the lead, else anybody; those who are away come last."""
    here = [c for c in staff if not c.away]
    for role in ("duty", "lead"):
        if found := tuple(c for c in here if role in c.roles):
            return found
    return tuple(here) or tuple(staff)


def who_hears(
    concern: str, level: Level, rung: int, owner: StaffId | None, staff: Sequence[Colleague], ladder: Ladder
) -> tuple[Colleague, ...]:
    """Everybody on this rung who is there; of a group's report its hosts first. Nobody there: the team's duty, then the lead, then anybody (never nobody)."""
    rungs = ladder.levels[level]
    wanted = rungs[min(rung, len(rungs) - 1)].who if rungs else ("owner",)
    if concern == "group-report" and rung == 0:
        wanted = ("host",)
    here = [c for c in staff if not c.away]

    def named(who: str) -> list[Colleague]:
        if who == "owner":
            return [c for c in here if c.id == owner]
        if who == "team":
            return [c for c in here if c.roles & {"therapist", "clinician"}]
        return [c for c in here if who in c.roles]

    found = {c.id: c for who in wanted for c in named(who)}
    return tuple(found.values()) or on_duty(staff)
