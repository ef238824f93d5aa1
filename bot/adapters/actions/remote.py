"""Actions on an action server, stock or a site's own, over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import aiohttp

from bot.adapters.actions.calls import LARGEST_ANSWER, PATIENCE_S, answer_from, call_for
from bot.core.errors import Unavailable
from bot.ports import ActionAnswer


class RemoteActions:
    """``endpoint``: the whole address of the server's webhook. The session belongs to whoever made it."""

    def __init__(self, endpoint: str, session: aiohttp.ClientSession) -> None:
        self._endpoint = endpoint
        self._session = session

    async def run(self, action: str, slots: Mapping[str, Any]) -> ActionAnswer:
        call = call_for(action, slots)
        try:
            async with asyncio.timeout(PATIENCE_S):
                return answer_from(await self._posted(call))
        except (aiohttp.ClientError, OSError, TimeoutError):
            # The server's words may repeat the slots: they stay here.
            raise Unavailable("actions") from None

    async def _posted(self, call: bytes) -> bytes:
        headers = {"Content-Type": "application/json"}
        async with self._session.post(
            self._endpoint, data=call, headers=headers, allow_redirects=False
        ) as said:
            if said.status != 200:
                raise Unavailable("actions")
            try:
                return await said.content.readexactly(LARGEST_ANSWER + 1)
            except asyncio.IncompleteReadError as all_of_it:
                return all_of_it.partial
