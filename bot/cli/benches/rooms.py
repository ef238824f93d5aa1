"""Posts in peer groups reach every member, over two web processes that share one record and one bus.

Beside them, by turns, processes that only forward what is said over the same bus: the least that it can cost.
"""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from bot.cli.benches.arrivals import let_open
from bot.cli.benches.ground import Ground, SignedIn, signed_in
from bot.cli.benches.peers import bare, clear, fill, open_another, seated, seated_bare, two_and_a_worker
from bot.cli.benches.posting import ARRIVED_WITHIN_S, Member, Posts, arrive, leave, post_for
from bot.cli.benches.room_cost import cost_of_a_post
from bot.cli.benches.watch import Kinds, cpu_by_kind, pss_by_kind
from bot.cli.proofs.clinic import SLUG
from bot.cli.proofs.findings import Bar, Findings
from bot.cli.proofs.instance import Instance
from bot.core.service import Service
from bot.core.values import LineId, StaffId
from bot.usecases.hosting import host_post
from bot.usecases.house import House


@dataclass(frozen=True)
class Sizes:
    """``many``: rooms, and members of each; ``lot_s`` of posting, ``lots`` times, by turns with the yardstick's."""

    many: tuple[int, int] = (20, 20)
    big: int = 1_000
    open_rooms: tuple[int, int] = (200, 5)
    posts_before: int = 10
    cost_at: tuple[int, ...] = (10, 100, 1_000)
    cost_posts: int = 200
    lots: int = 3
    lot_s: float = 4.0


FULL = Sizes()
QUICK = Sizes((1, 4), 6, (2, 3), 1, (2, 6), 5, lots=1, lot_s=1.0)
# Between two posts of one room: 200 arrivals a second, 800, of which two cores are busy, and 4,000.
MANY_PAUSE_S, RUSH_PAUSE_S, BIG_PAUSE_S = 2.0, 0.5, 0.25
STARTED_WITHIN_S, LOOK_S, QUIET_CPU_S = 30.0, 1.5, 0.2
TICK_S = 0.01  # CPU time is told no finer
PARTS = ("many", "rush", "big")
ASKED_WITHIN = aiohttp.ClientTimeout(total=10)
_UNREAD = re.compile(r"^bounceback_second_net_absent_total (\S+)", re.M)


@dataclass(eq=False)
class _Side:
    """One of two who do the same by turns. ``kinds``: its processes now."""

    rooms: Sequence[Sequence[Member]]
    ports: Sequence[int]
    posts: Posts
    own: Mapping[str, set[int]]
    numbered: bool = False
    cpu_s: dict[str, float] = field(default_factory=dict)

    async def lot(self, seconds: float, pause_s: float, kinds: Kinds) -> None:
        before = cpu_by_kind(kinds)
        await post_for(self.rooms, seconds, pause_s, numbered=self.numbered)
        for kind, spent in cpu_by_kind(kinds).items():
            self.cpu_s[kind] = self.cpu_s.get(kind, 0.0) + spent - before.get(kind, 0.0)

    def figures(self) -> dict[str, Any]:
        arrivals, seconds = max(len(self.posts.came), 1), max(self.posts.seconds, TICK_S)
        return self.posts.figures() | {
            "busy_cores": round(sum(self.cpu_s.values()) / seconds, 2),
            "cpu_us_an_arrival": {kind: round(s * 1e6 / arrivals, 1) for kind, s in self.cpu_s.items()},
        }


@dataclass
class _Bench:
    ground: Ground
    sizes: Sizes
    webs: list[Instance]
    worker: Instance
    bare: dict[int, int]
    house: House

    def kinds(self, *own: str) -> dict[str, set[int]]:
        """Ours, or those of the yardstick; and what both use."""
        every = {
            "web": {web.pid for web in self.webs},
            "worker": {self.worker.pid} if self.worker.process is not None else set(),
            "bare": set(self.bare.values()),
            "postgresql": self.webs[0].postgres() if self.ground.own_record else set(),
            "valkey": self.webs[0].valkey() if self.ground.redis_url is None else set(),
            "generator": {os.getpid()},
        }
        return {kind: pids for kind, pids in every.items() if not own or kind in own}

    async def beside_bare(self, rooms: list[list[Member]], pause_s: float) -> dict[str, Any]:
        """The same posts through both, a lot of each by turns."""
        posts, theirs = rooms[0][0].posts, Posts()
        bare_rooms = seated_bare(len(rooms), len(rooms[0]), theirs)
        ours = _Side(rooms, [web.port for web in self.webs], posts, {})
        yardstick = _Side(bare_rooms, list(self.bare), theirs, {}, numbered=True)
        await arrive(ours.rooms, ours.ports)
        await arrive(yardstick.rooms, yardstick.ports)
        await asyncio.sleep(LOOK_S)  # a service that is new is listened for a second later
        memory = pss_by_kind(self.kinds())
        unread = await self.unread()
        for _ in range(self.sizes.lots):
            kinds = self.kinds("web", "worker", "postgresql", "valkey", "generator")
            await ours.lot(self.sizes.lot_s, pause_s, kinds)
            await yardstick.lot(self.sizes.lot_s, pause_s, self.kinds("bare", "valkey", "generator"))
        unread = await self.unread() - unread
        leave(ours.rooms)
        leave(yardstick.rooms)
        found = {"ours": ours.figures() | {"unread": unread}, "bare": yardstick.figures()}
        return {
            "rooms": len(rooms),
            "members_of_a_room": len(rooms[0]),
            "memory_mib": memory,
            **found,
            "ratio": ratios(found["ours"], found["bare"]),
        }

    async def unread(self) -> int:
        """Texts that went on without the models so far, which would have come too late."""
        found = 0.0
        for web in self.webs:
            async with (
                aiohttp.ClientSession(web.url, timeout=ASKED_WITHIN) as session,
                session.get("/metrics") as told,
            ):
                counted = _UNREAD.search(await told.text())
            found += float(counted[1]) if counted else 0.0
        return int(found)

    async def many(self) -> list[tuple[LineId, list[SignedIn]]]:
        """Each room is another service's."""
        rooms = []
        count, each = self.sizes.many
        for n in range(count):
            service, people = await signed_in(self.house, self.webs, each, f"{SLUG}-{n}")
            rooms.append((await fill(self.house, service, people), people))
        return rooms

    async def start_the_worker(self) -> None:
        """Only when all are in: they were let in by this process, which listens to no hints of another."""
        self.worker.start()
        before, until = -1.0, time.monotonic() + STARTED_WITHIN_S
        while (spent := self.worker.cpu_s) - before > QUIET_CPU_S and time.monotonic() < until:
            before = spent
            await asyncio.sleep(LOOK_S)

    async def open_rooms(self, service: Service, people: Sequence[SignedIn]) -> dict[str, Any]:
        """What screens hold, in rooms and in none. Afterwards those people are in none again."""
        count, each = self.sizes.open_rooms
        posts, ports = Posts(), [web.port for web in self.webs]
        people = people[: count * each]
        rooms = [(people[n * each : n * each + each]) for n in range(count) if len(people) >= n * each + each]
        outside = [[Member({"type": "hello", "token": p.token}, "", posts) for p in people]]
        nobody = pss_by_kind(self.kinds("web", "bare"))
        await arrive(outside, ports)
        in_none = pss_by_kind(self.kinds("web", "bare"))
        leave(outside)
        opened = []
        for n, members in enumerate(rooms):
            patients = [p.patient for p in members]
            opened.append(await open_another(self.house, service, f"open-{n}", patients))
        host = StaffId(self.house.ids.new())
        for _ in range(self.sizes.posts_before):
            for room in opened:
                await host_post(
                    self.house, service.id, room, host, self.house.ids.new(), "Good evening to all of you."
                )
        inside = [seated(room, members, posts) for room, members in zip(opened, rooms, strict=True)]
        await arrive(inside, ports)
        in_rooms = pss_by_kind(self.kinds("web", "bare"))
        leave(inside)
        for room, members in zip(opened, rooms, strict=True):
            await clear(self.house, service, room, [p.patient for p in members])
        sockets = len(people) / len(self.webs)
        return {
            "rooms": len(rooms),
            "listeners_of_a_room": each,
            "posts_of_a_room": self.sizes.posts_before,
            "web_mib": {
                "nobody": nobody["web"],
                "in no room": in_none["web"],
                "in a room each": in_rooms["web"],
            },
            "kib_a_listener": _kib(in_none["web"], in_rooms["web"], sockets),
            "kib_a_socket": _kib(nobody["web"], in_none["web"], sockets),
        }


def _kib(before: float | None, after: float | None, sockets: float) -> float | None:
    if before is None or after is None:
        return None
    return round(max(after - before, 0.0) * 1024 / max(sockets, 1), 1)


async def bench_rooms(ground: Ground) -> Findings:
    sizes = QUICK if ground.quick else FULL
    let_open(4 * max(sizes.big, sizes.many[0] * sizes.many[1]))
    async with (
        two_and_a_worker(ground) as (webs, worker),
        ground.inside() as (house, gauge, urls),
        bare(urls.redis) as forwarders,
    ):
        bench = _Bench(ground, sizes, webs, worker, forwarders, house)
        ground.tell("rooms fill", 0, 5)
        many = await bench.many()
        service, people = await signed_in(house, webs, sizes.big, f"{SLUG}-big")
        ground.tell("open rooms", 1, 5)
        figures: dict[str, Any] = {"open_rooms": await bench.open_rooms(service, people)}
        ground.tell("a big room fills", 2, 5)
        big = [seated(await fill(house, service, people), people, Posts())]
        await bench.start_the_worker()
        ground.tell("posts", 3, 5)
        first = 0
        for part, pause_s in (("many", MANY_PAUSE_S), ("rush", RUSH_PAUSE_S)):
            posts = Posts(first)
            rooms = [seated(room, members, posts) for room, members in many]
            figures[part] = await bench.beside_bare(rooms, pause_s)
            first += len(posts.sent)
        figures["big"] = await bench.beside_bare(big, BIG_PAUSE_S)
        ground.tell("what a post costs its room", 4, 5)
        figures["cost"] = await cost_of_a_post(
            house, gauge, service, sizes.cost_at, sizes.cost_posts, lambda: bench.kinds("postgresql")
        )
    return Findings("rooms", figures, bars_of(figures))


def ratios(ours: Mapping[str, Any], bare: Mapping[str, Any]) -> dict[str, float]:
    """How many times what the yardstick takes. Of its CPU a tick at least: a short run is too short to tell."""
    spread = {
        f"post to arrival, {p}": _ratio(ours["post_to_arrival_ms"][p], bare["post_to_arrival_ms"][p])
        for p in ("p50", "p99")
    }
    tick_us = TICK_S * 1e6 / max(bare["posts"] * bare["arrivals_a_post"], 1)
    cpu = {
        who: {kind: us for kind, us in side["cpu_us_an_arrival"].items() if kind != "generator"}
        for who, side in (("ours", ours), ("bare", bare))
    }
    return {
        **spread,
        "CPU, all processes": _ratio(sum(cpu["ours"].values()), max(sum(cpu["bare"].values()), tick_us)),
        "CPU, those with the sockets": _ratio(cpu["ours"]["web"], max(cpu["bare"]["bare"], tick_us)),
    }


def _ratio(ours: float, bare: float) -> float:
    return round(ours / bare, 2) if bare else 0.0


def bars_of(figures: Mapping[str, Any]) -> list[Bar]:
    sides = [figures[part][side] for part in PARTS for side in ("ours", "bare")]
    ours = [figures[part]["ours"] for part in PARTS]
    cost = figures["cost"]
    return [
        Bar(
            f"posts not acknowledged {ARRIVED_WITHIN_S:g} s after the last",
            sum(side["unacknowledged"] for side in sides),
            0,
        ),
        Bar("arrivals missing", sum(side["missing"] for side in ours), 0),
        Bar("arrivals twice", sum(side["twice"] for side in ours), 0),
        Bar("arrivals out of order or after a gap", sum(side["out_of_order"] for side in ours), 0),
        Bar(
            "log of a post in the largest room, as many times that of one in the smallest", _grows(cost), 1.5
        ),
    ]


def _grows(cost: Mapping[str, Any]) -> float:
    """What a post writes is not to grow with who is in the room."""
    smallest, *_, largest = cost.values()
    return _ratio(largest["wal_bytes"], smallest["wal_bytes"])
