"""Recurrences on a patient's own clock, over changes of the clocks, and outside quiet hours.

A rule runs on the wall clock and becomes a moment afterwards, so that 9 o'clock stays 9 o'clock.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dateutil.rrule import WEEKLY, rrule, rrulestr

from bot.core.library import QuietHours
from bot.core.state import Rhythm
from bot.core.values import LineId


def on_the_clock(wall: datetime, zone: ZoneInfo) -> datetime:
    """The moment at which a clock there shows ``wall``. What a change of the clocks leaves out is the first moment after
    it; what it brings twice is the first of the two.

    >>> on_the_clock(datetime(2026, 3, 29, 1, 30), ZoneInfo("Europe/London")).isoformat()
    '2026-03-29T01:00:00+00:00'
    >>> on_the_clock(datetime(2026, 10, 25, 1, 30), ZoneInfo("Europe/London")).isoformat()
    '2026-10-25T00:30:00+00:00'
    """
    at = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) == wall:
        return at
    # A gap: the two readings of it lie on either side, as far apart as the clocks jump.
    jump = at - wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    low, high = at - jump, at
    before = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        low, high = (middle, high) if middle.astimezone(zone).utcoffset() == before else (low, middle)
    return high.replace(microsecond=0)


def _wall(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None)


def following(rhythm: Rhythm, after: datetime, zone: ZoneInfo) -> datetime:
    """The first moment of a rhythm that is later than ``after``."""
    start = datetime.combine(_wall(after, zone).date() - timedelta(days=1), time.fromisoformat(rhythm.hour))
    for wall in rrule(WEEKLY, byweekday=rhythm.days, dtstart=start):
        at = on_the_clock(wall, zone)
        if at > after:
            return at
    raise AssertionError("a rhythm has no end")


def following_rule(rule: str, first: datetime, after: datetime, zone: ZoneInfo) -> datetime | None:
    """The same of an RFC 5545 rule that began at ``first``; None: it has ended."""
    wall = rrulestr(rule, dtstart=_wall(first, zone)).after(_wall(after, zone))
    return None if wall is None else on_the_clock(wall, zone)


def same_hour(at: datetime, days: int, zone: ZoneInfo) -> datetime:
    """So many days later by the calendar, when the clock there shows the same."""
    return on_the_clock(_wall(at, zone) + timedelta(days=days), zone)


def weeks_on(began: datetime, weeks: int, hour: str, zone: ZoneInfo) -> datetime:
    """At that hour of the day that lies so many weeks after ``began``."""
    day = _wall(began, zone).date() + timedelta(weeks=weeks)
    return on_the_clock(datetime.combine(day, time.fromisoformat(hour)), zone)


def in_quiet_hours(at: datetime, quiet: QuietHours, zone: ZoneInfo) -> bool:
    now, begins, ends = _wall(at, zone).time(), quiet.begins, quiet.ends
    return begins <= now < ends if begins <= ends else now >= begins or now < ends


def allowed(at: datetime, quiet: QuietHours, zone: ZoneInfo, later: timedelta = timedelta()) -> datetime:
    """This moment, or the end of the quiet hours that it lies in and ``later`` than that."""
    if not in_quiet_hours(at, quiet, zone):
        return at
    wall = _wall(at, zone)
    day = wall.date() + timedelta(days=wall.time() >= quiet.ends)
    morning = on_the_clock(datetime.combine(day, quiet.ends), zone)
    return morning if in_quiet_hours(morning + later, quiet, zone) else morning + later


def spread(line: LineId, minutes: int) -> timedelta:
    """How much after the hour somebody's reminders come: always as much for them, and something else for others.

    >>> from uuid import UUID
    >>> spread(LineId(UUID(int=90 << 16)), 60), spread(LineId(UUID(int=3700 << 16)), 60)
    (datetime.timedelta(seconds=90), datetime.timedelta(seconds=100))
    """
    return timedelta(seconds=(line.int >> 16) % (minutes * 60)) if minutes else timedelta()
