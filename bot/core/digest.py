"""The digest: how many routine alerts wait for somebody, and how many of them they have not been told of yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from bot.core.escalation import who_hears
from bot.core.library import Ladder, Level
from bot.core.rota import There
from bot.core.service import Service
from bot.core.values import StaffId


@dataclass(frozen=True)
class Quiet:
    """An open alert of which nobody is told but in the digest. ``told``: counts up when it comes back or is handed on."""

    alert: UUID
    told: int
    concern: str
    level: Level
    owner: StaffId | None
    acted_by: StaffId | None
    reopened: int

    @property
    def mark(self) -> str:
        """By this the next digest knows that it was in the last one."""
        return f"{self.alert}:{self.told}"


def day_of(service: Service, now: datetime) -> date | None:
    """Whose digest is due: none before a working day begins, and none after it."""
    return service.on_its_clock(now).date() if service.reading_now(now) else None


def quiet_levels(ladder: Ladder) -> frozenset[Level]:
    return frozenset(level for level, how in ladder.notify.items() if how == "digest")


def whose(waiting: Iterable[Quiet], there: There, ladder: Ladder) -> Mapping[StaffId, Set[str]]:
    """What waits for each person on the first rung, or for who covers for them."""
    found: dict[StaffId, set[str]] = defaultdict(set)
    for one in waiting:
        back = one.acted_by if one.reopened else None
        for hearer in who_hears(one.concern, one.level, 0, one.owner, there, ladder, once_theirs=back):
            found[hearer.who.id].add(one.mark)
    return found
