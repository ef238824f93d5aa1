"""Pictures, sounds and films of the library, by the hash of their bytes: what is at an address never changes."""

from __future__ import annotations

from pathlib import PurePosixPath

from aiohttp import web

from bot.core.errors import Refused
from bot.web.keys import HOUSE

KINDS = {
    ".gif": "image/gif",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".m4a": "audio/mp4",
    ".mp3": "audio/mpeg",
    ".mp4": "video/mp4",
    ".ogg": "audio/ogg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".vtt": "text/vtt",
    ".webm": "video/webm",
    ".webp": "image/webp",
}
# An SVG opened as a page of its own could carry a script: it gets no rights, and nothing guesses at its kind.
HEADERS = {
    "Content-Security-Policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'",
    "Cache-Control": "public, max-age=31536000, immutable",
    "Accept-Ranges": "bytes",
}


async def media(request: web.Request) -> web.Response:
    """Only what a library at hand shows: nobody reads the record by guessing."""
    house = request.app[HOUSE]
    mark, kind = request.match_info["hash"], KINDS.get(PurePosixPath(request.match_info["name"]).suffix)
    shown = any(mark in library.media for library in house.shelf.books.values())
    body = await house.record.releases.file(mark) if kind and shown else None
    if body is None:
        raise Refused("not_found")
    return answer(request, body, kind or "")


def answer(request: web.Request, body: bytes, kind: str) -> web.Response:
    """Whole, or the part that a player asks for."""
    wanted = _wanted(request)
    if wanted == slice(None):
        return web.Response(body=body, content_type=kind, headers=HEADERS)
    start, stop, _ = wanted.indices(len(body))
    if start >= stop:
        headers = {"Content-Range": f"bytes */{len(body)}"}
        raise web.HTTPRequestRangeNotSatisfiable(headers=headers)
    headers = {**HEADERS, "Content-Range": f"bytes {start}-{stop - 1}/{len(body)}"}
    return web.Response(status=206, body=body[start:stop], content_type=kind, headers=headers)


def _wanted(request: web.Request) -> slice:
    try:
        asked = request.http_range
    except ValueError:  # not understood: then all of it, as RFC 9110 has it
        return slice(None)
    return slice(asked.start, asked.stop)


def add_media_routes(app: web.Application) -> None:
    app.router.add_get("/media/{hash:[0-9a-f]{64}}/{name}", media)
