"""The first line of a block: English in, the beginnings of a part out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Literal, cast

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from bot.core.library.drafts import Place, Placed
from bot.core.library.limits import LATER_DAYS
from bot.core.library.problems import Problem
from bot.core.library.steps import (
    AllOf,
    AnyOf,
    Ask,
    AskKind,
    Branch,
    CheckIn,
    Compare,
    Condition,
    Do,
    Exercise,
    Goals,
    Later,
    Level,
    Tell,
)
from bot.core.reading import plain

NAMES = (
    "urgent",
    "ask",
    "check-in",
    "when",
    "otherwise",
    "tell-therapist",
    "exercise",
    "goals",
    "later",
    "do",
)

_BLOCKS = f"the blocks are: {', '.join(NAMES)}"

_FITS = {
    "_COMMA": ("a comma",),
    "_ASK": ("ask",),
    "_WHEN": ("when",),
    "_TELL": ("tell-therapist",),
    "_FOR": ("for",),
    "_IN": ("in",),
    "_AT": ("at",),
    "_EVERY": ("every",),
    "_AND": ("and",),
    "_OR": ("or",),
    "_OR_MORE": ("or more",),
    "_OR_LESS": ("or less",),
    "_IS": ("is",),
    "_BETWEEN": ("between",),
    "_ROSE_BY": ("rose by",),
    "_FELL_BY": ("fell by",),
    "_WAS_SKIPPED": ("was skipped",),
    "KIND": ("in your own words", "yes or no", "0 to 10", "a number", "a date", "pick one", "pick any"),
    "HOW_MANY": ("pick one", "pick any"),
    "LEVEL": ("now", "soon", "routine"),
    "SPAN": ("seconds", "minutes"),
    "UNIT": ("hours", "days", "weeks"),
    "WEEKS": ("weeks",),
    "DAY": ("day", "weekday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    "CLOCK": ("a time such as 09:00",),
    "NUMBER": ("a number",),
    "ANSWER": ("a name for the answer",),
    "MEASURE": ("a measure such as gad7",),
    "ACTION": ("the name of an action",),
    "SUBJECT": ("a measure or the name of an answer",),
    "QUOTED": (),
    "WORD": ("an answer's own words",),
    "$END": ("the end of the line",),
}
"""The words that a kind of word stands for, as an editor would say them."""

_SECONDS = {"second": 1, "minute": 60, "hour": 3600, "day": 86400, "week": 604800}


@dataclass(frozen=True, slots=True)
class Urgent:
    """The red-flag advice of a module."""


Opening = Urgent | Ask | CheckIn | Branch | Tell | Exercise | Goals | Later | Do


@dataclass(frozen=True, slots=True)
class BlockLine:
    """``opening``: the part without what stands inside the block. ``name``: what the line itself names."""

    opening: Opening
    at: Place
    name: Placed[str] | None
    compares: tuple[Placed[Compare], ...]


def read_block_line(words: str, at: Place, column: int) -> BlockLine | Problem:
    """``words``: what follows the colons, beginning in ``column``; ``at``: where the colons stand."""
    first = next(iter(words.replace(",", " ").split()), words).lower()
    if first not in NAMES:
        return at.problem("C201", f"there is no block called '{first}'", _did_you_mean(first, NAMES, _BLOCKS))
    try:
        tree = _grammar().parse(words)
    except UnexpectedInput as error:
        return _not_understood(error, words, Place(at.file, at.line, column))
    reading = _Reading(Place(at.file, at.line, column))
    opening = cast(Opening, reading.transform(tree))
    if isinstance(opening, Later) and (opening.after_s or 0) > LATER_DAYS * _SECONDS["day"]:
        hint = "choose a nearer day; after that a new check-in knows more"
        return at.problem("C204", f"a follow-up can be at most {LATER_DAYS} days away", hint)
    return BlockLine(opening, at, reading.name, tuple(reading.compares))


@cache
def _grammar() -> Lark:
    text = Path(__file__).with_name("blocks.lark").read_text(encoding="utf-8")
    return Lark(text, parser="lalr", lexer="contextual", maybe_placeholders=True)


def _not_understood(error: UnexpectedInput, words: str, start: Place) -> Problem:
    fits = _fitting(error)
    wanted = f"here fits: {', '.join(fits)}" if fits else "see the blocks in docs/editors.md"
    offset = error.pos_in_stream or 0
    wrong = words[offset:].split(",")[0].split()
    if not wrong or (isinstance(error, UnexpectedToken) and error.token.type == "$END"):
        end = Place(start.file, start.line, start.column + len(words))
        return end.problem("C204", f"the line stops too early, after '{words.strip()}'", wanted)
    place = Place(start.file, start.line, start.column + offset)
    guess = _did_you_mean(wrong[0], [word for phrase in fits for word in (phrase, phrase.split()[0])])
    hint = "; ".join(part for part in (guess, wanted) if part)
    return place.problem("C204", f"'{wrong[0]}' is not understood after '{words[:offset].strip()}'", hint)


def _fitting(error: UnexpectedInput) -> list[str]:
    if isinstance(error, UnexpectedToken):
        kinds: Iterable[str] = error.accepts or error.expected
    elif isinstance(error, UnexpectedCharacters):
        kinds = error.allowed
    else:
        kinds = ("$END",)
    known = [word for kind in _FITS if kind in kinds for word in _FITS[kind]]
    return list(dict.fromkeys(known))


def _did_you_mean(word: str, names: Iterable[str], otherwise: str = "") -> str:
    close = get_close_matches(word.lower(), sorted({*names} - {word.lower()}), n=1)
    return f"did you mean '{close[0]}'?" if close else otherwise


class _Reading(Transformer[Token, object]):
    """Turns the tree of one line into an opening; bottom up, so that the compares come in reading order."""

    def __init__(self, start: Place) -> None:
        super().__init__(visit_tokens=False)
        self._start = start
        self.name: Placed[str] | None = None
        self.compares: list[Placed[Compare]] = []

    def _place(self, token: Token) -> Place:
        return Place(self._start.file, self._start.line, self._start.column + (token.start_pos or 0))

    def _named(self, token: Token) -> str:
        self.name = Placed(str(token).lower(), self._place(token))
        return self.name.what

    # -- conditions --

    def _compare(self, subject: Token, compare: Compare) -> Compare:
        self.compares.append(Placed(compare, self._place(subject)))
        return compare

    def at_least(self, found: list[Token]) -> Compare:
        return self._compare(found[0], _compare(found, "at_least", low=float(found[1])))

    def at_most(self, found: list[Token]) -> Compare:
        return self._compare(found[0], _compare(found, "at_most", high=float(found[1])))

    def between(self, found: list[Token]) -> Compare:
        return self._compare(found[0], _compare(found, "between", low=float(found[1]), high=float(found[2])))

    def is_number(self, found: list[Token]) -> Compare:
        number = float(found[1])
        return self._compare(found[0], _compare(found, "is", low=number, high=number))

    def is_quoted(self, found: list[Token]) -> Compare:
        return self._compare(found[0], _compare(found, "is", word=plain(found[1][1:-1])))

    def is_words(self, found: list[Token]) -> Compare:
        return self._compare(found[0], _compare(found, "is", word=plain(" ".join(found[1:]))))

    def rose(self, found: list[Token]) -> Compare:
        return self._compare(found[0], _compare(found, "rose", low=float(found[1])))

    def fell(self, found: list[Token]) -> Compare:
        return self._compare(found[0], _compare(found, "fell", low=float(found[1])))

    def skipped(self, found: list[Token]) -> Compare:
        return self._compare(found[0], _compare(found, "skipped"))

    def all(self, found: list[Condition]) -> Condition:
        return found[0] if len(found) == 1 else AllOf(parts=tuple(found))

    def condition(self, found: list[Condition]) -> Condition:
        return found[0] if len(found) == 1 else AnyOf(parts=tuple(found))

    def only_when(self, found: list[Condition]) -> Condition:
        return found[0]

    # -- blocks --

    def start(self, found: list[Opening]) -> Opening:
        return found[0]

    def urgent(self, _: list[Token]) -> Urgent:
        return Urgent()

    def ask(self, found: list[object]) -> Ask:
        name, kind, when = found
        how = cast(AskKind, " ".join(str(kind).lower().split()))
        return Ask(name=self._named(cast(Token, name)), how=how, text="", when=cast(Condition | None, when))

    def check_in(self, found: list[object]) -> CheckIn:
        measure, when = found
        return CheckIn(measure=self._named(cast(Token, measure)), when=cast(Condition | None, when))

    def branch(self, found: list[object]) -> Branch:
        when, level = found
        return Branch(when=cast(Condition, when), tell=_level(level) if level else None)

    def otherwise(self, _: list[Token]) -> Branch:
        return Branch(when=None)

    def tell(self, found: list[Token]) -> Tell:
        return Tell(level=_level(found[0]), reason="")

    def exercise(self, found: list[object]) -> Exercise:
        number, span, when = found
        return Exercise(seconds=_seconds(number, span), moves=(), when=cast(Condition | None, when))

    def goals(self, found: list[Token]) -> Goals:
        return Goals(options=(), many=found[0].lower().endswith("any"))

    def do(self, found: list[object]) -> Do:
        action, when = found
        return Do(action=self._named(cast(Token, action)), when=cast(Condition | None, when))

    def later(self, found: list[object]) -> Later:
        timing, when = found
        return cast(Later, timing).model_copy(update={"when": when})

    def after(self, found: list[Token]) -> Later:
        number, span = found
        return Later(after_s=_seconds(number, span))

    def rule(self, found: list[Token]) -> Later:
        *days, clock, number, _ = found
        return Later(rule=_rule([str(day).lower() for day in days], int(float(number))), at=_clock(clock))


def _compare(
    found: list[Token],
    how: Literal["is", "between", "at_least", "at_most", "rose", "fell", "skipped"],
    *,
    low: float | None = None,
    high: float | None = None,
    word: str | None = None,
) -> Compare:
    return Compare(subject=str(found[0]).lower(), how=how, low=low, high=high, word=word)


def _level(token: object) -> Level:
    return cast(Level, str(token).lower())


def _seconds(number: object, span: object) -> int:
    return round(float(str(number)) * _SECONDS[str(span).lower().rstrip("s")])


def _clock(token: Token) -> str:
    hour, minute = token.split(":")
    return f"{int(hour):02}:{minute}"


def _rule(days: list[str], weeks: int) -> str:
    """``COUNT`` and not an end date, since the first day is known only when the patient gets there."""
    if days == ["day"]:
        return f"FREQ=DAILY;COUNT={7 * weeks}"
    named: dict[str, None] = {}
    for day in days:
        codes = ("MO", "TU", "WE", "TH", "FR") if day == "weekday" else (day[:2].upper(),)
        named |= dict.fromkeys(codes)
    return f"FREQ=WEEKLY;BYDAY={','.join(named)};COUNT={len(named) * weeks}"
