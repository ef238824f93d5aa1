"""A patient outside the house: one over a WebSocket, one over plain HTTP, seeing only what leaves the doors."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

import aiohttp
from aiohttp import WSMsgType

from bot.web.frames import PROTOCOL

Frame = dict[str, Any]

WITHIN_S = 20.0  # a hang fails the test, a busy machine does not


@dataclass
class Reply:
    """What came back over HTTP."""

    status: int
    body: Any
    headers: dict[str, str] = field(default_factory=dict)
    raw: str = ""

    @property
    def code(self) -> str:
        return str(self.body["code"])


@dataclass
class Door:
    """The address of a site and the client that knocks at it."""

    url: str
    client: aiohttp.ClientSession

    async def post(
        self,
        path: str,
        body: object = None,
        token: str | None = None,
        data: bytes | None = None,
        **headers: str,
    ) -> Reply:
        """``body`` as JSON, or ``data`` as it is; headers with _ for -."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        raw = data if data is not None else json.dumps(body).encode()
        sent.setdefault("Content-Type", "application/json")
        async with self.client.post(self.url + path, data=raw, headers=sent) as response:
            return await _reply(response)

    async def get(self, path: str, token: str | None = None, **headers: str) -> Reply:
        sent = {"Authorization": f"Bearer {token}"} if token is not None else {}
        async with self.client.get(self.url + path, headers=sent | headers) as response:
            return await _reply(response)

    async def say(self, token: str | None, text: str, **more: Any) -> Reply:
        return await self.post("/v1/messages", {"id": str(uuid4()), "text": text, **more}, token)

    async def read(self, token: str, after: int = 0, **query: object) -> list[Frame]:
        asked = "".join(f"&{name}={value}" for name, value in query.items())
        reply = await self.get(f"/v1/messages?after={after}{asked}", token)
        assert reply.status == 200, reply.raw
        messages: list[Frame] = reply.body["messages"]
        return messages

    @asynccontextmanager
    async def socket(self, origin: str | None = None) -> AsyncIterator[Line]:
        """A WebSocket that has not said hello. Pings are the test's to send and see."""
        headers = {"Origin": origin} if origin else {}
        async with self.client.ws_connect(
            self.url + "/v1/ws", protocols=(PROTOCOL,), headers=headers, autoping=False, max_msg_size=0
        ) as ws:
            yield Line(ws)

    @asynccontextmanager
    async def screen(self, token: str, after: int = 0, **hello: Any) -> AsyncIterator[Line]:
        """A WebSocket that was welcomed and has read what was replayed."""
        async with self.socket() as line:
            await line.hello(token=token, after=after, **hello)
            yield line


async def _reply(response: aiohttp.ClientResponse) -> Reply:
    raw = await response.text()
    try:
        body = json.loads(raw)
    except ValueError:
        body = None
    return Reply(response.status, body, dict(response.headers), raw)


class Line:
    """One WebSocket, its frames read in order. ``heard`` are all of them."""

    def __init__(self, ws: aiohttp.ClientWebSocketResponse) -> None:
        self.ws = ws
        self.heard: list[Frame] = []
        self.welcomed: Frame = {}
        self._had = 0

    async def hello(self, **fields: Any) -> Frame:
        """Say hello and read what is replayed up to the welcome's seq."""
        self._had = fields.get("after", 0)
        await self.send({"type": "hello", **fields})
        self.welcomed = await self.next()
        assert self.welcomed["type"] == "welcome", self.welcomed
        while self.seq < self.welcomed["seq"]:
            await self.next()
        return self.welcomed

    async def send(self, frame: Frame) -> None:
        await self.ws.send_str(json.dumps(frame))

    async def say(self, text: str | None = None, id: UUID | str | None = None, **more: Any) -> str:
        """Send one message; returns its id."""
        known = str(id or uuid4())
        said = {} if text is None else {"text": text}
        await self.send({"type": "say", "id": known, **said, **more})
        return known

    async def next(self) -> Frame:
        async with asyncio.timeout(WITHIN_S):
            message = await self.ws.receive()
        assert message.type is WSMsgType.TEXT, f"{message.type!r} {self.ws.close_code}"
        frame: Frame = json.loads(message.data)
        self.heard.append(frame)
        return frame

    async def until(self, wanted: Callable[[Frame], bool]) -> Frame:
        """The next frame that is wanted, from those not read yet."""
        while not wanted(frame := await self.next()):
            pass
        return frame

    async def answer_to(self, id: str) -> Frame:
        """The ack or nack of this message."""
        return await self.until(lambda f: f["type"] in ("ack", "nack") and f.get("id") == id)

    async def refusal(self) -> Frame:
        return await self.until(lambda f: f["type"] == "nack")

    async def up_to(self, seq: int) -> None:
        while self.seq < seq:
            await self.next()

    async def closed(self) -> int | None:
        """Read to the end; returns the code that the server closed with."""
        async with asyncio.timeout(WITHIN_S):
            while (message := await self.ws.receive()).type is WSMsgType.TEXT:
                self.heard.append(json.loads(message.data))
        return self.ws.close_code

    @property
    def messages(self) -> list[Frame]:
        """Of the conversation, not of rooms."""
        return [f for f in self.heard if f["type"] == "msg" and "group" not in f]

    @property
    def seq(self) -> int:
        """Up to where the conversation was seen, here or before."""
        return max((m["seq"] for m in self.messages), default=self._had)

    def posts(self, group: str) -> list[Frame]:
        return [f for f in self.heard if f.get("group") == group and f["type"] == "msg"]


def button(messages: list[Frame], label: str) -> str:
    """The id of the latest button with this label."""
    for message in reversed(messages):
        for choice in message["choices"]:
            if choice["label"] == label:
                return str(choice["id"])
    raise AssertionError(f"no button '{label}'")


def question(messages: list[Frame]) -> Frame:
    """The latest question on the screen."""
    return next(m["question"] for m in reversed(messages) if "question" in m)


async def still_there(line: Line) -> bool:
    """Is what is said over this socket still acknowledged?"""
    return bool((await line.answer_to(await line.say("hello")))["type"] == "ack")
