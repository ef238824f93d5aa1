"""What a service sets for itself: who it is, where it stands, when somebody reads."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from bot.core.checked import Checked
from bot.core.values import LineId, ServiceId

Nation = Literal["england", "wales", "scotland", "northern_ireland"]


class Hours(Checked):
    """When people read: on these weekdays (0 = Monday), from ``opens`` to ``closes``, not on ``closed``."""

    days: tuple[int, ...] = (0, 1, 2, 3, 4)
    opens: time = time(9)
    closes: time = time(17)
    closed: tuple[date, ...] = ()

    def open_on(self, day: date) -> bool:
        return day.weekday() in self.days and day not in self.closed


class Service(Checked):
    """``rooms``: content's group id -> that group's Line in this service.

    ``sample_a_day``: messages that nothing caught, for a clinician to look at. ``canary_at``: when the day's canary is
    said, on the service's clock; None: never.
    """

    id: ServiceId
    slug: str
    name: str
    nation: Nation
    timezone: str = "Europe/London"
    hours: Hours = Hours()
    out_of_hours_cover: bool = False
    rooms: dict[str, LineId] = {}
    sample_a_day: int = Field(default=5, ge=0, le=50)
    canary_at: time | None = time(6)

    def reading_now(self, now: datetime) -> bool:
        local = now.astimezone(ZoneInfo(self.timezone))
        return self.hours.open_on(local.date()) and self.hours.opens <= local.time() < self.hours.closes

    def next_reading(self, now: datetime) -> datetime:
        """The next moment at which the team is there: now, if it is."""
        local = now.astimezone(ZoneInfo(self.timezone))
        if self.reading_now(now):
            return local
        day = local.date() if local.time() < self.hours.opens else local.date() + timedelta(days=1)
        while not self.hours.open_on(day):
            day += timedelta(days=1)
        return datetime.combine(day, self.hours.opens, ZoneInfo(self.timezone))

    def working_day_after(self, now: datetime) -> datetime:
        """One working day on: the same time of the next day on which the team works, inside its hours."""
        start = self.next_reading(now)
        day = start.date() + timedelta(days=1)
        while not self.hours.open_on(day):
            day += timedelta(days=1)
        return datetime.combine(day, start.time(), ZoneInfo(self.timezone))
