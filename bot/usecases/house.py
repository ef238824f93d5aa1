"""Everything a use case may reach: ports filled by the wiring, and this process's own memory."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from bot.core.library import Channel
from bot.core.values import ServiceId
from bot.ports import (
    Actions,
    Audit,
    Authoring,
    Bundles,
    Bus,
    Calendars,
    Canaries,
    Clock,
    Contacts,
    Deliveries,
    Diaries,
    Digests,
    Drafts,
    Erasures,
    Evaluation,
    Folds,
    Holdings,
    Hosting,
    Ids,
    Inbox,
    Invites,
    Lateness,
    Ledger,
    Lines,
    Mail,
    Marks,
    Notices,
    Nudger,
    Outbox,
    Outward,
    Paths,
    Peers,
    PushKeys,
    Reaches,
    ReachKind,
    Reading,
    Releases,
    Reminders,
    RoomHealth,
    Rota,
    Rules,
    Scopes,
    Services,
    Sessions,
    Staff,
    StaffInvites,
    Teller,
    Timers,
    Understanding,
    Vault,
    Ways,
)
from bot.usecases.hands import AllHands
from bot.usecases.hot import HotLines
from bot.usecases.hub import Hub
from bot.usecases.shelf import Shelf
from bot.usecases.standby import Keeper
from bot.usecases.tally import Tally
from bot.usecases.unstored import Unstored
from bot.usecases.writer import Writer


@dataclass(frozen=True)
class Record:
    """The ports that PostgreSQL fills."""

    lines: Lines
    reading: Reading
    paths: Paths
    ledger: Ledger
    inbox: Inbox
    outbox: Outbox
    deliveries: Deliveries
    folds: Folds
    digests: Digests
    timers: Timers
    services: Services
    releases: Releases
    staff: Staff
    sessions: Sessions
    invites: Invites
    staff_invites: StaffInvites
    contacts: Contacts
    audit: Audit
    drafts: Drafts
    marks: Marks
    canaries: Canaries
    rota: Rota
    ways: Ways
    notices: Notices
    scopes: Scopes
    rules: Rules
    reminders: Reminders
    reaches: Reaches
    lateness: Lateness
    diary: Diaries
    peers: Peers
    hosting: Hosting
    room_health: RoomHealth
    erasures: Erasures
    holdings: Holdings
    evaluation: Evaluation


@dataclass(frozen=True)
class Outside:
    """Where this instance is, from whom its mail comes, and where the canary's letters go, if anywhere."""

    public_url: str
    mail_from: str
    canary_address: str | None = None

    @property
    def mail_domain(self) -> str:
        return self.mail_from.rpartition("@")[2] or "localhost"


class Afterwards:
    """Work that follows a commit and that nobody waits for. What fails here is done by a worker later."""

    def __init__(self, failed: Callable[[str, BaseException], None]) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._failed = failed

    def start(self, what: str, work: Coroutine[Any, Any, Any]) -> None:
        """``what`` names the work in the log; never words of a patient."""
        task = asyncio.create_task(self._watched(what, work), name=what)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _watched(self, what: str, work: Coroutine[Any, Any, Any]) -> None:
        try:
            await work
        except asyncio.CancelledError:
            raise
        except Exception as error:
            self._failed(what, error)

    async def settle(self, limit_s: float = 10.0) -> None:
        """Wait until all of it is done; what is not done in time is cancelled, and left to the workers."""
        try:
            async with asyncio.timeout(limit_s):
                while self._tasks:
                    await asyncio.gather(*self._tasks, return_exceptions=True)
        except TimeoutError:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)


Check = Callable[[], Awaitable[str]]  # "ok", or in a few words what is wrong


Arrive = Callable[
    [], Awaitable[None]
]  # bring the record up to date and read what is in force; or Unavailable


class KeepPromise(Protocol):
    """Do what one outbox row promises, if it is still to be done: at once after the commit, in this process."""

    def __call__(self, house: House, service: ServiceId, dedupe: str) -> Coroutine[Any, Any, None]: ...


@dataclass
class House:
    clock: Clock
    ids: Ids
    vault: Vault
    record: Record
    understanding: Understanding
    actions: Actions
    authoring: Authoring
    mail: Mail
    outward: Outward
    tellers: Mapping[Channel, Teller]
    push_keys: PushKeys
    calendars: Calendars
    bus: Bus
    outside: Outside
    afterwards: Afterwards
    shelf: Shelf
    keep_promise: KeepPromise
    checks: Mapping[str, Check]
    writer: Writer
    bundles: Bundles
    keeper: Keeper
    arrive: Arrive
    hub: Hub = field(default_factory=Hub)
    hot: HotLines = field(default_factory=HotLines)
    hands: AllHands = field(default_factory=AllHands)
    unstored: Unstored = field(default_factory=Unstored)
    tally: Tally = field(default_factory=Tally)
    nudgers: Mapping[ReachKind, Nudger] = field(default_factory=dict)
    wrong_proofs: dict[bytes, int] = field(default_factory=dict, repr=False)
