"""What the pages of hosts read besides the queue and the room: what stands around a post, who is in, what was handed over."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from bot.core.values import LineId, ServiceId, StaffId, WordId
from bot.ports.alerts import Looker
from bot.ports.lines import Sealed
from bot.ports.peers import CaseSeen, PostSeen

Of = tuple[LineId, int]
"""A room, and the number of a post or of a case in it."""
Who = tuple[LineId, LineId]
"""A room, and a member of it."""


@dataclass(frozen=True)
class MemberSeen:
    """``since``: of a member when they came in, of somebody who waits since when."""

    patient: LineId
    status: str
    pseudonym: Sealed | None
    posts: int
    since: datetime
    paused: bool


@dataclass(frozen=True)
class HandedOver:
    room: LineId
    by: StaffId
    at: datetime
    word: Sealed | None


class Hosting(Protocol):
    async def around(
        self, service: ServiceId, posts: Collection[Of], by: Looker, *, before: int
    ) -> Mapping[Of, PostSeen]:
        """These posts and as many before each; for a page whose look is noted already."""

    async def names(self, service: ServiceId, members: Collection[Who], by: Looker) -> Mapping[Who, Sealed]:
        """Their pseudonyms; for a page whose look is noted already."""

    async def cases(self, service: ServiceId, wanted: Collection[Of], by: Looker) -> Mapping[Of, CaseSeen]:
        """For a page whose look is noted already."""

    async def members(
        self, service: ServiceId, room: LineId, by: Looker, *, handle: UUID | None = None
    ) -> Sequence[MemberSeen] | None:
        """Whoever is, was or wants to be in the room: one look, at all of them or at whom ``handle`` stands for."""

    async def posts_of(
        self, service: ServiceId, room: LineId, author: LineId, by: Looker, *, most: int
    ) -> Sequence[PostSeen]:
        """Newest first; for a page whose look is noted already."""

    async def handed(self, service: ServiceId, since: datetime, by: Looker) -> Sequence[HandedOver]:
        """Rooms that colleagues handed over to whoever asks, newest first."""

    async def rooms_of_words(
        self, service: ServiceId, words: Collection[WordId], by: Looker
    ) -> Mapping[WordId, LineId]:
        """In which room these words of posts and appeals stand; for a page whose look is noted already."""
