"""Two editions published in turn, broken folders between them, while patients of two processes read."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.authoring import CONTENT_SHIPPED, shipped_library
from bot.cli.proofs.clinic import open_clinic, own_settings
from bot.cli.proofs.editions import BROKEN, EDITIONS, Broken, make_edition
from bot.cli.proofs.findings import Bar, Findings, Task, percentile
from bot.cli.proofs.reader import Reader
from bot.cli.proofs.torn import Editions, slips_of
from bot.core.errors import Misuse, Unavailable
from bot.core.library import Library
from bot.core.service import Service
from bot.ports import Pointer
from bot.usecases import ways_in
from bot.usecases.house import House
from bot.usecases.publish import publish, release_named
from bot.usecases.working import follow
from bot.wiring import open_house, servers, settle_in, with_screen

PUBLISHES, QUICK_PUBLISHES = 200, 12
PATIENTS, QUICK_PATIENTS = 50, 6
QUICK_BROKEN = 2
URGENT_EACH = 10  # of so many publishes one is urgent
SEED = 8
FOLLOWED_WITHIN_S = 2.0
GIVEN_UP_AFTER_S = 15.0
MOST_TRIES = 5
PAUSE_S, QUICK_PAUSE_S = 0.15, 0.05  # between two publishes
READING_S, QUICK_READING_S = 0.6, 0.1  # between two messages of a patient


@dataclass
class Publisher:
    """Publishes by either house in turn; the other one has to follow. ``good``: what has to be in force."""

    houses: list[House]
    libraries: dict[str, Library]
    pause_s: float
    good: Pointer | None = None
    publishes: int = 0
    tried_again: int = 0
    followed_s: list[float] = field(default_factory=list)
    urgent_s: list[float] = field(default_factory=list)
    slips: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    async def publish(self) -> None:
        """Edition A, then B, and so on; each is in force everywhere until the next."""
        library = self.libraries[EDITIONS[self.publishes % len(EDITIONS)]]
        urgent = self.publishes % URGENT_EACH == URGENT_EACH - 1
        await self._put_in_force(library, urgent=urgent)
        await asyncio.sleep(self.pause_s)
        await self._stands()

    async def roll_back(self) -> None:
        """To the release before this one, as the record has kept it."""
        before = next(r for r in self.libraries.values() if self.good and r.release != self.good.release)
        await self._put_in_force(await release_named(self.houses[0], before.release[:12]))
        self.slips["not rolled back"] += any(house.shelf.library != before for house in self.houses)
        await self._stands()

    async def _put_in_force(self, library: Library, *, urgent: bool = False) -> None:
        house = self.houses[self.publishes // len(EDITIONS) % len(self.houses)]
        overtakes = self.good.release if self.good and urgent else None
        pointer = await self._accepted(house, library, urgent=urgent)
        self.publishes += 1
        if pointer.release != library.release or (self.good and pointer.n != self.good.n + 1):
            self.slips["published and not in force"] += 1
        self.good = pointer
        took_s = await self._followed(overtakes)
        if took_s is not None:
            (self.urgent_s if urgent else self.followed_s).append(took_s)

    async def _accepted(self, house: House, library: Library, *, urgent: bool) -> Pointer:
        """As an editor does it who is told that the record is not available: the same again."""
        for _ in range(MOST_TRIES - 1):
            with suppress(Unavailable):
                return await publish(house, library, by="proof", urgent=urgent)
            self.tried_again += 1
        return await publish(house, library, by="proof", urgent=urgent)

    async def attempt(self, broken: Broken, folder: Path) -> None:
        """As the command does it: the folder is read anew, and published if it builds."""
        house = self.houses[0]
        try:
            library = await asyncio.to_thread(shipped_library, folder)
        except Misuse as error:
            right = "does not build: " in str(error) and broken.says in str(error)
            self.refused["with its problem" if right else f"otherwise: {broken.name}"] += 1
        else:
            self.slips["accepted"] += 1
            await publish(house, library, by="proof")
        await self._stands()

    async def _followed(self, overtakes: str | None) -> float | None:
        """Seconds until every house has it. ``overtakes``: the release that nobody may read of any more then."""
        began = time.monotonic()
        while not all(self._has_it(house, overtakes) for house in self.houses):
            if time.monotonic() - began > GIVEN_UP_AFTER_S:
                self.slips["not followed"] += 1
                return None
            await asyncio.sleep(0.005)
        return time.monotonic() - began

    def _has_it(self, house: House, overtakes: str | None) -> bool:
        return house.shelf.pointer == self.good and (overtakes is None or overtakes in house.shelf.overtaken)

    async def _stands(self) -> None:
        self.slips["went back"] += sum(house.shelf.pointer != self.good for house in self.houses)
        self.slips["record moved"] += await self.houses[0].record.releases.pointer() != self.good


@dataclass
class Followers:
    """Rounds of the houses' own work that failed, by kind."""

    failures: Counter[str] = field(default_factory=Counter)

    def failed(self, what: str, error: BaseException) -> None:
        self.failures[f"{what}: {type(error).__name__}"] += 1


async def prove_publish(task: Task) -> Findings:
    publishes = QUICK_PUBLISHES if task.quick else PUBLISHES
    broken = BROKEN[:: len(BROKEN) // QUICK_BROKEN] if task.quick else BROKEN
    task.tell("two editions", 0, publishes)
    folder = task.folder / "editions"
    good = {e: await asyncio.to_thread(make_edition, CONTENT_SHIPPED, folder / e, e) for e in EDITIONS}
    libraries = {e: await asyncio.to_thread(_read, path) for e, path in good.items()}
    bad = [await asyncio.to_thread(b.make, good["A"], folder / f"broken-{n}") for n, b in enumerate(broken)]
    # By turns while A and while B is in force.
    turns = {n * publishes // len(broken) + n % 2: n for n in range(len(broken))}
    followers = Followers()
    async with _two_houses(task, libraries["A"], followers) as houses:
        publisher = Publisher(houses, libraries, QUICK_PAUSE_S if task.quick else PAUSE_S)
        readers = await _readers(houses, QUICK_PATIENTS if task.quick else PATIENTS)
        until = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            for reader in readers:
                tasks.create_task(reader.live(QUICK_READING_S if task.quick else READING_S, until))
            for n in range(publishes):
                task.tell("publishing", n, publishes)
                await publisher.publish()
                if n in turns:
                    await publisher.attempt(broken[turns[n]], bad[turns[n]])
            await publisher.roll_back()
            until.set()
        for house in houses:
            await house.afterwards.settle()
        slips, counts = await _reckoned(readers, Editions(libraries), len(publisher.urgent_s))
    return _findings(publisher, readers, followers, slips, counts, len(broken))


def _read(folder: Path) -> Library:
    return with_screen(shipped_library(folder))


@asynccontextmanager
async def _two_houses(task: Task, first: Library, followers: Followers) -> AsyncIterator[list[House]]:
    """Two on one record, each with a shelf, a hub and memory of its own, as two processes have them."""
    settings, houses = own_settings(), []
    async with AsyncExitStack() as stack:
        urls = await stack.enter_async_context(servers(settings, task.data))
        for _ in range(2):
            houses.append(await stack.enter_async_context(open_house(settings, task.data, urls)))
        await publish(houses[0], first, by="proof")
        for house in houses:
            await house.shelf.refresh()
            await settle_in(house)
        following = [asyncio.create_task(follow(house, followers.failed)) for house in houses]
        try:
            yield houses
        finally:
            for each in following:
                each.cancel()
            for each in following:
                with suppress(asyncio.CancelledError):
                    await each


async def _readers(houses: list[House], count: int) -> list[Reader]:
    service, invitations = await open_clinic(houses[0], count)
    for house in houses:
        await house.shelf.refresh()
    chance = random.Random(SEED)  # noqa: S311
    return [
        await _reader(houses[n % len(houses)], service, invitation, random.Random(chance.random()))  # noqa: S311
        for n, invitation in enumerate(invitations)
    ]


async def _reader(
    house: House, service: Service, invitation: ways_in.Invitation, chance: random.Random
) -> Reader:
    joining = ways_in.Joining(code=invitation.code, adult=True, consents={"care": True}, name="Sam")
    await ways_in.join(house, joining)
    return Reader(house, service.id, invitation.patient, chance)


async def _reckoned(
    readers: list[Reader], editions: Editions, urgent: int
) -> tuple[Counter[str], Counter[str]]:
    """From the record, as another device would read it. An urgent publish makes a patient begin again, once at most."""
    slips: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    for reader in readers:
        found, counted = await slips_of(reader, editions)
        counted["begun_again_after_urgency"] = min(urgent, found["module lost"])
        found["module lost"] -= counted["begun_again_after_urgency"]
        slips.update(found)
        counts.update(counted)
    return slips, counts


# -- figures ------------------------------------------------------------------------------------------


def _findings(
    publisher: Publisher,
    readers: list[Reader],
    followers: Followers,
    slips: Counter[str],
    counts: Counter[str],
    broken: int,
) -> Findings:
    slips = slips + publisher.slips
    stuck = Counter(reader.stuck for reader in readers if reader.stuck)
    figures: dict[str, Any] = {
        "publishes": publisher.publishes,
        "publishes_tried_again": publisher.tried_again,
        "broken_folders": broken,
        "patients": len(readers),
        "turns": sum(reader.turns for reader in readers),
        **counts,
        "followed_ms": {
            "median": round(1000 * percentile(publisher.followed_s, 0.5)),
            "worst": round(1000 * max(publisher.followed_s, default=0.0)),
        },
        "urgent": len(publisher.urgent_s),
        "urgent_followed_ms": {
            "median": round(1000 * percentile(publisher.urgent_s, 0.5)),
            "worst": round(1000 * max(publisher.urgent_s, default=0.0)),
        },
        "refused": dict(publisher.refused),
        "stuck": dict(stuck),
        "rounds_failed": dict(followers.failures),
        "load_average": [round(n, 1) for n in os.getloadavg()],
        "slips": {what: n for what, n in slips.items() if n},
    }
    lost = (
        "module lost",
        "published and not in force",
        "not followed",
        "went back",
        "record moved",
        "not rolled back",
    )
    bars = [
        Bar("torn", sum(n for what, n in slips.items() if " at " in what), 0),
        Bar("accepted", slips["accepted"], 0),
        Bar(
            "refused for another reason",
            broken - slips["accepted"] - publisher.refused["with its problem"],
            0,
        ),
        Bar("lost", sum(stuck.values()) + sum(slips[k] for k in lost), 0),
        Bar("followed, seconds", round(max(publisher.followed_s, default=0.0), 2), FOLLOWED_WITHIN_S),
        Bar("urgent followed, seconds", round(max(publisher.urgent_s, default=0.0), 2), FOLLOWED_WITHIN_S),
        Bar("urgent publishes", len(publisher.urgent_s), least=1),
        Bar("messages read in both editions", min(counts["of_edition_a"], counts["of_edition_b"]), least=1),
    ]
    return Findings("publish", figures, bars)
