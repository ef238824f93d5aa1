"""The alert ledger as people read it, and the promises that workers keep."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from bot.core.facts import Fact
from bot.core.library import Level
from bot.core.values import AlertId, LineId, ServiceId, StaffId, WordId


@dataclass(frozen=True)
class Looker:
    """Who looks, from which page: one audit row for each look, in the transaction of the read (I11).

    ``refreshed``: the page that lies open has loaded itself anew, which within 15 minutes is the same look.
    """

    who: StaffId
    at: datetime
    role: str = "staff"
    refreshed: bool = False

    @property
    def at_the_desk(self) -> bool:
        """Held to whom they may open (``core.scope``). Whoever has the command line has the whole record anyway."""
        return self.role == "staff"


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
    snoozed_until: datetime | None
    reopened: int
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
    async def list(
        self, service: ServiceId, *, open_only: bool, by: Looker | None, noted: bool = True
    ) -> Sequence[AlertSeen]:
        """Gravest and oldest first, of those whom they may open. A list counts as one look.

        ``by`` None: the operator's own count, of everybody. ``noted`` False: nothing of it is shown, so nobody looks.
        """

    async def one(self, service: ServiceId, alert: AlertId, by: Looker | None) -> AlertSeen | None: ...

    async def deliveries(
        self, service: ServiceId, alert: AlertId, by: Looker | None = None
    ) -> Sequence[DeliverySeen]: ...

    async def history(
        self, service: ServiceId, line: LineId, alert: AlertId, by: Looker | None = None
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
    """Times are the house's clock, which is the record's own. ``kinds`` None: all."""

    async def services_due(
        self, now: datetime, kinds: Collection[str] | None = None
    ) -> Sequence[ServiceId]: ...

    async def claim(
        self,
        service: ServiceId,
        now: datetime,
        *,
        most: int,
        lease_s: float,
        kinds: Collection[str] | None = None,
        worst: int | None = None,
    ) -> Sequence[Task]:
        """Due rows nobody else holds, gravest first; ``worst``: none above this number (0 is the gravest)."""

    async def renew(self, service: ServiceId, tasks: Sequence[Task], until: datetime) -> None:
        """Hold them for longer, where they are still ours."""

    async def later(self, service: ServiceId, task: Task, due_at: datetime, *, tried: bool = True) -> None:
        """Try again then. Nothing, where somebody else has claimed it since. ``tried`` False: it is not counted."""

    async def give_back(self, service: ServiceId, task: Task) -> None:
        """As if it had not been claimed."""

    async def done(self, service: ServiceId, task: UUID, now: datetime) -> bool:
        """Of a post: whether a later one of its author waited for it."""


@dataclass(frozen=True)
class AlertStanding:
    """An alert at this moment. ``acted_by``: who last took it on, put it off or handed it over. ``heard``: how it stands
    with each person whom this promise was to tell. ``clinician``: the patient's own."""

    id: AlertId
    concern: str
    level: Level
    state: str
    rung: int
    told: int
    owner: StaffId | None
    acted_by: StaffId | None
    reopened: int
    heard: Mapping[StaffId, str]
    clinician: StaffId | None = None


@dataclass(frozen=True)
class Telling:
    """One try to tell one person.

    ``state``: ``accepted``, ``failed``, ``uncertain`` (it may have arrived) or ``likely`` (twice uncertain: not tried again).
    ``error``: a code, never a server's sentence.
    """

    id: UUID
    to: StaffId
    message_id: str
    state: str
    error: str | None = None


class Deliveries(Protocol):
    async def standing(self, service: ServiceId, task: Task) -> AlertStanding | None:
        """The alert that this promise is about, and who has heard of it by this promise."""

    async def tried(
        self, service: ServiceId, task: Task, telling: Telling, at: datetime, *, done: bool
    ) -> None:
        """One row a person and promise, its tries counted. ``done``: and the promise is kept, in the same commit."""


@dataclass(frozen=True)
class DueTimer:
    line: LineId
    line_kind: str
    kind: str
    key: str


class Timers(Protocol):
    async def services_due(
        self, now: datetime, kinds: Collection[str] | None = None
    ) -> Sequence[ServiceId]: ...

    async def claim(
        self,
        service: ServiceId,
        now: datetime,
        *,
        most: int,
        lease_s: float,
        kinds: Collection[str] | None = None,
    ) -> Sequence[DueTimer]:
        """Due timers nobody else holds, the longest due first. Their Line's own commit moves or deletes them."""

    async def give_back(self, service: ServiceId, timer: DueTimer) -> None:
        """As if it had not been claimed."""
