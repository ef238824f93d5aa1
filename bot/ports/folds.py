"""One letter that stands for many, where very many alerts wait for the same person at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from bot.core.library import Level
from bot.core.values import ServiceId, StaffId
from bot.ports.alerts import AlertStanding, Task, Telling


@dataclass(frozen=True)
class Fold:
    """``id``: of its own promise. ``tasks``: the promises that it keeps for this person."""

    id: UUID
    to: StaffId
    level: Level
    message_id: str
    tasks: Sequence[Task]


@dataclass(frozen=True)
class Folded:
    """A promise as it was claimed, and its alert as it stands."""

    task: Task
    alert: AlertStanding


class Folds(Protocol):
    async def waiting(
        self, service: ServiceId, task: Task, alert: AlertStanding, now: datetime, most: int
    ) -> int:
        """How many due promises nobody holds, of the same level and rung, for the same owner; counted up to ``most``."""

    async def standing(self, service: ServiceId, tasks: Sequence[Task]) -> Sequence[Folded]:
        """These promises, which are held here, and how their alerts stand."""

    async def claim(
        self,
        service: ServiceId,
        task: Task,
        alert: AlertStanding,
        now: datetime,
        *,
        most: int,
        lease_s: float,
    ) -> Sequence[Folded]:
        """Those, the longest due first."""

    async def make(
        self, service: ServiceId, folds: Sequence[Fold], priority: int, now: datetime
    ) -> Sequence[UUID]:
        """In one commit: the promises go over to the folds, each with a delivery that names the letter that will tell it.

        Left out is what somebody else has claimed since. Returns the folds that are to be told.
        """

    async def of(self, service: ServiceId, task: Task) -> Sequence[Folded]:
        """What a fold stands for now, with how it stands with each person."""

    async def tried(
        self,
        service: ServiceId,
        task: Task,
        telling: Telling,
        told: Collection[UUID],
        at: datetime,
        *,
        done: bool,
    ) -> None:
        """What came of the letter, for each promise that it told. ``done``: and the fold is kept, in the same commit; what
        it needed to tell no more has no delivery."""

    async def undo(self, service: ServiceId, task: Task, tasks: Collection[UUID], now: datetime) -> None:
        """These promises are their own again: somebody else is to hear them."""
