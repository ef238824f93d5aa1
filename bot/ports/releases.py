"""Published content: immutable releases by hash, and the pointer to the one in force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.core.library import Library
from bot.core.values import LineId, ServiceId


@dataclass(frozen=True)
class Pointer:
    release: str
    n: int
    urgent_at: datetime | None = None


@dataclass(frozen=True)
class ReleaseSeen:
    release: str
    made_at: datetime
    made_by: str


@dataclass(frozen=True)
class OpenModule:
    """A module that a patient is in the middle of, or (``release`` None) whose follow-up is planned."""

    line: LineId
    module: str
    step: str
    release: str | None


class Releases(Protocol):
    async def publish(self, library: Library, by: str, now: datetime, *, urgent: bool = False) -> Pointer:
        """Keep the release and flip the pointer, in one transaction. The same content again changes nothing."""

    async def pointer(self) -> Pointer | None: ...

    async def load(self, release: str) -> Library | None: ...

    async def list(self) -> Sequence[ReleaseSeen]: ...

    async def open_modules(self, service: ServiceId) -> Sequence[OpenModule]:
        """Whom a change of content may touch."""
