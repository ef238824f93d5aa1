"""Leave and shifts as people enter them, and as a calendar brings them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from bot.core import rota
from bot.core.errors import Misuse, Refused
from bot.core.rota import Colleague, Entry, Fault, Leave, Roster, Shift
from bot.core.service import Service
from bot.core.values import StaffId
from bot.ports import Feed, StaffMember
from bot.usecases.house import House
from bot.usecases.people import By, note

SHOWN_FOR = timedelta(days=14)
READ_FOR = timedelta(days=400)
"""How far ahead a calendar is read, and leave is shown."""

NONE: frozenset[str] = frozenset()
ABLE = "a therapist, a clinician, duty or a lead"
CANNOT_COVER = f"Whoever covers for them must be able to open alerts: choose {ABLE}, or nobody."
CANNOT_COVER_HOST = (
    f"Whoever covers for a host must be able to open groups: choose a host, {ABLE}, or nobody."
)


@dataclass(frozen=True)
class Ahead:
    """All leave from now on, and the shifts of the next days, of whoever is still here, ``team``. ``gaps``: of these days the hours that nobody covers."""

    roster: Roster
    team: Mapping[StaffId, Colleague]
    feeds: Sequence[Feed]
    gaps: Sequence[tuple[datetime, datetime]]

    def cover_hears(self, leave: Leave) -> bool:
        """Whether the cover of this leave, if it has one, can open what they would hear of."""
        cover, away = (self.team.get(staff) if staff else None for staff in (leave.cover, leave.staff))
        return cover is None or away is None or rota.can_cover(cover.roles, away.roles)


async def look_ahead(house: House, service: Service, lasting: timedelta = SHOWN_FOR) -> Ahead:
    now = house.clock.now()
    known = await house.record.rota.between(service.id, now, now + READ_FOR)
    here = {member.id: member.colleague() for member in await house.record.staff.all(service.id)}
    roster = Roster(
        tuple(x for x in known.leaves if x.staff in here),
        tuple(x for x in known.shifts if x.staff in here and x.from_at < now + lasting),
    )
    feeds = await house.record.rota.feeds(service.id)
    team = tuple(here.values())
    return Ahead(roster, here, feeds, rota.gaps(roster, team, service, now, now + lasting))


async def go_on_leave(
    house: House,
    service: Service,
    who: StaffId,
    first: date,
    last: date,
    cover: StaffId | None,
    by: By = None,
) -> str | None:
    """Whole days on the service's clock. Returns what is wrong with it, and then nothing is kept."""
    zone = ZoneInfo(service.timezone)
    from_at = datetime.combine(first, time(), zone)
    until_at = datetime.combine(last + timedelta(days=1), time(), zone)
    leave = Leave(house.ids.new(), who, from_at, until_at, cover)
    wrong = rota.fault_of_leave(leave)
    if wrong is None and cover is not None:
        roles = await _roles(house, service)
        if not rota.can_cover(roles.get(cover, NONE), roles.get(who, NONE)):
            wrong = CANNOT_COVER if rota.opens_alerts(roles.get(who, NONE)) else CANNOT_COVER_HOST
    if wrong is None:
        covered = f" {cover}" if cover else ""
        await note(house, service.id, by, "rota.leave", who, f"{first}/{last}{covered}")
        await house.record.rota.add_leave(service.id, leave)
    return wrong


async def end_leave(house: House, service: Service, leave: Leave, by: By = None) -> None:
    """They hear again from now on."""
    await note(house, service.id, by, "rota.leave_end", leave.staff)
    await house.record.rota.end_leave(service.id, leave.id, house.clock.now())


async def come_back(house: House, service: Service, who: StaffId, by: By = None) -> int:
    """Ends whatever leave somebody is on now; returns how many."""
    now = house.clock.now()
    roster = await house.record.rota.between(service.id, now, now)
    mine = [leave for leave in roster.leaves if leave.staff == who]
    for leave in mine:
        await end_leave(house, service, leave, by)
    return len(mine)


async def put_on_call(
    house: House, service: Service, who: StaffId, from_at: datetime, until_at: datetime, by: By = None
) -> str | None:
    """Times without a zone are on the service's clock. Returns what is wrong with it, and then nothing is kept."""
    zone = ZoneInfo(service.timezone)
    begins, ends = (at if at.tzinfo else at.replace(tzinfo=zone) for at in (from_at, until_at))
    shift = Shift(house.ids.new(), who, begins, ends)
    wrong = rota.fault_of_shift(shift)
    if wrong is None and not rota.opens_alerts((await _roles(house, service)).get(who, NONE)):
        wrong = f"They could not open the alert: choose {ABLE}."
    if wrong is None:
        await note(house, service.id, by, "rota.shift", who, f"{begins:%Y-%m-%dT%H:%M}/{ends:%Y-%m-%dT%H:%M}")
        await house.record.rota.add_shift(service.id, shift)
    return wrong


async def drop_shift(house: House, service: Service, shift: UUID, by: By = None) -> None:
    """Raises Refused('not_found'). One that a calendar brought comes again when it is read again."""
    now = house.clock.now()
    known = await house.record.rota.between(service.id, now, now + READ_FOR)
    whose = next((x.staff for x in known.shifts if x.id == shift), None)
    if whose is None:
        raise Refused("not_found")
    await note(house, service.id, by, "rota.shift_drop", whose)
    await house.record.rota.drop_shift(service.id, shift)


async def bring_calendar(
    house: House,
    service: Service,
    place: str,
    entries: Sequence[Entry],
    faults: Sequence[Fault],
    *,
    good_at: datetime | None = None,
) -> tuple[int, tuple[Fault, ...]]:
    """Its shifts replace those that it brought before, or, where anything is wrong with it, nothing changes.
    ``good_at``: when one at an address could last be used.

    Returns how many there are, and what is wrong.
    """
    if place == rota.DESK:
        raise Misuse(f"a calendar cannot be called '{rota.DESK}': give the file another name")
    staff = await house.record.staff.all(service.id)
    known, able = _names_of(staff), {m.id for m in staff if rota.opens_alerts(m.roles)}
    shifts, wrong = [], list(faults)
    for entry in entries:
        found = rota.who_is_it(entry, known)
        if isinstance(found, Fault):
            wrong += [found] if found not in wrong else []
        elif found not in able:
            wrong.append(Fault(entry.line, "it names somebody who cannot open an alert", f"name {ABLE}"))
        else:
            shifts.append(Shift(house.ids.new(), found, entry.from_at, entry.until_at, place))
    now = house.clock.now()
    if wrong:
        first = min(wrong, key=lambda fault: fault.line)
        error = f"line {first.line}: {first.what}"
        await house.record.rota.failed(service.id, Feed(house.ids.new(), place, good_at or now, error))
        return 0, tuple(sorted(wrong, key=lambda fault: fault.line))
    await house.record.rota.bring(service.id, Feed(house.ids.new(), place, now), shifts)
    return len(shifts), ()


async def _roles(house: House, service: Service) -> Mapping[StaffId, Collection[str]]:
    return {member.id: member.roles for member in await house.record.staff.all(service.id)}


def _names_of(staff: Sequence[StaffMember]) -> dict[str, StaffId]:
    """By address and by name, in lower case; a name that two have says nothing."""
    names = [m.name.strip().casefold() for m in staff]
    by_name = {m.name.strip().casefold(): m.id for m in staff if names.count(m.name.strip().casefold()) == 1}
    by_name.pop("", None)
    return by_name | {m.email.casefold(): m.id for m in staff}
