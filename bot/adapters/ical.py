"""Calendars as files (RFC 5545): of each VEVENT who and when, repeated events written out. What it cannot read it names
by its line."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dateutil.rrule import rrulestr

from bot.core.rota import Entry, Fault

MOST_BYTES = 1_000_000
MOST_ENTRIES = 2_000
# How Outlook calls the zones of these islands.
_ZONES = {"GMT Standard Time": "Europe/London", "GMT": "Europe/London", "Greenwich Standard Time": "UTC"}
_WHEN = re.compile(r"(\d{8})(?:T(\d{6})(Z)?)?")
_LASTS = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?")
_OFTEN = re.compile(r"FREQ=(?!DAILY|WEEKLY|MONTHLY|YEARLY)")


@dataclass(frozen=True)
class _Property:
    line: int
    name: str
    options: dict[str, str]
    value: str


@dataclass
class _Event:
    line: int
    of: dict[str, list[_Property]] = field(default_factory=lambda: defaultdict(list))

    def first(self, name: str) -> _Property | None:
        return next(iter(self.of.get(name, ())), None)

    @property
    def uid(self) -> str:
        uid = self.first("UID")
        return uid.value if uid else f"line {self.line}"


class _Unreadable(Exception):
    def __init__(self, line: int, what: str, hint: str) -> None:
        self.fault = Fault(line, what, hint)


def entries_in(
    text: str, zone: ZoneInfo, since: datetime, until: datetime
) -> tuple[tuple[Entry, ...], tuple[Fault, ...]]:
    """Everything between ``since`` and ``until``. ``zone``: of times that name none."""
    entries: list[Entry] = []
    faults: list[Fault] = []
    try:
        events = list(_events(text))
    except _Unreadable as wrong:
        return (), (wrong.fault,)
    moved = {(e.uid, p.value) for e in events if (p := e.first("RECURRENCE-ID"))}
    for event in events:
        try:
            entries += _entries_of(event, zone, since, until, moved)
        except _Unreadable as wrong:
            faults.append(wrong.fault)
    if len(entries) > MOST_ENTRIES:
        faults.append(Fault(1, f"it has more than {MOST_ENTRIES} shifts", "export a shorter time"))
    return tuple(sorted(entries, key=lambda e: (e.from_at, e.line))), tuple(faults)


def _events(text: str) -> Iterator[_Event]:
    event: _Event | None = None
    inside: list[str] = []
    seen = False
    for line in _properties(text):
        if line.name == "BEGIN":
            inside.append(line.value.upper())
            if inside[-1] == "VEVENT":
                event, seen = _Event(line.line), True
        elif line.name == "END" and inside:
            if inside.pop() == "VEVENT" and event is not None:
                yield event
                event = None
        elif event is not None and inside[-1] == "VEVENT":
            event.of[line.name].append(line)
    if event is not None:
        raise _Unreadable(event.line, "this event has no end", "the file is cut off: export it again")
    if not seen:
        raise _Unreadable(
            1, "there is no event in it", "export the rota as iCalendar (.ics) and give that file"
        )


def _properties(text: str) -> Iterator[_Property]:
    """Lines that begin with a space go on with the line before."""
    number, whole = 0, ""
    for n, line in enumerate([*text.splitlines(), ""], 1):
        if line[:1] in (" ", "\t") and whole:
            whole += line[1:]
            continue
        if ":" in whole:
            yield _property(number, whole)
        number, whole = n, line


def _property(line: int, text: str) -> _Property:
    quoted = re.match(r'((?:[^":]|"[^"]*")*):(.*)', text, re.DOTALL)
    head, value = (quoted[1], quoted[2]) if quoted else (text, "")
    name, *options = head.split(";")
    split = (option.partition("=") for option in options)
    return _Property(line, name.upper(), {k.upper(): v.strip('"') for k, _, v in split}, value.strip())


def _entries_of(
    event: _Event, zone: ZoneInfo, since: datetime, until: datetime, moved: set[tuple[str, str]]
) -> Iterator[Entry]:
    status = event.first("STATUS")
    if status is not None and status.value.upper() == "CANCELLED":
        return
    start = event.first("DTSTART")
    if start is None:
        raise _Unreadable(event.line, "this event has no DTSTART", "give it a start, or take it out")
    begins = _moment(start, zone)
    lasts = _length(event, start, begins, zone)
    names = tuple(_names(event))
    for at in _starts(event, start, begins, zone, since - lasts, until, moved):
        yield Entry(event.line, names, at.astimezone(UTC), _later(at, lasts).astimezone(UTC))


def _length(event: _Event, start: _Property, begins: datetime, zone: ZoneInfo) -> timedelta:
    """On the clock of the wall: a night in which the clocks change ends at the same hour."""
    end, lasts = event.first("DTEND"), event.first("DURATION")
    if end is not None:
        length = _wall(_moment(end, zone), begins) - begins.replace(tzinfo=None)
    elif lasts is not None and (found := _LASTS.fullmatch(lasts.value)) and any(found.groups()):
        weeks, days, hours, minutes, seconds = (int(n or 0) for n in found.groups())
        length = timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
    elif "T" not in start.value:
        length = timedelta(days=1)
    else:
        raise _Unreadable(event.line, "this event has no DTEND", "give it an end, or take it out")
    if length <= timedelta():
        raise _Unreadable((end or lasts or start).line, "it ends before it begins", "correct its end")
    return length


def _starts(
    event: _Event,
    start: _Property,
    begins: datetime,
    zone: ZoneInfo,
    since: datetime,
    until: datetime,
    moved: set[tuple[str, str]],
) -> Iterator[datetime]:
    rule = event.first("RRULE")
    if extra := event.first("RDATE"):
        raise _Unreadable(extra.line, "RDATE is not read", "enter these days as events of their own")
    if rule is None:
        if since < begins <= until:
            yield begins
        return
    # This one of a series stands as an event of its own, or was taken out.
    out = {_moment(p, zone, value) for p in event.of.get("EXDATE", ()) for value in p.value.split(",")}
    out |= {
        _moment(start, zone, value) for uid, value in moved if uid == event.uid and _WHEN.fullmatch(value)
    }
    for n, at in enumerate(_repeated(rule, begins, since, until)):
        if n > MOST_ENTRIES:
            raise _Unreadable(rule.line, "it is repeated too often", "end the series with UNTIL or COUNT")
        if at not in out:
            yield at


def _repeated(rule: _Property, begins: datetime, since: datetime, until: datetime) -> Sequence[datetime]:
    """On the clock of the wall, so that a night shift begins at the same hour in summer and in winter."""
    hint = "repeat it daily, weekly, monthly or yearly, or enter single events"
    if _OFTEN.search(rule.value.upper()):
        raise _Unreadable(rule.line, "it is repeated too often", hint)

    def on_the_wall(found: re.Match[str]) -> str:
        at = datetime.strptime(found[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        return f"UNTIL={_wall(at, begins):%Y%m%dT%H%M%S}"

    try:
        text = re.sub(r"UNTIL=(\d{8}T\d{6}Z)", on_the_wall, rule.value.upper())
        series = rrulestr(text, dtstart=begins.replace(tzinfo=None))
        found = series.between(_wall(since, begins), _wall(until, begins), inc=True)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError):
        raise _Unreadable(rule.line, "this RRULE cannot be read", hint) from None
    return [at.replace(tzinfo=begins.tzinfo) for at in found]


def _moment(of: _Property, zone: ZoneInfo, value: str | None = None) -> datetime:
    found = _WHEN.fullmatch((value or of.value).strip())
    if found is None:
        raise _Unreadable(of.line, f"{of.name} is no date or time", "write it like 20260403T170000")
    try:
        at = datetime.strptime(found[1] + (found[2] or "000000") + "+0000", "%Y%m%d%H%M%S%z")
    except ValueError:
        raise _Unreadable(of.line, f"{of.name} is a day that does not exist", "correct the date") from None
    return at.replace(tzinfo=UTC if found[3] else _zone(of, zone))


def _zone(of: _Property, usual: ZoneInfo) -> ZoneInfo:
    named = of.options.get("TZID")
    if named is None:
        return usual
    try:
        return ZoneInfo(_ZONES.get(named, named))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        hint = "write a name like Europe/London, or leave TZID out for the service's own clock"
        raise _Unreadable(of.line, "its time zone is not known", hint) from None


def _names(event: _Event) -> Iterator[str]:
    """Addresses first."""
    for attendee in event.of.get("ATTENDEE", ()):
        yield re.sub(r"(?i)^mailto:", "", attendee.value)
    summary = event.first("SUMMARY")
    if summary is not None:
        plain = re.sub(r"\\([,;\\])", r"\1", summary.value)
        yield from re.findall(r"[^\s<>()]+@[^\s<>()]+", plain)
        yield plain


def _wall(moment: datetime, like: datetime) -> datetime:
    return moment.astimezone(like.tzinfo).replace(tzinfo=None)


def _later(at: datetime, by: timedelta) -> datetime:
    return (at.replace(tzinfo=None) + by).replace(tzinfo=at.tzinfo)
