"""The widget's files as they travel: packed once, and at an address that changes whenever one of them does."""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from aiohttp import hdrs, web

from bot.core.errors import Refused

STATIC = Path(__file__).parent / "static"
WORKER = "widget/chat-worker.js"
KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
FOR_EVER = "public, max-age=31536000, immutable"

# What an open page of before a deploy may still ask for, and nothing that a person typed or may not read.
PACKED = frozenset(
    {"/", "/chat", "/urgent", "/v1/availability", "/v1/module", "/v1/texts/{language}", "/chat-worker.js"}
)
WORTH_PACKING = 400

# Enough for the page to open and for *Get help now*. What a conversation needs is kept when it has been loaded.
WITHOUT_CONNECTION = (
    "widget.js",
    "widget/chat-page.js",
    "widget/page.css",
    "widget/widget.css",
    "widget/icon.svg",
    "widget/plan.js",
)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class File:
    kind: str
    body: bytes
    packed: bytes


@dataclass(frozen=True)
class Shipped:
    """``release``: of the content of all files together. A name is as below ``static/``."""

    release: str
    files: Mapping[str, File]

    @property
    def at(self) -> str:
        """Where a page finds them."""
        return f"/widget/{self.release}"


@cache
def shipped() -> Shipped:
    """Read when first asked for; what is edited later comes with the next start."""
    paths = [STATIC / "widget.js", *sorted((STATIC / "widget").iterdir())]
    files = {
        path.relative_to(STATIC).as_posix(): _file(path)
        for path in paths
        if path.suffix in KINDS and path.is_file()
    }
    told = hashlib.sha256()
    for name, file in files.items():
        told.update(f"{name} {len(file.body)} ".encode() + file.body)
    return Shipped(told.hexdigest()[:12], files)


def _file(path: Path) -> File:
    body = path.read_bytes() if path.suffix == ".svg" else lean(path.read_text()).encode()
    return File(KINDS[path.suffix], body, gzip.compress(body, 9, mtime=0))


def lean(source: str) -> str:
    """Without what only we read: whole lines of comment, and the spaces before a line. One fifth of what travels."""
    bare = re.sub(r"^[ \t]*/\*.*?\*/[ \t]*\n", "", source, flags=re.DOTALL | re.MULTILINE)
    bare = re.sub(r"^[ \t]*//.*\n", "", bare, flags=re.MULTILINE)
    return re.sub(r"^[ \t]+|^\n", "", bare, flags=re.MULTILINE)


async def file(request: web.Request) -> web.Response:
    """For ever under its own release. A page of another one, in the middle of a deploy, gets what is here now."""
    found = shipped().files.get(request.match_info["file"])
    if found is None:
        raise Refused("not_found")
    own = request.match_info["release"] == shipped().release
    return _sent(request, found, FOR_EVER if own else "no-cache")


async def widget(request: web.Request) -> web.Response:
    """The one address that pages of others name: it leads to the files of this release."""
    body = f'import ".{shipped().at}/widget.js";\n'.encode()
    return _sent(request, File("text/javascript", body, gzip.compress(body, 9, mtime=0)), "no-cache")


async def worker(request: web.Request) -> web.Response:
    """At the root, so that it may answer for the page. Its text changes with every release, by which browsers see one."""
    named = {"release": shipped().release, "files": _kept()}
    body = f"self.SHIPPED = {json.dumps(named)};\n".encode() + shipped().files[WORKER].body
    return _sent(request, File("text/javascript", body, gzip.compress(body, 9, mtime=0)), "no-cache")


def _kept() -> list[str]:
    """The files that go on without a connection, with all that they import before they run."""
    names: dict[str, None] = {}
    for name in WITHOUT_CONNECTION:
        _follow(name, names)
    return list(names)


def _follow(name: str, names: dict[str, None]) -> None:
    if name in names or name not in shipped().files:
        return
    names[name] = None
    for line in shipped().files[name].body.decode().splitlines():
        if line.startswith(("import ", "} from ")) and '"./' in line:
            other = line.split('"./')[1].split('"')[0]
            _follow(f"{Path(name).parent.as_posix()}/{other}".removeprefix("./"), names)


def _sent(request: web.Request, file: File, caching: str) -> web.Response:
    headers = {hdrs.CACHE_CONTROL: caching, hdrs.VARY: hdrs.ACCEPT_ENCODING}
    mark = f'"{hashlib.sha256(file.body).hexdigest()[:16]}"'
    if caching != FOR_EVER:
        headers[hdrs.ETAG] = mark
    if mark in request.headers.get(hdrs.IF_NONE_MATCH, ""):
        return web.Response(status=304, headers=headers)
    if "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, ""):
        headers[hdrs.CONTENT_ENCODING] = "gzip"
        return web.Response(body=file.packed, content_type=file.kind, charset="utf-8", headers=headers)
    return web.Response(body=file.body, content_type=file.kind, charset="utf-8", headers=headers)


@web.middleware
async def packing(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Of answers without a secret only: the length of a packed one tells of what stands beside it."""
    response = await handler(request)
    resource = request.match_info.route.resource
    public = resource is not None and resource.canonical in PACKED
    if public and isinstance(response, web.Response) and hdrs.CONTENT_ENCODING not in response.headers:
        response.headers[hdrs.VARY] = hdrs.ACCEPT_ENCODING
        taken = "gzip" in request.headers.get(hdrs.ACCEPT_ENCODING, "")
        if taken and isinstance(response.body, bytes) and len(response.body) > WORTH_PACKING:
            response.enable_compression(web.ContentCoding.gzip)
    return response


def add_shipped_routes(app: web.Application) -> None:
    app.router.add_get("/widget.js", widget)
    app.router.add_get("/chat-worker.js", worker)
    app.router.add_get("/widget/{release:[0-9a-f]{12}}/{file:.+}", file)
