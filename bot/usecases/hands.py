"""How much of one kind of work goes on at once in this process: the next begins as soon as one is done."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from bot.core.errors import Unavailable
from bot.core.values import ServiceId
from bot.ports import Task
from bot.usecases.windows import AT_ONCE, KEPT_FREE, URGENT, Windows

# A row belongs to whoever renewed it last; a process that dies gives its rows up this much later. After an outage of
# mail an alert may take 15 s (P5): 5 s pause + 1 s poll + 6 s lease of a process killed just then + 3 s, after which a
# silent server is given up. A letter that takes longer than the lease lives on by renewal.
LEASE_S = 6.0
# What a room waits for waits for the record alone, and its members look on.
ROOM_LEASE_S = 3.0
# Of the few connections of a process, so that a storm of letters leaves patients theirs.
ASKING = 3
T = TypeVar("T")
Start = Callable[[str, Coroutine[Any, Any, None]], None]


class Hands:
    """A bounded number of hands for work that waits for the same thing outside, so that it cannot hold up other work.

    ``kinds``: of rows in the record; ``worst``: none above this priority; ``lease_s``: for which a row is held.
    Whoever claims rows holds ``claiming`` and claims no more than are ``free``: what is claimed begins at once.
    ``closed``: the process stops, and nothing more is claimed.
    """

    def __init__(
        self,
        name: str,
        kinds: Sequence[str],
        at_once: int,
        *,
        worst: int | None = None,
        lease_s: float = LEASE_S,
    ) -> None:
        self.name = name
        self.kinds = tuple(kinds)
        self.worst = worst
        self.lease_s = lease_s
        self.claiming = asyncio.Lock()
        self.closed = False
        self._at_once = at_once
        self._busy = 0
        self._one_done = asyncio.Event()
        self._asked: dict[ServiceId, None] = {}
        self._fetching = False
        self._turn = 0

    @property
    def free(self) -> int:
        return max(0, self._at_once - self._busy)

    def begin(self, start: Start, work: Coroutine[Any, Any, None]) -> None:
        self._busy += 1
        start(self.name, self._one(work))

    async def _one(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        finally:
            self._busy -= 1
            self._one_done.set()

    async def until_free(self) -> None:
        while not self.free and not self.closed:
            await self._one_more_done()

    async def until_idle(self) -> None:
        while self._busy:
            await self._one_more_done()

    async def _one_more_done(self) -> None:
        self._one_done.clear()
        await self._one_done.wait()

    def in_turn(self, services: Sequence[ServiceId]) -> list[ServiceId]:
        """Another one first each time, so that none is always last."""
        self._turn += 1
        at = self._turn % len(services) if services else 0
        return [*services[at:], *services[:at]]

    async def fetch(self, service: ServiceId, take: Callable[[ServiceId], Awaitable[int]]) -> None:
        """Take up what has just become due in this service, until nothing is left that is due.

        Many ask at once after a burst: one of them fetches for all, so that a burst is claimed by the handful. Where that
        fails for one service the others are fetched all the same.
        """
        self._asked[service] = None
        if self._fetching:
            return
        failed: BaseException | None = None
        self._fetching = True
        try:
            while self._asked and not self.closed:
                asked = next(iter(self._asked))
                del self._asked[asked]
                (outcome,) = await asyncio.gather(self._take_all(asked, take), return_exceptions=True)
                failed = failed or outcome
        finally:
            self._fetching = False
            self._asked.clear()
        if failed is not None:
            raise failed

    async def _take_all(self, service: ServiceId, take: Callable[[ServiceId], Awaitable[int]]) -> None:
        while await take(service) and not self.free:
            pass


@dataclass
class Gathered:
    """Promises of letters that this process holds and that may still become one letter; looked at by one at a time."""

    held: dict[UUID, tuple[ServiceId, Task]] = field(default_factory=dict)
    alone: asyncio.Lock = field(default_factory=asyncio.Lock)

    def beside(self, service: ServiceId, task: Task) -> list[Task]:
        return [other for whose, other in self.held.values() if whose == service and other.id != task.id]

    def begun(self, *tasks: UUID) -> None:
        for task in tasks:
            self.held.pop(task, None)


@dataclass
class Leases:
    """The promises that this process holds; all are renewed together, for as long as there are any.

    A row whose lease ran out may be held a second time before the first is done with it: each holding is its own.
    """

    of: dict[object, tuple[ServiceId, Task, float]] = field(default_factory=dict)
    renewing: asyncio.Task[None] | None = None


@dataclass
class AllHands:
    """One dead thing outside keeps its own hands busy and nobody else's.

    ``urgent``: many, since each waits at ``windows`` for its turn and looks again before it writes; ``mail``: as many as
    there are windows for the rest, so that what waits can still become one letter. ``asking``: the record, for letters.
    """

    behind: bool = False  # a post that has just been written may wait for one before it
    windows: Windows = field(default_factory=Windows)
    gathered: Gathered = field(default_factory=Gathered)
    leases: Leases = field(default_factory=Leases)
    asking: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(ASKING))
    urgent: Hands = field(default_factory=lambda: Hands("urgent", ("alert",), 64, worst=URGENT))
    mail: Hands = field(
        default_factory=lambda: Hands("mail", ("alert", "fold", "digest", "handed_over"), AT_ONCE - KEPT_FREE)
    )
    rooms: Hands = field(
        default_factory=lambda: Hands(
            "rooms",
            ("admit", "open_room", "leave", "place", "report", "appeal", "answer"),
            8,
            lease_s=ROOM_LEASE_S,
        )
    )
    reminding: Hands = field(default_factory=lambda: Hands("reminding", ("remind",), 8))
    notices: Hands = field(default_factory=lambda: Hands("notices", ("notify",), 32))
    ladder: Hands = field(
        default_factory=lambda: Hands("ladder", ("escalate", "snooze", "left", "gentle"), 8)
    )
    reminders: Hands = field(
        default_factory=lambda: Hands("reminders", ("later", "check_in", "remind", "erase"), 8)
    )
    gatherings: Hands = field(
        default_factory=lambda: Hands("gatherings", ("host", "strike", "show", "meet", "week"), 4)
    )
    actions: Hands = field(default_factory=lambda: Hands("actions", ("action",), 4))

    def close(self) -> None:
        """Nothing more is claimed; what has begun goes on."""
        for hands in (
            self.urgent,
            self.mail,
            self.rooms,
            self.notices,
            self.reminding,
            self.ladder,
            self.reminders,
            self.gatherings,
            self.actions,
        ):
            hands.closed = True


async def claimed(
    asking: Coroutine[Any, Any, Sequence[T]], give_back: Callable[[T], Awaitable[None]]
) -> Sequence[T]:
    """What a claim answers. Whoever is stopped while it is asked gives back what it got, and begins nothing."""
    answer = asyncio.ensure_future(asking)
    try:
        return await asyncio.shield(answer)
    except asyncio.CancelledError:
        try:
            for row in await answer:
                await give_back(row)
        except Unavailable:
            pass  # the lease ends by itself
        raise
