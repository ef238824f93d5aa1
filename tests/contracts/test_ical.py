"""A rota as a calendar's file: what is read, and what is said where it cannot be."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.adapters.ical import entries_in
from bot.core.rota import Entry, Fault, who_is_it
from bot.core.values import StaffId

LONDON = ZoneInfo("Europe/London")
SINCE, UNTIL = datetime(2026, 3, 1, tzinfo=UTC), datetime(2027, 3, 1, tzinfo=UTC)
ANNA, BEA = StaffId(UUID(int=1)), StaffId(UUID(int=2))
KNOWN = {"anna@clinic.example": ANNA, "anna moss": ANNA, "bea@clinic.example": BEA, "bea": BEA}


def calendar(*events: str) -> str:
    inner = "\n".join(f"BEGIN:VEVENT\n{event}\nEND:VEVENT" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\n{inner}\nEND:VCALENDAR\n"


def read(*events: str) -> list[Entry]:
    entries, faults = entries_in(calendar(*events), LONDON, SINCE, UNTIL)
    assert faults == ()
    return list(entries)


def begins(*events: str) -> list[str]:
    return [f"{e.from_at:%d %b %H:%M}" for e in read(*events)]


def fault(*events: str) -> Fault:
    _, (found,) = entries_in(calendar(*events), LONDON, SINCE, UNTIL)
    return found


def test_an_event_has_who_and_when() -> None:
    (entry,) = read(
        "UID:1\nSUMMARY:On call: Anna Moss\nATTENDEE;CN=Anna:mailto:anna@clinic.example\n"
        "DTSTART;TZID=Europe/London:20260403T170000\nDTEND;TZID=Europe/London:20260404T090000"
    )
    assert entry.names == ("anna@clinic.example", "On call: Anna Moss")
    assert entry.from_at == datetime(2026, 4, 3, 16, tzinfo=UTC)
    assert entry.until_at == datetime(2026, 4, 4, 8, tzinfo=UTC)
    assert entry.line == 3


@pytest.mark.parametrize(
    ("when", "wanted"),
    [
        ("DTSTART:20260403T160000Z\nDTEND:20260404T080000Z", "03 Apr 16:00"),
        ("DTSTART:20260403T170000\nDTEND:20260404T090000", "03 Apr 16:00"),
        ("DTSTART;VALUE=DATE:20260403", "02 Apr 23:00"),
        ("DTSTART;TZID=GMT Standard Time:20260403T170000\nDURATION:PT16H", "03 Apr 16:00"),
    ],
    ids=["utc", "the service's clock", "a whole day", "as Outlook writes it"],
)
def test_times_are_read_as_calendars_write_them(when: str, wanted: str) -> None:
    assert begins(f"SUMMARY:Bea\n{when}") == [wanted]


def test_a_repeated_night_begins_at_the_same_hour_when_the_clocks_change() -> None:
    event = (
        "SUMMARY:Bea\nDTSTART;TZID=Europe/London:20260327T170000\nDTEND;TZID=Europe/London:20260328T090000"
    )
    assert begins(f"{event}\nRRULE:FREQ=DAILY;COUNT=3") == ["27 Mar 17:00", "28 Mar 17:00", "29 Mar 16:00"]
    assert begins(f"{event}\nRRULE:FREQ=DAILY;UNTIL=20260328T170000Z") == ["27 Mar 17:00", "28 Mar 17:00"]


def test_of_a_series_what_was_taken_out_moved_or_cancelled_is_not_there() -> None:
    series = "UID:s\nSUMMARY:Bea\nDTSTART:20260406T180000Z\nDTEND:20260406T200000Z\nRRULE:FREQ=WEEKLY;COUNT=4"
    moved = (
        "UID:s\nRECURRENCE-ID:20260420T180000Z\nSUMMARY:Bea\nDTSTART:20260421T180000Z\nDTEND:20260421T200000Z"
    )
    gone = "UID:s\nRECURRENCE-ID:20260427T180000Z\nSTATUS:CANCELLED\nDTSTART:20260427T180000Z"
    found = begins(f"{series}\nEXDATE:20260413T180000Z", moved, gone)
    assert found == ["06 Apr 18:00", "21 Apr 18:00"]


def test_a_long_line_goes_on_after_a_space() -> None:
    (entry,) = read("SUMMARY:On call\\, bea@cl\n inic.example\nDTSTART:20260403T160000Z\nDURATION:PT1H")
    assert entry.names[0] == "bea@clinic.example"


def test_what_is_over_is_left_out_and_what_still_lasts_is_not() -> None:
    assert begins("SUMMARY:Bea\nDTSTART:20260101T000000Z\nDURATION:PT1H") == []
    assert begins("SUMMARY:Bea\nDTSTART:20260228T200000Z\nDURATION:PT12H") == ["28 Feb 20:00"]


@pytest.mark.parametrize(
    ("event", "line", "what"),
    [
        ("SUMMARY:Bea", 3, "no DTSTART"),
        ("SUMMARY:Bea\nDTSTART:20260403T160000Z", 3, "no DTEND"),
        ("SUMMARY:Bea\nDTSTART:20260403T160000Z\nDTEND:20260403T150000Z", 6, "ends before it begins"),
        ("SUMMARY:Bea\nDTSTART:tomorrow\nDURATION:PT1H", 5, "no date or time"),
        ("SUMMARY:Bea\nDTSTART:20260231T160000Z\nDURATION:PT1H", 5, "does not exist"),
        ("DTSTART;TZID=Mars/Base:20260403T160000\nDURATION:PT1H", 4, "time zone is not known"),
        ("DTSTART:20260403T160000Z\nDURATION:PT1H\nRRULE:FREQ=SECONDLY", 6, "too often"),
        ("DTSTART:20260403T160000Z\nDURATION:PT1H\nRRULE:nonsense", 6, "cannot be read"),
        ("DTSTART:20260403T160000Z\nDURATION:PT1H\nRDATE:20260405T160000Z", 6, "RDATE"),
    ],
)
def test_what_is_wrong_is_said_by_its_line_with_what_to_do(event: str, line: int, what: str) -> None:
    found = fault(event)
    assert (found.line, what in found.what, bool(found.hint)) == (line, True, True)


def test_a_file_that_is_no_calendar_says_so() -> None:
    _, (found,) = entries_in("name,day\nbea,monday\n", LONDON, SINCE, UNTIL)
    assert "no event" in found.what and ".ics" in found.hint


@given(st.text(alphabet="BEGIN:VEVNTDSAR;=0123456789TZ\n \tPRULFQCOM", max_size=300))
def test_no_file_makes_it_raise(text: str) -> None:
    entries_in("BEGIN:VEVENT\nDTSTART:20260403T160000Z\n" + text + "\nEND:VEVENT", LONDON, SINCE, UNTIL)


# -- who it is ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "who"),
    [
        (("bea@clinic.example", "Anna Moss"), BEA),
        (("Anna Moss",), ANNA),
        (("On call: anna moss (nights)",), ANNA),
        (("BEA",), BEA),
    ],
)
def test_who_it_is_by_address_or_by_name(names: tuple[str, ...], who: StaffId) -> None:
    assert who_is_it(Entry(7, names, SINCE, UNTIL), KNOWN) == who


@pytest.mark.parametrize(
    ("names", "what"),
    [(("Beatrice",), "nobody"), ((), "nobody"), (("Anna Moss or Bea",), "more than one")],
)
def test_who_it_is_must_be_plain(names: tuple[str, ...], what: str) -> None:
    found = who_is_it(Entry(7, names, SINCE, UNTIL), KNOWN)
    assert isinstance(found, Fault) and found.line == 7 and what in found.what
