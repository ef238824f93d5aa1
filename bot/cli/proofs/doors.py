"""A patient's two doors, as frames in and out: the WebSocket, and the same over HTTP."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Protocol

import aiohttp

Frame = dict[str, Any]
GONE = (aiohttp.ClientError, ConnectionError, OSError)
WAIT_S = 20


class Gone(ConnectionError):
    """The other side closed, or was killed."""


class Door(Protocol):
    async def send(self, frame: Frame) -> None: ...

    async def receive(self) -> Frame:
        """The next frame of the server. Raises Gone."""
        ...


class SocketDoor:
    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self._ws = ws

    async def send(self, frame: Frame) -> None:
        await self._ws.send_str(json.dumps(frame))

    async def receive(self) -> Frame:
        message = await self._ws.receive()
        if message.type is not aiohttp.WSMsgType.TEXT:
            raise Gone
        return dict(json.loads(message.data))


class HttpDoor:
    """A POST answers with its ack or nack; messages are fetched with a long poll when nothing else waits."""

    def __init__(self, session: aiohttp.ClientSession, token: str, after: int) -> None:
        self._session, self._after = session, after
        self._headers = {"Authorization": f"Bearer {token}"}
        self._waiting: deque[Frame] = deque()

    async def send(self, frame: Frame) -> None:
        headers = self._headers | {"Idempotency-Key": str(frame["id"])}
        async with self._session.post("/v1/messages", json=frame, headers=headers) as answer:
            self._waiting.append(dict(await answer.json()))

    async def receive(self) -> Frame:
        while not self._waiting:
            await self._fetch()
        return self._waiting.popleft()

    async def _fetch(self) -> None:
        asked = {"after": str(self._after), "wait": str(WAIT_S)}
        async with self._session.get("/v1/messages", params=asked, headers=self._headers) as answer:
            if answer.status != 200:
                raise Gone
            said = await answer.json()
        self._waiting.extend(said["messages"])
        self._after = said["seq"]


@asynccontextmanager
async def socket_door(session: aiohttp.ClientSession, token: str, after: int) -> AsyncIterator[Door]:
    async with session.ws_connect("/v1/ws", protocols=("bounceback.v1",), autoping=True) as ws:
        await ws.send_str(json.dumps({"type": "hello", "token": token, "after": after}))
        yield SocketDoor(ws)


@asynccontextmanager
async def http_door(session: aiohttp.ClientSession, token: str, after: int) -> AsyncIterator[Door]:
    yield HttpDoor(session, token, after)


async def history(session: aiohttp.ClientSession, token: str) -> list[Frame]:
    """All messages of a conversation, as the record has them."""
    headers = {"Authorization": f"Bearer {token}"}
    async with session.get("/v1/messages", params={"after": "0"}, headers=headers) as answer:
        answer.raise_for_status()
        return list((await answer.json())["messages"])
