"""Whatever a commit promises, and whatever it sets a timer for, somebody's hands take up."""

from __future__ import annotations

import ast
import asyncio
import inspect
from types import SimpleNamespace
from typing import Any, get_args, get_type_hints
from uuid import UUID

import pytest

from bot.core import rows
from bot.core.errors import Unavailable
from bot.core.state import Timer
from bot.core.values import ServiceId
from bot.usecases.hands import AllHands, Hands
from bot.usecases.promises import keeping
from bot.usecases.wake import waking

HOUSE: Any = SimpleNamespace(hands=AllHands())


def test_every_kind_of_promise_has_hands() -> None:
    calls = [n for n in ast.walk(ast.parse(inspect.getsource(rows))) if isinstance(n, ast.Call)]
    promised = {
        call.args[0].value
        for call in calls
        if isinstance(call.func, ast.Name)
        and call.func.id == "Promise"
        and isinstance(call.args[0], ast.Constant)
    }
    assert len(promised) >= 9
    assert promised <= {kind for hands in keeping(HOUSE) for kind in hands.kinds}


def test_every_kind_of_timer_has_hands_of_its_own() -> None:
    kinds = [kind for hands in waking(HOUSE) for kind in hands.kinds]
    assert sorted(kinds) == sorted(get_args(get_type_hints(Timer)["kind"]))


async def test_where_taking_up_fails_for_one_service_the_others_are_taken_up_all_the_same() -> None:
    hands, taken, asked = Hands("some", ("place",), 4), [], asyncio.Event()
    one, two, three = (ServiceId(UUID(int=n)) for n in (1, 2, 3))

    async def take(service: ServiceId) -> int:
        await asked.wait()
        if service == one:
            raise Unavailable("record")
        taken.append(service)
        return 0

    fetching = asyncio.create_task(hands.fetch(one, take))
    await asyncio.sleep(0)
    await hands.fetch(two, take)
    await hands.fetch(three, take)
    asked.set()

    with pytest.raises(Unavailable):
        await fetching
    assert taken == [two, three]
