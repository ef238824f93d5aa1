"""What goes out of a socket goes out in order, and at once where it can."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest

from bot.web import outgoing
from bot.web.outgoing import TAKEN_AT_ONCE, Outgoing


class Transport:
    """Takes what is written; ``waiting`` bytes of it are still there."""

    def __init__(self) -> None:
        self.written: list[str] = []
        self.waiting = 0
        self.aborted = False

    def is_closing(self) -> bool:
        return self.aborted

    def get_write_buffer_size(self) -> int:
        return self.waiting

    def abort(self) -> None:
        self.aborted = True


class Socket:
    def __init__(self, transport: Transport) -> None:
        self.transport, self.closed = transport, False

    async def close(self, code: int) -> None:
        self.closed = True
        self.transport.written.append(f"closed {code}")


class Lane:
    """An Outgoing of words: "wait ..." has to wait until ``free``, "fail" raises."""

    def __init__(self) -> None:
        self.transport = Transport()
        self.free = asyncio.Event()
        self.out: Outgoing[str] = Outgoing(
            cast(Any, Socket(self.transport)),
            cast(Any, self.transport),
            most=4,
            within_s=5.0,
            at_once=self._at_once,
            in_turn=self._in_turn,
        )

    def _at_once(self, item: str) -> bool:
        if item == "fail":
            raise ValueError
        if not item.startswith("wait"):
            self.transport.written.append(item)
        return not item.startswith("wait")

    async def _in_turn(self, item: str) -> None:
        if item.startswith("wait"):
            await self.free.wait()
        self.transport.written.append(item)

    def put(self, *items: str | None) -> None:
        for item in items:
            self.out.put(item)

    async def wrote(self, *items: str) -> None:
        for _ in range(100):
            if self.transport.written == list(items):
                return
            await asyncio.sleep(0)
        assert self.transport.written == list(items)


@pytest.fixture
async def lane() -> AsyncIterator[Lane]:
    lane = Lane()
    yield lane
    await lane.out.close()


async def test_nothing_leaves_before_it_begins(lane: Lane) -> None:
    lane.put("a", "b")
    assert lane.transport.written == []
    lane.out.begin()
    lane.put("c")
    await lane.wrote("a", "b", "c")


async def test_what_has_room_leaves_in_the_same_moment(lane: Lane) -> None:
    lane.out.begin()
    lane.put("a", "b")
    assert lane.transport.written == ["a", "b"]


async def test_an_item_that_has_to_wait_holds_up_what_comes_after_it(lane: Lane) -> None:
    lane.out.begin()
    lane.put("a", "wait", "b")
    await asyncio.sleep(0)
    assert lane.transport.written == ["a"]
    lane.free.set()
    await lane.wrote("a", "wait", "b")
    lane.put("c")
    assert lane.transport.written[-1] == "c"


async def test_where_there_is_no_room_it_waits_its_turn(lane: Lane) -> None:
    lane.out.begin()
    lane.transport.waiting = TAKEN_AT_ONCE
    lane.put("a")
    assert lane.transport.written == []
    await lane.wrote("a")


async def test_after_the_end_nothing_is_written(lane: Lane) -> None:
    lane.out.begin()
    lane.put("a", None, "b")
    await lane.wrote("a", "closed 1001")
    lane.put("c")
    await asyncio.sleep(0)
    assert lane.transport.written == ["a", "closed 1001"]


async def test_more_than_may_wait_cuts_the_socket(lane: Lane) -> None:
    lane.out.begin()
    lane.put("wait", "b", "c", "d")
    assert not lane.transport.aborted
    lane.put("e")
    assert lane.transport.aborted


async def test_a_fault_cuts_its_own_socket_and_reaches_nobody_else(lane: Lane) -> None:
    lane.out.begin()
    lane.put("fail")
    assert lane.transport.aborted


@pytest.mark.parametrize(
    ("size", "head"),
    [(0, 2), (125, 2), (126, 4), (0xFFFF, 4), (0x10000, 10)],
)
def test_a_frame_says_how_long_it_is(size: int, head: int) -> None:
    frame = outgoing._frame(outgoing._TEXT, b"x" * size)
    told = frame[1] if frame[1] < 126 else int.from_bytes(frame[2:head])
    assert (frame[0], told, len(frame)) == (0x81, size, head + size)
