"""Published content: immutable releases by hash, and the pointer to the one in force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.core.library import Library
from bot.core.library.bundle import Bundle
from bot.core.values import LineId, ServiceId


@dataclass(frozen=True)
class Pointer:
    release: str
    n: int
    urgent_at: datetime | None = None


@dataclass(frozen=True)
class ReleaseSeen:
    """``put_at``: when it was last put in force."""

    release: str
    made_at: datetime
    made_by: str
    put_at: datetime


@dataclass(frozen=True)
class OpenModule:
    """A module that a patient is in the middle of, or (``release`` None) whose follow-up is planned."""

    line: LineId
    module: str
    step: str
    release: str | None


class Releases(Protocol):
    async def publish(
        self,
        library: Library,
        by: str,
        now: datetime,
        *,
        bodies: Mapping[str, bytes] | None = None,
        over: str | None = None,
        urgent: bool = False,
    ) -> Pointer:
        """Keep the release with its files and flip the pointer, in one transaction. The same again changes nothing.

        ``over``: the release that has to be in force. Raises Refused('draft_moved') where another is.
        """

    async def file(self, file_hash: str) -> bytes | None:
        """One file of any release that is kept, by the hash of its bytes."""

    async def files(self, library: Library) -> Mapping[str, bytes]:
        """Those that a release was built from, by their names. A release that was made without them has none."""

    async def pointer(self) -> Pointer | None: ...

    async def load(self, release: str) -> Library | None:
        """None where it is not kept, or is of a version whose content this one cannot read."""

    async def list(self) -> Sequence[ReleaseSeen]: ...

    async def open_modules(self, service: ServiceId) -> Sequence[OpenModule]:
        """Whom a change of content may touch."""


class Bundles(Protocol):
    """The safety content outside the record: for a process that starts with the record or the content broken."""

    def keep(self, bundle: Bundle) -> None:
        """Raises Unavailable where it cannot be kept."""

    def published(self) -> Bundle | None:
        """What was kept last, its screen compiled; None where nothing was. Raises Misuse where it cannot be read."""

    def packaged(self) -> Bundle:
        """What the package brings, likewise. Raises Misuse."""
