"""Moments as the team says them: on the service's own clock, seen from now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class TeamClock:
    zone: ZoneInfo
    now: datetime

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)

    def day(self, moment: datetime) -> str:
        """``3 May``, with the year where it is not this one."""
        then = self.local(moment)
        year = "" if then.year == self.local(self.now).year else f" {then.year}"
        return f"{then.day} {then:%B}{year}"

    def time(self, moment: datetime) -> str:
        """``today at 14:05`` or ``3 May at 14:05``."""
        then = self.local(moment)
        days = (self.local(self.now).date() - then.date()).days
        day = {0: "today", 1: "yesterday", -1: "tomorrow"}.get(days) or self.day(moment)
        return f"{day} at {then:%H:%M}"

    def lately(self, moment: datetime) -> str:
        """As in a sentence: ``today at 14:05``, ``on Tuesday at 14:05``, ``on 3 May``."""
        then, now = self.local(moment), self.local(self.now)
        days = (now.date() - then.date()).days
        if days < 2:
            return self.time(moment)
        return f"on {then:%A} at {then:%H:%M}" if days < 7 else f"on {self.day(moment)}"

    def age(self, moment: datetime) -> str:
        """How long ago: ``12 minutes``, ``3 hours``, ``2 days``."""
        minutes = max(int((self.now - moment).total_seconds() // 60), 0)
        if minutes < 1:
            return "less than a minute"
        if minutes < 60:
            return _count(minutes, "minute")
        if minutes < 48 * 60:
            return _count(minutes // 60, "hour")
        return _count(minutes // (24 * 60), "day")

    def length(self, how_long: timedelta) -> str:
        """``40 minutes``, ``5 hours``."""
        minutes = int(how_long.total_seconds() // 60)
        if minutes < 1:
            return "less than a minute"
        return _count(minutes, "minute") if minutes < 60 else _count(minutes // 60, "hour")

    def past(self, moment: datetime) -> bool:
        return moment < self.now


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
