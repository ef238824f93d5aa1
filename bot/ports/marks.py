"""What staff say of the screen, and what follows from it in numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, Protocol

from bot.core.values import LineId, ServiceId, StaffId
from bot.ports.alerts import Looker
from bot.ports.lines import Sealed

Verdict = Literal["right", "false_alarm", "missed", "nothing"]


@dataclass(frozen=True)
class Mark:
    """Of one hit of a rule (``right``, ``false_alarm``), or, with an empty rule, of a message at which nothing spoke."""

    line: LineId
    seq: int
    rule: str
    concern: str
    verdict: Verdict
    by: StaffId
    at: datetime


@dataclass(frozen=True)
class RuleCount:
    rule: str
    hits: int
    right: int
    false_alarms: int


@dataclass(frozen=True)
class MissedCount:
    concern: str
    number: int


@dataclass(frozen=True)
class Quality:
    """``made_up``: the service has simulated people only, and it is they who are counted."""

    rules: tuple[RuleCount, ...]
    missed: tuple[MissedCount, ...]
    made_up: bool


@dataclass(frozen=True)
class Sampled:
    """A message at which nothing spoke. ``near``: chosen for its ``worry``, which is just below the bar; else by lot."""

    day: date
    line: LineId
    seq: int
    at: datetime
    worry: float | None
    near: bool
    word: Sealed | None
    verdict: Verdict | None
    by: StaffId | None


class Marks(Protocol):
    async def put(self, service: ServiceId, mark: Mark, by: Looker) -> None:
        """Keep a mark, or change one's own. Raises Refused('marked_by_another')."""

    async def take_back(self, service: ServiceId, line: LineId, seq: int, rule: str, by: Looker) -> None:
        """Take one's own mark away. Raises Refused('marked_by_another') where there is none of one's own."""

    async def of_line(self, service: ServiceId, line: LineId, by: Looker | None = None) -> Sequence[Mark]: ...

    async def quality(self, service: ServiceId, since: datetime) -> Quality:
        """Hits by rule with what was said of them, and what was missed, since then. Numbers only."""

    async def sample(
        self,
        service: ServiceId,
        since: datetime,
        until: datetime,
        timezone: str,
        most: int,
        by: Looker,
    ) -> Sequence[Sampled]:
        """Up to ``most`` messages a day of those at which nothing spoke, always the same ones, of patients whom they may open: one look
        at each."""

    async def waiting(self, service: ServiceId) -> Sequence[Mark]:
        """What was missed and what was a false alarm, oldest first, that nobody has made an example of."""

    async def message(self, service: ServiceId, mark: Mark, by: Looker) -> Sealed | None:
        """The words that a mark is about: one look. None where they were erased, or stand in a group's post."""

    async def take_up(self, service: ServiceId, mark: Mark, by: StaffId, at: datetime) -> None: ...
