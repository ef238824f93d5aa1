"""What a service sets for itself: who it is, where it stands, when somebody reads."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator

from bot.core.checked import Checked
from bot.core.values import LineId, ServiceId

Nation = Literal["england", "wales", "scotland", "northern_ireland"]


class Hours(Checked):
    """When people read: on these weekdays (0 = Monday), from ``opens`` to ``closes``, not on ``closed``. On the
    nation's bank holidays only with ``on_bank_holidays``."""

    days: tuple[int, ...] = (0, 1, 2, 3, 4)
    opens: time = time(9)
    closes: time = time(17)
    closed: tuple[date, ...] = ()
    on_bank_holidays: bool = False

    @field_validator("days")
    @classmethod
    def _some_day(cls, days: tuple[int, ...]) -> tuple[int, ...]:
        if not days or not set(days) <= set(range(7)):
            raise ValueError("name one weekday or more on which people read, from 0 (Monday) to 6 (Sunday)")
        return days


class Service(Checked):
    """``rooms``: content's group id -> that group's Line in this service.

    ``sample_a_day``: messages that nothing caught, for a clinician to look at. ``canary_at``: when the day's canary is
    said, on the service's clock; None: never. ``rule_set``: by which of the content's sets scores are judged.
    ``check_ins``: they are expected as the content plans them, reminded of, and told of where they do not come.
    ``self_referral``: people may come without an invitation, and wait until a colleague has answered.
    ``reading_after``: who has finished may go on reading and keep their own plans; nobody reads what they write.
    ``out_of_hours_cover``: somebody answers alerts that need somebody now at any hour. ``bank_holidays``: never kept
    with the settings, they come from the content in force.
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
    rule_set: str = "default"
    check_ins: bool = True
    self_referral: bool = False
    reading_after: bool = True
    bank_holidays: frozenset[date] = Field(default=frozenset(), exclude=True)

    def closed_also_on(self, bank_holidays: frozenset[date]) -> Service:
        if self.hours.on_bank_holidays:
            return self
        return self.model_copy(update={"bank_holidays": bank_holidays})

    def open_on(self, day: date) -> bool:
        hours = self.hours
        return day.weekday() in hours.days and day not in hours.closed and day not in self.bank_holidays

    def on_its_clock(self, moment: datetime) -> datetime:
        return moment.astimezone(ZoneInfo(self.timezone))

    def opens_at(self, moment: datetime) -> bool:
        """Whether it is the very moment at which a day of work begins."""
        local = moment.astimezone(ZoneInfo(self.timezone))
        return self.open_on(local.date()) and local.time() == self.hours.opens

    def reading_now(self, now: datetime) -> bool:
        local = now.astimezone(ZoneInfo(self.timezone))
        return self.open_on(local.date()) and self.hours.opens <= local.time() < self.hours.closes

    def closes_after(self, now: datetime) -> datetime:
        """When today's hours end."""
        local = now.astimezone(ZoneInfo(self.timezone))
        return datetime.combine(local.date(), self.hours.closes, ZoneInfo(self.timezone))

    def next_reading(self, now: datetime) -> datetime:
        """The next moment at which the team is there: now, if it is."""
        local = now.astimezone(ZoneInfo(self.timezone))
        if self.reading_now(now):
            return local
        day = local.date() if local.time() < self.hours.opens else local.date() + timedelta(days=1)
        while not self.open_on(day):
            day += timedelta(days=1)
        return datetime.combine(day, self.hours.opens, ZoneInfo(self.timezone))

    def working_day_after(self, now: datetime) -> datetime:
        """One working day on: the same time of the next day on which the team works, inside its hours."""
        start = self.next_reading(now)
        day = start.date() + timedelta(days=1)
        while not self.open_on(day):
            day += timedelta(days=1)
        return datetime.combine(day, start.time(), ZoneInfo(self.timezone))

    def worked(self, since: datetime, until: datetime) -> timedelta:
        """How much of the time between two moments the team was there."""
        zone, whole = ZoneInfo(self.timezone), timedelta()
        day, last = since.astimezone(zone).date(), until.astimezone(zone).date()
        while day <= last:
            if self.open_on(day):
                opens = max(datetime.combine(day, self.hours.opens, zone), since)
                closes = min(datetime.combine(day, self.hours.closes, zone), until)
                whole += max(closes.astimezone(UTC) - opens.astimezone(UTC), timedelta())
            day += timedelta(days=1)
        return whole
