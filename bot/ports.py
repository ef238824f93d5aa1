"""The holes in the wall: one Protocol per need, in our own verbs. Every implementation is an adapter."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol
from uuid import UUID

from bot.core.facts import Fact
from bot.core.inputs import Understood
from bot.core.library import Library
from bot.core.proposals import Proposal
from bot.core.rows import Rows
from bot.core.service import Service
from bot.core.values import LineId, ServiceId, StaffId, WordId

# -- time and chance ----------------------------------------------------------------------------------


class Clock(Protocol):
    def now(self) -> datetime:
        """The present moment, with its time zone (UTC)."""


class Ids(Protocol):
    def new(self) -> UUID:
        """A fresh UUIDv7."""

    def secret(self) -> str:
        """A fresh secret of 256 bits, safe in a URL's fragment."""


# -- the record: Lines --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sealed:
    """One word, encrypted under the data key of its owner's Line."""

    id: WordId
    owner: LineId
    kind: str
    key_id: str
    nonce: bytes = field(repr=False)
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class StoredLine:
    """A Line as the record holds it. ``wrapped_key`` None: erased."""

    kind: Literal["patient", "group"]
    version: int
    state: str
    wrapped_key: bytes | None = field(repr=False)
    key_id: str


@dataclass(frozen=True)
class Entry:
    """One turn, ready to be committed: all of it or none of it.

    ``client_id`` and ``body_mac``: the message's id and keyed fingerprint, where the input was a message (I6).
    """

    line: LineId
    expected: int
    seq: int
    state: str
    facts: tuple[Fact, ...]
    rows: Rows
    words: tuple[Sealed, ...]
    at: datetime
    outbox_ids: tuple[UUID, ...]
    client_id: UUID | None = None
    body_mac: bytes | None = None
    ack_seq: int = 0


@dataclass(frozen=True)
class HeardBefore:
    body_mac: bytes
    seq: int


class Lines(Protocol):
    async def open(self, service: ServiceId, line: LineId, kind: str, state: str, key: bytes, key_id: str) -> None:
        """Begin a Line at version 0. Once: a second time is Misuse."""

    async def load(self, service: ServiceId, line: LineId) -> StoredLine | None:
        """The Line, or None where it is not in this service."""

    async def commit(self, service: ServiceId, entries: Sequence[Entry]) -> frozenset[int]:
        """Indexes of the entries that won. Returns after fsync (I1). A loser leaves no row."""

    async def heard(self, service: ServiceId, line: LineId, client_id: UUID) -> HeardBefore | None:
        """Was this message committed before?"""

    async def words(self, service: ServiceId, owner: LineId, ids: Sequence[WordId]) -> Sequence[Sealed]:
        """Those of the words that are still there."""


# -- what is outside ----------------------------------------------------------------------------------


class Understanding(Protocol):
    async def understand(self, library: Library, text: str) -> Understood | None:
        """What a free message is about, from the library's own examples. None: no model is there. Never raises."""


@dataclass(frozen=True)
class ActionAnswer:
    proposals: tuple[Proposal, ...]
    texts: tuple[str, ...] = ()


class Actions(Protocol):
    async def run(self, action: str, slots: Mapping[str, Any]) -> ActionAnswer:
        """Run one action with the slots it needs and no text. Raises Unavailable when it fails, hangs or lies."""


@dataclass(frozen=True)
class Letter:
    """One e-mail about an alert or a link. ``message_id``: the same for every retry of one delivery."""

    to: str
    subject: str
    text: str
    message_id: str
    headers: Mapping[str, str] = field(default_factory=dict)


class Mail(Protocol):
    async def send(self, letter: Letter) -> None:
        """Hand it to the mail server, which accepted it when this returns. Raises Unavailable."""


class Bus(Protocol):
    """Hints between processes: comfort, never the record."""

    async def hint(self, service: ServiceId, topic: str, payload: Mapping[str, Any]) -> None:
        """Say that something changed. Never raises, never waits long."""

    def hints(self) -> AsyncIterator[tuple[ServiceId, str, Mapping[str, Any]]]:
        """What other processes said, for as long as the bus is there; reconnects by itself."""


__all__ = [
    "ActionAnswer",
    "Actions",
    "Bus",
    "Clock",
    "Entry",
    "HeardBefore",
    "Ids",
    "Letter",
    "Lines",
    "Mail",
    "Sealed",
    "Service",
    "StaffId",
    "StoredLine",
    "Understanding",
]
