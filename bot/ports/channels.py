"""Ways to tell people besides e-mail: what reaches them, and what became of each telling."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, Protocol
from uuid import UUID

from bot.core.errors import Unavailable
from bot.core.library import Channel, Level
from bot.core.values import AlertId, ServiceId, StaffId
from bot.ports.alerts import Looker, Task


@dataclass(frozen=True)
class News:
    """What a channel carries: nothing of a patient but the alert's id. ``id``: the same for every retry of one telling.

    ``needs``: how fast somebody must look, in words; ``url``: where they see it, signed in. ``alert`` None: a test.
    """

    id: UUID
    service: str
    title: str
    url: str
    alert: AlertId | None = None
    level: Level | None = None
    needs: str = ""
    rung: int = 0
    told: int = 0


@dataclass(frozen=True)
class Target:
    """``address``: a URL, or a name by which the teller knows it. ``secret``: what signs or seals for it.
    ``limit_s``: how long it may take."""

    address: str = field(repr=False)
    secret: Mapping[str, str] = field(default_factory=dict, repr=False)
    limit_s: float = 10.0


class Gone(Unavailable):
    """There is nobody at this address any more: a device that was taken off."""


class Teller(Protocol):
    @property
    def places(self) -> Mapping[str, str]:
        """Addresses that the operator has set, name to label; the others are added one by one."""

    def bar(self, address: str) -> str | None:
        """Why nothing is ever told to this address, as a code; None: it may be."""

    async def tell(self, target: Target, news: News, at: datetime) -> None:
        """It was taken when this returns. Raises Gone, or Unavailable with a code; never a server's words."""


class PushKeys(Protocol):
    def new(self) -> str:
        """A fresh key by which push services know a service."""

    def public(self, key: str) -> str:
        """What a browser wants of it."""


@dataclass(frozen=True)
class Way:
    """One way to tell somebody. ``staff``: whose device it is. ``failing_at``: since when it does not work."""

    service: ServiceId
    id: UUID
    kind: Channel
    staff: StaffId | None
    label: str
    sealed: bytes = field(repr=False)
    key_id: str
    made_at: datetime
    ok_at: datetime | None = None
    failing_at: datetime | None = None
    error: str | None = None
    tested_on: date | None = None


class Ways(Protocol):
    async def all(self, service: ServiceId) -> Sequence[Way]:
        """Oldest first."""

    async def add(self, way: Way) -> None:
        """One of the same id is replaced: a device that somebody else uses now."""

    async def drop(self, service: ServiceId, way: UUID) -> bool: ...

    async def drop_of(self, service: ServiceId, staff: StaffId) -> None:
        """Every device of somebody."""

    async def went(self, service: ServiceId, way: UUID, at: datetime, error: str | None) -> None:
        """How the last try went; ``error`` None: it was taken."""

    async def begin_test(self, service: ServiceId, way: UUID, day: date) -> bool:
        """False where this day's test has begun already, here or elsewhere."""

    async def push_key(self, service: ServiceId) -> tuple[bytes, str] | None: ...

    async def keep_push_key(self, service: ServiceId, sealed: bytes, key_id: str, at: datetime) -> None:
        """Nothing, where there is one already."""


NoticeState = Literal["accepted", "failed", "given_up", "gone"]


@dataclass(frozen=True)
class NoticeSeen:
    kind: Channel
    to: StaffId | None
    label: str
    rung: int
    told: int
    state: NoticeState
    attempts: int
    last_error: str | None
    made_at: datetime
    accepted_at: datetime | None


class Notices(Protocol):
    """The ledger of the other channels, a row a telling and way."""

    async def standing(self, service: ServiceId, task: Task) -> Mapping[UUID, NoticeState]:
        """How it stands with each way by which this promise has told."""

    async def tried(
        self,
        service: ServiceId,
        task: Task,
        way: Way,
        state: NoticeState,
        error: str | None,
        at: datetime,
    ) -> None: ...

    async def give_up(self, service: ServiceId, task: Task) -> None:
        """What has not arrived by now is not tried again."""

    async def of_alert(self, service: ServiceId, alert: AlertId, by: Looker) -> Sequence[NoticeSeen]: ...
