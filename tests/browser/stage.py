"""The other side of the widget's socket, under a test's control.

It serves the project's own static files and pages under the strict policy, and its socket says exactly what the
test says: frames are built by ``bot.web.frames`` and what the widget sends must parse there, so that the widget
and the server cannot drift apart. Whole journeys are tested against the real server elsewhere.
"""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, web
from jinja2 import Environment, FileSystemLoader

from bot.core.shown import Signpost
from bot.core.values import tag_of
from bot.web.answers import Choosable, ConsentShown, InvitationShown, JoiningAsked
from bot.web.directory import GroupsOf
from bot.web.frames import (
    Ack,
    AmongPeers,
    Bye,
    ClientFrame,
    Hello,
    Msg,
    MutedWord,
    Nack,
    RoomName,
    SayFrame,
    ServerFrame,
    Status,
    Welcome,
    dump,
    parse,
)

WEB = Path(__file__).parents[2] / "bot" / "web"
READING = "Nobody is reading this right now. Your team reads Monday to Friday, 9 to 5."
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
    "connect-src 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
ASKED = JoiningAsked(
    lang="en",
    consents=tuple(
        ConsentShown(name=name, version="1", needed=name == "care", title=title, about=about, yes=yes)
        for name, title, about, yes in (
            (
                "care",
                "Care",
                "Your care team may see what you write here and your scores. Without this nobody could help you here.",
                "Yes, my team may look after me here",
            ),
            (
                "groups",
                "Groups",
                "You may join groups with other people like you. They see a made-up name, never your own.",
                "Yes to groups",
            ),
            (
                "evaluation",
                "Finding out what helps",
                "Your scores may be counted. Nobody can tell who you are.",
                "Yes to counting my scores",
            ),
        )
    ),
    conditions=(
        Choosable(id="copd", name="COPD (a lung condition)"),
        Choosable(id="pain", name="Long-term pain"),
    ),
    nations=(Choosable(id="england", name="England"), Choosable(id="wales", name="Wales")),
    languages=(Choosable(id="en", name="English"), Choosable(id="pl", name="Polski")),
    self_referral=(),
)
INVITED = InvitationShown(
    service="Valley Clinic", conditions=("copd",), language="en", nation="england", reading=READING
)
TOKEN = "opaque-token-of-the-stage"

CORS = {"Access-Control-Allow-Origin": "*", "Access-Control-Allow-Headers": "Authorization, Content-Type"}

HOST_PAGE = """<!doctype html><html lang="en"><head><title>A page</title>
<script type="module" src="{origin}/widget.js"></script></head>
<body><main><h1>A page of somebody else</h1><p>Their words.</p></main>
<bounceback-chat lang="en" {attributes}></bounceback-chat></body></html>"""


class Stage:
    """One patient's server. ``sent`` are the client's frames in order; ``say`` adds the next message."""

    def __init__(self) -> None:
        self.sockets: list[web.WebSocketResponse] = []
        self.hellos: list[Hello] = []
        self.sent: list[ClientFrame] = []
        self.calls: list[tuple[str, dict[str, Any], str]] = []
        self.messages: list[Msg] = []
        self.rooms: tuple[RoomName, ...] = ()
        self.posts: list[Msg] = []
        self.earlier: list[Msg] = []
        self.comes_again: list[int] = []
        self.demo = False
        self.standings: list[Status] = []
        self.muted_words: tuple[MutedWord, ...] = ()
        self.shows_typing = False
        self.answers: dict[str, tuple[int, dict[str, Any]]] = {}
        self.reading = READING
        self.greets = True
        self.acknowledges = True
        self.attributes = ""
        self.urgent: dict[str, Any] | None = None
        self.texts: dict[str, dict[str, str]] = {}
        self.looks: list[dict[str, Any]] | None = []
        self.record: dict[str, Any] = {"lang": "en", "charts": [], "team": [], "erasing": ""}
        self.plan: dict[str, Any] | None = {"lang": "en", "parts": []}
        self.module: dict[str, Any] | None = None
        self.groups = GroupsOf(
            lang="en", groups=(), themes=(), stages=(), kinds=(), note="There is no group."
        )
        self.lang: str | None = None
        self.asked = ASKED
        self.most_open = 0
        self.port = 0
        self.policy: str | None = POLICY
        self._changed = asyncio.Condition()

    # -- what the test does

    async def say(self, text: str = "", sender: str = "bot", **shown: Any) -> Msg:
        """The next message of the conversation, to whoever is there and to whoever comes later."""
        msg = self.keep(text, sender, **shown)
        await self.send(msg)
        return msg

    def keep(self, text: str = "", sender: str = "bot", **shown: Any) -> Msg:
        msg = Msg(seq=len(self.messages) + 1, sender=sender, text=text, at=datetime.now(UTC), **shown)
        self.messages.append(msg)
        return msg

    async def post(self, text: str, *, room: RoomName, sender: str = "member", **shown: Any) -> Msg:
        seq = room.first + sum(post.group == room.id for post in self.posts)
        now = datetime.now(UTC)
        about = {"at": now, "shown_at": now} | shown
        msg = Msg(seq=seq, group=room.id, sender=sender, text=text, **about)
        self.posts.append(msg)
        await self.send(msg)
        return msg

    async def send(self, frame: ServerFrame) -> None:
        for socket in self.sockets:
            await socket.send_str(dump(frame))

    async def refuse(self, frame: Any, code: str, text: str, **more: Any) -> None:
        await self.send(Nack(id=frame.id, code=code, text=text, **more))

    async def bye(self, code: str, retry_after: float) -> None:
        await self.send(Bye(code=code, retry_after=retry_after))

    async def hang_up(self, code: int = 1001) -> None:
        for socket in list(self.sockets):
            await socket.close(code=code)

    async def heard(self, count: int = 1, kind: str = "say") -> list[Any]:
        """Waits until the widget has sent so many frames of a kind."""
        return await self._until(lambda: self.of(kind), count)

    async def greeted(self, count: int = 1) -> list[Hello]:
        return await self._until(lambda: self.hellos, count)

    async def left(self) -> None:
        """Waits until the widget has hung up."""
        async with asyncio.timeout(15), self._changed:
            await self._changed.wait_for(lambda: not self.sockets)

    def of(self, kind: str) -> list[Any]:
        return [frame for frame in self.sent if tag_of(type(frame)) == kind]

    async def _until(self, what: Any, count: int) -> Any:
        async with asyncio.timeout(15), self._changed:
            await self._changed.wait_for(lambda: len(what()) >= count)
        return what()

    # -- what it serves

    def app(self) -> web.Application:
        app = web.Application(middlewares=[self._strict])
        app.router.add_get("/chat", self._page("chat.html"))
        app.router.add_get("/urgent", self._page("urgent.html"))
        app.router.add_get("/host", self._host)
        app.router.add_get("/elsewhere", self._elsewhere)
        app.router.add_get("/widget.js", self._script)
        app.router.add_get("/v1/availability", self._availability)
        app.router.add_get("/v1/plan", self._plan)
        app.router.add_get("/v1/looks", self._looks)
        app.router.add_get("/v1/record", self._record)
        app.router.add_get("/v1/module", self._module)
        app.router.add_get("/v1/groups", self._groups)
        app.router.add_get("/v1/messages", self._messages)
        app.router.add_get("/v1/texts/{language}", self._texts)
        app.router.add_get("/v1/consents", self._consents)
        app.router.add_get("/v1/ws", self._socket)
        app.router.add_post("/v1/{path:.*}", self._call)
        app.router.add_static("/widget/", WEB / "static" / "widget")
        app.router.add_static("/static/", WEB / "static")
        return app

    @web.middleware
    async def _strict(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if request.method == "OPTIONS":
            return web.Response(headers=CORS)
        response = await handler(request)
        if not response.prepared:
            if self.policy:
                response.headers["Content-Security-Policy"] = self.policy
            response.headers.update(CORS)
            response.headers["X-Content-Type-Options"] = "nosniff"
            response.headers["Referrer-Policy"] = "no-referrer"
        return response

    def _page(self, name: str) -> Any:
        template = Environment(loader=FileSystemLoader(WEB / "templates"), autoescape=True).get_template(name)
        lines = [Signpost(text="If your life is in danger.", number="999")]

        async def page(_: web.Request) -> web.Response:
            return web.Response(text=template.render(lines=lines, demo=self.demo), content_type="text/html")

        return page

    async def _host(self, request: web.Request) -> web.Response:
        html = HOST_PAGE.format(origin=request.url.origin(), attributes=self.attributes)
        return web.Response(text=html, content_type="text/html")

    async def _elsewhere(self, _: web.Request) -> web.Response:
        return web.Response(text="<title>Weather</title>", content_type="text/html")

    async def _script(self, _: web.Request) -> web.FileResponse:
        return web.FileResponse(WEB / "static" / "widget.js")

    async def _availability(self, _: web.Request) -> web.Response:
        own = {} if self.lang is None else {"lang": self.lang}
        own["reading_lang"] = "en" if self.reading == READING else str(self.lang)
        return web.json_response({"reading": self.reading, "urgent": self.urgent, **own})

    async def _looks(self, request: web.Request) -> web.Response:
        if self.looks is None:
            return web.json_response({"code": "unavailable"}, status=503)
        return web.json_response({"lang": "en", "days": self.looks})

    async def _record(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"]
        return web.json_response(self.record)

    async def _groups(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"]
        return web.json_response(text=self.groups.json())

    async def _module(self, request: web.Request) -> web.Response:
        assert request.headers["Authorization"]
        return web.json_response({"page": self.module})

    async def _plan(self, request: web.Request) -> web.Response:
        """None: it cannot be had."""
        if self.plan is None:
            return web.json_response({"code": "unavailable", "text": "Not now."}, status=503)
        assert request.headers["Authorization"]
        return web.json_response(self.plan)

    async def _messages(self, request: web.Request) -> web.Response:
        """Earlier posts of a group."""
        assert request.headers["Authorization"]
        asked = request.query
        found = [
            json.loads(dump(post))
            for post in self.earlier
            if str(post.group) == asked["group"] and int(asked["after"]) < post.seq < int(asked["before"])
        ]
        return web.json_response({"messages": found, "seq": found[-1]["seq"] if found else 0})

    async def _texts(self, request: web.Request) -> web.Response:
        language = request.match_info["language"]
        known = language if language in self.texts else "en"
        return web.json_response({"lang": known, "texts": self.texts.get(language, {})})

    async def _consents(self, _: web.Request) -> web.Response:
        return web.json_response(text=self.asked.json())

    async def _call(self, request: web.Request) -> web.Response:
        path = request.match_info["path"]
        self.calls.append((path, await request.json(), request.headers.get("Authorization", "")))
        default = {
            "invitation": json.loads(INVITED.json()),
            "join": {"token": TOKEN},
            "refer": {"token": TOKEN},
            "ticket": {"ticket": "t" * 43},
            "return/confirm": {"token": TOKEN},
        }
        status, body = self.answers.get(path, (200, default.get(path, {})))
        return web.json_response(body, status=status)

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(protocols=["bounceback.v1"])
        await socket.prepare(request)
        try:
            async for raw in socket:
                if raw.type is WSMsgType.TEXT:
                    await self._hear(socket, parse(raw.data))
        finally:
            if socket in self.sockets:
                self.sockets.remove(socket)
            async with self._changed:
                self._changed.notify_all()
        return socket

    async def _hear(self, socket: web.WebSocketResponse, frame: ClientFrame) -> None:
        if isinstance(frame, Hello):
            self.hellos.append(frame)
            if self.greets:
                await self._greet(socket, frame)
        else:
            self.sent.append(frame)
            if self.acknowledges and isinstance(frame, SayFrame | AmongPeers):
                await self._acknowledge(socket, frame)
        async with self._changed:
            self._changed.notify_all()

    async def _greet(self, socket: web.WebSocketResponse, hello: Hello) -> None:
        self.sockets.append(socket)
        self.most_open = max(self.most_open, len(self.sockets))
        welcome = Welcome(
            seq=len(self.messages),
            resumed=hello.after > 0,
            reading=self.reading,
            rooms=self.rooms,
            muted_words=self.muted_words,
            shows_typing=self.shows_typing,
        )
        await socket.send_str(dump(welcome))
        for msg in self.messages[hello.after :]:
            await socket.send_str(dump(msg))
        resting = {room.id for room in self.rooms if room.resting}
        for post in self.posts:
            assert post.group is not None
            again = post.seq in self.comes_again
            if post.group not in resting and (again or post.seq > hello.rooms.get(post.group, 0)):
                await socket.send_str(dump(post))
        for status in self.standings:
            await socket.send_str(dump(status))

    async def _acknowledge(self, socket: web.WebSocketResponse, frame: Any) -> None:
        """Keeps a ``say`` and echoes it as the patient's message, as the server does."""
        if not isinstance(frame, SayFrame):
            await socket.send_str(dump(Ack(id=frame.id, seq=1)))
            return
        kept = next((msg for msg in self.messages if msg.id == frame.id), None)
        msg = kept or self.keep(frame.text or frame.choice or str(frame.answer.value), "patient", id=frame.id)
        await socket.send_str(dump(Ack(id=frame.id, seq=msg.seq)))
        await socket.send_str(dump(msg))
