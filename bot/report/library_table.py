"""The library as a table: what each module and quick answer takes of whoever reads it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bot.core.library import Library
from bot.core.library.drafts import Drafts
from bot.core.library.reading_checks import count
from bot.report.walks import unsaid, walk


@dataclass(frozen=True)
class Row:
    """``paths``: distinct ways to an end. ``longest``: the words of the longest of them. ``age``: the reading age that is counted.

    ``unsaid``: how many of its texts nobody gets to read.
    """

    key: str
    title: str
    suits: tuple[str, ...]
    quick: bool
    steps: int
    minutes: int
    words: int
    longest: int
    paths: int
    age: float
    longest_sentence: int
    dead_ends: int
    trapped: int
    unsaid: int


def rows(library: Library, drafts: Drafts) -> Iterator[Row]:
    """Of the pages in English, in easier words too; each is walked when it is asked for."""
    style = drafts.style
    for draft in sorted(drafts.modules, key=lambda d: d.key) if style else ():
        module = library.modules.get(draft.key)
        counts = count(draft.passages, style) if style else None
        if module is None or counts is None or module.language != "en":
            continue
        walked = walk(library, draft.key)
        yield Row(
            key=draft.key,
            title=module.title,
            suits=module.suits,
            quick=module.quick,
            steps=len(module.steps),
            minutes=module.minutes,
            words=counts.words,
            longest=walked.longest(),
            paths=walked.paths(),
            age=counts.age,
            longest_sentence=len(counts.longest.words),
            dead_ends=len(walked.dead_ends),
            trapped=len(walked.trapped),
            unsaid=len(unsaid(module, walked)),
        )


def told(found: Iterable[Row]) -> str:
    """As Markdown: the modules by folder, then the quick answers counted by folder."""
    held = list(found)
    modules = [row for row in held if not row.quick]
    lines = [
        "| module | for | steps | minutes | words | longest way, words | ways | reading age | longest sentence |",
        "|---|---|---|---|---|---|---|---|---|",
        *(_line(row) for row in modules),
        "",
        "| quick answers | pages | words, fewest to most | reading age, highest | longest sentence |",
        "|---|---|---|---|---|",
        *(_answers(folder, of) for folder, of in _by_folder([row for row in held if row.quick]).items()),
    ]
    return "\n".join(lines) + "\n"


def summed(found: Iterable[Row]) -> str:
    """One sentence for all of it."""
    held = list(found)
    modules, answers = [r for r in held if not r.quick], [r for r in held if r.quick]
    return (
        f"{len(modules)} modules and {len(answers)} quick answers, {sum(r.words for r in held):,} words; "
        f"{sum(r.paths for r in held):,} distinct ways through, dead ends {sum(r.dead_ends for r in held)}, "
        f"loops without an exit {sum(r.trapped for r in held)}."
    )


def _line(row: Row) -> str:
    cells: tuple[object, ...] = (
        f"`{row.key}` {row.title}",
        ", ".join(row.suits),
        row.steps,
        row.minutes,
        f"{row.words:,}",
        f"{row.longest:,}",
        f"{row.paths:,}",
        f"{row.age:.0f}",
        row.longest_sentence,
    )
    return f"| {' | '.join(str(cell) for cell in cells)} |"


def _answers(folder: str, of: list[Row]) -> str:
    words = sorted(row.words for row in of)
    age, longest = max(row.age for row in of), max(row.longest_sentence for row in of)
    return f"| {folder} | {len(of)} | {words[0]} to {words[-1]} | {age:.0f} | {longest} |"


def _by_folder(answers: list[Row]) -> Mapping[str, list[Row]]:
    folders: dict[str, list[Row]] = {}
    for row in answers:
        folders.setdefault(row.key.split("/")[1], []).append(row)
    return folders
