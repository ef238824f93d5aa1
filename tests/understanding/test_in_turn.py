"""One after another, and nobody waits in vain."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

from bot.adapters.understanding_local.in_turn import InTurn

LONG_S = 60.0


class Held:
    """Work that goes on until it is let go."""

    def __init__(self) -> None:
        self.begun, self.let_go = threading.Event(), threading.Event()

    def __call__(self) -> str:
        self.begun.set()
        assert self.let_go.wait(LONG_S)
        return "done"


@pytest.fixture
def in_turn() -> InTurn:
    return InTurn("tried")


async def test_the_second_begins_when_the_first_is_done(in_turn: InTurn) -> None:
    first, second = Held(), Held()
    both = [asyncio.create_task(in_turn.do(work, LONG_S)) for work in (first, second)]
    await asyncio.to_thread(first.begun.wait, LONG_S)
    assert not second.begun.is_set()
    second.let_go.set()
    first.let_go.set()
    assert await asyncio.gather(*both) == ["done", "done"]


async def test_who_would_come_too_late_goes_on_at_once(in_turn: InTurn) -> None:
    await in_turn.do(lambda: time.sleep(0.05), LONG_S)
    first, late = Held(), Held()
    running = asyncio.create_task(in_turn.do(first, LONG_S))
    await asyncio.to_thread(first.begun.wait, LONG_S)
    waits = asyncio.create_task(in_turn.do(late, 0.009))
    await asyncio.sleep(0)
    assert waits.done() and isinstance(waits.exception(), TimeoutError)
    first.let_go.set()
    assert await running == "done"
    assert not late.begun.is_set()


async def test_the_first_is_always_tried_however_long_the_last_took(in_turn: InTurn) -> None:
    in_turn._takes_s = LONG_S
    assert await in_turn.do(lambda: "done", LONG_S / 2) == "done"


async def test_what_nobody_waits_for_any_more_is_not_begun(in_turn: InTurn) -> None:
    first, given_up = Held(), Held()
    running = asyncio.create_task(in_turn.do(first, LONG_S))
    await asyncio.to_thread(first.begun.wait, LONG_S)
    with pytest.raises(TimeoutError):
        await in_turn.do(given_up, 0.01)
    first.let_go.set()
    assert await running == "done"
    assert await in_turn.do(lambda: "next", LONG_S) == "next"
    assert not given_up.begun.is_set()


async def test_what_failed_says_so_and_the_next_has_its_turn(in_turn: InTurn) -> None:
    with pytest.raises(ZeroDivisionError):
        await in_turn.do(lambda: 1 // 0, LONG_S)
    assert await in_turn.do(lambda: "next", LONG_S) == "next"
