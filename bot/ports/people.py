"""Services, staff, patients' ways in, sessions, and who looked at what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from bot.core.roles import on_the_ladder
from bot.core.rota import Colleague
from bot.core.service import Service
from bot.core.values import LineId, ServiceId, StaffId
from bot.ports.alerts import Looker

SessionKind = Literal["patient", "staff", "ticket"]
InviteKind = Literal["invite", "short", "return"]
"""``short``: beside an invitation, a code that can be read out."""


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
    left_at: datetime | None = None

    def colleague(self) -> Colleague:
        return Colleague(id=self.id, roles=on_the_ladder(self.roles), email=self.email, away=self.away)


class Staff(Protocol):
    """Whoever has left is found only where ``former`` is said."""

    async def add(self, member: StaffMember) -> None:
        """Add somebody, or change their name, roles and password by e-mail address. Who had left is back."""

    async def by_email(
        self, service: ServiceId, email: str, *, former: bool = False
    ) -> StaffMember | None: ...

    async def by_id(
        self, service: ServiceId, staff: StaffId, *, former: bool = False
    ) -> StaffMember | None: ...

    async def all(self, service: ServiceId, *, former: bool = False) -> Sequence[StaffMember]: ...

    async def leave(self, service: ServiceId, staff: StaffId, now: datetime) -> None:
        """No sign-in, no session and no invitation of theirs is good from now on. Who left before stays so."""

    async def looked_after_by(self, service: ServiceId, staff: StaffId) -> Sequence[LineId]:
        """Patients whose owner they are."""

    async def clinician_of(self, service: ServiceId, staff: StaffId) -> Sequence[LineId]:
        """Patients for whose body they answer."""

    async def held_by(self, service: ServiceId, staff: StaffId) -> Sequence[LineId]:
        """Patients whose chat they have taken over."""


@dataclass(frozen=True)
class StaffAsked:
    """Somebody who was asked to become a colleague. ``id``: theirs from before, where they have been one."""

    id: StaffId
    email: str
    name: str
    roles: frozenset[str]
    expires_at: datetime


class StaffInvites(Protocol):
    async def make(self, service: ServiceId, code_hash: bytes, asked: StaffAsked, now: datetime) -> None:
        """Earlier invitations to the same address are worth nothing any more."""

    async def waiting(self, service: ServiceId, now: datetime) -> Sequence[StaffAsked]: ...

    async def look(self, service: ServiceId, code_hash: bytes, now: datetime) -> StaffAsked | None:
        """Whom a code that is neither used nor expired is for; it can still be used."""

    async def accept(
        self, service: ServiceId, code_hash: bytes, password_hash: str, now: datetime
    ) -> StaffAsked | None:
        """They are a member of staff, and the code is used, in one transaction; None where it is not good."""


@dataclass(frozen=True)
class Session:
    """``language``: a patient's own, as the record has it. ``seen_at``: when it was last used, to the minute.
    ``shared``: on a device that others use too, so it does not outlast a pause. ``parent``: of a ticket, the session that
    asked for it."""

    service: ServiceId
    kind: SessionKind
    subject: LineId | StaffId
    language: str = "en"
    seen_at: datetime | None = field(default=None, compare=False)
    shared: bool = False
    parent: bytes | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True)
class SessionOver:
    """How a session of staff stood last. ``ended_at``: by signing out, or by somebody who ended it."""

    seen_at: datetime
    expires_at: datetime
    ended_at: datetime | None


@dataclass(frozen=True)
class SessionHeld:
    """One that lasts, as whoever holds it sees it. ``token_hash``: what the record knows of its token."""

    token_hash: bytes = field(repr=False)
    made_at: datetime
    seen_at: datetime


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

    async def end_all(self, service: ServiceId, subject: LineId | StaffId, now: datetime) -> int:
        """Every session and ticket of a person at once; how many there were."""

    async def of(self, service: ServiceId, staff: StaffId, now: datetime) -> Sequence[SessionHeld]:
        """Those of one member of staff that last, the one that was used last first."""

    async def seen(self, service: ServiceId, token_hash: bytes, now: datetime) -> None:
        """It was used now."""

    async def over(self, service: ServiceId, token_hash: bytes) -> SessionOver | None:
        """Of a session of staff, whether it still lasts or not."""

    async def ended(
        self, service: ServiceId, patients: Sequence[LineId], since: datetime
    ) -> Sequence[tuple[bytes, LineId]]:
        """Sessions of these patients that were ended since, by token hash; spent tickets are none."""


@dataclass(frozen=True)
class InviteSeen:
    """The newest invitation of a patient, whether it is still good or not. ``short_until``: of its short code, where
    nobody has used either."""

    patient: LineId
    expires_at: datetime
    used_at: datetime | None
    short_until: datetime | None = None


class Invites(Protocol):
    async def make(
        self, service: ServiceId, code_hash: bytes, kind: InviteKind, patient: LineId, expires_at: datetime
    ) -> None: ...

    async def end(self, service: ServiceId, patient: LineId, now: datetime) -> None:
        """No invitation of this patient is good from now on, long or short."""

    async def newest(self, service: ServiceId, patients: Sequence[LineId]) -> Sequence[InviteSeen]:
        """Of those who were ever invited; the long ones."""

    async def wrong_tries(self, service: ServiceId, hour: datetime) -> int:
        """At short codes, whoever tried."""

    async def wrong_try(self, service: ServiceId, hour: datetime) -> None:
        """One more; what is a day old is forgotten."""

    async def spend(
        self, service: ServiceId, code_hash: bytes, kind: InviteKind, now: datetime
    ) -> LineId | None:
        """The patient it is for, if it is neither used nor expired; used from now on, and with an invitation every other
        one of this patient, long or short."""

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

    async def same(self, service: ServiceId, patient: LineId) -> Sequence[LineId]:
        """Others of the service with the same address."""


@dataclass(frozen=True)
class AuditChain:
    """``head``: the hash of its newest row, whose number is ``head_n``. ``broken_at``: its first row that does not follow
    from the one before; None where it is whole."""

    chain: LineId
    rows: int
    head_n: int
    head: bytes
    broken_at: int | None


@dataclass(frozen=True)
class LookSeen:
    """One row of a chain. ``who``: ``role:id``."""

    n: int
    who: str
    what: str
    about: str
    at: datetime


class Audit(Protocol):
    async def verify(self, service: ServiceId, chain: LineId) -> bool:
        """Is the chain whole: every row's hash follows from the row before?"""

    async def chains(
        self, service: ServiceId, *, after: LineId | None = None, most: int = 200
    ) -> Sequence[AuditChain]:
        """Every chain of a service, verified, by its id: so many after ``after``."""

    async def hash_at(self, service: ServiceId, chain: LineId, n: int) -> bytes | None:
        """Of a row as it stands now; None where it is gone."""

    async def looks(self, service: ServiceId, chain: LineId, by: Looker, *, most: int) -> Sequence[LookSeen]:
        """Newest first. Whoever asks who looked has looked."""

    async def own(self, service: ServiceId, patient: LineId, *, most: int) -> Sequence[LookSeen]:
        """Newest first, for the patient themselves: nobody else looks."""

    async def note(
        self, service: ServiceId, chain: LineId, who: str, what: str, about: str, at: datetime
    ) -> None: ...
