"""The record's disk is really full: PostgreSQL's folder on a small file system, filled to the last byte."""

from __future__ import annotations

import asyncio
import os
import subprocess
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import aiohttp
import pytest
import pytest_asyncio

from bot.cli.proofs.clinic import join_all, set_up
from bot.cli.proofs.instance import Instance, an_instance

pytestmark = pytest.mark.system

SIZE = "160m"
IN_TIME_S = 1.0
WELL_AGAIN_S = 5.0
MOST_MESSAGES = 2_000


@pytest.fixture(scope="module")
def small_disk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("disk")
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small file system")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=0700", "tmpfs", str(folder)], capture_output=True
    )
    if mounted.returncode != 0:
        pytest.skip("mounting a small file system is not allowed here")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest_asyncio.fixture
async def instance(small_disk: Path, begun: Callable[[Path], Path]) -> AsyncIterator[Instance]:
    async with an_instance(begun(small_disk / "var")) as instance:
        yield instance


class Talk:
    """One patient over HTTP, who knows what was acknowledged."""

    def __init__(self, session: aiohttp.ClientSession, token: str) -> None:
        self._session, self._headers = session, {"Authorization": f"Bearer {token}"}
        self.acknowledged: list[str] = []

    async def says(self, text: str, id: str | None = None) -> dict[str, Any]:
        frame = {"id": id or str(uuid4()), "text": text}
        async with self._session.post("/v1/messages", json=frame, headers=self._headers) as answer:
            said: dict[str, Any] = await answer.json()
        if said["type"] == "ack":
            self.acknowledged.append(frame["id"])
        return {**said, "id": frame["id"]}

    async def kept(self) -> list[str]:
        url = "/v1/messages?after=0"
        async with self._session.get(url, headers=self._headers) as answer:
            return [m["id"] for m in (await answer.json())["messages"] if m["from"] == "patient"]


def fill(disk: Path) -> Path:
    """All that is left of it."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
    return ballast


async def test_a_full_disk_is_never_acknowledged_and_is_well_again_when_there_is_room(
    instance: Instance, small_disk: Path
) -> None:
    (token,) = await join_all(instance.url, await set_up(instance.data, 1))
    async with aiohttp.ClientSession(instance.url) as session:
        talk = Talk(session, token)
        await talk.says("hello")
        ballast = fill(small_disk)
        refused = await until_refused(talk)
        began = time.monotonic()
        crisis = await talk.says("i want to die")
        took = time.monotonic() - began
        ballast.unlink()
        began = time.monotonic()
        while (await talk.says("hello", refused["id"]))["type"] != "ack":
            assert time.monotonic() - began < WELL_AGAIN_S
            await asyncio.sleep(0.1)
        again = await talk.says("i want to die", crisis["id"])
        kept = await talk.kept()
    assert (refused["code"], again["type"]) == ("unavailable", "ack")
    assert took <= IN_TIME_S
    assert crisis["type"] == "ack" or crisis["urgent"]["kind"] == "crisis"
    assert sorted(kept) == sorted(set(talk.acknowledged))


async def until_refused(talk: Talk) -> dict[str, Any]:
    """What was set aside on the disk before is used up first."""
    for _ in range(MOST_MESSAGES):
        answer = await talk.says("hello " + "x" * 3_000)
        if answer["type"] == "nack":
            return answer
    raise AssertionError("the disk is not full")
