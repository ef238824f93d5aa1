"""Actions of this process that are loaded once it serves: their libraries are a tenth of a start."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import Mapping
from typing import Any

from bot.adapters.actions.calls import PATIENCE_S
from bot.adapters.actions.local import LocalActions
from bot.core.errors import Misuse, Unavailable
from bot.ports import ActionAnswer


class LaterActions:
    """``load`` in the background; a call that comes earlier waits for it as long as for an action."""

    def __init__(self, package: str) -> None:
        """Misuse where there is no such package. What is wrong inside of it, ``load`` finds."""
        self._package = package
        self._loading: asyncio.Future[LocalActions] | None = None
        try:
            found = importlib.util.find_spec(package)
        except ImportError:
            found = None
        if found is None:
            raise Misuse(f"the actions package '{package}' cannot be loaded: there is no such package")

    async def load(self) -> LocalActions:
        """In a thread, once. Raises Misuse where the package cannot be loaded or holds no action."""
        if self._loading is None:
            self._loading = asyncio.ensure_future(asyncio.to_thread(LocalActions, self._package))
        return await asyncio.shield(self._loading)

    async def run(self, action: str, slots: Mapping[str, Any]) -> ActionAnswer:
        try:
            async with asyncio.timeout(PATIENCE_S):
                actions = await self.load()
        except (TimeoutError, Misuse):
            raise Unavailable("actions") from None
        return await actions.run(action, slots)
