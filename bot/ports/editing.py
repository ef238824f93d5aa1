"""What editors write at the desk: drafts of files, and who signed them. In force only once they are published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from bot.core.library.build import Built
from bot.core.library.signoff import Signature
from bot.core.values import ServiceId, StaffId

DraftEnd = Literal["published", "withdrawn"]


@dataclass(frozen=True)
class Draft:
    """Version ``n`` of somebody's text for a file. ``base``: the hash of the file in force that it was made over."""

    file: str
    n: int
    by: StaffId
    at: datetime
    base: str | None = None
    ended: DraftEnd | None = None
    body: bytes = field(default=b"", repr=False)


class Drafts(Protocol):
    async def save(self, service: ServiceId, draft: Draft) -> None:
        """Add version ``n``. Raises Refused('draft_moved') where somebody else has written it meanwhile."""

    async def open(self, service: ServiceId) -> Sequence[Draft]:
        """The newest version of each file that is neither published nor withdrawn, with its text."""

    async def history(self, service: ServiceId, file: str) -> Sequence[Draft]:
        """Every version of a file, the newest first, with its text."""

    async def end(self, service: ServiceId, drafts: Iterable[Draft], how: DraftEnd) -> None:
        """What was opened later than these versions stays."""

    async def sign(self, service: ServiceId, by: StaffId, signature: Signature) -> None:
        """The same person signs the same text once."""

    async def signatures(self, service: ServiceId) -> Sequence[Signature]: ...


class Authoring(Protocol):
    """How files become a library. Both take a moment: call them off the loop."""

    def read(self, bodies: Mapping[str, bytes]) -> Built: ...

    def signoff(self, signatures: Iterable[Signature]) -> bytes:
        """The file that holds them."""
