"""Services, staff, patients' ways in, sessions, and who looked at what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from bot.core.escalation import Colleague
from bot.core.service import Service
from bot.core.values import LineId, ServiceId, StaffId

SessionKind = Literal["patient", "staff", "ticket"]
InviteKind = Literal["invite", "return"]


class Services(Protocol):
    async def put(self, service: Service) -> None:
        """Add a service, or replace its settings."""

    async def all(self) -> Sequence[Service]: ...

    async def clear_simulated(self, service: ServiceId) -> None:
        """Take away a service and all it holds. Misuse, and nothing happens, where one patient of it is real."""


@dataclass(frozen=True)
class StaffMember:
    service: ServiceId
    id: StaffId
    email: str
    name: str
    roles: frozenset[str]
    password_hash: str | None = field(repr=False)
    away: bool = False

    def colleague(self) -> Colleague:
        return Colleague(id=self.id, roles=self.roles, email=self.email, away=self.away)


class Staff(Protocol):
    async def add(self, member: StaffMember) -> None:
        """Add somebody, or change their name, roles and password by e-mail address."""

    async def by_email(self, service: ServiceId, email: str) -> StaffMember | None: ...

    async def by_id(self, service: ServiceId, staff: StaffId) -> StaffMember | None: ...

    async def all(self, service: ServiceId) -> Sequence[StaffMember]: ...


@dataclass(frozen=True)
class Session:
    """``language``: a patient's own, as the record has it."""

    service: ServiceId
    kind: SessionKind
    subject: LineId | StaffId
    language: str = "en"


class Sessions(Protocol):
    """Opaque tokens; the record holds only their hashes."""

    async def begin(
        self, session: Session, token_hash: bytes, expires_at: datetime, now: datetime
    ) -> None: ...

    async def find(self, service: ServiceId, token_hash: bytes, now: datetime) -> Session | None: ...

    async def spend(self, service: ServiceId, token_hash: bytes, now: datetime) -> Session | None:
        """The session of a single-use ticket, ended in the same statement."""

    async def end(self, service: ServiceId, token_hash: bytes, now: datetime) -> Session | None:
        """The session that ended with it; None where there was none."""

    async def ended(
        self, service: ServiceId, patients: Sequence[LineId], since: datetime
    ) -> Sequence[tuple[bytes, LineId]]:
        """Sessions of these patients that were ended since, by token hash; spent tickets are none."""


class Invites(Protocol):
    async def make(
        self, service: ServiceId, code_hash: bytes, kind: InviteKind, patient: LineId, expires_at: datetime
    ) -> None: ...

    async def spend(
        self, service: ServiceId, code_hash: bytes, kind: InviteKind, now: datetime
    ) -> LineId | None:
        """The patient it is for, if it is neither used nor expired; used from now on."""

    async def look(
        self, service: ServiceId, code_hash: bytes, kind: InviteKind, now: datetime
    ) -> LineId | None:
        """The same without using it."""


@dataclass(frozen=True)
class Proof:
    patient: LineId
    proof_hash: str | None = field(repr=False)


class Contacts(Protocol):
    """Finding somebody again by a keyed index of their address; the address itself is a sealed word."""

    async def keep(
        self, service: ServiceId, patient: LineId, index: bytes, proof_hash: str | None
    ) -> None: ...

    async def find(self, index: bytes) -> Sequence[tuple[ServiceId, LineId]]: ...

    async def proof(self, service: ServiceId, patient: LineId) -> Proof | None: ...


class Audit(Protocol):
    async def verify(self, service: ServiceId, chain: LineId) -> bool:
        """Is the chain whole: every row's hash follows from the row before?"""

    async def note(
        self, service: ServiceId, chain: LineId, who: str, what: str, about: str, at: datetime
    ) -> None: ...
