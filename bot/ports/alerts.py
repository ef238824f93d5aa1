"""The alert ledger as people read it, and the promises that workers keep."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from bot.core.facts import Fact
from bot.core.library import Level
from bot.core.values import AlertId, LineId, ServiceId, StaffId, WordId


@dataclass(frozen=True)
class Looker:
    """Who looks, from which page: one audit row for each look, in the transaction of the read (I11)."""

    who: StaffId
    at: datetime
    role: str = "staff"


@dataclass(frozen=True)
class EvidenceSeen:
    rule: str
    version: str
    seq: int | None
    client_id: UUID | None
    numbers: Mapping[str, float]
    at: datetime


@dataclass(frozen=True)
class AlertSeen:
    id: AlertId
    line: LineId
    kind: str
    concern: str
    level: Level
    state: str
    owner: StaffId | None
    rung: int
    told: int
    opened_at: datetime
    due_at: datetime | None
    acted_by: StaffId | None
    acknowledged_at: datetime | None
    resolved_at: datetime | None
    outcome: str | None
    evidence: tuple[EvidenceSeen, ...] = ()
    note: WordId | None = None


@dataclass(frozen=True)
class DeliverySeen:
    to: StaffId
    channel: str
    rung: int
    told: int
    state: str
    attempts: int
    last_error: str | None
    made_at: datetime
    accepted_at: datetime | None


class Ledger(Protocol):
    async def list(self, service: ServiceId, *, open_only: bool, by: Looker | None) -> Sequence[AlertSeen]:
        """Gravest and oldest first. A list counts as one look. ``by`` None: the operator's own count."""

    async def one(self, service: ServiceId, alert: AlertId, by: Looker | None) -> AlertSeen | None: ...

    async def deliveries(self, service: ServiceId, alert: AlertId) -> Sequence[DeliverySeen]: ...

    async def history(
        self, service: ServiceId, line: LineId, alert: AlertId
    ) -> Sequence[tuple[datetime, Fact]]:
        """What happened to the alert, and the answers given meanwhile in the safety dialogue; in order."""


@dataclass(frozen=True)
class Task:
    """One claimed outbox row, leased to this worker."""

    id: UUID
    kind: str
    line: LineId
    payload: Mapping[str, Any]
    attempts: int


class Outbox(Protocol):
    async def services_due(self, now: datetime) -> Sequence[ServiceId]: ...

    async def claim(self, service: ServiceId, now: datetime, *, most: int, lease_s: float) -> Sequence[Task]:
        """Due rows nobody else holds, gravest first."""

    async def claim_one(
        self, service: ServiceId, dedupe: str, now: datetime, *, lease_s: float
    ) -> Task | None:
        """This very row, if it is still to be done and nobody holds it."""

    async def done(self, service: ServiceId, task: UUID, now: datetime) -> None: ...

    async def later(self, service: ServiceId, task: UUID, due_at: datetime) -> None: ...


@dataclass(frozen=True)
class Delivery:
    """One telling of one person. Its id never changes over its retries: it is the Message-ID."""

    id: UUID
    to: StaffId
    message_id: str
    state: str
    attempts: int


class Deliveries(Protocol):
    async def plan(
        self,
        service: ServiceId,
        task: Task,
        alert: AlertId,
        to: Sequence[tuple[UUID, StaffId, str]],
        now: datetime,
    ) -> Sequence[Delivery]:
        """Rows for these people, as (id, person, Message-ID), made once; what was made before stays."""

    async def accepted(self, service: ServiceId, delivery: UUID, now: datetime) -> None: ...

    async def failed(self, service: ServiceId, delivery: UUID, error: str) -> None: ...


@dataclass(frozen=True)
class DueTimer:
    line: LineId
    line_kind: str
    kind: str
    key: str


class Timers(Protocol):
    async def services_due(self, now: datetime) -> Sequence[ServiceId]: ...

    async def claim(
        self, service: ServiceId, now: datetime, *, most: int, lease_s: float
    ) -> Sequence[DueTimer]: ...
