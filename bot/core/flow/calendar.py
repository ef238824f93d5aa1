"""Days and hours in a patient's own language: when the team reads, and on which day something was."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from bot.core.library import Library
from bot.core.service import Hours, Service


def day(library: Library, on: date, language: str = "en") -> str:
    """``3 March``."""
    month = library.say(f"month_{on.month}", language)
    return library.say("date", language, {"day": str(on.day), "month": month})


def hours(library: Library, of: Hours, language: str = "en") -> str:
    """``Mon–Fri 9am–5pm``, for days in a row."""
    first, last = (library.say(f"weekday_short_{of.days[n] + 1}", language) for n in (0, -1))
    days = first if first == last else f"{first}–{last}"
    return f"{days} {clock(of.opens, language)}–{clock(of.closes, language)}"


def when(library: Library, service: Service, now: datetime, language: str = "en") -> str:
    """When the team next reads, as one says it: ``today until 5pm``, ``on Monday from 9am``."""
    if service.reading_now(now):
        return library.say("when_until", language, {"time": clock(service.hours.closes, language)})
    then, today = service.next_reading(now), now.astimezone(ZoneInfo(service.timezone)).date()
    return _from(library, then, today, service.hours.opens, language)


def _from(library: Library, then: datetime, today: date, opens: time, language: str) -> str:
    away, of = (then.date() - today).days, {"time": clock(opens, language)}
    if away < 2:
        return library.say("when_tomorrow" if away else "when_today", language, of)
    on = library.say(f"weekday_on_{then.weekday() + 1}", language)
    if away > 6:
        on = f"{on} {day(library, then.date(), language)}"
    return library.say("when_day", language, {"day": on, **of})


def weekday_and_day(library: Library, on: date, language: str = "en") -> str:
    """``Monday 9 March``."""
    return f"{library.say(f'reminders_days_{on.weekday()}', language)} {day(library, on, language)}"


def coming(library: Library, at: datetime, now: datetime, language: str = "en") -> str:
    """When something will be, both on the clock of whom it is told: ``tomorrow from 9am``, ``on Monday from 9am``."""
    hour = at.time().replace(minute=0, second=0, microsecond=0)
    return _from(library, at, now.date(), hour, language)


def clock(at: time, language: str) -> str:
    """English has the hours of a day twice; every other language counts them through."""
    if language != "en":
        return f"{at.hour}:{at.minute:02}"
    minutes = f":{at.minute:02}" if at.minute else ""
    return f"{at.hour % 12 or 12}{minutes}{'am' if at.hour < 12 else 'pm'}"
