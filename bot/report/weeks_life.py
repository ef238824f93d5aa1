"""Who lives half a year in virtual time, and how: drawn by a seed, and nobody real."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from bot.report.simulate import COURSES, Course

BEGIN = datetime(2026, 10, 5, tzinfo=UTC)
"""Twenty-six weeks from here hold both changes of the clocks."""
ZONES = ("Europe/London",) * 17 + ("Europe/Warsaw", "America/New_York", "Pacific/Auckland")
CONDITIONS = ("copd", "asthma", "heart", "diabetes", "pain")
DAYS = {"every": range(7), "weekdays": range(5), "some": (0, 2, 4)}


@dataclass(frozen=True)
class Life:
    """How somebody is with it. ``answers``: the chance that they do what a reminder asks. Weeks are of the whole run."""

    course: Course
    answers: float
    zone: str
    condition: str
    joins: datetime
    reminders: bool | None
    daily: str | None
    check_in_day: int | None
    hour: str
    stays: int
    pauses: int | None
    stops: int | None
    held: int | None
    held_hours: int
    crisis: int | None
    ends: int | None
    how: str
    module: int | None


def life_of(random: Random, begin: datetime, weeks: int) -> Life:
    """Shares are assumptions of ours: half stay to the end, one in ten stops the reminders, one in a hundred dies."""

    def some(share: float) -> int | None:
        return random.randrange(2, weeks) if random.random() < share else None

    zone = random.choice(ZONES)
    joins = begin + timedelta(days=random.randrange(14), minutes=random.randrange(7 * 60, 22 * 60))
    ends = some(0.08)
    return Life(
        course=random.choice(list(COURSES.values())),
        answers=random.choice((0.35, 0.6, 0.8, 0.95)),
        zone=zone,
        condition=random.choice(CONDITIONS),
        joins=joins,
        reminders=random.choices((True, None, False), (8, 1, 1))[0],
        daily=random.choice(list(DAYS)) if random.random() < 0.3 else None,
        check_in_day=random.randrange(7) if random.random() < 0.4 else None,
        hour=random.choice(("08:00", "09:00", "13:00", "18:00", "20:00")),
        stays=weeks if random.random() < 0.5 else random.randrange(1, weeks),
        pauses=some(0.25),
        stops=some(0.1),
        held=some(0.15),
        held_hours=random.choice((1, 5, 30, 90)),
        crisis=some(0.08),
        ends=ends,
        how=random.choices(("discharged", "transferred", "died"), (5, 2, 1))[0],
        module=some(0.6),
    )
