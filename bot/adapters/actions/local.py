"""Actions in this process, through rasa-sdk's own executor, away from the server's loop."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import inspect
import json
import pkgutil
import threading
from collections.abc import Iterator, Mapping
from types import ModuleType
from typing import TYPE_CHECKING, Any

from bot.adapters.actions.calls import PATIENCE_S, answer_from, call_for
from bot.core.errors import Misuse, Unavailable
from bot.ports import ActionAnswer

if TYPE_CHECKING:
    from rasa_sdk import Action
    from rasa_sdk.executor import ActionExecutor

MOST_AT_ONCE = 8


class LocalActions:
    """Each call runs in a thread with a loop of its own: an action that blocks holds nothing but that thread.

    The threads are daemons, so one that never ends does not keep the process alive. With ``MOST_AT_ONCE`` of
    them stuck, further calls are Unavailable.
    """

    def __init__(self, package: str) -> None:
        """``package``: the importable name of a package of rasa-sdk actions. Misuse where it cannot be loaded."""
        from rasa_sdk.executor import (
            ActionExecutor,
        )  # it brings a web server's libraries: not before actions are wanted

        self._executor = ActionExecutor()
        self._room = asyncio.Semaphore(MOST_AT_ONCE)
        for action in _actions_in(package):
            self._executor.register_action(action)
        if not self._executor.actions:
            raise Misuse(f"there is no action in the package '{package}'")

    async def run(self, action: str, slots: Mapping[str, Any]) -> ActionAnswer:
        # Through JSON, as over the wire: the action gets a copy, and both ways give the same answer.
        call = call_for(action, slots)
        try:
            async with asyncio.timeout(PATIENCE_S):
                body = await self._apart(call)
        except TimeoutError:
            raise Unavailable("actions") from None
        if body is None:
            raise Unavailable("actions")
        return answer_from(body)

    async def _apart(self, call: bytes) -> bytes | None:
        """What the action answered, or None when it raised."""
        await self._room.acquire()
        loop = asyncio.get_running_loop()
        answered: asyncio.Future[bytes | None] = loop.create_future()

        def arrive(body: bytes | None) -> None:
            self._room.release()
            if not answered.done():
                answered.set_result(body)

        def work() -> None:
            body = _carried_out(self._executor, call)
            with contextlib.suppress(RuntimeError):  # the server's loop has ended meanwhile
                loop.call_soon_threadsafe(arrive, body)

        threading.Thread(target=work, name="action", daemon=True).start()
        return await answered


def _carried_out(executor: ActionExecutor, call: bytes) -> bytes | None:
    async def bounded() -> bytes | None:
        async with asyncio.timeout(PATIENCE_S):
            result = await executor.run(json.loads(call))
        return None if result is None else result.model_dump_json().encode()

    try:
        return asyncio.run(bounded())
    except (
        BaseException
    ):  # the edge of a foreign program, in a thread of its own: even its exit is only a failure
        return None


def _actions_in(package: str) -> Iterator[type[Action]]:
    """The actions of this package alone; rasa-sdk would take every subclass in the process."""
    from rasa_sdk import Action  # loaded with the executor
    from rasa_sdk.utils import all_subclasses

    try:
        root = importlib.import_module(package)
        for name in _modules_below(root):
            importlib.import_module(name)
    except ImportError as error:
        raise Misuse(f"the actions package '{package}' cannot be loaded: {error}") from error
    for action in all_subclasses(Action):
        own = action.__module__ == package or action.__module__.startswith(f"{package}.")
        if own and not inspect.isabstract(action):
            yield action


def _modules_below(root: ModuleType) -> Iterator[str]:
    paths = getattr(root, "__path__", None)
    if paths is not None:
        yield from (found.name for found in pkgutil.walk_packages(paths, prefix=f"{root.__name__}."))
