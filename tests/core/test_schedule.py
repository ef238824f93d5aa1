"""When things come back on a patient's own clock: over changes of the clocks, outside quiet hours, in their rhythm."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from bot.core.library import QuietHours, Schedule
from bot.core.schedule import (
    after_the_pause,
    allowed,
    following,
    following_rule,
    in_quiet_hours,
    on_the_clock,
    same_hour,
    spread,
    weeks_on,
)
from bot.core.schedule.hours import read_hour
from bot.core.state import Rhythm
from bot.core.values import LineId

LONDON = ZoneInfo("Europe/London")
ZONES = [
    "Europe/London",
    "Europe/Warsaw",
    "America/New_York",
    "America/Santiago",
    "Asia/Kolkata",
    "Asia/Beirut",
    "Australia/Lord_Howe",
    "Pacific/Auckland",
    "Pacific/Apia",
    "Africa/Casablanca",
    "America/St_Johns",
    "UTC",
]
QUIET = Schedule().quiet


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "wall", "moment"),
    [
        # Spring: 01:00 GMT is 02:00 BST, and 01:30 is on no clock.
        ("Europe/London", "2026-03-29T00:59", "2026-03-29T00:59"),
        ("Europe/London", "2026-03-29T01:00", "2026-03-29T01:00"),
        ("Europe/London", "2026-03-29T01:30", "2026-03-29T01:00"),
        ("Europe/London", "2026-03-29T02:00", "2026-03-29T01:00"),
        ("Europe/London", "2026-03-29T09:00", "2026-03-29T08:00"),
        # Autumn: 01:30 comes twice, and the first of the two is meant.
        ("Europe/London", "2026-10-25T00:59", "2026-10-24T23:59"),
        ("Europe/London", "2026-10-25T01:30", "2026-10-25T00:30"),
        ("Europe/London", "2026-10-25T02:00", "2026-10-25T02:00"),
        ("Europe/London", "2026-10-25T09:00", "2026-10-25T09:00"),
        ("America/New_York", "2026-03-08T02:30", "2026-03-08T07:00"),
        ("America/New_York", "2026-11-01T01:30", "2026-11-01T05:30"),
        # The clocks of Lord Howe jump by half an hour.
        ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30"),
        ("Asia/Kolkata", "2026-03-29T09:00", "2026-03-29T03:30"),
    ],
)
def test_what_a_clock_shows_as_a_moment(zone: str, wall: str, moment: str) -> None:
    assert on_the_clock(datetime.fromisoformat(wall), ZoneInfo(zone)) == at(moment)


def test_nine_o_clock_stays_nine_o_clock_over_both_changes() -> None:
    daily = Rhythm(days=tuple(range(7)), hour="09:00")
    for begin, days in (("2026-03-27T12:00", 4), ("2026-10-23T12:00", 4)):
        now, seen = at(begin), []
        for _ in range(days):
            now = following(daily, now, LONDON)
            seen.append(now)
        assert {m.astimezone(LONDON).time() for m in seen} == {time(9)}
        assert {(b - a) for a, b in pairwise(seen)} > {timedelta(days=1)}
        assert [m.astimezone(LONDON).day for m in seen] == [
            seen[0].astimezone(LONDON).day + n for n in range(days)
        ]


def test_a_week_is_a_week_on_the_calendar() -> None:
    assert same_hour(at("2026-03-25T10:00"), 7, LONDON) == at("2026-04-01T09:00")
    assert same_hour(at("2026-10-21T09:00"), 7, LONDON) == at("2026-10-28T10:00")
    assert weeks_on(at("2026-02-20T17:45"), 6, "09:00", LONDON) == at("2026-04-03T08:00")


def test_in_an_hour_that_comes_twice_nothing_comes_twice() -> None:
    rhythm = Rhythm(days=(6,), hour="01:30")
    first = following(rhythm, at("2026-10-24T12:00"), LONDON)
    assert first == at("2026-10-25T00:30")
    for later in (first, at("2026-10-25T01:15"), at("2026-10-25T01:30")):
        assert following(rhythm, later, LONDON) == at("2026-11-01T01:30")


def test_an_hour_that_is_left_out_comes_all_the_same_and_once() -> None:
    rhythm = Rhythm(days=(6,), hour="01:30")
    missing = following(rhythm, at("2026-03-28T12:00"), LONDON)
    assert missing == at("2026-03-29T01:00")
    assert following(rhythm, missing, LONDON) == at("2026-04-05T00:30")


def test_the_rule_of_a_page_keeps_its_hour_and_ends() -> None:
    first = at("2026-03-28T09:00")
    assert following_rule("FREQ=DAILY;COUNT=3", first, first, LONDON) == at("2026-03-29T08:00")
    assert following_rule("FREQ=DAILY;COUNT=3", first, at("2026-03-30T08:00"), LONDON) is None


def test_who_moves_keeps_the_hour_on_their_new_clock() -> None:
    rhythm, now = Rhythm(days=(0,), hour="09:00"), at("2026-06-03T12:00")
    for zone in (LONDON, ZoneInfo("America/New_York"), ZoneInfo("Pacific/Auckland")):
        due = following(rhythm, now, zone).astimezone(zone)
        assert (due.weekday(), due.time()) == (0, time(9))


@pytest.mark.parametrize(
    ("moment", "waits_until"),
    [
        ("2026-03-02T20:59", "2026-03-02T20:59"),
        ("2026-03-02T21:00", "2026-03-03T08:00"),
        ("2026-03-03T00:30", "2026-03-03T08:00"),
        ("2026-03-03T07:59", "2026-03-03T08:00"),
        ("2026-03-03T08:00", "2026-03-03T08:00"),
        ("2026-03-28T22:00", "2026-03-29T07:00"),
        ("2026-10-24T21:30", "2026-10-25T08:00"),
    ],
)
def test_what_falls_into_the_night_waits_for_the_morning(moment: str, waits_until: str) -> None:
    assert allowed(at(moment), QUIET, LONDON) == at(waits_until)


def test_after_a_pause_each_comes_at_its_own_hour() -> None:
    monday = on_the_clock(datetime.fromisoformat("2026-03-30"), LONDON)
    assert after_the_pause(at("2026-03-26T14:20"), monday, LONDON) == at("2026-03-30T13:20")


MOMENTS = st.integers(0, 2 * 365 * 24 * 60).map(lambda m: at("2026-01-01T00:00") + timedelta(minutes=m))
HOURS = st.integers(8 * 60, 20 * 60).map(lambda m: f"{m // 60:02}:{m % 60:02}")
RHYTHMS = st.builds(
    Rhythm, days=st.sets(st.integers(0, 6), min_size=1).map(lambda d: tuple(sorted(d))), hour=HOURS
)
LINES = st.uuids().map(LineId)
SOME_ZONE = st.sampled_from(ZONES).map(ZoneInfo)


@given(RHYTHMS, MOMENTS, SOME_ZONE, LINES)
def test_a_rhythm_is_kept_and_no_time_of_it_is_quiet(
    rhythm: Rhythm, now: datetime, zone: ZoneInfo, line: LineId
) -> None:
    hour = time.fromisoformat(rhythm.hour)
    for _ in range(9):
        due = following(rhythm, now, zone)
        local = due.astimezone(zone)
        assert now < due <= now + timedelta(days=8, hours=2)
        assert local.weekday() in rhythm.days
        assert local.time().replace(tzinfo=None) == hour
        said = due + spread(line, 60)
        assert not in_quiet_hours(said, QUIET, zone)
        assert allowed(said, QUIET, zone) == said
        now = due


@given(MOMENTS, SOME_ZONE, st.integers(0, 1439), st.integers(0, 1439), st.integers(0, 3599))
def test_nothing_that_waits_for_the_morning_waits_long_or_comes_at_night(
    now: datetime, zone: ZoneInfo, begins: int, ends: int, later: int
) -> None:
    def clock(minutes: int) -> time:
        return time(minutes // 60, minutes % 60)

    quiet = QuietHours.model_validate({"from": clock(begins), "until": clock(ends)})
    moved = allowed(now, quiet, zone, timedelta(seconds=later))
    assert now <= moved <= now + timedelta(hours=26)
    if not _in_a_change(zone, moved):
        assert not in_quiet_hours(moved, quiet, zone)


def _in_a_change(zone: ZoneInfo, moment: datetime) -> bool:
    """On a day whose clocks change the quiet hours themselves may begin or end in an hour that is left out."""
    day = timedelta(days=1)
    return (moment - day).astimezone(zone).utcoffset() != (moment + day).astimezone(zone).utcoffset()


@given(LINES)
def test_a_line_is_always_spread_by_as_much_and_by_less_than_an_hour(line: LineId) -> None:
    assert timedelta() <= spread(line, 60) == spread(line, 60) < timedelta(hours=1)
    assert spread(line, 0) == timedelta()


def test_a_thousand_lines_are_spread_over_the_hour() -> None:
    from random import Random

    random = Random(3)
    minutes = [0] * 60
    for _ in range(1000):
        minutes[int(spread(LineId(UUID(int=random.getrandbits(128))), 60).total_seconds() // 60)] += 1
    assert max(minutes) <= 40, "told at one instant they would be a burst"


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("9", "09:00"),
        ("9am", "09:00"),
        ("at 7pm please", "19:00"),
        ("7.30 pm", "19:30"),
        ("half past six", "18:30"),
        ("quarter to 7", "18:45"),
        ("19:15", "19:15"),
        ("noon", "12:00"),
        ("o 19", "19:00"),
        ("8 in the morning", "08:00"),
        ("3 am", "03:00"),
        ("12am", "00:00"),
        ("25:00", None),
        ("never", None),
        ("i cannot go on", None),
        ("", None),
    ],
)
def test_an_hour_that_somebody_types(text: str, hour: str | None) -> None:
    assert read_hour(text, Schedule().fits) == hour


def test_an_hour_that_would_run_into_the_night_does_not_fit() -> None:
    policy = Schedule()
    assert [policy.fits(hour) for hour in ("07:59", "08:00", "20:00", "20:01", "03:00")] == [
        False,
        True,
        True,
        False,
        False,
    ]
    with pytest.raises(ValidationError):
        Schedule(usual_hour="20:30")
