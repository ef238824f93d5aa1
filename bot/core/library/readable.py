"""A module as a page to read: what everybody who opens it is told, and nothing that hangs on one person's answers."""

from __future__ import annotations

from collections.abc import Iterator

from bot.core.library.steps import Ask, Exercise, Module, Part, Picture, Say
from bot.core.values import Value

FILLED = "{{"


class Paragraph(Value):
    """One paragraph, with the marks that a message may have. ``lang``: where it is not the page's."""

    text: str
    lang: str = ""


class Section(Value):
    title: str
    lines: tuple[Paragraph, ...]


class Page(Value):
    """``urgent``: when to stop and whom to call, which comes before everything else."""

    title: str
    lang: str
    urgent: Paragraph | None
    sections: tuple[Section, ...]


def readable(module: Module) -> Page:
    """Its steps in the order of the file. Branches, questions to answer and what a patient's own words fill in stay away."""
    urgent = Paragraph(text=module.urgent, lang=module.urgent_lang) if module.urgent else None
    sections = tuple(
        Section(title=step.title, lines=lines) for step in module.steps if (lines := _lines(step.parts))
    )
    return Page(title=module.title, lang=module.language, urgent=urgent, sections=sections)


def _lines(parts: tuple[Part, ...]) -> tuple[Paragraph, ...]:
    return tuple(line for part in parts for line in _line(part) if FILLED not in line.text)


def _line(part: Part) -> Iterator[Paragraph]:
    match part:
        case Say(text=text, lang=lang):
            yield Paragraph(text=text, lang=lang)
        case Picture(description=description):
            yield Paragraph(text=description)
        case Exercise(moves=moves, when=None):
            yield from (Paragraph(text=move.do) for move in moves)
        case Ask(text=text, lang=lang, how="in your own words", when=None):
            yield Paragraph(text=text, lang=lang)
