"""Turns a second over the WebSocket at 1 to 256 patients, beside a plain echo on the same machine in the same run."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import aiohttp

from bot.cli.proofs import echo
from bot.cli.proofs.clinic import join_all, own_settings, set_up
from bot.cli.proofs.doors import GONE, Door, Frame, socket_door
from bot.cli.proofs.findings import Bar, Findings, Task, percentile
from bot.cli.proofs.instance import Instance, an_instance, cpu_s, free_port, memory_mib
from bot.core.values import LineId
from bot.ports import Session
from bot.usecases.house import House
from bot.wiring import open_house, servers

PATIENTS, QUICK_PATIENTS = (1, 8, 32, 256), (1, 8)
SECONDS, QUICK_SECONDS = 8.0, 1.0
WARM_UP_S = 1.0
COMMITS, QUICK_COMMITS = 200, 40
AGAIN_S = 0.5
LATEST_S = 20.0


@dataclass
class Load:
    """One run at one number of patients. Seconds from the message to its ack, and to the whole reply.

    ``turned_away``: how often a message or a connection was refused for now.
    """

    acks: list[float] = field(default_factory=list)
    turns: list[float] = field(default_factory=list)
    turned_away: int = 0
    counting: bool = False
    over: bool = False

    def done(self, ack_s: float, turn_s: float) -> None:
        if self.counting:
            self.acks.append(ack_s)
            self.turns.append(turn_s)

    def figures(self, seconds: float) -> dict[str, float]:
        return {
            "per_s": round(len(self.turns) / seconds, 1),
            "turned_away": self.turned_away,
            "ack_p50_ms": _ms(self.acks, 0.5),
            "ack_p95_ms": _ms(self.acks, 0.95),
            "p50_ms": _ms(self.turns, 0.5),
            "p95_ms": _ms(self.turns, 0.95),
        }


def _ms(values: list[float], share: float) -> float:
    return round(percentile(values, share) * 1000, 2)


# -- one patient --------------------------------------------------------------------------------------


@dataclass
class CheckingIn:
    """Goes through the check-in again and again, with answers that worry nobody."""

    token: str
    after: int = 0
    screen: Frame = field(default_factory=dict)
    open: Frame = field(default_factory=dict)

    async def talk(self, session: aiohttp.ClientSession, load: Load) -> None:
        while not load.over:
            try:
                async with socket_door(session, self.token, self.after) as door:
                    while not self.screen and not self.open:
                        self._read(await door.receive())
                    while not load.over:
                        await self._turn(door, load)
            except GONE:
                # Too many at once: one comes again, as a widget does.
                load.turned_away += 1
                await asyncio.sleep(AGAIN_S)

    async def _turn(self, door: Door, load: Load) -> None:
        self.open = self.open or {"type": "say", "id": str(uuid.uuid4()), **self._next()}
        began, ack_s, self.screen = time.perf_counter(), 0.0, {}
        await door.send(self.open)
        while not (ack_s and self.screen):
            frame = await door.receive()
            if frame["type"] == "ack":
                ack_s, self.open = time.perf_counter() - began, {}
            elif frame["type"] == "nack":
                load.turned_away += 1
                await asyncio.sleep(AGAIN_S)
                await door.send(self.open)
            self._read(frame)
        load.done(ack_s, time.perf_counter() - began)

    def _read(self, frame: Frame) -> None:
        if frame["type"] == "msg":
            self.after = frame["seq"]
            if frame["from"] == "bot" and frame.get("choices"):
                self.screen = frame

    def _next(self) -> Frame:
        question = self.screen.get("question")
        if question:
            value = 0 if question["item"] == "phq9.9" else self.after % 2
            return {"answer": {"item": question["item"], "value": value}}
        keys = {c["id"].partition(".")[2]: c["id"] for c in self.screen["choices"]}
        return {"choice": keys.get("send") or keys["menu:check_in"]}


@dataclass
class Echoed:
    """Sends frames of a message's size to the echo, and waits for each to come back."""

    async def talk(self, session: aiohttp.ClientSession, load: Load) -> None:
        async with session.ws_connect("/v1/ws") as ws:
            frame = {"type": "say", "id": str(uuid.uuid4()), "answer": {"item": "phq9.1", "value": 1}}
            while not load.over:
                began = time.perf_counter()
                await ws.send_str(json.dumps(frame))
                json.loads(await ws.receive_str())
                took = time.perf_counter() - began
                load.done(took, took)


# -- one load -----------------------------------------------------------------------------------------


async def _under_load(
    url: str,
    clients: list[CheckingIn] | list[Echoed],
    seconds: float,
    watched: Callable[[], Awaitable[dict[str, float]]],
) -> dict[str, float]:
    """Figures of ``seconds`` in which all clients talk at once, without the first moments."""
    load = Load()
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(url, connector=connector) as session:
        talking = [asyncio.create_task(client.talk(session, load)) for client in clients]
        await asyncio.sleep(WARM_UP_S)
        before, began, load.counting = await watched(), time.monotonic(), True
        await asyncio.sleep(seconds)
        load.counting, took, after = False, time.monotonic() - began, await watched()
        load.over = True
        _, late = await asyncio.wait(talking, timeout=LATEST_S)
        for task in late:
            task.cancel()
        await asyncio.gather(*talking, return_exceptions=bool(late))
    load.turned_away += len(late)
    turns = max(len(load.turns), 1)
    used = {f"{who}_cpu_ms_a_turn": round((after[who] - before[who]) * 1000 / turns, 3) for who in before}
    return load.figures(took) | used


@asynccontextmanager
async def _echo() -> AsyncIterator[tuple[str, int]]:
    """The yardstick's address and process."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(sys.executable, "-P", str(echo.__file__), str(port))
    try:
        async with aiohttp.ClientSession() as session, asyncio.timeout(60):
            while True:
                with suppress(aiohttp.ClientError, OSError):
                    async with session.get(f"http://127.0.0.1:{port}/"):
                        break
                await asyncio.sleep(0.05)
        yield f"http://127.0.0.1:{port}", process.pid
    finally:
        process.kill()
        await process.wait()


# -- the experiment -----------------------------------------------------------------------------------


async def prove_turns(task: Task) -> Findings:
    counts = QUICK_PATIENTS if task.quick else PATIENTS
    seconds = QUICK_SECONDS if task.quick else SECONDS
    figures: dict[str, Any] = {"seconds_each": seconds}
    async with an_instance(task.data) as instance:
        tokens = await join_all(instance.url, await set_up(instance.data, max(counts)))
        figures["memory_at_rest"] = await _memory(instance)
        async with _echo() as (echo_url, echo_pid):
            patients = [CheckingIn(token) for token in tokens]
            for n, count in enumerate(counts):
                task.tell(f"{count} patients", n, len(counts))
                figures[f"at_{count}"] = await _beside(
                    instance, patients[:count], echo_url, echo_pid, seconds
                )
        figures["memory_after"] = await _memory(instance)
        await _yardsticks(instance.data, QUICK_COMMITS if task.quick else COMMITS, figures)
    alone = figures["at_1"]["turns"]["ack_p50_ms"]
    figures["ack_alone_by_one_row_commit"] = round(alone / figures["one_row_commit"]["p50_ms"], 2)
    figures["load_average"] = [round(n, 1) for n in os.getloadavg()]
    stood_still = sum(figures[f"at_{c}"]["turns"]["per_s"] == 0 for c in counts)
    return Findings("turns", figures, [Bar("loads without one turn", stood_still, 0)])


async def _beside(
    instance: Instance, patients: list[CheckingIn], echo_url: str, echo_pid: int, seconds: float
) -> dict[str, Any]:
    """The same number of clients on the yardstick, then on the instance."""

    async def of_echo() -> dict[str, float]:
        return {"server": cpu_s({echo_pid})}

    async def of_instance() -> dict[str, float]:
        servers = await asyncio.to_thread(instance.postgres)
        return {"server": cpu_s({instance.pid}), "postgresql": cpu_s(servers)}

    plain = await _under_load(echo_url, [Echoed() for _ in patients], min(seconds, 3.0), of_echo)
    turns = await _under_load(instance.url, patients, seconds, of_instance)
    ratio = round(turns["per_s"] / plain["per_s"], 4) if plain["per_s"] else 0.0
    return {"turns": turns, "echo": plain, "turns_by_echo": ratio}


async def _memory(instance: Instance) -> dict[str, float | None]:
    """MiB of the server, and beside it of its PostgreSQL and its Valkey."""
    found: dict[str, float | None] = {}
    postgres, valkey = await asyncio.to_thread(lambda: (instance.postgres(), instance.valkey()))
    for who, pids in (("server", {instance.pid}), ("postgresql", postgres), ("valkey", valkey)):
        found[f"{who}_rss_mib"], found[f"{who}_pss_mib"] = memory_mib(pids)
    return found


async def _yardsticks(data: Path, commits: int, figures: dict[str, Any]) -> None:
    """What the disk and the record need for the least there is: one fdatasync, one row inserted and committed."""
    syncs = await asyncio.to_thread(_syncs, data / "sync.probe", commits)
    figures["fdatasync"] = {"p50_ms": _ms(syncs, 0.5), "p95_ms": _ms(syncs, 0.95)}
    settings = own_settings()
    async with servers(settings, data) as urls, open_house(settings, data, urls) as house:
        rows = [await _one_row(house) for _ in range(commits)]
    figures["one_row_commit"] = {"p50_ms": _ms(rows, 0.5), "p95_ms": _ms(rows, 0.95)}


def _syncs(path: Path, count: int) -> list[float]:
    took = []
    with path.open("wb", buffering=0) as file:
        for _ in range(count):
            file.write(bytes(8192))
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            took.append(time.perf_counter() - began)
    path.unlink()
    return took


async def _one_row(house: House) -> float:
    """A session is one INSERT of one row, in a transaction of its own."""
    session = Session(house.shelf.services()[0].id, "patient", LineId(house.ids.new()))
    now, token = house.clock.now(), os.urandom(32)
    began = time.perf_counter()
    await house.record.sessions.begin(session, token, now + timedelta(minutes=1), now)
    return time.perf_counter() - began
