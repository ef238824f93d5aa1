"""Whether every message that a patient was shown is of one edition: the one that the record names beside it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cached_property

from bot.cli.proofs.editions import mark_of
from bot.cli.proofs.reader import Reader
from bot.core.facts import Fact, MessageHeard, MessageShown, RunEnded
from bot.core.library import Exercise, Library, Module
from bot.core.shown import Shown
from bot.usecases.conversation import messages_since

_FILLED = re.compile(r"\{\{.*?\}\}|\{\w+\}")


class Editions:
    """The published libraries, to be asked whether a text stands in one of them."""

    def __init__(self, libraries: dict[str, Library]) -> None:
        self._libraries = {library.release: library for library in libraries.values()}
        self._marks = {library.release: mark_of(e) for e, library in libraries.items()}
        self._names = {library.release: e.lower() for e, library in libraries.items()}

    def name(self, release: str) -> str:
        return self._names[release]

    def marks_in(self, text: str) -> set[str]:
        """Releases whose marks it bears."""
        return {release for release, mark in self._marks.items() if mark in text}

    def holds(self, release: str, step: str, text: str) -> bool:
        """Whether the release says this at this place, whatever was filled in. True of what no place is named for."""
        if release not in self._libraries:
            return False
        kind, _, key = step.partition(":")
        if kind == "texts":
            return _fits(text, self._libraries[release].say(key))
        if "#" not in step:
            return True
        return any(_fits(text, held) for held in self._said.get((release, step), ()))

    @cached_property
    def _said(self) -> dict[tuple[str, str], tuple[str, ...]]:
        return {
            (release, f"{key}#{step}"): texts
            for release, library in self._libraries.items()
            for key, module in library.modules.items()
            for step, texts in _texts_of(module)
        }


def _texts_of(module: Module) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield "urgent", (module.urgent,)
    for step in module.steps:
        yield (
            step.id,
            tuple(text for part in step.parts for text in _strings(part.model_dump()))
            + tuple(
                " ".join(
                    f"{m.do.rstrip('.')} ({m.seconds} second{'s' * (m.seconds != 1)})." for m in part.moves
                )
                for part in step.parts
                if isinstance(part, Exercise)
            ),
        )


def _strings(held: object) -> Iterator[str]:
    if isinstance(held, str):
        yield held
    elif isinstance(held, dict):
        for inner in held.values():
            yield from _strings(inner)
    elif isinstance(held, list | tuple):
        for inner in held:
            yield from _strings(inner)


def _fits(text: str, held: str) -> bool:
    """The pieces between the placeholders, in their order, from the first letter to the last."""
    first, *rest = _FILLED.split(held)
    if not rest:
        return text == held
    at = len(first)
    for piece in rest[:-1]:
        found = text.find(piece, at)
        if found < 0:
            return False
        at = found + len(piece)
    return text.startswith(first) and text[at:].endswith(rest[-1])


async def slips_of(reader: Reader, editions: Editions) -> tuple[Counter[str], Counter[str]]:
    """What is wrong with one patient's history, and what there was to look at."""
    seen = await messages_since(reader.house, reader.service, reader.id, 0)
    facts = await reader.house.record.lines.facts(reader.service, reader.id)
    return reckon_texts(facts, {m.seq: m.shown for m in seen}, editions)


def reckon_texts(
    facts: Iterable[Fact], messages: dict[int, Shown], editions: Editions
) -> tuple[Counter[str], Counter[str]]:
    slips: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    steps: dict[str, str] = {}  # of this turn, with the release of each
    before = ""
    for fact in facts:
        if isinstance(fact, MessageHeard):
            steps = {}
        elif isinstance(fact, RunEnded):
            slips["module lost"] += fact.how in ("lost", "overran")
        elif isinstance(fact, MessageShown):
            shown, place = messages.get(fact.seq, Shown(text="")), fact.step or ""
            marks = editions.marks_in(shown.text)
            found = {
                "two editions in one text": len(marks) > 1,
                "not of its release": bool(marks - {fact.release})
                or not editions.holds(fact.release, place, shown.text),
                "two releases in one step": steps.setdefault(place, fact.release) != fact.release,
            }
            slips.update({f"{what} at {place}": 1 for what, so in found.items() if so})
            buttons = editions.marks_in(" ".join(choice.label for choice in shown.choices))
            counts["messages"] += 1
            counts["buttons_of_another_edition_than_the_text_above"] += bool(marks and buttons - marks)
            counts["messages_on_another_release_than_the_one_before"] += before not in ("", fact.release)
            before = fact.release
            for release in marks:
                counts[f"of_edition_{editions.name(release)}"] += 1
    return slips, counts
