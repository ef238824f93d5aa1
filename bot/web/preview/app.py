"""The preview's pages and routes. For one editor at this machine: nobody else is let in, and nothing is kept."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

import aiohttp_jinja2
import structlog
from aiohttp import web
from pydantic import ValidationError

from bot.core.errors import Refused
from bot.core.flow.voice import where_to_turn_in
from bot.logs import failure_of
from bot.ports import Manuscript
from bot.usecases.rehearsal import Room
from bot.web.compiled import add_templates
from bot.web.media import KINDS, answer
from bot.web.preview.edition import Edition, read, with_screen
from bot.web.preview.view import module_view, seat_view
from bot.web.refusals import ALWAYS
from bot.web.rehearsal import READING, REHEARSALS, Rehearsals, Seat, Wish, rehearse
from bot.web.shipped import STATIC

log = structlog.get_logger()

HERE = ("127.0.0.1", "localhost", "::1")
MOST_EVENTS = 200
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
    "connect-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors {ancestors}"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}
PLAYER = "/player"

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Event = tuple[str, dict[str, Any]]


class Preview:
    """What is previewed, and who looks at it."""

    def __init__(self, manuscript: Manuscript, room: Room) -> None:
        self.manuscript = manuscript
        self.edition = Edition()
        self.rehearsals = Rehearsals(room, self._seat_changed)
        self._listeners: set[asyncio.Queue[Event | None]] = set()
        self._reading = asyncio.Lock()

    async def read(self) -> None:
        """The files as they stand now: shown first, and told of then."""
        async with self._reading:
            try:
                edition = await asyncio.to_thread(read, self.manuscript, self.edition)
            except OSError:
                return  # it is being saved; the next change tells of it
            self.edition = edition
            if edition.library is not None:
                await self.rehearsals.renew(edition.library)
            self._tell("saved", self.saved())
            await asyncio.to_thread(with_screen, edition)

    async def follow(self) -> None:
        """For ever: every save."""
        async for _ in self.manuscript.changes():
            await self.read()

    def saved(self) -> dict[str, Any]:
        return {"n": self.edition.n, "saved_at": self.edition.saved_at.isoformat()}

    def _seat_changed(self, seat: Seat) -> None:
        self._tell("seat", seat_view(seat))

    def _tell(self, kind: str, event: dict[str, Any]) -> None:
        for listener in self._listeners:
            if listener.qsize() < MOST_EVENTS:
                listener.put_nowait((kind, event))

    async def events(self, response: web.StreamResponse) -> None:
        queue: asyncio.Queue[Event | None] = asyncio.Queue()
        queue.put_nowait(("saved", self.saved()))
        self._listeners.add(queue)
        try:
            while (event := await queue.get()) is not None:
                kind, held = event
                await response.write(f"event: {kind}\ndata: {json.dumps(held)}\n\n".encode())
        finally:
            self._listeners.discard(queue)

    async def close(self) -> None:
        for listener in self._listeners:
            listener.put_nowait(None)
        await self.rehearsals.close()


PREVIEW: web.AppKey[Preview] = web.AppKey("preview", Preview)


@web.middleware
async def guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Only pages of our own, at a name of this machine's: a site elsewhere could have its name lead here."""
    origin = request.headers.get("Origin")
    own = origin is None or urlsplit(origin).netloc == request.host
    if request.url.host not in HERE or not own:
        return web.json_response({"code": "foreign_origin"}, status=403)
    try:
        return await handler(request)
    except Refused as error:
        return web.json_response({"code": error.code}, status=404 if error.code == "not_found" else 400)
    except web.HTTPException:
        raise
    except Exception as error:
        log.error("request_failed", **failure_of(error))
        return web.json_response({"code": "unavailable"}, status=500)


async def headed(request: web.Request, response: web.StreamResponse) -> None:
    ancestors = "'self'" if request.path == PLAYER else "'none'"
    response.headers["Content-Security-Policy"] = POLICY.format(ancestors=ancestors)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)


@aiohttp_jinja2.template("preview/page.html")
async def page(request: web.Request) -> dict[str, object]:
    return {"shown": request.app[PREVIEW].manuscript.shown or ""}


@aiohttp_jinja2.template("preview/player.html")
async def player(request: web.Request) -> dict[str, object]:
    return {"query": request.query_string}


@aiohttp_jinja2.template("urgent.html")
async def urgent(request: web.Request) -> dict[str, object]:
    return {"lines": _lines(request) or ALWAYS}


async def module(request: web.Request) -> web.Response:
    preview = request.app[PREVIEW]
    key = request.query.get("key") or preview.manuscript.shown
    found = await asyncio.to_thread(module_view, preview.edition, preview.manuscript, key)
    return web.json_response(found)


async def events(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "X-Accel-Buffering": "no"})
    await response.prepare(request)
    with suppress(ConnectionError):
        await request.app[PREVIEW].events(response)
    return response


async def wish(request: web.Request) -> web.Response:
    """JSON only: a form of another page cannot send it."""
    if request.content_type != "application/json":
        raise Refused("bad_frame")
    rehearsals = request.app[REHEARSALS]
    try:
        wished = Wish.model_validate_json(await request.read())
    except (ValidationError, RecursionError):
        raise Refused("bad_frame") from None
    done = await rehearsals.wished(rehearsals.seat(request.match_info["seat"]), wished)
    return web.json_response({"done": done})


async def media(request: web.Request) -> web.Response:
    """A picture, sound or film of the folder, by the hash of its bytes."""
    edition, mark = request.app[PREVIEW].edition, request.match_info["hash"]
    kind = KINDS.get(PurePosixPath(request.match_info["name"]).suffix)
    name = edition.library.media.get(mark) if edition.library is not None else None
    body = edition.drafts.bodies.get(name) if name and kind else None
    if body is None:
        raise Refused("not_found")
    return answer(request, body, kind or "")


async def availability(request: web.Request) -> web.Response:
    """What the widget asks before it begins."""
    lines = [{"text": line.text, "number": line.number} for line in _lines(request)]
    return web.json_response({"reading": READING, "urgent": {"lines": lines}})


def _lines(request: web.Request) -> tuple[Any, ...]:
    library = request.app[PREVIEW].edition.library
    return where_to_turn_in(library, "england", "advice").lines if library is not None else ()


async def widget(request: web.Request) -> web.FileResponse:
    return web.FileResponse(STATIC / "widget.js")


async def close(app: web.Application) -> None:
    await app[PREVIEW].close()


def make_preview(preview: Preview) -> web.Application:
    app = web.Application(middlewares=[guarded], client_max_size=64 * 1024)
    app[PREVIEW], app[REHEARSALS] = preview, preview.rehearsals
    add_templates(app)
    app.on_response_prepare.append(headed)
    app.on_shutdown.append(close)
    app.router.add_get("/", page)
    app.router.add_get(PLAYER, player)
    app.router.add_get("/urgent", urgent)
    app.router.add_get("/module", module)
    app.router.add_get("/events", events)
    app.router.add_get("/rehearsal", rehearse)
    app.router.add_post("/rehearsal/{seat}", wish)
    app.router.add_get("/media/{hash:[0-9a-f]{64}}/{name}", media)
    app.router.add_get("/v1/availability", availability)
    app.router.add_get("/widget.js", widget)
    app.router.add_static("/widget/", STATIC / "widget")
    app.router.add_static("/static/", STATIC)
    return app
