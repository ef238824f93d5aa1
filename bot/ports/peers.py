"""What is read of peer groups: posts, rooms, what waits for hosts, and what they decided."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from bot.core.values import LineId, ServiceId, StaffId, WordId
from bot.ports.alerts import AlertSeen, Looker
from bot.ports.lines import Sealed


@dataclass(frozen=True)
class PostSeen:
    """``reactions``: who pressed what. ``mentions``: members who are named in it."""

    seq: int
    post: UUID
    author: LineId | None
    staff: StaffId | None
    word: Sealed | None
    pseudonym: Sealed | None
    status: str
    reply_to: int | None
    at: datetime
    shown_at: datetime | None = None
    why: str = ""
    distress: bool = False
    warning: str | None = None
    mentions: tuple[LineId, ...] = ()
    kind: str = "post"
    about: str | None = None
    reactions: Mapping[str, frozenset[LineId]] = field(default_factory=dict)


@dataclass(frozen=True)
class RoomSeen:
    """``n``: which of the group's rooms. ``host_until``: how long a host is there if none is heard of again. ``open_until``: of a session that goes on.
    ``week``, ``over``: of a course. ``members_version``: with which turn somebody came or went last. Of one member's:
    their ``pseudonym``, up to when they have read, and whether they may not write."""

    id: LineId
    group: str
    seq: int
    pseudonym: WordId | None = None
    n: int = 1
    read_at: datetime | None = None
    host_until: datetime | None = None
    open_until: datetime | None = None
    week: int = 0
    over: bool = False
    members_version: int = 0
    paused: bool = False


@dataclass(frozen=True)
class RoomOpened:
    """A room as its hosts see it: the last posts in order, and the alerts that wait."""

    room: RoomSeen
    posts: tuple[PostSeen, ...]
    alerts: tuple[AlertSeen, ...]


@dataclass(frozen=True)
class Missed:
    """What a member has not read: ``first`` is the seq of the oldest. ``people``: how many wrote it."""

    posts: int
    people: int
    mentions: int
    replies: int
    first: int


@dataclass(frozen=True)
class CaseSeen:
    """Something that waits for a host, or what one decided. ``word``: what an appeal says."""

    room: LineId
    case: int
    kind: str
    why: str
    seq: int | None
    member: LineId | None
    of: int | None
    word: Sealed | None
    opened_at: datetime
    decision: str | None = None
    reason: str | None = None
    by: StaffId | None = None
    decided_at: datetime | None = None


@dataclass(frozen=True)
class NoteSeen:
    """``to``: to whom the room was handed over with it. ``about``: a member."""

    word: Sealed | None
    by: StaffId
    to: StaffId | None
    about: LineId | None
    at: datetime


class Peers(Protocol):
    async def posts(
        self, service: ServiceId, room: LineId, after: int, *, most: int = 200
    ) -> Sequence[PostSeen]:
        """A room's posts, in order of seq; the caller knows who may read them."""

    async def post(self, service: ServiceId, room: LineId, seq: int) -> PostSeen | None: ...

    async def rooms_of(self, service: ServiceId, patient: LineId) -> Sequence[RoomSeen]:
        """Those that the patient is a member of now."""

    async def members_of(self, service: ServiceId, room: LineId) -> frozenset[LineId]:
        """Who may read it now."""

    async def rooms(self, service: ServiceId, group: str | None = None) -> Sequence[RoomSeen]:
        """All, or a group's own, the first one first."""

    async def one(self, service: ServiceId, room: LineId) -> RoomSeen | None: ...

    async def asked(self, service: ServiceId, patient: LineId, group: str) -> LineId | None:
        """The room of the group that they are in or wait for."""

    async def room(
        self, service: ServiceId, room: LineId, by: Looker, *, last_posts: int = 100
    ) -> RoomOpened | None:
        """A room's page as hosts see it: one look."""

    async def missed(self, service: ServiceId, patient: LineId) -> Mapping[LineId, Missed]:
        """By room, where there is anything."""

    async def read_up_to(self, service: ServiceId, room: LineId, patient: LineId, at: datetime) -> None:
        """They have read what was shown by then."""

    async def queue(self, service: ServiceId, by: Looker, *, noted: bool = True) -> Sequence[CaseSeen]:
        """All that waits for a host in the rooms that they may open, oldest first: one look, as a list."""

    async def cases(
        self, service: ServiceId, room: LineId, by: Looker, *, member: LineId | None = None, most: int = 200
    ) -> Sequence[CaseSeen]:
        """A room's record of moderation, newest first; for a page whose look is noted already."""

    async def notes(self, service: ServiceId, room: LineId, by: Looker) -> Sequence[NoteSeen]:
        """Hosts' notes, newest first; for a page whose look is noted already."""
