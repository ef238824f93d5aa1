"""The days of the digest, each person's letter of it, and who wants none."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from bot.core.digest import Quiet
from bot.core.library import Level
from bot.core.values import ServiceId, StaffId
from bot.ports.alerts import Task


@dataclass(frozen=True)
class Digest:
    """``id``: of the promise that keeps it. ``message_id``: one for a person and day."""

    id: UUID
    to: StaffId
    message_id: str


@dataclass(frozen=True)
class DigestTried:
    """``listed``: the marks of what it told of. ``state``: as of any letter, or ``void``: there was nothing to tell."""

    state: str
    listed: Set[str] = frozenset()
    fresh: int = 0
    error: str | None = None


@dataclass(frozen=True)
class DigestSeen:
    day: date
    open: int
    fresh: int
    state: str
    attempts: int
    accepted_at: datetime | None


class Digests(Protocol):
    async def planned(self, service: ServiceId, day: date) -> bool: ...

    async def waiting(self, service: ServiceId, levels: Collection[Level]) -> Sequence[Quiet]:
        """Open alerts of these levels that nobody has taken on."""

    async def known(self, service: ServiceId) -> Mapping[StaffId, Set[str]]:
        """What stood in the last digest that each person got."""

    async def plan(
        self, service: ServiceId, day: date, digests: Sequence[Digest], priority: int, at: datetime
    ) -> Sequence[UUID]:
        """Once for a day, whoever comes first: the day, its digests and their promises in one commit. Returns what is new."""

    async def state(self, service: ServiceId, to: StaffId, day: date) -> str | None: ...

    async def tried(
        self, service: ServiceId, task: Task, tried: DigestTried, at: datetime, *, done: bool
    ) -> None:
        """``done``: and the promise is kept, in the same commit."""

    async def seen(self, service: ServiceId, to: StaffId, most: int) -> Sequence[DigestSeen]:
        """Somebody's own, the newest first."""

    async def unwanted(self, service: ServiceId) -> Set[StaffId]: ...

    async def want(self, service: ServiceId, who: StaffId, at: datetime, *, on: bool) -> None: ...
