"""What other rules about scores would have said of a service's own past, before they are put in force."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TypeVar

from bot.core.library import Library
from bot.core.service import Service
from bot.core.worsening import Rules
from bot.core.worsening.comparing import Compared, Comparing
from bot.core.worsening.replay import judge_by
from bot.ports import Looker
from bot.ports.reading import PersonScores
from bot.usecases.house import House

LIMIT_S = 2.0
"""A page waits no longer."""
AT_ONCE = 20
GOLDEN = (sqrt(5) - 1) / 2
T = TypeVar("T")


@dataclass(frozen=True)
class Weighed:
    """``of``: everybody with a score, of whom those in ``compared`` were judged in time. ``made_up``: simulated people."""

    rule_set: str
    compared: Compared
    of: int
    made_up: bool

    @property
    def cut_short(self) -> bool:
        return self.compared.people < self.of


async def weigh(
    house: House, service: Service, proposed: Library, by: Looker, *, limit_s: float = LIMIT_S
) -> Weighed | None:
    """One look on the service's own chain. None, and no look, where the service's own rules say the same as before."""
    before, after = (Rules.of(library, service.rule_set) for library in (house.shelf.library, proposed))
    if _say_the_same(before, after):
        return None
    past = await house.record.reading.histories(service.id, by)
    comparing = Comparing(judge_by(before), judge_by(after))
    loop = asyncio.get_running_loop()
    until = loop.time() + limit_s
    people = spread(past.people)
    for n in range(0, len(people), AT_ONCE):
        if loop.time() >= until:
            break
        await asyncio.to_thread(_add, comparing, people[n : n + AT_ONCE])
    return Weighed(after.name, comparing.compared(), len(past.people), past.made_up)


def spread(people: Sequence[T]) -> list[T]:
    """In an order of which each beginning is spread evenly over all: they come by when they joined.

    >>> spread(range(8))
    [0, 5, 2, 7, 4, 1, 6, 3]
    """
    return [people[n] for n in sorted(range(len(people)), key=lambda n: n * GOLDEN % 1.0)]


def _say_the_same(before: Rules, after: Rules) -> bool:
    policies = [rules.policy.model_copy(update={"version": ""}) for rules in (before, after)]
    return policies[0] == policies[1] and before.better == after.better


def _add(comparing: Comparing, people: Sequence[PersonScores]) -> None:
    for person in people:
        comparing.add(person.owner, person.totals)
