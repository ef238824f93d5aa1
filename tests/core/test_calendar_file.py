"""A weekly appointment as a file: the same hour in summer and in winter, and nothing in it but the time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from dateutil.rrule import rrulestr

from bot.adapters.ical import entries_in
from bot.core.calendar_file import weekly

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 9, 30, 9, tzinfo=UTC)


def file(opens: datetime, zone: ZoneInfo = LONDON, title: str = "Time for me", times: int = 12) -> str:
    return weekly(title, "0a1b", opens, opens + timedelta(hours=1), zone, times, NOW)


def lines(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")


@pytest.mark.parametrize(
    ("month", "zone"),
    [
        (month, zone)
        for month in (1, 3, 9, 10)
        for zone in ("Europe/London", "Europe/Warsaw", "America/New_York", "Australia/Sydney", "UTC")
    ],
)
def test_it_begins_at_the_same_hour_whatever_the_clocks_do(month: int, zone: str) -> None:
    there = ZoneInfo(zone)
    text = file(datetime(2026, month, 1, 18, tzinfo=there), there)
    found, faults = entries_in(text, ZoneInfo("Asia/Tokyo"), NOW.replace(year=2025), NOW.replace(year=2027))
    assert faults == () and len(found) == 12
    assert {entry.from_at.astimezone(there).hour for entry in found} == {18}
    assert {entry.until_at - entry.from_at for entry in found} == {timedelta(hours=1)}


@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York", "Australia/Sydney", "Europe/Dublin"])
def test_the_rules_of_the_clock_say_the_same_as_the_clock(zone: str) -> None:
    """For calendars that know no zone by its name: worked out from the lines of the file alone."""
    there = ZoneInfo(zone)
    opens = datetime(2026, 9, 24, 18, tzinfo=there)
    told = lines(file(opens, there, times=30))
    rules, rule = [], dict[str, str]()
    for line in told[: told.index("END:VTIMEZONE")]:
        name, _, value = line.partition(":")
        rule[name] = value
        if name == "END":
            rules.append((rule["DTSTART"], rule["TZOFFSETTO"]))
    begins = opens.replace(tzinfo=None)
    for wall in rrulestr("FREQ=WEEKLY;COUNT=30", dtstart=begins):
        _, offset = max(found for found in rules if found[0] <= f"{wall:%Y%m%dT%H%M%S}")
        assert wall.replace(tzinfo=there).strftime("%z") == offset, wall


def test_there_is_one_event_and_only_the_time_in_it() -> None:
    told = lines(file(datetime(2026, 10, 1, 18, tzinfo=LONDON)))
    event = told[told.index("BEGIN:VEVENT") :]
    assert event == [
        "BEGIN:VEVENT",
        "UID:0a1b",
        "SEQUENCE:739890",
        "DTSTAMP:20260930T090000Z",
        "DTSTART;TZID=Europe/London:20261001T180000",
        "DTEND;TZID=Europe/London:20261001T190000",
        "RRULE:FREQ=WEEKLY;COUNT=12",
        "SUMMARY:Time for me",
        "CLASS:PRIVATE",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


def test_long_lines_are_folded_between_letters() -> None:
    title = "Zażółć gęślą jaźń; " * 12
    text = file(datetime(2026, 10, 1, 18, tzinfo=LONDON), title=title)
    assert max(len(line.encode()) for line in text.split("\r\n")) <= 75
    assert "\n" not in text.replace("\r\n", "")
    assert "SUMMARY:" + title.replace(";", "\\;") in lines(text)
