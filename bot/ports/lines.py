"""Lines in the record, and the keys that seal their words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol
from uuid import UUID

from msgspec import Struct

from bot.core.facts import Fact
from bot.core.inputs import NewWord
from bot.core.rows import Rows
from bot.core.values import LineId, Quiet, ServiceId, WordId

# -- the record: Lines --------------------------------------------------------------------------------


class Sealed(Quiet, Struct, frozen=True):
    """One word, encrypted under the data key of its owner's Line. ``body``: the nonce, then what it seals."""

    id: WordId
    owner: LineId
    kind: str
    key_id: str
    body: bytes


@dataclass(frozen=True)
class StoredLine:
    """A Line as the record holds it. ``wrapped_key`` None: erased. ``members``: of a group, as JSON by their ids."""

    kind: Literal["patient", "group"]
    version: int
    state: str
    wrapped_key: bytes | None = field(repr=False)
    key_id: str
    members: str = "{}"


class Entry(Struct, frozen=True):
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
    async def open(
        self, service: ServiceId, line: LineId, kind: str, state: str, key: bytes, key_id: str
    ) -> None:
        """Begin a Line at version 0. Once: a second time is Misuse."""

    async def load(self, service: ServiceId, line: LineId) -> StoredLine | None:
        """The Line, or None where it is not in this service."""

    async def commit(self, service: ServiceId, entries: Sequence[Entry]) -> frozenset[int]:
        """Indexes of the entries that won. Returns after fsync (I1). A loser leaves no row."""

    async def heard(self, service: ServiceId, line: LineId, client_id: UUID) -> HeardBefore | None:
        """Was this message committed before?"""

    async def words(self, service: ServiceId, owner: LineId, ids: Sequence[WordId]) -> Sequence[Sealed]:
        """Those of the words that are still there."""

    async def facts(self, service: ServiceId, line: LineId) -> Sequence[Fact]:
        """All facts of the Line, in order."""


class Vault(Protocol):
    """Keys and seals. ``LineKey`` is opaque outside the adapter."""

    def new_key(self, line: LineId) -> tuple[bytes, str]:
        """A fresh data key, wrapped for the record, and the id of the master key that wrapped it."""

    def open_key(self, line: LineId, wrapped: bytes, key_id: str) -> Any:
        """The Line's key. Misuse where the ring has no such master key."""

    def seal(self, key: Any, word: NewWord) -> Sealed: ...

    def unseal(self, key: Any, word: Sealed) -> str: ...

    def fingerprint(self, key: Any, body: bytes) -> bytes:
        """Keyed fingerprint of a message's body (I6, I8)."""

    def lock(self, owner: UUID, text: str) -> tuple[bytes, str]:
        """Something that no Line owns, such as a webhook's secret, sealed, and the id of the master key that opens it."""

    def unlock(self, owner: UUID, body: bytes, key_id: str) -> str: ...

    def sign(self, purpose: bytes, body: bytes) -> bytes:
        """Of 32 bytes, for what we hand out and want to know again. Good for this purpose alone."""

    def signed(self, purpose: bytes, body: bytes, signature: bytes) -> bool:
        """Whether it was signed with any key of the ring."""

    def contact_index(self, contact: str) -> bytes:
        """Blind index of an e-mail address."""
