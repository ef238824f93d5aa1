"""The arithmetic behind a score that worsened, in sentences, with what other measures did at the same time."""

from __future__ import annotations

from collections.abc import Mapping

from bot.core.library import Library
from bot.web.desk.words import measure_name

Numbers = Mapping[str, float]


def worsened(measure: str, why: str, numbers: Numbers, library: Library) -> str:
    name = measure_name(library, measure)
    others = [_other(each, numbers, library) for each in _others(numbers)]
    if why == "with_others":
        told = f"This adds to what was told about the {name} score of {n(numbers.get('new', 0))}."
    else:
        told = _SENTENCES.get(why, _plain)(name, numbers, _Side(library, measure))
    mixed = [" This is a mixed change."] if any("better" in each for each in others) else []
    return "".join([told, *(f" At about the same time {each}." for each in others), *mixed])


def n(number: float) -> str:
    return f"{number:g}"


class _Side:
    """Which way is worse, in words."""

    def __init__(self, library: Library, measure: str) -> None:
        known = library.measures.get(measure)
        down = known is not None and known.higher_is == "better"
        self.moved, self.beyond, self.end = (
            ("fell", "less", "lowest") if down else ("rose", "more", "highest")
        )
        self.reliable = known is not None and known.reliable_change is not None
        self.weeks = library.policy.worsening.look_back_weeks


def _worse(name: str, numbers: Numbers, side: _Side) -> str:
    new, best, enough = numbers.get("new", 0), numbers.get("best", 0), n(numbers.get("worse_by", 0))
    weeks = n(numbers.get("weeks", side.weeks))
    counts = (
        "counts as reliable"
        if side.reliable
        else "is what the rules tell, of a rating that moves from day to day"
    )
    return (
        f"{name} {side.moved} from {n(best)}, the best score of the last {weeks} weeks, to {n(new)}. "
        f"That is {n(abs(new - best))} {side.beyond}; {enough} or more {counts}."
    )


def _crossed(name: str, numbers: Numbers, side: _Side) -> str:
    case = n(numbers.get("case_at", 0))
    return f"{name} {_went(numbers)}. {case} or {side.beyond} is the threshold for a case."


def _entered(name: str, numbers: Numbers, side: _Side) -> str:
    severe = n(numbers.get("severe_at", 0))
    return f"{name} {_went(numbers)}, into the {side.end} band ({severe} or {side.beyond})."


def _at_baseline(name: str, numbers: Numbers, side: _Side) -> str:
    severe = n(numbers.get("severe_at", 0))
    return (
        f"The first {name} is {n(numbers.get('new', 0))}, in the {side.end} band ({severe} or {side.beyond})."
    )


def _unchanged(name: str, numbers: Numbers, side: _Side) -> str:
    first, new = n(numbers.get("first", 0)), n(numbers.get("new", 0))
    weeks, enough = n(numbers.get("weeks", 0)), n(numbers.get("worse_by", 0))
    return (
        f"{name} was {first} at the first score and is {new} now, more than {weeks} weeks later. "
        f"{enough} or more either way would be a reliable change."
    )


def _levelled(name: str, numbers: Numbers, side: _Side) -> str:
    times, enough = n(numbers.get("check_ins", 0)), n(numbers.get("worse_by", 0))
    was, new = n(numbers.get("was", 0)), n(numbers.get("new", 0))
    return (
        f"{name} had moved from {was} and has stood still since: the last {times} scores lie less than {enough} apart, "
        f"and it is {new} now, still a case."
    )


def _plain(name: str, numbers: Numbers, side: _Side) -> str:
    return f"{name} is {n(numbers.get('new', 0))}."


_SENTENCES = {
    "reliable_deterioration": _worse,
    "case_crossed": _crossed,
    "severe_entered": _entered,
    "severe_at_baseline": _at_baseline,
    "no_reliable_change": _unchanged,
    "plateau": _levelled,
}


def _went(numbers: Numbers) -> str:
    return f"went from {n(numbers.get('last', 0))} to {n(numbers.get('new', 0))}"


def _others(numbers: Numbers) -> list[str]:
    return list(dict.fromkeys(key.split(":")[1] for key in numbers if key.startswith("other:")))


def _other(measure: str, numbers: Numbers, library: Library) -> str:
    name, new = measure_name(library, measure), numbers.get(f"other:{measure}:new", 0)
    best = numbers.get(f"other:{measure}:best")
    way, end = ("better", "worst") if best is None else ("worse", "best")
    was = numbers.get(f"other:{measure}:worst", 0) if best is None else best
    how = f"reliably {way}" if _Side(library, measure).reliable else f"{way} by {_points(abs(new - was))}"
    return f"{name} was {how} ({n(was)} at {end}, {n(new)} now)"


def _points(number: float) -> str:
    return f"{n(number)} point{'' if number == 1 else 's'}"
