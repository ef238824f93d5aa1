"""Actions that are loaded once the server serves: the same answers, and a wrong setting is as loud as ever."""

from __future__ import annotations

import asyncio

import pytest
from test_actions import PATIENT

from bot.adapters.actions import LaterActions, LocalActions
from bot.core.errors import Misuse, Unavailable


async def test_a_call_that_comes_before_they_are_loaded_is_answered_all_the_same() -> None:
    later = LaterActions("actions")
    answers = await asyncio.gather(*(later.run("action_suggest_module", PATIENT) for _ in range(3)))
    assert answers == [await LocalActions("actions").run("action_suggest_module", PATIENT)] * 3


async def test_they_are_loaded_once() -> None:
    later = LaterActions("actions")
    assert await later.load() is await later.load()


def test_a_package_that_is_not_there_is_refused_at_the_start() -> None:
    with pytest.raises(Misuse, match="no_such_package"):
        LaterActions("no_such_package")


async def test_a_package_without_actions_is_told_when_it_is_loaded_and_never_hangs_a_turn() -> None:
    later = LaterActions("bot.core")
    with pytest.raises(Unavailable):
        await later.run("action_suggest_module", PATIENT)
    with pytest.raises(Misuse, match=r"bot\.core"):
        await later.load()
