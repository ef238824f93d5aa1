"""Reads measurements in a message and holds them against the thresholds of `content/safety/numbers.yaml`."""

from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice

from bot.core.safety.amounts import Amount, amounts
from bot.core.safety.clauses import Passage
from bot.core.safety.content import Numbers, Threshold
from bot.core.safety.phrases import SENTENCE_END, Span
from bot.core.safety.seeking import Seeker
from bot.core.safety.verdict import Hit, Reading, Tier

ASK = "ask:number:"
_AFTER, _BEFORE = 5, 3
_MG_DL = 18.0
_LB, _STONE = 0.45359237, 6.35029318
_UNIT_KINDS = {"mmol": "glucose", "c": "temperature", "degrees": "temperature", "bpm": "pulse"}
_CHAIN = frozenset(["and", "then", "to", "or", "now", "from", "was", "is", "were"])


@dataclass(frozen=True)
class Shape:
    """How one kind is written: its unit, the units a person may use for it, and the values that can be true."""

    unit: str
    units: frozenset[str]
    least: float
    most: float
    needs_unit: bool = False


def _shape(unit: str, units: str, least: float, most: float, *, needs_unit: bool = False) -> Shape:
    return Shape(unit, frozenset(units.split()), least, most, needs_unit)


SHAPES: dict[str, Shape] = {
    "glucose": _shape("mmol/L", "mmol mg", 0.5, 60),
    "ketones": _shape("mmol/L", "mmol", 0.0, 15),
    "urine_ketones": _shape("plus", "plus", 1, 4, needs_unit=True),
    "temperature": _shape("°C", "c f degrees", 30, 44),
    "oxygen": _shape("%", "%", 50, 100),
    "pulse": _shape("per minute", "bpm", 20, 300),
    "blood_pressure": _shape("mmHg", "mmhg", 50, 300),
    "weight": _shape("kg", "kg lb stone", 25, 350),
    "weight_gain": _shape("kg", "kg lb stone", 0.2, 40, needs_unit=True),
    "paracetamol": _shape("tablets", "paracetamol", 1, 500, needs_unit=True),
    "tablets": _shape("tablets", "tablets", 1, 500, needs_unit=True),
    "insulin": _shape("units", "units", 1, 1000, needs_unit=True),
}
_SHORT, _WEEK = 3, 7
_PERIOD_REACH = 12
_MOST_IN_A_ROW = 8
_TAKEN = frozenset(["paracetamol", "tablets", "insulin"])
_PLUSES = frozenset(["+", "plus"])
_PERIODS = {
    **dict.fromkeys(("overnight", "today", "yesterday", "night"), 1),
    **dict.fromkeys(
        ["weekend", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"], 3
    ),
    **dict.fromkeys(("week", "weeks", "fortnight"), 7),
    **dict.fromkeys(
        ("month", "months", "year", "years", "christmas", "summer", "winter", "lockdown", "ages"), 60
    ),
}


@dataclass(frozen=True)
class Found:
    reading: Reading
    span: Span


class Meter:
    def __init__(
        self, numbers: Numbers, names: Mapping[str, Seeker], not_readings: Seeker, beside: Seeker
    ) -> None:
        self._thresholds: Sequence[Threshold] = numbers.thresholds
        self._names = names
        self._not_readings = not_readings
        self._beside = beside

    def readings(self, passage: Passage, state: str, kinds: Collection[str]) -> list[Found]:
        """Every measurement the text gives, in reading order, each once; `kinds` are those it names."""
        given = amounts(passage.words)
        if not given and _PLUSES.isdisjoint(passage.words):
            return []
        named = {kind: passage.spans(name) for kind, name in self._names.items() if kind in kinds}
        asked = state.removeprefix(ASK) if state.startswith(ASK) else ""
        starts = [amount.start for amount in given]
        found: dict[tuple[str, int], Found] = {}
        for kind, spans in named.items():
            for span in spans:
                for each in _near(kind, span, (given, starts), passage):
                    found.setdefault((each.reading.kind, each.span.start), each)
        taken = {start for _, start in found}
        for each in (*_by_unit(given, passage), *_pluses(passage, named)):
            if each.span.start not in taken:
                found.setdefault((each.reading.kind, each.span.start), each)
        if asked in SHAPES and not any(kind == asked for kind, _ in found):
            bare = (each for amount in given for each in _read(asked, amount, given, passage))
            found.update({(each.reading.kind, each.span.start): each for each in bare})
        ordered = sorted(found.values(), key=lambda f: f.span.start)
        doubted = [span.start for span in passage.spans(self._not_readings)] if ordered else []
        return [each for each in ordered if not _is_no_reading(passage, each, doubted)]

    def says_no_more(self, passage: Passage, found: Sequence[Found]) -> bool:
        """Whether all words belong to readings, none of which tells of something taken, or add nothing to them."""
        if not found or any(each.reading.kind in _TAKEN for each in found):
            return False
        left = {at for at, symbol in enumerate(passage.symbols) if symbol != SENTENCE_END}
        for span in chain((each.span for each in found), passage.spans(self._beside)):
            left.difference_update(range(span.start, span.end))
        return not left

    def judge(self, passage: Passage, found: Sequence[Found], conditions: frozenset[str]) -> Iterable[Hit]:
        last = {each.reading.kind: each for each in found}
        for each in found:
            recovered = last[each.reading.kind] is not each and not self._over(
                last[each.reading.kind], conditions
            )
            for threshold in self._over(each, conditions):
                past = passage.is_past(each.span) and not passage.is_again
                if past and not passage.has_other_cue(each.span):
                    continue
                tier = Tier.CHECK if past or (recovered and passage.is_resolved) else threshold.tier
                yield Hit(threshold.id, "reading", tier, threshold.concern, threshold.says)

    def of(self, reading: Reading, conditions: frozenset[str]) -> Iterable[Hit]:
        """Of one number alone, in the unit that was asked for."""
        for limit in self._thresholds:
            if _is_over(limit, reading, conditions):
                yield Hit(limit.id, "reading", limit.tier, limit.concern, limit.says)

    def _over(self, found: Found, conditions: frozenset[str]) -> list[Threshold]:
        return [limit for limit in self._thresholds if _is_over(limit, found.reading, conditions)]


def _near(
    kind: str, name: Span, given: tuple[Sequence[Amount], Sequence[int]], passage: Passage
) -> list[Found]:
    """The amounts that belong to a name: the first that follows and those chained to it, else the one before."""
    every, starts = given
    sentence = passage.sentence(name.start)
    # A name may end in a gap that holds the number: "injected about 100 units of insulin".
    first = bisect_left(starts, name.start)
    chosen: list[Found] = []
    reach = min(name.end + _AFTER, sentence.end - 1)
    for amount in islice(every, first, first + _MOST_IN_A_ROW):
        if amount.start > reach:
            break
        read = _read(kind, amount, every, passage)
        chosen.extend(read)
        if read:
            reach = min(amount.end + _chained(amount, passage), sentence.end - 1)
    if chosen or not first:
        return chosen
    before = every[first - 1]
    near = sentence.start <= before.start and before.end <= name.start and name.start - before.end <= _BEFORE
    return _read(kind, before, every, passage) if near else []


def _chained(amount: Amount, passage: Passage) -> int:
    """How far the next reading of a row may be: "14.2, 15.1 and 16"."""
    follows = not _CHAIN.isdisjoint(passage.words[amount.end : amount.end + 2])
    return 2 if follows or amount.end in passage.pauses else 0


def _by_unit(given: Sequence[Amount], passage: Passage) -> Iterable[Found]:
    """A unit that only one kind has speaks for itself: "2.9 mmol", "38.5 c", "190/120"."""
    for place, amount in enumerate(given):
        kind = _UNIT_KINDS.get(amount.unit)
        if kind:
            yield from _read(kind, amount, given, passage)
        elif (
            amount.value >= 50 and place + 1 < len(given) and _is_over_sign(passage, amount, given[place + 1])
        ):
            yield from _read("blood_pressure", amount, given, passage)


def _is_no_reading(passage: Passage, found: Found, doubted: Sequence[int]) -> bool:
    """A target, a limit or a question: a word of doubt stands before the number or close behind it."""
    sentence = passage.sentence(found.span.start)
    place = bisect_left(doubted, sentence.start)
    return place < len(doubted) and doubted[place] < min(found.span.end + _BEFORE, sentence.end)


def _is_over(limit: Threshold, reading: Reading, conditions: frozenset[str]) -> bool:
    return (
        limit.kind == reading.kind
        and (limit.below is None or reading.value < limit.below)
        and (limit.at_least is None or reading.value >= limit.at_least)
        and (not limit.conditions or not conditions.isdisjoint(limit.conditions))
        and conditions.isdisjoint(limit.unless)
    )


def _is_over_sign(passage: Passage, upper: Amount, lower: Amount) -> bool:
    return (
        lower.start == upper.end + 1
        and passage.words[upper.end] in ("/", "over", "on")
        and 25 <= lower.value <= 200
    )


def _read(kind: str, amount: Amount, given: Sequence[Amount], passage: Passage) -> list[Found]:
    if kind == "ketones" and amount.unit == "plus":
        kind = "urine_ketones"
    shape = SHAPES[kind]
    if (amount.unit and amount.unit not in shape.units) or (shape.needs_unit and not amount.unit):
        return []
    span = Span(amount.start, amount.end)
    if kind == "blood_pressure":
        return _pressure(amount, given, passage, span)
    if kind == "glucose" and _is_half_of_a_pressure(amount, given, passage):
        # "my machine reads 78/41" names no kind, and is no sugar.
        return []
    value = _canonical(kind, amount)
    if kind == "weight" and amount.unit == "stone":
        after = _next(amount, given)
        rest = after.value if after and after.start == amount.end and after.value < 14 else 0.0
        value = round(value + rest * _LB, 1)
    if not shape.least <= value <= shape.most:
        return []
    if kind == "weight_gain":
        days = _days(passage, span, given)
        if days > _WEEK:
            return []
        kind = "weight_gain_week" if days > _SHORT else kind
    return [Found(Reading(kind, value, shape.unit), span)]


def _is_half_of_a_pressure(amount: Amount, given: Sequence[Amount], passage: Passage) -> bool:
    place = bisect_left(given, amount.start, key=lambda a: a.start)
    pairs = zip(given[max(place - 1, 0) : place + 1], given[max(place, 1) : place + 2], strict=False)
    return any(
        not (upper.unit or lower.unit)
        and upper.value >= 50
        and lower.value < upper.value
        and _is_over_sign(passage, upper, lower)
        for upper, lower in pairs
    )


def _next(amount: Amount, given: Sequence[Amount]) -> Amount | None:
    place = bisect_left(given, amount.end, key=lambda a: a.start)
    return given[place] if place < len(given) else None


def _canonical(kind: str, amount: Amount) -> float:
    value = amount.value
    if kind == "glucose" and (amount.unit == "mg" or (not amount.unit and value > 35)):
        return round(value / _MG_DL, 1)
    if kind == "temperature" and (amount.unit == "f" or (amount.unit != "c" and value >= 80)):
        return round((value - 32) * 5 / 9, 1)
    if amount.unit == "lb":
        return round(value * _LB, 1)
    return round(value * _STONE, 1) if amount.unit == "stone" else value


def _pressure(amount: Amount, given: Sequence[Amount], passage: Passage, span: Span) -> list[Found]:
    lower = _next(amount, given)
    if not 50 <= amount.value <= 300:
        return []
    upper = Found(Reading("blood_pressure", amount.value, "mmHg"), span)
    if lower is None or not _is_over_sign(passage, amount, lower):
        return [upper]
    return [upper, Found(Reading("blood_pressure_lower", lower.value, "mmHg"), Span(lower.start, lower.end))]


def _days(passage: Passage, span: Span, given: Sequence[Amount]) -> float:
    """The time named within a few words of a gain in weight, in days; 0 when there is none."""
    sentence = passage.sentence(span.start)
    for at in range(
        max(sentence.start, span.start - _PERIOD_REACH), min(sentence.end, span.end + _PERIOD_REACH)
    ):
        word = passage.words[at]
        length = 1 if word in ("day", "days") else _PERIODS.get(word)
        if length:
            place = bisect_left(given, at, key=lambda a: a.start) - 1
            count = (
                given[place].value
                if place >= 0 and given[place].end >= at and given[place].unit == "other"
                else 1
            )
            return length * max(count, 1)
    return 0


def _pluses(passage: Passage, named: Mapping[str, Sequence[Span]]) -> Iterable[Found]:
    """ "ketones ++" without a figure."""
    for name in named.get("ketones", ()):
        start = end = name.end + (
            passage.words[name.end : name.end + 1] in (["are"], ["were"], ["is"], ["at"])
        )
        while end < len(passage.words) and passage.words[end] in _PLUSES:
            end += 1
        if end > start:
            yield Found(Reading("urine_ketones", float(end - start), "plus"), Span(start, end))
