"""When a host looks into a group, and when a session meets: read from an editor's line. All on the service's clock."""

from __future__ import annotations

import re
from datetime import time

from pydantic import field_validator, model_validator

from bot.core.checked import Checked

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
SHORTEST_MINUTES, LONGEST_MINUTES = 15, 240
HOURS_EXAMPLE = "Mon-Fri 08:00-20:00"
MEETS_EXAMPLE = "Thu 18:00-19:00"
_LINE = re.compile(r"([A-Za-z, –-]+?) +(\d\d?):(\d\d) *[-–] *(\d\d?):(\d\d)")
_ROW = re.compile(r"([A-Za-z]{3})(?: *[-–] *([A-Za-z]{3}))?")


class HostHours(Checked):
    """``days``: of the week, 0 for Monday, in their order."""

    days: tuple[int, ...]
    opens: time
    closes: time

    @field_validator("days")
    @classmethod
    def _some_day(cls, days: tuple[int, ...]) -> tuple[int, ...]:
        if not days or not set(days) <= set(range(7)) or list(days) != sorted(set(days)):
            raise ValueError("name the weekdays once each, in their order, from 0 (Monday) to 6 (Sunday)")
        return days

    @model_validator(mode="after")
    def _closes_later(self) -> HostHours:
        if self.closes <= self.opens:
            raise ValueError("the hours end later on the same day")
        return self


class Meets(Checked):
    """``day``: of the week, 0 for Monday."""

    day: int
    opens: time
    closes: time

    @model_validator(mode="after")
    def _fits_an_evening(self) -> Meets:
        if not 0 <= self.day < len(DAYS) or not SHORTEST_MINUTES <= self.minutes <= LONGEST_MINUTES:
            raise ValueError("a session is on one weekday and takes 15 minutes to 4 hours, not over midnight")
        return self

    @property
    def minutes(self) -> int:
        return _minutes(self.closes) - _minutes(self.opens)


def read_hours(line: str) -> HostHours | None:
    """
    >>> read_hours("Mon-Wed, Fri 08:00-20:00").days
    (0, 1, 2, 4)
    """
    days, opens, closes = _read(line) or ((), time(), time())
    return HostHours(days=days, opens=opens, closes=closes) if days and opens < closes else None


def read_meets(line: str) -> Meets | None:
    """
    >>> read_meets("Thu 18:00-19:00").day
    3
    """
    days, opens, closes = _read(line) or ((), time(), time())
    fits = SHORTEST_MINUTES <= _minutes(closes) - _minutes(opens) <= LONGEST_MINUTES
    return Meets(day=days[0], opens=opens, closes=closes) if len(days) == 1 and fits else None


def _read(line: str) -> tuple[tuple[int, ...], time, time] | None:
    found = _LINE.fullmatch(line.strip())
    days = _days(found[1]) if found else ()
    if found is None or not days:
        return None
    try:
        return days, time(int(found[2]), int(found[3])), time(int(found[4]), int(found[5]))
    except ValueError:
        return None


def _days(words: str) -> tuple[int, ...]:
    """Nothing where a word of it is no weekday, or a row of them runs over Sunday."""
    days: set[int] = set()
    for piece in words.split(","):
        found = _ROW.fullmatch(piece.strip())
        first, last = (_day(found[1]), _day(found[2] or found[1])) if found else (-1, -1)
        if not 0 <= first <= last:
            return ()
        days.update(range(first, last + 1))
    return tuple(sorted(days))


def _day(word: str) -> int:
    return DAYS.index(word.capitalize()) if word.capitalize() in DAYS else -1


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute
