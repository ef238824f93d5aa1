"""Reading a typed reply against what was asked. Never guesses: an unclear reply reads as None."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import date

from bot.core.library import Answers, Aside, Given, Item, Measure

YES = frozenset({"yes", "y", "yeah", "yep", "yes please", "yup", "aye", "ok", "okay", "sure", "i do", "i am"})
NO = frozenset({"no", "n", "nope", "nah", "no thanks", "no thank you", "not now", "i do not", "i dont"})
_NUMBERS = {
    w: n
    for n, w in enumerate(
        ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
    )
}
_OFTEN = {"none": 0, "never": 0, "no": 0, "nil": 0, "not at all": 0, "once": 1, "twice": 2}
_TIMES = frozenset({"time", "times", "night", "nights", "visit", "visits"})
_ASIDES: dict[Aside, frozenset[str]] = {
    "does_not_apply": frozenset({"does not apply", "does not apply to me", "not applicable", "n/a", "na"}),
    "not_sure": frozenset(
        {"not sure", "im not sure", "i am not sure", "unsure", "dont know", "i dont know", "do not know"}
    ),
}
MOST_CHARACTERS = 120  # a reply to a closed question is short; a longer one is a message


def plain(text: str) -> str:
    """Lower case, straight quotes gone, outer punctuation gone, single spaces."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").replace("'", "")
    return " ".join(text.split()).strip(' .,!?*"()-–')


def read_choice(text: str, labels: Sequence[str]) -> int | None:
    """Index of the label that was typed, by its words, by its number in the list, or by a plain yes or no."""
    said = plain(text[:MOST_CHARACTERS])
    names = [plain(label) for label in labels]
    if said in names:
        return names.index(said)
    for words, name in ((YES, "yes"), (NO, "no")):
        if said in words and name in names:
            return names.index(name)
    starts = [i for i, name in enumerate(names) if len(said) >= 4 and name.startswith(said)]
    if len(starts) == 1:
        return starts[0]
    number = read_whole(said)
    if number is not None and 1 <= number <= len(labels):
        return number - 1
    return None


def read_given(text: str, measure: Measure, item: Item) -> tuple[Given] | None:
    """A questionnaire's answer, typed as its label, its points, or as what may be said instead. None: none of these."""
    said = plain(text[:MOST_CHARACTERS])
    aside: Aside
    for aside in measure.asides(item):
        if said in _ASIDES[aside]:
            return (aside,)
    points = _read_points(said, measure.answers(item))
    return None if points is None else (points,)


def _read_points(said: str, answers: Answers) -> int | None:
    if answers.scale is not None:
        low, high = answers.bounds
        for end, label in ((low, answers.scale.low_label), (high, answers.scale.high_label)):
            if label and said == plain(label):
                return end
        return read_scale(said, low, high)
    if answers.count is not None:
        return read_count(said, answers.count.most)
    for option in answers.options:
        if said == plain(option.label):
            return option.points
    number = read_whole(said)
    return number if number is not None and answers.takes(number) else None


def read_count(text: str, most: int) -> int | None:
    """How often: ``3``, ``three times``, ``twice``, ``never``."""
    said = plain(text)
    first, _, rest = said.partition(" ")
    number = _OFTEN.get(said, read_whole(first) if not rest or rest in _TIMES else None)
    return number if number is not None and 0 <= number <= most else None


def read_whole(text: str) -> int | None:
    said = plain(text)
    if said in _NUMBERS:
        return _NUMBERS[said]
    return int(said) if said.isascii() and said.isdigit() and len(said) <= 6 else None


def read_number(text: str) -> float | None:
    whole = read_whole(text)
    if whole is not None:
        return float(whole)
    said = plain(text).replace(",", ".")
    try:
        number = float(said)
    except ValueError:
        return None
    return number if abs(number) < 1e6 else None


def read_scale(text: str, low: int, high: int) -> int | None:
    said = plain(text).removesuffix(f"/{high}").removesuffix(f" out of {high}")
    number = read_whole(said)
    return number if number is not None and low <= number <= high else None


def read_yes_no(text: str) -> bool | None:
    said = plain(text[:MOST_CHARACTERS])
    return True if said in YES else False if said in NO else None


def read_date(text: str) -> date | None:
    """ISO, or day/month/year as written in Britain."""
    said = plain(text)
    try:
        return date.fromisoformat(said)
    except ValueError:
        pass
    parts = said.replace("-", "/").replace(".", "/").split("/")
    if len(parts) == 3 and all(p.isascii() and p.isdigit() for p in parts) and len(parts[2]) == 4:
        try:
            return date(int(parts[2]), int(parts[1]), int(parts[0]))
        except ValueError:
            return None
    return None
