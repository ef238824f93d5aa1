"""The diary on a patient's page: a table of each kind of line, and a sentence that says what the numbers were."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.core.library import Library, said
from bot.usecases.own_days import DiaryOpened

SHOWN = 10


@dataclass(frozen=True)
class DiaryTable:
    """``lines``: newest first, (when, number with its unit, words). ``more``: how many older ones the page leaves out."""

    title: str
    sentence: str
    lines: tuple[tuple[datetime, str, str | None], ...]
    more: int


def diary_tables(diary: Sequence[DiaryOpened], library: Library) -> tuple[DiaryTable, ...]:
    """``diary``: newest first. The kind that was written last comes first."""
    kinds = dict.fromkeys(line.kind for line in diary)
    return tuple(_table(kind, [line for line in diary if line.kind == kind], library) for kind in kinds)


def _table(kind: str, lines: Sequence[DiaryOpened], library: Library) -> DiaryTable:
    key = f"diary_{kind}"
    title = library.say(key) if key in library.texts["en"] else kind
    shown = tuple((line.at, _number(line), line.text) for line in lines[:SHOWN])
    return DiaryTable(title, _sentence(lines), shown, max(len(lines) - SHOWN, 0))


def _sentence(lines: Sequence[DiaryOpened]) -> str:
    """Nothing is said of what they mean: nobody set a range for this person here."""
    given = [(line.number, line) for line in lines if line.number is not None]
    if not given:
        return f"{len(lines)} lines." if len(lines) > 1 else "1 line."
    numbers, last = [number for number, _ in given], given[0][1]
    if len(numbers) == 1:
        return f"{_number(last)}."
    low, high = said(min(numbers)), said(max(numbers))
    return (
        f"{_number(last)} at the last of {len(numbers)}. They go from {low} to {high} {last.unit}".strip()
        + "."
    )


def _number(line: DiaryOpened) -> str:
    return f"{said(line.number)} {line.unit}".strip() if line.number is not None else ""
