"""Who hears of an alert and why, by when somebody must have looked, and who is next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from bot.core.library import Ladder, Level
from bot.core.roles import ALERTS, ROOMS
from bot.core.rota import Colleague, There, opens_alerts
from bot.core.service import Service
from bot.core.values import StaffId

GRAVITY: dict[Level, int] = {"routine": 0, "soon": 1, "now": 2}
TEAM = ("therapist", "clinician")

Why = Literal[
    "owner", "team", "copied", "duty", "lead", "host", "on_call", "had_it", "handed", "nobody_else", "role"
]


def graver(one: Level, other: Level) -> Level:
    return one if GRAVITY[one] >= GRAVITY[other] else other


# -- when ---------------------------------------------------------------------------------------------


def due_at(
    level: Level, rung: int, now: datetime, ladder: Ladder, service: Service, repeated: int = 0
) -> datetime | None:
    """When the rung after ``rung`` is told, unless somebody acknowledges before; None: never (a digest).

    A rung of a ``now`` alert counts plain minutes, day and night, but never past the opening at which everybody is
    told again. Others count one working day. The last rung is told again where the ladder repeats this level; after it
    was ``repeated`` for long enough less often, and never not at all.
    """
    rungs = ladder.levels[level]
    if not rungs or (rung >= len(rungs) - 1 and level not in ladder.repeat_levels):
        return None
    minutes = rungs[rung].minutes if rung < len(rungs) else ladder.repeat_after(repeated)
    if level != "now":
        return service.working_day_after(now) if minutes else None
    due = now + timedelta(minutes=minutes)
    if _told_again_at_opening(level, ladder, service) and not service.reading_now(now):
        return min(due, service.next_reading(now))
    return due


def opens_with(level: Level, due: datetime | None, ladder: Ladder, service: Service) -> bool:
    """Whether an alert that fell due then fell due with the service's opening: the ladder begins anew."""
    again = _told_again_at_opening(level, ladder, service)
    return again and due is not None and service.opens_at(due)


def _told_again_at_opening(level: Level, ladder: Ladder, service: Service) -> bool:
    return level in ladder.send_again_at_opening and not service.out_of_hours_cover


def waits_for_opening(level: Level, there: There, ladder: Ladder) -> bool:
    """Whether people hear of it when the service opens, and not in their free time."""
    return ladder.notify.get(level) == "at opening" and not there.reading


def next_rung(level: Level, rung: int, ladder: Ladder) -> int:
    """After the last rung the last rung is told again, each hour, until somebody acknowledges."""
    return min(rung + 1, max(len(ladder.levels[level]) - 1, 0))


def duty_rung(level: Level, rung: int, ladder: Ladder) -> int | None:
    """The next rung above this one that names the duty role; None where there is none any more."""
    above = range(rung + 1, len(ladder.levels[level]))
    return next((n for n in above if "duty" in ladder.levels[level][n].who), None)


# -- who ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Hearer:
    """Somebody who hears, and why. ``covers``: the colleague who is away and for whom they stand in."""

    who: Colleague
    why: Why
    covers: StaffId | None = None


Hearers = dict[StaffId, Hearer]


def on_duty(there: There) -> tuple[Colleague, ...]:
    """Who stands in where nobody else is there: duty, else the lead, else anybody, first of those who can open an alert;
    those who are away come last."""
    for role in ("duty", "lead"):
        named = (there.instead_of(c) for c in there.staff if role in c.roles)
        if found := {c.id: c for c in named if c is not None}:
            return tuple(found.values())
    return tuple(c for c in there.here if opens_alerts(c.roles)) or there.here or there.staff


def who_hears(
    concern: str,
    level: Level,
    rung: int,
    owner: StaffId | None,
    there: There,
    ladder: Ladder,
    *,
    once_theirs: StaffId | None = None,
    clinician: StaffId | None = None,
) -> tuple[Hearer, ...]:
    """Everybody on this rung, or who covers for them; on the first by whose the concern is. Nobody there: the team's duty, then the lead, then anybody (never nobody).
    Whoever could not open it is passed over: the roles of an owner may have changed.

    Outside the hours of the service whoever is on call hears of a ``now`` alert at each rung, on the first one in the
    place of the others. ``once_theirs``: who had taken it on before it came back; they hear with the first rung.
    ``clinician``: the patient's own, who hears in the place of all clinicians where their body is the matter.
    """
    call = _those(there, there.on_call, "on_call") if level == "now" and not there.reading else {}
    if call and rung == 0:
        return tuple(call.values())
    before = [c for c in there.staff if c.id == once_theirs] if rung == 0 else []
    found = _first(
        _on_rung(concern, level, rung, owner, clinician, there, ladder), call, _those(there, before, "had_it")
    )
    return _who_can_open(concern, found) or tuple(Hearer(c, "nobody_else") for c in on_duty(there))


def handed_to(to: StaffId, concern: str, there: There) -> tuple[Hearer, ...]:
    """Of an alert that a colleague handed over the one who got it hears, or who covers for them."""
    return _who_can_open(concern, _those(there, [c for c in there.staff if c.id == to], "handed"))


def opened_by(concern: str) -> frozenset[str]:
    """The roles that can open an alert of this concern: a host opens what is about a group, and nothing else."""
    return ROOMS if concern == "group-report" else ALERTS


def _who_can_open(concern: str, found: Hearers) -> tuple[Hearer, ...]:
    return tuple(hearer for hearer in found.values() if hearer.who.roles & opened_by(concern))


_WHY: dict[str, Why] = {
    "therapist": "team",
    "clinician": "team",
    "duty": "duty",
    "lead": "lead",
    "host": "host",
}


def _on_rung(
    concern: str,
    level: Level,
    rung: int,
    owner: StaffId | None,
    clinician: StaffId | None,
    there: There,
    ladder: Ladder,
) -> Hearers:
    rungs = ladder.levels[level]
    wanted = rungs[min(rung, len(rungs) - 1)].who if rungs else ("owner",)
    whose = ladder.whose_is(concern) if rung == 0 else None
    found: Hearers = {}
    for who in wanted:
        if who == "owner":
            found = _first(found, _owners(whose.owner if whose else ("owner",), owner, clinician, there))
        elif who == "team":
            found = _first(found, _team(whose.team if whose else TEAM, there))
        else:
            found = _first(found, _of_role(who, there))
    return found


def _owners(
    whose: tuple[str, ...], owner: StaffId | None, clinician: StaffId | None, there: There
) -> Hearers:
    """The first that is there has it; the others get a copy."""
    found: Hearers = {}
    own = {"owner": owner, "clinician": clinician}
    for who in whose:
        named = _those(there, [c for c in there.staff if c.id == own.get(who)], "owner")
        if not named and who != "owner":
            named = _of_role(who, there)
        if found:
            named = {id_: replace(hearer, why="copied") for id_, hearer in named.items()}
        found = _first(found, named)
    return found


def _team(whose: tuple[str, ...], there: There) -> Hearers:
    """All who are of these roles; where nobody is, the whole team."""
    return _first(*(_of_role(r, there) for r in whose)) or _first(*(_of_role(r, there) for r in TEAM))


def _of_role(role: str, there: There) -> Hearers:
    return _those(there, [c for c in there.staff if role in c.roles], _WHY.get(role, "role"))


def _those(there: There, named: Iterable[Colleague], why: Why) -> Hearers:
    """Each of them, or who covers for them; who is here for themselves does not stand in besides."""
    found: Hearers = {}
    for one in sorted(named, key=lambda c: c.away):
        who = there.instead_of(one)
        if who is not None and who.id not in found:
            found[who.id] = Hearer(who, why, None if who.id == one.id else one.id)
    return found


def _first(*parts: Hearers) -> Hearers:
    """All of them in this order; for whom there are two reasons the first one counts."""
    merged: Hearers = {}
    for part in parts:
        merged = merged | {id_: hearer for id_, hearer in part.items() if id_ not in merged}
    return merged
