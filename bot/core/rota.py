"""Who is there at a moment: who is on leave and who stands in for them, who is on call, whether the team reads."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from bot.core.roles import ALERTS, ROOMS
from bot.core.service import Service
from bot.core.values import StaffId

DESK = "desk"
"""The source of a shift that somebody wrote by hand."""


_HOST = re.compile(r"https?://([^/?#@:]+)(?::\d+)?(?:[/?#]|$)")


def is_address(place: str) -> bool:
    """Whether a calendar lies at an address that is read again and again, or came as a file."""
    return place.startswith(("https://", "http://"))


def called(place: str) -> str:
    """As people see it: of an address only the host, since the rest of it is often what opens it."""
    if not is_address(place):
        return place
    host = _HOST.match(place)
    return f"at {host[1]}" if host else "at an address"


def opens_alerts(roles: Collection[str]) -> bool:
    """Whether they can open what they would hear of: nobody else is ever on call."""
    return not ALERTS.isdisjoint(roles)


def can_cover(roles: Collection[str], away: Collection[str]) -> bool:
    """Whether who has ``roles`` can open what somebody with the roles ``away`` hears of."""
    if opens_alerts(away):
        return opens_alerts(roles)
    return ROOMS.isdisjoint(away) or not ROOMS.isdisjoint(roles)


@dataclass(frozen=True)
class Colleague:
    """One member of staff, as the ladder sees them. ``roles``: therapist, clinician, duty, lead, host ..."""

    id: StaffId
    roles: frozenset[str]
    email: str
    away: bool = False


@dataclass(frozen=True)
class Leave:
    """Somebody is away, from ``from_at`` until before ``until_at``; ``cover`` stands in for them."""

    id: UUID
    staff: StaffId
    from_at: datetime
    until_at: datetime
    cover: StaffId | None = None


@dataclass(frozen=True)
class Shift:
    """Somebody is on call, from ``from_at`` until before ``until_at``. ``source``: the calendar that brought it."""

    id: UUID
    staff: StaffId
    from_at: datetime
    until_at: datetime
    source: str = DESK


@dataclass(frozen=True)
class Roster:
    leaves: tuple[Leave, ...] = ()
    shifts: tuple[Shift, ...] = ()

    def at(self, now: datetime) -> Roster:
        """Only what holds at this moment."""
        return Roster(
            tuple(x for x in self.leaves if x.from_at <= now < x.until_at),
            tuple(x for x in self.shifts if x.from_at <= now < x.until_at),
        )


class There:
    """The team at one moment. ``reading``: inside the service's hours."""

    def __init__(
        self,
        staff: Sequence[Colleague],
        roster: Roster = Roster(),
        now: datetime | None = None,
        *,
        reading: bool = True,
    ) -> None:
        holds = roster if now is None else roster.at(now)
        self._leaves, self._shifts = holds.leaves, holds.shifts
        on_leave = {leave.staff for leave in self._leaves}
        self.staff = tuple(replace(c, away=c.away or c.id in on_leave) for c in staff)
        self.reading = reading

    @property
    def here(self) -> tuple[Colleague, ...]:
        return tuple(c for c in self.staff if not c.away)

    @property
    def on_call(self) -> tuple[Colleague, ...]:
        """Whoever has a shift now and can open an alert (roles change after a shift was entered), on leave or not."""
        shifts = {shift.staff for shift in self._shifts}
        return tuple(c for c in self.staff if c.id in shifts and opens_alerts(c.roles))

    def instead_of(self, who: Colleague) -> Colleague | None:
        """They themselves where they are here, else who covers for them, and for those in turn; None: nobody does.

        Whoever could not open what the one who is away hears of covers for nobody.
        """
        here = {c.id: c for c in self.here if c.id == who.id or can_cover(c.roles, who.roles)}
        found = _stands_in(who.id, self._leaves, here.__contains__)
        return None if found is None else here[found]


def _stands_in(who: StaffId, leaves: Sequence[Leave], is_here: Callable[[StaffId], bool]) -> StaffId | None:
    waiting, seen = [who], set[StaffId]()
    while waiting:
        one = waiting.pop(0)
        if one in seen:
            continue
        seen.add(one)
        if is_here(one):
            return one
        waiting += [leave.cover for leave in leaves if leave.staff == one and leave.cover is not None]
    return None


# -- what people and calendars bring ------------------------------------------------------------------

LONGEST_LEAVE = timedelta(days=400)
LONGEST_SHIFT = timedelta(days=14)


def fault_of_leave(leave: Leave) -> str | None:
    """What is wrong with it and what to do, or None."""
    if leave.until_at <= leave.from_at:
        return "It ends before it begins: choose a last day that is not before the first."
    if leave.until_at - leave.from_at > LONGEST_LEAVE:
        return "That is longer than a year: take the person off the staff, or choose an earlier last day."
    if leave.cover == leave.staff:
        return "Nobody can cover for themselves: choose a colleague, or nobody."
    return None


def fault_of_shift(shift: Shift) -> str | None:
    if shift.until_at <= shift.from_at:
        return "It ends before it begins: choose an end that is later than the start."
    if shift.until_at - shift.from_at > LONGEST_SHIFT:
        return "That is longer than two weeks: enter it in parts."
    return None


@dataclass(frozen=True)
class Entry:
    """One event of a calendar. ``names``: addresses, and the words of its summary, any of which may say who it is."""

    line: int
    names: tuple[str, ...]
    from_at: datetime
    until_at: datetime


@dataclass(frozen=True)
class Fault:
    """What is wrong with a line of a calendar, and what to do."""

    line: int
    what: str
    hint: str


def who_is_it(entry: Entry, known: Mapping[str, StaffId]) -> StaffId | Fault:
    """``known``: addresses and names, in lower case. An address counts before a name."""
    for name in entry.names:
        if found := known.get(name.strip().casefold()):
            return found
    words = " ".join(entry.names).casefold()
    found_in = {
        staff for name, staff in known.items() if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", words)
    }
    if len(found_in) == 1:
        return found_in.pop()
    what = "it names more than one colleague" if found_in else "it names nobody of this service"
    return Fault(entry.line, what, "put one colleague's e-mail address into ATTENDEE or SUMMARY")


def gaps(
    roster: Roster, staff: Sequence[Colleague], service: Service, since: datetime, until: datetime
) -> tuple[tuple[datetime, datetime], ...]:
    """When the service is closed and nobody is on call, or only somebody who is away and whom nobody covers."""
    found: list[tuple[datetime, datetime]] = []
    at = since
    while at < until:
        end = min(_next_change(roster, service, at), until)
        if not service.reading_now(at) and not _somebody_answers(There(staff, roster, at)):
            joined = found.pop()[0] if found and found[-1][1] == at else at
            found.append((joined, end))
        at = end
    return tuple(found)


def _somebody_answers(there: There) -> bool:
    return any(there.instead_of(c) for c in there.on_call)


def _next_change(roster: Roster, service: Service, at: datetime) -> datetime:
    """The next moment at which the service opens or closes, or a shift or leave begins or ends."""
    opens_or_closes = service.closes_after(at) if service.reading_now(at) else service.next_reading(at)
    spans: tuple[Shift | Leave, ...] = (*roster.shifts, *roster.leaves)
    edges = (edge for one in spans for edge in (one.from_at, one.until_at))
    return min([opens_or_closes, *(edge for edge in edges if edge > at)])
