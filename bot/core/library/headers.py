"""C0 and C4: what front matter must say, and who answers for it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches

from bot.core.library.book import GROUP_KINDS, STAGES
from bot.core.library.drafts import Header, Placed
from bot.core.library.group_hours import DAYS, HOURS_EXAMPLE, MEETS_EXAMPLE, read_hours, read_meets
from bot.core.library.limits import CONDITIONS
from bot.core.library.problems import Problem
from bot.core.library.steps import Source

_MOST_NAMES = 12

Reader = Callable[[Placed[object], str], "object | Problem"]


@dataclass(frozen=True, slots=True)
class Front:
    """Front matter that was understood; keys that were wrong are missing from ``values``."""

    values: Mapping[str, object]
    problems: tuple[Problem, ...]

    def text(self, key: str) -> str:
        return str(self.values.get(key, ""))

    def texts(self, key: str) -> tuple[str, ...]:
        held = self.values.get(key)
        return tuple(str(entry) for entry in held) if isinstance(held, tuple) else ()

    def number(self, key: str) -> int:
        held = self.values.get(key)
        return held if isinstance(held, int) else 0

    @property
    def sources(self) -> tuple[Source, ...]:
        held = self.values.get("sources")
        return tuple(s for s in held if isinstance(s, Source)) if isinstance(held, tuple) else ()


TRANSLATION_KEYS = ("translates", "translator")
TRANSLATOR_KEYS = ("clinical-lead", "review-by", "translator")
"""What a file of texts may say about itself, beside its sentences."""


def reviewed(header: Header | None) -> bool:
    """Whether a translation says that a person has checked it and a clinician has signed it."""
    said = [header.values.get(key) for key in ("translator", "clinical-lead")] if header else []
    words = [str(placed.what).lower() for placed in said if placed]
    return len(words) == 2 and "not reviewed" not in words[0] and "unsigned" not in words[1]


def did_you_mean(word: str, names: Iterable[str], otherwise: str = "") -> str:
    """The name that is most like the word; without one ``otherwise``, or all there are."""
    known = sorted(set(names) - {word})
    if close := get_close_matches(word, known, n=1):
        return f"did you mean '{close[0]}'?"
    return otherwise or _all_of(known)


def _all_of(known: list[str]) -> str:
    if not known:
        return "there is none to choose from yet"
    more = f" and {len(known) - _MOST_NAMES} more" if len(known) > _MOST_NAMES else ""
    return f"choose from: {', '.join(known[:_MOST_NAMES])}{more}"


def module_front(header: Header) -> Front:
    return _front(header, _MODULE, needed=_MODULE.keys() - {"uses", "asked", "after", *TRANSLATION_KEYS})


def answer_front(header: Header) -> Front:
    return _front(header, _ANSWER, needed=_ANSWER.keys() - {*TRANSLATION_KEYS})


def group_front(header: Header) -> Front:
    return _front(header, _GROUP, needed=_GROUP.keys() - _NOT_NEEDED_OF_A_GROUP)


def governance(header: Header, today: date) -> Iterator[Problem]:
    """Of anything that has a clinical lead and a review date: a module, a group, a policy file."""
    review = header.values.get("review-by")
    day = _day(review.what) if review else None
    if review and day and day < today:
        yield review.at.warning(
            "C401", f"the review was due on {day.isoformat()}", "review it and set a new date"
        )


def translator_problems(header: Header, today: date) -> Iterator[Problem]:
    """Of a file of texts in another language."""
    for key in ("clinical-lead", "translator"):
        if key not in header.values:
            hint = "write it above the sentences, with 'not reviewed' or 'unsigned' until that is done"
            yield header.at.problem("C011", f"'{key}' is missing", hint)
    yield from governance(header, today)


def _front(header: Header, readers: Mapping[str, Reader], *, needed: Iterable[str]) -> Front:
    problems: list[Problem] = []
    values: dict[str, object] = {}
    for key, placed in header.values.items():
        if key not in readers:
            place = header.names.get(key, header.at)
            problems.append(
                place.problem("C012", f"there is no key '{key}' here", did_you_mean(key, readers))
            )
            continue
        read = readers[key](placed, key)
        if isinstance(read, Problem):
            problems.append(read)
        else:
            values[key] = read
    for key in sorted(needed):
        if key not in header.values:
            problems.append(
                header.at.problem(
                    "C011", f"'{key}' is missing", f"write a line {key}: … between the two lines of ---"
                )
            )
    problems.extend(_source_problems(header.values.get("sources")))
    return Front(values, tuple(problems))


def _text(placed: Placed[object], key: str) -> object | Problem:
    if isinstance(placed.what, str) and placed.what.strip():
        return placed.what.strip()
    return placed.at.problem("C013", f"'{key}' should be text", f"write a few words after {key}:")


def _list(placed: Placed[object], key: str) -> object | Problem:
    if isinstance(placed.what, list) and all(isinstance(entry, str) for entry in placed.what):
        return tuple(placed.what)
    example = placed.what if isinstance(placed.what, str) and placed.what.strip() else "one, two"
    hint = f"put it in square brackets: {key}: [{example}]"
    return placed.at.problem("C013", f"'{key}' should be a list of words", hint)


def _conditions(placed: Placed[object], key: str) -> object | Problem:
    listed = _list(placed, key)
    if not isinstance(listed, tuple):
        return listed
    if not listed:
        return placed.at.problem(
            "C013", "'for' should name at least one condition", "for all, write [everybody]"
        )
    for condition in listed:
        if condition not in CONDITIONS:
            hint = did_you_mean(condition, CONDITIONS)
            return placed.at.problem("C015", f"there is no condition '{condition}'", hint)
    return listed


def _minutes(placed: Placed[object], key: str) -> object | Problem:
    if isinstance(placed.what, int) and not isinstance(placed.what, bool) and 0 < placed.what <= 120:
        return placed.what
    return placed.at.problem(
        "C013", f"'{key}' should be a whole number from 1 to 120", "write, for example, minutes: 12"
    )


def _whole(least: int, most: int) -> Reader:
    def read(placed: Placed[object], key: str) -> object | Problem:
        if (
            isinstance(placed.what, int)
            and not isinstance(placed.what, bool)
            and least <= placed.what <= most
        ):
            return placed.what
        return placed.at.problem(
            "C013",
            f"'{key}' should be a whole number from {least} to {most}",
            f"write, for example, {key}: 12",
        )

    return read


def _kind(placed: Placed[object], key: str) -> object | Problem:
    if placed.what in GROUP_KINDS:
        return placed.what
    hint = did_you_mean(str(placed.what), GROUP_KINDS)
    return placed.at.problem("C021", f"there is no kind of group called '{placed.what}'", hint)


def _stages(placed: Placed[object], key: str) -> object | Problem:
    listed = _list(placed, key)
    if not isinstance(listed, tuple):
        return listed
    for stage in listed:
        if stage not in STAGES:
            return placed.at.problem("C021", f"there is no stage '{stage}'", did_you_mean(stage, STAGES))
    return listed


def _hours(placed: Placed[object], key: str) -> object | Problem:
    text = _text(placed, key)
    if isinstance(text, str) and read_hours(text) is None:
        return placed.at.problem("C022", "these hours are not understood", f'write {key}: "{HOURS_EXAMPLE}"')
    return text


def _meets(placed: Placed[object], key: str) -> object | Problem:
    text = _text(placed, key)
    if isinstance(text, Problem):
        return text
    hint = f'write one day ({", ".join(DAYS)}) and 15 minutes to 4 hours of it, like {key}: "{MEETS_EXAMPLE}"'
    return read_meets(str(text)) or placed.at.problem("C022", "this hour is not understood", hint)


def _date(placed: Placed[object], key: str) -> object | Problem:
    day = _day(placed.what)
    if day:
        return day.isoformat()
    return placed.at.problem("C014", f"'{key}' is not a date", "write it like 2027-11-01")


def _day(what: object) -> date | None:
    if not isinstance(what, str) or len(what) != 10:
        return None
    try:
        return date.fromisoformat(what)
    except ValueError:
        return None


def _sources(placed: Placed[object], key: str) -> object | Problem:
    if not isinstance(placed.what, list) or not all(isinstance(entry, dict) for entry in placed.what):
        return placed.at.problem("C013", "'sources' should be a list", _SOURCE_HINT)
    return tuple(
        Source(
            title=str(e.get("title") or ""), by=str(e.get("by") or ""), licence=str(e.get("licence") or "")
        )
        for e in placed.what
    )


def _source_problems(placed: Placed[object] | None) -> Iterator[Problem]:
    held = placed.what if placed else None
    for number, entry in enumerate(held if isinstance(held, list) else [], 1):
        if not placed or not isinstance(entry, dict):
            continue
        for key in _MISSING:
            if not entry.get(key):
                yield placed.at.problem("C404", f"source {number} has no {key}", _MISSING[key])


_SOURCE_HINT = "begin each source with '- title:', and put 'by:' and 'licence:' below it"
_MISSING = {
    "title": "say what the paper, page or book is called",
    "by": "say who wrote it, and when",
    "licence": "say how it may be used, for example 'cited, not copied'",
}

_MODULE: Mapping[str, Reader] = {
    "title": _text,
    "summary": _text,
    "language": _text,
    "for": _conditions,
    "minutes": _minutes,
    "uses": _list,
    "author": _text,
    "clinical-lead": _text,
    "review-by": _date,
    "licence": _text,
    "sources": _sources,
    "asked": _list,
    "after": _list,
    "translates": _text,
    "translator": _text,
}
_ANSWER: Mapping[str, Reader] = {
    key: reader for key, reader in _MODULE.items() if key not in ("summary", "minutes", "uses", "after")
}
_GROUP: Mapping[str, Reader] = {
    "title": _text,
    "summary": _text,
    "language": _text,
    "for": _conditions,
    "hours": _hours,
    "host": _text,
    "author": _text,
    "clinical-lead": _text,
    "review-by": _date,
    "licence": _text,
    "sources": _sources,
    "translates": _text,
    "translator": _text,
    "kind": _kind,
    "themes": _list,
    "stage": _stages,
    "size": _whole(2, 1000),
    "meets": _meets,
    "starts-with": _whole(2, 1000),
    "weeks": _list,
}
GROUP_SHAPE = ("kind", "themes", "stage", "size", "meets", "starts-with", "weeks")
"""What a translation takes from the page that it translates: the room is one and the same."""
_NOT_NEEDED_OF_A_GROUP = {"author", "sources", *TRANSLATION_KEYS, *GROUP_SHAPE}


def language_problem(header: Header, language: str) -> Iterator[Problem]:
    written = header.values.get("language")
    if written and isinstance(written.what, str) and written.what != language:
        hint = f"write language: {language}, or rename the file"
        yield written.at.problem("C016", f"the file's name says '{language}'", hint)
