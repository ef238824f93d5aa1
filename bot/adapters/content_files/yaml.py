"""YAML as plain values with the place of each: a small, safe part of the language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NoReturn

import yaml
from yaml.error import MarkedYAMLError, YAMLError
from yaml.events import (
    AliasEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from bot.core.library.drafts import Place
from bot.core.library.limits import YAML_DEPTH
from bot.core.library.problems import Problem

Path = tuple[str | int, ...]
Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]

_WHOLE = re.compile(r"[-+]?[0-9]{1,15}")
_DECIMAL = re.compile(r"[-+]?[0-9]{1,15}\.[0-9]{1,15}")


@dataclass(frozen=True, slots=True, eq=False)
class Document:
    """Itself alone: one of the same text is found again by ``read_yaml``.

    ``names``: the places of keys; ``values``: those of values; both by the path of keys and positions."""

    at: Place
    data: Plain
    names: Mapping[Path, Place]
    values: Mapping[Path, Place]
    text: str = ""

    def place(self, path: Path) -> Place:
        """Of the value at ``path``, or of the nearest thing around it that stands in the file."""
        while path:
            if path in self.values:
                return self.values[path]
            path = path[:-1]
        return self.at

    def name_place(self, path: Path) -> Place:
        return self.names.get(path) or self.place(path)


class _Refused(Exception):
    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


@lru_cache(maxsize=256)  # one edit of a folder leaves the other files as they were
def read_yaml(text: str, at: Place) -> Document | Problem:
    """``at``: the place where ``text`` begins in its file."""
    reader = _Reader(at)
    try:
        return reader.read(text)
    except _Refused as refused:
        return refused.problem
    except MarkedYAMLError as error:
        # A quotation mark that is never closed runs to the end of the file: where it began is what helps.
        quoted = "quoted" in str(error.context)
        mark = error.context_mark if quoted else error.problem_mark or error.context_mark
        place = reader.at(*_inside(text, mark.line, mark.column)) if mark else at
        return place.problem(
            "C004", "this is not understood", "check the colon, the indent and the quotation marks"
        )
    except (YAMLError, ValueError):
        return at.problem(
            "C004", "this is not understood", "check the colons, the indents and the quotation marks"
        )


def _inside(text: str, line: int, column: int) -> tuple[int, int]:
    """Where the text ends too early, the parser means the line behind it."""
    lines = text.split("\n")
    if line < len(lines):
        return line, column
    return len(lines) - 1, len(lines[-1])


class _Reader:
    """Builds plain values from the parser's events, so that nothing odd is ever built or called."""

    def __init__(self, start: Place) -> None:
        self._start = start
        self._names: dict[Path, Place] = {}
        self._values: dict[Path, Place] = {}
        self._events: Iterator[Event] = iter(())

    def at(self, line: int, column: int) -> Place:
        return Place(self._start.file, self._start.line + line, column + 1)

    def read(self, text: str) -> Document:
        self._events = yaml.parse(text, Loader=yaml.CSafeLoader)
        data: Plain = {}
        documents = 0
        for event in self._events:
            if isinstance(event, NodeEvent):
                documents += 1
                if documents > 1:
                    self._refuse(event, "a second '---' begins another document", "keep one to a file")
                data = self._value(event, ())
        return Document(self._start, data, self._names, self._values, text)

    def _value(self, event: Event, path: Path) -> Plain:
        self._refuse_odd(event, path)
        self._values[path] = self._place(event)
        if isinstance(event, MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, SequenceStartEvent):
            held: list[Plain] = []
            for inner in self._until(SequenceEndEvent):
                held.append(self._value(inner, (*path, len(held))))
            return held
        assert isinstance(event, ScalarEvent)
        return _scalar(event)

    def _mapping(self, path: Path) -> dict[str, Plain]:
        held: dict[str, Plain] = {}
        for event in self._until(MappingEndEvent):
            self._refuse_odd(event, path)
            if not isinstance(event, ScalarEvent) or event.value == "<<":
                self._refuse(event, "this is not a key", "a key is a plain word")
            key = str(event.value)
            if key in held:
                self._refuse(event, f"'{key}' is written twice", "keep one of them")
            self._names[*path, key] = self._place(event)
            held[key] = self._value(next(self._events), (*path, key))
        return held

    def _until(self, end: type[Event]) -> Iterator[Event]:
        while not isinstance(event := next(self._events), end):
            yield event

    def _refuse_odd(self, event: Event, path: Path) -> None:
        """What could grow without end, and what names a type to be built."""
        if len(path) >= YAML_DEPTH and not isinstance(event, ScalarEvent):
            self._refuse(
                event, "this is nested too deeply", "keep it flat: a list in a list in a list is hard to read"
            )
        if isinstance(event, AliasEvent):
            self._refuse(
                event, "'*' names are not used here", "put the text in quotation marks, or write it out"
            )
        if isinstance(event, NodeEvent) and event.anchor:
            self._refuse(
                event, "'&' names are not used here", "put the text in quotation marks, or write it out"
            )
        if isinstance(event, ScalarEvent | MappingStartEvent | SequenceStartEvent) and event.tag:
            self._refuse(event, "'!' types are not used here", "put the text in quotation marks")

    def _place(self, event: Event) -> Place:
        mark = event.start_mark
        return self.at(mark.line, mark.column) if mark else self._start

    def _refuse(self, event: Event, message: str, hint: str) -> NoReturn:
        raise _Refused(self._place(event).problem("C005", message, hint))


def _scalar(event: ScalarEvent) -> Plain:
    """By how it is written; in quotation marks it is always text, and so are dates and ``no``."""
    text = str(event.value)
    if event.style in ("'", '"', "|", ">"):
        return text
    if text in ("", "~", "null"):
        return None
    if text in ("true", "false"):
        return text == "true"
    if _WHOLE.fullmatch(text):
        return int(text)
    if _DECIMAL.fullmatch(text):
        return float(text)
    return text
