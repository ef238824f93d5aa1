"""The head of the desk: the pages of every day in one row, the others behind *More*."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

IN_THE_ROW = 5
"""With as many or fewer, nothing is put behind *More*."""


@dataclass(frozen=True)
class Tab:
    """``daily``: stays in the row when there are many."""

    to: str
    name: str
    seen_by: frozenset[str]
    daily: bool = False

    @property
    def under(self) -> str:
        return "/desk/alerts/" if self.to == "/desk" else f"{self.to}/"

    def current(self, here: str) -> str | None:
        """``page`` where it is open, ``true`` where a page under it is."""
        if here == self.to:
            return "page"
        return "true" if here.startswith(self.under) else None


@dataclass(frozen=True)
class Tabs:
    row: tuple[Tab, ...]
    more: tuple[Tab, ...]

    def behind(self, here: str) -> Tab | None:
        """The one behind *More* that is open."""
        return next((tab for tab in self.more if tab.current(here)), None)


def tabs_for(known: Sequence[Tab], roles: frozenset[str]) -> Tabs:
    seen = tuple(tab for tab in known if tab.seen_by & (roles | {"*"}))
    if len(seen) <= IN_THE_ROW:
        return Tabs(seen, ())
    return Tabs(tuple(t for t in seen if t.daily), tuple(t for t in seen if not t.daily))
