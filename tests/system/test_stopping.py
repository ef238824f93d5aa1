"""SIGTERM to a real process: everybody is told, what is under way is finished, and it is over in ten seconds."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import aiohttp
import pytest
import pytest_asyncio

sys.path.insert(0, str(Path(__file__).parent.parent / "web"))

from raw_client import frame, raw_client

from bot.cli.proofs.clinic import join_all, set_up
from bot.cli.proofs.instance import ONE_ADDRESS, Instance, an_instance
from bot.web.outgoing import CLOSED_WITHIN_S

pytestmark = pytest.mark.system

DRAINED_S = 10.0
SCREENS = 200
PATIENTS = 60


@dataclass
class Ground:
    """An instance that keeps the servers alive, and patients who have joined."""

    running: Instance
    tokens: list[str]

    @asynccontextmanager
    async def another(self) -> AsyncIterator[Instance]:
        """A process on the same folder, for the test to stop."""
        other = Instance(self.running.data, environment=ONE_ADDRESS)
        try:
            other.start()
            await other.ready()
            yield other
        finally:
            other.end()


@pytest_asyncio.fixture(scope="module")
async def ground(
    tmp_path_factory: pytest.TempPathFactory, begun: Callable[[Path], Path]
) -> AsyncIterator[Ground]:
    data = begun(tmp_path_factory.mktemp("stopping") / "var")
    async with an_instance(data) as instance:
        tokens = await join_all(instance.url, await set_up(data, PATIENTS))
        yield Ground(instance, tokens)


def hello(token: str) -> dict[str, object]:
    return {"type": "hello", "token": token, "after": 0}


async def screen(session: aiohttp.ClientSession, token: str) -> aiohttp.ClientWebSocketResponse:
    ws = await session.ws_connect("/v1/ws")
    await ws.send_json(hello(token))
    assert (await ws.receive_json())["type"] == "welcome"
    return ws


async def heard(ws: aiohttp.ClientWebSocketResponse) -> list[dict[str, object]]:
    return [json.loads(m.data) async for m in ws if m.type is aiohttp.WSMsgType.TEXT]


async def test_two_hundred_screens_are_told_and_it_is_over_soon(ground: Ground) -> None:
    async with (
        ground.another() as process,
        aiohttp.ClientSession(process.url, connector=aiohttp.TCPConnector(limit=0)) as session,
    ):
        screens = [await screen(session, ground.tokens[n % PATIENTS]) for n in range(SCREENS)]
        listening = [asyncio.create_task(heard(ws)) for ws in screens]
        seconds, code = await process.stop()
        last = [frames[-1] for frames in await asyncio.gather(*listening)]
    assert {(f["type"], f["code"]) for f in last} == {("bye", "restarting")}
    assert len({f["retry_after"] for f in last}) > 10
    assert code == 0
    assert seconds < DRAINED_S


async def test_a_long_poll_ends_at_once(ground: Ground) -> None:
    headers = {"Authorization": f"Bearer {ground.tokens[0]}"}
    async with ground.another() as process, aiohttp.ClientSession(process.url) as session:
        url = "/v1/messages?after=100000&wait=25"
        polling = asyncio.create_task(session.get(url, headers=headers))
        await asyncio.sleep(0.5)
        began = time.monotonic()
        stopping = asyncio.create_task(process.stop())
        answer = await polling
        took = time.monotonic() - began
        assert await answer.json() == {"messages": [], "seq": 100000}
        _, code = await stopping
    assert took < 2
    assert code == 0


async def test_what_is_being_said_is_acknowledged_before_the_bye_or_not_kept_at_all(ground: Ground) -> None:
    async with ground.another() as process, AsyncExitStack() as stack:
        session = await stack.enter_async_context(aiohttp.ClientSession(process.url))
        screens = [await screen(session, token) for token in ground.tokens[:40]]
        said = [str(uuid4()) for _ in screens]
        for ws, id in zip(screens, said, strict=True):
            await ws.send_json({"type": "say", "id": id, "text": "hello"})
        first = [await screens[0].receive_json(timeout=10)]
        while first[-1]["type"] != "ack":
            first.append(await screens[0].receive_json(timeout=10))
        _, code = await process.stop()
        frames = [await heard(ws) for ws in screens]
        frames[0] = [*first, *frames[0]]
    after = await asyncio.gather(*(again(ground, n, id) for n, id in enumerate(said)))
    acks = [[f["seq"] for f in heard_by if f["type"] == "ack"] for heard_by in frames]
    assert code == 0
    assert all(not ack or ack == [seq] for ack, seq in zip(acks, after, strict=True))
    assert sum(map(len, acks)) > 0


async def again(ground: Ground, n: int, id: str) -> object:
    """Sent again to the process that is still there; the seq of its acknowledgement."""
    headers = {"Authorization": f"Bearer {ground.tokens[n]}"}
    async with aiohttp.ClientSession(ground.running.url) as session:
        body = {"id": id, "text": "hello"}
        async with session.post("/v1/messages", json=body, headers=headers) as answer:
            return (await answer.json())["seq"]


async def test_who_never_reads_and_who_never_ends_a_request_hold_nothing_up(ground: Ground) -> None:
    async with ground.another() as process, AsyncExitStack() as stack:
        for n in range(5):
            deaf = await stack.enter_async_context(raw_client(process.url))
            await deaf.upgraded()
            deaf.writer.transport.pause_reading()  # type: ignore[attr-defined]
            await deaf.send(frame(json.dumps(hello(ground.tokens[n])).encode()))
            slow = await stack.enter_async_context(raw_client(process.url))
            await slow.send(b"POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\nx")
        await asyncio.sleep(2 * CLOSED_WITHIN_S)
        seconds, code = await process.stop()
    assert seconds < DRAINED_S
    assert code == 0
