"""Whatever a commit promises, and whatever it sets a timer for, somebody's hands take up."""

from __future__ import annotations

import ast
import inspect
from types import SimpleNamespace
from typing import Any, get_args, get_type_hints

from bot.core import rows
from bot.core.state import Timer
from bot.usecases.hands import AllHands
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
