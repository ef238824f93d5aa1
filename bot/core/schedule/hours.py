"""An hour of the day as somebody types it. Never guesses at words: what is no hour reads as None."""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.core.reading import plain

_WORDS = {
    w: n
    for n, w in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), 1
    )
}
_NOON = {"noon": "12:00", "midday": "12:00", "lunchtime": "12:00", "południe": "12:00", "w południe": "12:00"}
_FILLING = re.compile(
    r"^(?:at|about|around|maybe|from|o|około|w)\s+|\s*(?:oclock|please|proszę)$", re.IGNORECASE
)
_PART = (
    (re.compile(r"\s*(?:a\.?m\.?|in the morning|rano)$"), "am"),
    (re.compile(r"\s*(?:p\.?m\.?|in the (?:afternoon|evening)|at night|po południu|wieczorem)$"), "pm"),
)
_PAST = re.compile(r"^(half|quarter) (past|to) (\w+)$")
_CLOCK = re.compile(r"^(\w+)(?:\s*[:.h]\s*([0-5]\d))?$")


def read_hour(text: str, fits: Callable[[str], bool]) -> str | None:
    """``HH:MM``. Without morning or evening it is the one that ``fits``; the morning, where both do.

    >>> [read_hour(t, lambda hour: "08:00" <= hour <= "20:00") for t in ("8", "7", "half past 6", "19:30", "noon", "tea")]
    ['08:00', '19:00', '18:30', '19:30', '12:00', None]
    """
    said = plain(text[:40])
    while (bare := _FILLING.sub("", said).strip()) != said:
        said = bare
    if said in _NOON:
        return _NOON[said]
    half = ""
    for pattern, name in _PART:
        if pattern.search(said):
            said, half = pattern.sub("", said), name
    minutes = _minutes(said)
    if minutes is None:
        return None
    both = {"am": (minutes % 720,), "pm": (minutes % 720 + 720,)}.get(half, (minutes, minutes + 720))
    hours = [f"{m // 60:02}:{m % 60:02}" for m in both if m < 1440]
    return next((hour for hour in hours if fits(hour)), hours[0] if hours else None)


def _minutes(said: str) -> int | None:
    past = _PAST.match(said)
    if past is not None:
        hour, by = _hour(past[3]), 30 if past[1] == "half" else 15
        return None if hour is None else (hour * 60 + (by if past[2] == "past" else -by)) % 720
    clock = _CLOCK.match(said)
    hour = _hour(clock[1]) if clock is not None else None
    return None if clock is None or hour is None else hour * 60 + int(clock[2] or 0)


def _hour(said: str) -> int | None:
    if said in _WORDS:
        return _WORDS[said]
    return int(said) if said.isdecimal() and len(said) <= 2 and int(said) < 24 else None
