"""What people read back: a conversation, a room, a patient's page. Words come sealed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol
from uuid import UUID

from bot.core.facts import Fact
from bot.core.library import Given, Number
from bot.core.state import ScoreKept
from bot.core.values import LineId, ServiceId, StaffId
from bot.ports.alerts import AlertSeen, Looker
from bot.ports.lines import Sealed


@dataclass(frozen=True)
class MessageSeen:
    seq: int
    who: str
    client_id: UUID | None
    word: Sealed | None
    step: str | None
    release: str | None
    urgent: bool
    at: datetime


@dataclass(frozen=True)
class ScoreSeen:
    measure: str
    version: str
    total: Number | None
    complete: bool
    items: dict[str, Given]
    at: datetime


@dataclass(frozen=True)
class PersonSeen:
    id: LineId
    status: str
    nation: str
    timezone: str
    language: str
    conditions: tuple[str, ...]
    owner: StaffId | None
    first_name: Sealed | None
    last_seen: datetime | None = None
    clinician: StaffId | None = None


@dataclass(frozen=True)
class PersonScores:
    """By measure, oldest first."""

    owner: StaffId | None
    totals: Mapping[str, tuple[ScoreKept, ...]]


@dataclass(frozen=True)
class PastScores:
    """``made_up``: the service has simulated people only."""

    people: tuple[PersonScores, ...]
    made_up: bool


@dataclass(frozen=True)
class Happened:
    at: datetime
    fact: Fact


@dataclass(frozen=True)
class PatientHistory:
    """``happened``: newest first, of Runs only modules and of messages only the team's. ``here_before``: when this looker
    was last on the page, None where never; ``written_since``: messages that the patient typed since then; ``typed``: the
    numbers of all that they typed, so none of a button's."""

    happened: tuple[Happened, ...] = ()
    here_before: datetime | None = None
    written_since: int = 0
    typed: frozenset[int] = frozenset()


Look = Literal["patient.open", "patient.print"]


@dataclass(frozen=True)
class PatientSeen:
    person: PersonSeen
    scores: tuple[ScoreSeen, ...]
    alerts: tuple[AlertSeen, ...]
    messages: tuple[MessageSeen, ...]
    history: PatientHistory = PatientHistory()


@dataclass(frozen=True)
class MovedOn:
    """A Line that changed. ``first``: the lowest seq that has to be read again."""

    line: LineId
    version: int
    first: int


class Reading(Protocol):
    async def messages(
        self,
        service: ServiceId,
        patient: LineId,
        after: int,
        *,
        most: int = 200,
        since: datetime | None = None,
        by: Looker | None = None,
    ) -> Sequence[MessageSeen]:
        """A patient's own conversation, in order of seq; ``since``: what came no earlier than that. ``by``: whoever reads
        it at the desk, in a look noted already."""

    async def caseload(self, service: ServiceId, by: Looker) -> Sequence[PersonSeen]:
        """Everybody whom they may open. One look, as a list."""

    async def patient(
        self,
        service: ServiceId,
        patient: LineId,
        by: Looker,
        *,
        last_messages: int = 50,
        look: Look = "patient.open",
    ) -> PatientSeen | None:
        """One patient's page: one look, under its own name."""

    async def people(
        self, service: ServiceId, lines: Sequence[LineId], by: Looker | None = None
    ) -> dict[LineId, PersonSeen]:
        """Names and conditions for a page whose look is noted already: no row of its own. ``by``: of those whom they
        may open."""

    async def began(
        self, service: ServiceId, lines: Sequence[LineId], by: Looker
    ) -> Mapping[LineId, datetime]:
        """Since when each is known here: invited then, or come by themselves. For a page whose look is noted already."""

    async def totals(
        self, service: ServiceId, lines: Sequence[LineId], by: Looker | None = None
    ) -> Mapping[LineId, Mapping[str, tuple[ScoreKept, ...]]]:
        """Totals of complete check-ins by patient and measure, oldest first; for a page whose look is noted already."""

    async def histories(self, service: ServiceId, by: Looker) -> PastScores:
        """The totals of everybody, numbers only: one look on the service's own chain. Simulated people are left out
        where there are others."""

    async def keys(self, service: ServiceId, lines: Sequence[LineId]) -> dict[LineId, tuple[bytes, str]]:
        """Wrapped data keys, with the id of the master key of each."""

    async def moved_on(self, service: ServiceId, known: Mapping[LineId, int | None]) -> Sequence[MovedOn]:
        """Which of the Lines stand above the version that is known of each; None: no version of it is known."""
