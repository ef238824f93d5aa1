"""A folder as it was saved: what can be played of it, and all that is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from bot.core.library import Library, Problem
from bot.core.library.drafts import Drafts, ModuleDraft
from bot.core.library.playable import playable
from bot.ports import Manuscript


@dataclass(frozen=True)
class Edition:
    """``n`` counts the saves. ``library`` is what is played: None where nothing can be."""

    n: int = 0
    saved_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    drafts: Drafts = field(default_factory=Drafts)
    problems: tuple[Problem, ...] = ()
    library: Library | None = None

    def module(self, key: str | None) -> ModuleDraft | None:
        """The draft with this key; the first of all where none is asked for."""
        return next((m for m in self.drafts.modules if not key or m.key == key), None)

    def text(self, file: str) -> str:
        """A page as it was written."""
        held = self.drafts.bodies.get(file, b"").decode("utf-8-sig", "replace")
        return held.replace("\r\n", "\n").replace("\r", "\n")

    def problems_in(self, file: str) -> tuple[Problem, ...]:
        return tuple(p for p in self.problems if p.file == file)


def read(manuscript: Manuscript, before: Edition) -> Edition:
    """The next edition. Raises OSError while the files change under our hands."""
    drafts, built = manuscript.read()
    library = playable(drafts, built, before.library)
    return Edition(before.n + 1, datetime.now(UTC), drafts, built.problems, library)


def with_screen(edition: Edition) -> None:
    """What a typed word needs; worked out once the new text is shown."""
    if edition.library is not None:
        assert edition.library.screen is not None
