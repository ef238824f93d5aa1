"""What reading the files gave: parsed, not yet checked, and every piece with its place in the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeVar

from bot.core.library.house_style import HouseStyle
from bot.core.library.measures import Measure
from bot.core.library.policy import Policy
from bot.core.library.problems import Problem
from bot.core.library.signoff import Signature
from bot.core.library.steps import Branch, Compare, Link, Part
from bot.core.safety import SafetyContent

T = TypeVar("T", covariant=True)


@dataclass(frozen=True, slots=True)
class Place:
    """``file`` is relative to the content folder; ``line`` and ``column`` count from 1."""

    file: str
    line: int = 1
    column: int = 1

    def problem(self, code: str, message: str, hint: str) -> Problem:
        return self.said(code, message, hint, "error")

    def warning(self, code: str, message: str, hint: str) -> Problem:
        return self.said(code, message, hint, "warning")

    def said(self, code: str, message: str, hint: str, level: Literal["error", "warning"]) -> Problem:
        return Problem(
            file=self.file,
            line=self.line,
            column=self.column,
            code=code,
            level=level,
            message=message,
            hint=hint,
        )


@dataclass(frozen=True, slots=True)
class Placed(Generic[T]):
    what: T
    at: Place


@dataclass(frozen=True, slots=True)
class Passage:
    """Something that patients read, in the words and signs of the file; ``at`` is the place of its first letter."""

    text: str
    at: Place

    def place(self, offset: int) -> Place:
        line = self.text.count("\n", 0, offset)
        if line == 0:
            return Place(self.at.file, self.at.line, self.at.column + offset)
        return Place(self.at.file, self.at.line + line, offset - self.text.rfind("\n", 0, offset))


@dataclass(frozen=True, slots=True)
class Header:
    """Front matter as written. ``names`` holds the place of each key, ``values`` that of each value."""

    at: Place
    names: Mapping[str, Place]
    values: Mapping[str, Placed[object]]


@dataclass(frozen=True, slots=True)
class PartDraft:
    """A part, with the places of its pieces in reading order."""

    part: Part
    at: Place
    links: tuple[Placed[Link], ...] = ()
    compares: tuple[Placed[Compare], ...] = ()
    bubbles: tuple[Placed[str], ...] = ()
    fills: tuple[Placed[str], ...] = ()
    """The names between ``{{`` and ``}}``."""
    branches: tuple[Placed[Branch], ...] = ()
    names: tuple[Placed[str], ...] = ()
    """The measure, action or answer that the block's line names."""


@dataclass(frozen=True, slots=True)
class StepDraft:
    id: str
    title: str
    at: Place
    parts: tuple[PartDraft, ...]
    unread: bool = False
    """A block of it was not understood: where it leads, and what stands in it, is not known."""

    @property
    def links(self) -> tuple[Placed[Link], ...]:
        return tuple(link for part in self.parts for link in part.links)

    @property
    def ends(self) -> bool:
        """Nobody comes out at the bottom of this step: it ends in choices."""
        return bool(self.parts) and always_chooses(self.parts[-1].part)


@dataclass(frozen=True, slots=True)
class ModuleDraft:
    """``key``: the id, with ``.<language>`` behind it unless that is English. ``id``: see Module.

    ``text_hash``: of the file's text, by which a translation names what it was made from.
    """

    key: str
    id: str
    language: str
    at: Place
    header: Header | None
    urgent: Placed[str] | None
    steps: tuple[StepDraft, ...]
    text_hash: str = ""
    urgent_lang: str = ""
    passages: tuple[Passage, ...] = ()

    @property
    def unread(self) -> bool:
        """One of its steps has a block that was not understood."""
        return any(step.unread for step in self.steps)


@dataclass(frozen=True, slots=True)
class GroupDraft:
    key: str
    id: str
    language: str
    at: Place
    header: Header | None
    welcome: tuple[Placed[str], ...]
    rules: tuple[Placed[str], ...]
    text_hash: str = ""
    passages: tuple[Passage, ...] = ()
    agenda: tuple[Placed[str], ...] = ()


@dataclass(frozen=True, slots=True)
class SafetyDraft:
    """``places``: of everything in the content, by the keys and positions that lead to it.

    ``proven``: this very content kept its examples before.
    """

    content: SafetyContent
    at: Place
    places: Mapping[tuple[str | int, ...], Place]
    proven: bool = False

    def place(self, path: tuple[str | int, ...]) -> Place:
        """Of the value at ``path``, or of the nearest thing around it."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places[path] if path else self.at


@dataclass(frozen=True, slots=True)
class Sourced:
    """A file of numbers as written. ``names``: the place of each key, by the keys that lead to it."""

    at: Place
    data: Mapping[str, object]
    names: Mapping[tuple[str | int, ...], Place]


@dataclass(frozen=True, slots=True)
class Drafts:
    """Everything that was read. ``problems``: what went wrong while reading; those parts are missing here."""

    modules: tuple[ModuleDraft, ...] = ()
    groups: tuple[GroupDraft, ...] = ()
    measures: tuple[Placed[Measure], ...] = ()
    skeletons: tuple[Placed[Measure], ...] = ()
    """Questionnaires whose licensed words nobody has brought: they are not offered."""
    texts: Mapping[str, Mapping[str, Placed[str]]] = field(default_factory=dict)
    translators: Mapping[str, Header] = field(default_factory=dict)
    """By language: the keys of a file of texts that say who answers for it."""
    understanding: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    second_net: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    posts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    alike: tuple[tuple[str, ...], ...] = ()
    """Words that stand for one another in a search."""
    safety: SafetyDraft | None = None
    policy: Placed[Policy] | None = None
    style: HouseStyle | None = None
    """How pages of its language should read; None where nobody has written it down, or it could not be read."""
    sentences: Mapping[str, tuple[Passage, ...]] = field(default_factory=dict)
    """The service's own, by language, as they stand in their files."""
    governed: tuple[Header, ...] = ()
    """The top keys of data files that somebody answers for."""
    signatures: tuple[Placed[Signature], ...] = ()
    bodies: Mapping[str, bytes] = field(default_factory=dict)
    """Every file that was read, by its name in the folder."""
    sourced: tuple[Sourced, ...] = ()
    broken: frozenset[str] = frozenset()
    """Names (``module:<key>``, ``group:<key>``, ``measure:<id>``) whose files are there but could not be read."""
    files: tuple[str, ...] = ()
    """The names of all that were looked at."""
    problems: tuple[Problem, ...] = ()


def always_chooses(part: Part) -> bool:
    """Whether every way through the part ends in buttons."""
    if part.kind == "choose":
        return True
    if part.kind == "when":
        return part.branches[-1].when is None and all(b.links for b in part.branches)
    return False


def sometimes_chooses(part: Part) -> bool:
    return part.kind == "choose" or (part.kind == "when" and any(b.links for b in part.branches))
