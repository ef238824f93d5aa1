"""What the screen did in this process, in numbers for the operator: rules' names and counts, nobody's."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.core.facts import AlertRaised, EvidenceAdded, Fact


@dataclass
class Tally:
    """``asked``: texts for which the second net's number was wanted; ``absent``: it was late, or there is none."""

    hits: Counter[str] = field(default_factory=Counter)
    asked: int = 0
    absent: int = 0

    def net(self, *, came: bool) -> None:
        self.asked += 1
        self.absent += not came

    def heard(self, facts: Iterable[Fact]) -> None:
        """Only evidence that a screen's rule gave: other kinds have a colon in their names."""
        for fact in facts:
            if isinstance(fact, AlertRaised | EvidenceAdded) and ":" not in fact.evidence.rule:
                self.hits[fact.evidence.rule] += 1
