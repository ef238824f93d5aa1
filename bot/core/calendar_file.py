"""A weekly appointment as a calendar file (RFC 5545): its time, the rules of its clock, and a title. Nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

LONGEST_LINE = 75
_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)


def weekly(
    title: str, uid: str, opens: datetime, closes: datetime, zone: ZoneInfo, times: int, now: datetime
) -> str:
    """``times`` in a row, at the same hour of that clock in summer and in winter. The same ``uid`` again, with a later
    beginning, takes the place of the older one in a calendar that has it."""
    begins, ends = opens.astimezone(zone), closes.astimezone(zone)
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Time//EN",
        "CALSCALE:GREGORIAN",
        *_clock(zone, begins, ends + times * 7 * _DAY),
        "BEGIN:VEVENT",
        f"UID:{uid}",
        f"SEQUENCE:{begins.toordinal()}",
        f"DTSTAMP:{now.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        f"DTSTART;TZID={zone.key}:{_wall(begins)}",
        f"DTEND;TZID={zone.key}:{_wall(ends)}",
        f"RRULE:FREQ=WEEKLY;COUNT={times}",
        f"SUMMARY:{_escaped(title)}",
        "CLASS:PRIVATE",
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _clock(zone: ZoneInfo, since: datetime, until: datetime) -> Iterator[str]:
    """How far the clock there is from UTC, from before the first time on, and each change of it up to the last."""
    yield from ("BEGIN:VTIMEZONE", f"TZID:{zone.key}")
    before = since - _DAY
    yield from _observance(before, datetime(1970, 1, 1, tzinfo=UTC), _offset(before))
    for at in _changes(before, until):
        old = _offset(at - _MINUTE)
        yield from _observance(at, at.astimezone(UTC) + old, old)
    yield "END:VTIMEZONE"


def _observance(at: datetime, wall: datetime, old: timedelta) -> Iterator[str]:
    """``at``: a moment in it. ``wall``: what the clock showed, by the rule before, when it began."""
    kind = "DAYLIGHT" if (at.dst() or timedelta()) > timedelta() else "STANDARD"
    yield f"BEGIN:{kind}"
    yield f"DTSTART:{_wall(wall)}"
    yield f"TZOFFSETFROM:{_signed(old)}"
    yield f"TZOFFSETTO:{_signed(_offset(at))}"
    yield f"TZNAME:{_escaped(at.tzname() or '')}"
    yield f"END:{kind}"


def _changes(since: datetime, until: datetime) -> Iterator[datetime]:
    """Each first moment, to the minute, at which a clock has another distance from UTC than just before."""
    zone = since.tzinfo
    at, end = since.astimezone(UTC), until.astimezone(UTC)
    while at < end:
        low, high = at, min(at + _DAY, end)
        at = high
        if _offset(low.astimezone(zone)) == _offset(high.astimezone(zone)):
            continue
        while high - low > _MINUTE:
            middle = low + (high - low) // 2 // _MINUTE * _MINUTE
            same = _offset(middle.astimezone(zone)) == _offset(low.astimezone(zone))
            low, high = (middle, high) if same else (low, middle)
        yield high.astimezone(zone)


def _offset(at: datetime) -> timedelta:
    return at.utcoffset() or timedelta()


def _signed(offset: timedelta) -> str:
    """
    >>> _signed(timedelta(hours=1)), _signed(-timedelta(hours=3, minutes=30))
    ('+0100', '-0330')
    """
    minutes = round(offset.total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}{rest:02}"


def _wall(at: datetime) -> str:
    return f"{at:%Y%m%dT%H%M%S}"


def _escaped(text: str) -> str:
    r"""
    >>> _escaped("Time; for me,\nonly")
    'Time\\; for me\\,\\nonly'
    """
    for mark in ("\\", ";", ","):
        text = text.replace(mark, f"\\{mark}")
    return text.replace("\n", "\\n")


def _folded(line: str) -> Iterator[str]:
    """In lines of 75 bytes at most, no letter cut in two; each further one begins with a space."""
    part, length = "", 0
    for letter in line:
        size = len(letter.encode())
        if length + size > LONGEST_LINE:
            yield part
            part, length = " ", 1
        part += letter
        length += size
    yield part
