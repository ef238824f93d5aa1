"""A rule set with what it has to know of the measures it judges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.core.library import Library, Number, Worsening
from bot.core.state import ScoreKept

# The scores of one person by measure, oldest first.
Histories = Mapping[str, Sequence[ScoreKept]]


@dataclass(frozen=True)
class Rules:
    """``better``: measures whose higher scores are the better ones."""

    name: str
    policy: Worsening
    better: frozenset[str] = frozenset()

    @classmethod
    def of(cls, library: Library, name: str) -> Rules:
        """The library's own set where it has none of that name (any more): nobody goes unwatched."""
        policy = library.policy.rule_sets.get(name)
        better = frozenset(m.id for m in library.measures.values() if m.higher_is == "better")
        return cls(name, policy, better) if policy else cls(DEFAULT, library.policy.worsening, better)

    @property
    def version(self) -> str:
        """As evidence names it."""
        return f"{self.name}:{self.policy.version}"

    @property
    def window(self) -> timedelta:
        return timedelta(weeks=self.policy.look_back_weeks)

    def weight(self, measure: str, total: Number) -> Number:
        """The total so that more is always worse."""
        return -total if measure in self.better else total


DEFAULT = "default"
