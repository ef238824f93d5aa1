"""How each rule's alerts went: numbers only, so nobody looks at anybody's record."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.core.values import ServiceId


@dataclass(frozen=True)
class RuleStanding:
    """The alerts in which one rule rang. ``people``: 0 where it rings in groups only. ``wrong`` and ``nothing``: how many
    of the ``resolved`` were mistaken, and needed nothing. ``again``: of a person at whom it had rung in another alert
    within the 14 days before. ``taken_on``: from when to when somebody acknowledged it."""

    rule: str
    alerts: int
    people: int
    resolved: int
    wrong: int
    nothing: int
    again: int
    reopened: int
    taken_on: tuple[tuple[datetime, datetime], ...]


@dataclass(frozen=True)
class Standings:
    """``made_up``: the service has simulated people only, and it is they who are counted."""

    rules: tuple[RuleStanding, ...]
    made_up: bool


class Rules(Protocol):
    async def standings(self, service: ServiceId, since: datetime) -> Standings:
        """Of every rule that has rung then or later, the loudest first."""
