"""An evening in a room while its processes are killed: eight members on many screens, a host at the desk, and nothing lost."""

from __future__ import annotations

import asyncio
import os
import random
import re
import signal
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

import aiohttp
from yarl import URL

from bot.cli.benches.ground import SignedIn, signed_in
from bot.cli.proofs.clinic import SLUG, own_settings
from bot.cli.proofs.doors import GONE
from bot.cli.proofs.evening_reckoned import (
    Kept,
    PostKept,
    figures_of,
    reckon_acts,
    reckon_past,
    reckon_record,
    reckon_screen,
)
from bot.cli.proofs.findings import Bar, Findings, Task, percentile
from bot.cli.proofs.instance import ONE_ADDRESS, Instance, an_instance
from bot.cli.proofs.own_content import with_numbers
from bot.cli.proofs.screens import Device
from bot.cli.visiting import PastClock, Visitor
from bot.core.errors import Misuse
from bot.core.facts import (
    AlertRaised,
    EvidenceAdded,
    MemberPaused,
    PostNotPlaced,
    PostOffered,
    PostReported,
)
from bot.core.service import Service
from bot.core.values import LineId
from bot.usecases import ways_in
from bot.usecases.house import House
from bot.usecases.posts import posts_opened
from bot.usecases.room_turns import standing_of
from bot.wiring import open_house, servers

KILLS, QUICK_KILLS = 15, 3
MEMBERS, ON_TWO_DEVICES = 8, 3
EVERY_S = 2.0
SETTLED_WITHIN_S, GIVEN_UP_AFTER_S = 10.0, 60.0
LOOK_S = 0.25
SEED = 41
GROUP = "copd"
HOST, PASSWORD = "host@proof.example", "correct horse battery"
HIDDEN_FOR = ("off_topic", "contact", "unkind", "advice", "other")
# Nobody is kept from writing by the hour or by the night: the evening is short and may be at any time.
NUMBERS = {"posts_per_hour": "1000", "night": '"00:00-00:00"'}


async def prove_evening(task: Task, kills: int | None = None) -> Findings:
    kills = kills or (QUICK_KILLS if task.quick else KILLS)
    chance = random.Random(SEED)  # noqa: S311
    content = await asyncio.to_thread(with_numbers, task.folder, NUMBERS)
    settings = own_settings().model_copy(update={"content": content})
    async with AsyncExitStack() as stack:
        urls = await stack.enter_async_context(servers(settings, task.data))
        given = {"CONTENT": str(content)}
        webs = [await stack.enter_async_context(an_instance(task.data, given, "web")) for _ in range(2)]
        worker = Instance(task.data, environment=ONE_ADDRESS | given, verb="work")
        stack.callback(worker.end)
        worker.start()
        house = await stack.enter_async_context(open_house(settings, task.data, urls))
        service, people = await signed_in(house, webs, MEMBERS)
        await _all_join(house, service, people)
        await _add_host(house, service)
        evening = _Evening(house, service, people, webs, worker, chance)
        await evening.go_on(kills, task)
        return await evening.reckoned(kills)


async def _all_join(house: House, service: Service, people: Sequence[SignedIn]) -> None:
    """By the conversation, as people do."""
    for n, person in enumerate(people):
        visitor = Visitor(house, PastClock(datetime.now(UTC)), service, person.patient, random.Random(n))  # noqa: S311
        await visitor.looks()
        if not await visitor.joins(GROUP, f"Robin {'abcdefgh'[n] * 3}"):
            raise Misuse("a patient could not join the room")


async def _add_host(house: House, service: Service) -> None:
    with suppress(Misuse):
        await ways_in.add_staff(house, service.id, HOST, "Host", frozenset({"host"}), PASSWORD)


# -- the host -----------------------------------------------------------------------------------------


@dataclass
class Host:
    """At the desk over HTTP, at either process. Looks into the record for what there is to decide, and acts by forms.

    ``did``: of each post the last thing that was acknowledged. ``wrote``: acknowledged posts.
    """

    urls: Sequence[str]
    room: LineId
    chance: random.Random
    did: dict[int, str] = field(default_factory=dict)
    wrote: list[str] = field(default_factory=list)
    waits_s: list[float] = field(default_factory=list)
    refused: Counter[str] = field(default_factory=Counter)

    async def live(
        self, house: House, service: Service, until: asyncio.Event, settled: asyncio.Event
    ) -> None:
        jar = aiohttp.CookieJar(unsafe=True)
        limit = aiohttp.ClientTimeout(total=10)
        async with aiohttp.ClientSession(cookie_jar=jar, timeout=limit) as http:
            await self._until_done(self._sign_in, http)
            await self._write(http)
            while not until.is_set():
                await self._look(house, service, http, until)
                await asyncio.sleep(self.chance.uniform(0.1, 0.5))
            await settled.wait()
            await self._look(house, service, http)

    async def _look(
        self,
        house: House,
        service: Service,
        http: aiohttp.ClientSession,
        until: asyncio.Event | None = None,
    ) -> None:
        """``until``: when it is time to stop, however much waits. None: all that waits is decided, and nothing else done."""
        state = await standing_of(house, service.id, self.room)
        assert state is not None
        for seq in sorted({case.seq for case in state.cases.values() if case.seq is not None}):
            await self._decide(http, seq, hide=self.chance.random() < 0.3)
            if until is not None and until.is_set():
                return
        shown = [seq for seq, post in state.posts.items() if post.status == "shown" and post.author]
        if until is not None and shown and self.chance.random() < 0.3:
            await self._decide(http, self.chance.choice(shown), hide=True)
        if until is not None and self.chance.random() < 0.8:
            await self._write(http)

    async def _decide(self, http: aiohttp.ClientSession, seq: int, *, hide: bool) -> None:
        do = "hide" if hide else "release"
        fields = {"reason": self.chance.choice(HIDDEN_FOR)} if hide else {}
        if await self._until_done(self._send, http, f"posts/{seq}/{do}", fields):
            self.did[seq] = do

    async def _write(self, http: aiohttp.ClientSession) -> None:
        text = f"Post {len(self.wrote)} of the host."
        if await self._until_done(self._send, http, "write", {"text": text, "once": str(uuid4())}):
            self.wrote.append(text)

    async def _until_done(self, act: object, http: aiohttp.ClientSession, *args: object) -> bool:
        """Again and again, at whichever process answers. False: it was refused."""
        began = time.monotonic()
        while True:
            try:
                done: bool | None = await act(self.chance.choice(self.urls), http, *args)  # type: ignore[operator]
            except (*GONE, TimeoutError):
                done = None
            if done is not None:
                self.waits_s.append(time.monotonic() - began)
                return done
            await asyncio.sleep(0.2)

    async def _sign_in(self, url: str, http: aiohttp.ClientSession) -> bool | None:
        async with http.get(f"{url}/desk/sign-in") as page:
            token = _form_of(await page.text())
        if token is None:
            return None
        fields = {"form": token, "service": SLUG, "email": HOST, "password": PASSWORD, "next": "/desk/groups"}
        async with http.post(f"{url}/desk/sign-in", data=fields, allow_redirects=False) as answer:
            return True if answer.status == 303 else None

    async def _send(
        self, url: str, http: aiohttp.ClientSession, what: str, fields: dict[str, str]
    ) -> bool | None:
        page = URL(f"{url}/desk/groups/{self.room}")
        async with http.get(page) as opened:
            token = _form_of(await opened.text()) if opened.status == 200 else None
        if token is None:
            return None
        sent = {"form": token, **fields}
        async with http.post(f"{page}/{what}", data=sent, allow_redirects=False) as answer:
            if answer.status >= 500:
                return None
            if answer.status != 303:
                self.refused[f"{what.rpartition('/')[2]}: {answer.status}"] += 1
            return answer.status == 303


def _form_of(html: str) -> str | None:
    found = re.search(r'name="form" value="([0-9a-f]+)"', html)
    return found[1] if found else None


# -- the evening --------------------------------------------------------------------------------------


class _Evening:
    def __init__(
        self,
        house: House,
        service: Service,
        people: Sequence[SignedIn],
        webs: Sequence[Instance],
        worker: Instance,
        chance: random.Random,
    ) -> None:
        self.house, self.service, self.people = house, service, people
        self.webs, self.worker, self.chance = webs, worker, chance
        self.room = service.rooms[GROUP]
        self.urls = [web.url for web in webs]
        self.devices = self._devices()
        self.host = Host(self.urls, self.room, self._dice())
        self.killed: Counter[str] = Counter()
        self.started_s: list[float] = []
        self.settled_s = self.decided_s = 0.0
        self.waited_for: dict[str, float] = {}
        self.open_at_kills = 0

    def _dice(self) -> random.Random:
        return random.Random(self.chance.random())  # noqa: S311

    def _devices(self) -> list[Device]:
        found = []
        for n, person in enumerate(self.people):
            letters = "ab" if n < ON_TWO_DEVICES else "a"
            theirs = [
                Device(n, letter, person.token, str(self.room), self.urls, self._dice(), by_last=n % 2 == 0)
                for letter in letters
            ]
            if len(theirs) == 2:
                theirs[0].twin, theirs[1].twin = theirs[1], theirs[0]
            found += theirs
        return found

    async def go_on(self, kills: int, task: Task) -> None:
        """The host opens, everybody talks while processes die. With the last of them all fall silent, so that nothing said
        later hides what was lost, and look on until all is settled; then the host decides what is left."""
        until, settled, over = asyncio.Event(), asyncio.Event(), asyncio.Event()
        connector = aiohttp.TCPConnector(limit=0, force_close=True)
        async with aiohttp.ClientSession(connector=connector) as http, asyncio.TaskGroup() as tasks:
            hosting = tasks.create_task(self.host.live(self.house, self.service, until, settled))
            for device in self.devices:
                tasks.create_task(device.live(http, until, over))
            for n in range(kills - 1):
                task.tell("kill -9", n, kills)
                await asyncio.sleep(EVERY_S)
                await self._ready(await self._kill(n))
            await asyncio.sleep(EVERY_S)
            killed = await self._kill(kills - 1)
            until.set()
            coming = tasks.create_task(self._ready(killed))
            task.tell("kill -9", kills, kills)
            self.settled_s, self.waited_for = await self._settle()
            settled.set()
            await hosting
            self.decided_s, _ = await self._settle()
            await coming
            over.set()

    async def _kill(self, n: int) -> Instance:
        """By turns: one web process, the worker, the other web process. It comes back while the others go on."""
        name, instance = (("web", self.webs[0]), ("worker", self.worker), ("web", self.webs[1]))[n % 3]
        assert instance.process is not None
        self.open_at_kills += sum(len(d.open) for d in self.devices)
        with suppress(ProcessLookupError):
            os.killpg(instance.pid, signal.SIGKILL)
        await asyncio.to_thread(instance.process.wait)
        self.killed[name] += 1
        instance.start()
        return instance

    async def _ready(self, instance: Instance) -> None:
        began = time.monotonic()
        if instance is not self.worker:
            await instance.ready()
            self.started_s.append(time.monotonic() - began)

    async def _settle(self) -> tuple[float, dict[str, float]]:
        """Until every screen shows what the record holds; what still differs after that is told by the reckoning. How long
        that took, and for what."""
        began = time.monotonic()
        waited_for: dict[str, float] = {}
        while (waited := time.monotonic() - began) < GIVEN_UP_AFTER_S:
            waits_for = await self._waits_for()
            if not waits_for:
                break
            waited_for |= dict.fromkeys(waits_for, round(waited, 1))
            await asyncio.sleep(LOOK_S)
        return waited, waited_for

    async def _waits_for(self) -> set[str]:
        """What is not as it will be, by its name."""
        if any(d.open for d in self.devices):
            return {"acknowledgements"}
        kept = await self.kept()
        found = reckon_acts(kept, self.devices, self.host.did)
        for device in self.devices:
            found += reckon_screen(kept, device)
        return set(+found)

    async def kept(self) -> Kept:
        """The room as the record has it, its members by their numbers."""
        lines, service = self.house.record.lines, self.service.id
        number = {person.patient: n for n, person in enumerate(self.people)}
        posts: dict[int, PostKept] = {}
        seen = 0
        while page := await posts_opened(self.house, service, self.room, seen):
            rows = {row.seq: row for row in await self.house.record.peers.posts(service, self.room, seen)}
            for post in page:
                pressed = post.reactions or {}
                posts[post.seq] = PostKept(
                    seq=post.seq,
                    post=str(rows[post.seq].post) if post.seq in rows else "",
                    author=number.get(post.author) if post.author is not None else None,
                    text=post.shown.text,
                    status=post.status,
                    seen=post.status == "shown" or post.shown_at is not None,
                    at_once=post.shown_at == post.at,
                    reactions={kind: frozenset(number[who] for who in by) for kind, by in pressed.items()},
                )
            seen = page[-1].seq
        facts = await lines.facts(service, self.room)
        offered: dict[str, str] = {}
        for person in self.people:
            for fact in await lines.facts(service, person.patient):
                if isinstance(fact, PostOffered):
                    offered[str(fact.client_id)] = str(fact.post)
        state = await standing_of(self.house, service, self.room)
        assert state is not None
        evidence = [f.evidence for f in facts if isinstance(f, AlertRaised | EvidenceAdded)]
        return Kept(
            posts=posts,
            offered=offered,
            not_placed={str(f.post): f.why for f in facts if isinstance(f, PostNotPlaced)},
            reported=Counter((number[f.by], f.seq) for f in facts if isinstance(f, PostReported)),
            paused=frozenset(number[f.patient] for f in facts if isinstance(f, MemberPaused)),
            told=frozenset(e.seq for e in evidence if e.seq is not None),
            cases=dict(state.cases),
            case_rows=await self._case_rows(),
        )

    async def _case_rows(self) -> frozenset[int]:
        """Those that wait for a host, as the desk reads them."""
        host = await self.house.record.staff.by_email(self.service.id, HOST)
        assert host is not None
        from bot.ports import Looker

        queue = await self.house.record.peers.queue(self.service.id, Looker(host.id, self.house.clock.now()))
        return frozenset(case.case for case in queue if case.room == self.room)

    # -- figures

    async def reckoned(self, kills: int) -> Findings:
        kept = await self.kept()
        slips: Counter[str] = Counter()
        for device in self.devices:
            slips += device.slips
            slips += reckon_screen(kept, device) + reckon_past(kept, device)
        slips += reckon_acts(kept, self.devices, self.host.did)
        slips += reckon_record(kept, self.devices, self.host.wrote)
        figures = {
            "kills": kills,
            "killed": dict(self.killed),
            "members": len(self.people),
            "screens": len(self.devices),
            "connections": sum(d.connections for d in self.devices),
            "sent_twice": sum(d.repeated for d in self.devices),
            "unacknowledged_at_a_kill": self.open_at_kills,
            **figures_of(kept, self.devices),
            "host_decided": dict(Counter(self.host.did.values())),
            "host_wrote": len(self.host.wrote),
            "host_refused": dict(self.host.refused),
            "host_waited_s": {
                "median": round(percentile(self.host.waits_s, 0.5), 2),
                "worst": round(max(self.host.waits_s, default=0), 2),
            },
            "settled_s": round(self.settled_s, 1),
            "settled_for_s": self.waited_for,
            "settled_after_the_last_decisions_s": round(self.decided_s, 1),
            "started_again_s": {
                "median": round(percentile(self.started_s, 0.5), 1),
                "worst": round(max(self.started_s, default=0), 1),
            },
            "load_average": [round(n, 1) for n in os.getloadavg()],
            "slips": dict(+slips),
        }
        settled = Bar(
            "seconds from the last kill until all is settled", round(self.settled_s, 1), SETTLED_WITHIN_S
        )
        return Findings("evening", figures, [*bars_of(slips), settled])


COUNTED = (
    ("lost", "posts lost", "words lost", "posts not placed", "host's posts lost"),
    ("duplicated", "posts twice", "host's posts twice", "reports twice"),
    ("out of order on a screen", "out of order", "acknowledged with another seq"),
    (
        "one device's posts out of order",
        "posts of a device out of order",
        "posts not in the order of their author's Line",
    ),
    ("gaps on a screen", "missing on a screen", "gaps in the room", "room not in the welcome"),
    ("shown otherwise than kept", "words differ", "reactions differ", "not there for this reader"),
    ("hidden and still shown", "hidden and still shown"),
    ("reactions missing", "reactions missing", "reactions not taken back"),
    ("reports without an alert", "reports lost", "reports without an alert"),
    ("cases without a row", "cases without a row", "rows without a case", "held without a case"),
    ("decisions lost", "decisions lost"),
)


def bars_of(slips: Counter[str]) -> list[Bar]:
    named = {name for _, *names in COUNTED for name in names}
    bars = [Bar(bar, sum(slips[name] for name in names), 0) for bar, *names in COUNTED]
    rest = sum(n for name, n in slips.items() if name not in named and n > 0)
    return [*bars, Bar("unanswered or refused", rest, 0)]
