"""Finds amounts in words: figures, numbers written out, and the unit that follows."""

from collections.abc import Sequence
from dataclasses import dataclass

_ONES = {
    word: value
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
} | {"nought": 0, "naught": 0}
_TENS = {
    word: 10 * (place + 2)
    for place, word in enumerate(
        ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
    )
}
_DECADES = {f"{word[:-1]}ies": value for word, value in _TENS.items()}
SPOKEN = frozenset([*_ONES, *_TENS, *_DECADES, "hundred", "half"])
_MOST_PLUSES = 4
_UNITS = {
    "mmol": "mmol", "mmols": "mmol", "mg": "mg",
    "%": "%", "percent": "%",
    "c": "c", "celsius": "c", "centigrade": "c", "f": "f", "fahrenheit": "f", "degrees": "degrees", "deg": "degrees", "degree": "degrees",
    "kg": "kg", "kgs": "kg", "kilo": "kg", "kilos": "kg", "kilogram": "kg", "kilograms": "kg", "k": "kg",
    "lb": "lb", "lbs": "lb", "pound": "lb", "pounds": "lb", "stone": "stone", "stones": "stone", "st": "stone",
    "bpm": "bpm", "beats": "bpm", "mmhg": "mmhg",
    "+": "plus", "plus": "plus", "pluses": "plus",
    "units": "units", "unit": "units",
    "tablets": "tablets", "tablet": "tablets", "pills": "tablets", "tabs": "tablets", "capsules": "tablets", "sleepers": "tablets",
    "paracetamol": "paracetamol", "paracetamols": "paracetamol", "panadol": "paracetamol", "cocodamol": "paracetamol",
}  # fmt: skip
_COUNTED = frozenset(
    ["am", "pm", "oclock", "o", "day", "days", "week", "weeks", "hour", "hours", "hr", "hrs", "minute", "minutes", "min", "mins", "year", "years", "yr", "yrs", "month", "months", "time", "times", "x", "second", "seconds", "puffs", "puff", "steps", "miles", "people", "mile", "old", "night", "nights", "g", "grams", "gram", "ml", "mcg", "litres", "cups", "cup", "meals"]
)  # fmt: skip
MEASURE_WORDS = SPOKEN | _COUNTED | frozenset(word for word in _UNITS if word.isalpha())
"""Words that amounts are made of: never mistaken for a slip in a safety word."""
_UNDER = frozenset(["below", "under", "beneath", "lt"])
_OVER = frozenset(["above", "over", "past", "gt"])


@dataclass(frozen=True)
class Amount:
    """`unit` is a short name, "" when none follows, "other" when something is counted that is no reading."""

    value: float
    unit: str
    start: int
    end: int


def amounts(words: Sequence[str]) -> list[Amount]:
    found: list[Amount] = []
    numbers = {word for word in set(words) if word[0].isdigit() or word in SPOKEN}
    free = 0
    for at in [at for at, word in enumerate(words) if word in numbers] if numbers else ():
        if at < free:
            continue
        value, end = _number(words, at)
        if value is None:
            continue
        unit, after = _unit(words, end)
        if unit == "plus" and value > _MOST_PLUSES:
            # "30+" is a number and more.
            unit = ""
        if words[end : end + 3] == ["and", "a", "half"]:
            value, after = value + 0.5, end + 3
            unit, after = _unit(words, after)
        elif words[after : after + 3] == ["and", "a", "half"]:
            value, after = value + 0.5, after + 3
        found.append(Amount(_compared(words, at, value), unit, at, after))
        free = after
    return found


def _number(words: Sequence[str], at: int) -> tuple[float | None, int]:
    word = words[at]
    if word[0].isdigit():
        return _figures(words, at)
    if word in _DECADES:
        return _DECADES[word], at + 1
    if word == "half" and words[at + 1 : at + 3] in (["a", "stone"], ["a", "kilo"]):
        return 0.5, at + 2
    return _spoken(words, at)


def _figures(words: Sequence[str], at: int) -> tuple[float | None, int]:
    """ "2.9", "2,9" and "2 point 9"."""
    try:
        value = float(words[at].replace(",", "."))
        if words[at + 1 : at + 2] == ["point"] and words[at + 2 : at + 3]:
            after = words[at + 2]
            return float(f"{words[at]}.{_ONES.get(after, after)}"), at + 3
    except ValueError:
        return None, at + 1
    return value, at + 1


def _spoken(words: Sequence[str], at: int) -> tuple[float | None, int]:
    value: float | None = None
    end = at
    while end < len(words) and end - at < 6:
        word = words[end]
        if end == at + 1 and value in (1, 2) and (word in _TENS or _ONES.get(word, 0) >= 10):
            # "one eighty", "two ten"
            value = value * 100 + _TENS.get(word, _ONES.get(word, 0))
        elif word in _TENS and (value is None or value % 100 == 0):
            value = (value or 0) + _TENS[word]
        elif word in _ONES and (value is None or (value % 10 == 0 and value % 100 != 10 and value > 0)):
            value = (value or 0) + _ONES[word]
        elif word == "hundred":
            value = (value or 1) * 100
        elif word == "point" and value is not None and end + 1 < len(words):
            after = words[end + 1]
            tenths = _ONES.get(after, int(after) if after.isdecimal() and len(after) == 1 else None)
            if tenths is not None:
                return value + tenths / 10, end + 2
            break
        elif not (word == "and" and value and value % 100 == 0 and value > 0):
            break
        end += 1
    return value, max(end, at + 1)


def _unit(words: Sequence[str], end: int) -> tuple[str, int]:
    if end >= len(words):
        return "", end
    word = words[end]
    if word in _COUNTED:
        return "other", end + 1
    unit = _UNITS.get(word, "")
    if not unit:
        return "", end
    after = end + 1
    if unit in ("mmol", "mg") and words[after : after + 1] == ["/"]:
        after += 1 + (words[after + 1 : after + 2] in (["l"], ["dl"], ["litre"]))
    elif unit == "mg":
        unit = "other"
    elif unit == "degrees" and after < len(words) and _UNITS.get(words[after]) in ("c", "f"):
        unit, after = _UNITS[words[after]], after + 1
    elif unit == "tablets" and words[after : after + 2] == ["of", "paracetamol"]:
        unit, after = "paracetamol", after + 2
    return unit, after


def _compared(words: Sequence[str], at: int, value: float) -> float:
    """ "under 4" is a reading just below it, "over 15" one just above."""
    if words[at - 2 : at - 1] and at >= 2 and (words[at - 2][0].isdigit() or words[at - 2] in SPOKEN):
        # "210 over 120"
        return value
    before = (
        set(words[max(0, at - 2) : at]) if words[at - 1 : at] == ["than"] else set(words[max(0, at - 1) : at])
    )
    if before & _UNDER or ("than" in before and before & {"less", "lower"}):
        return round(value - 0.1, 2)
    if before & _OVER or ("than" in before and before & {"more", "higher"}):
        return round(value + 0.1, 2)
    return value
