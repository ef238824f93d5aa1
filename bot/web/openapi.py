"""The OpenAPI document of an application: made of its own routes, the models that they read, and the codes they refuse with."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

from aiohttp import web

from bot.settings import Settings
from bot.usecases.turn import LONGEST
from bot.web.described import JSON, Description, Field, Schema, description_of
from bot.web.openapi_schemas import Schemas
from bot.web.refusals import status_of

BEARER = "patient"
LATER = ("rate_limited", "too_many_sockets", "unavailable")
ACCEPT_LANGUAGE: Schema = {
    "name": "Accept-Language",
    "in": "header",
    "description": "The language of a sentence, before somebody has come in.",
    "schema": {"type": "string"},
}
RETRY_AFTER: Schema = {
    "description": "Seconds to wait before the same is sent again.",
    "schema": {"type": "integer", "minimum": 1},
}
SAID_OF_ALL = """\
What programs may ask of Bounceback over HTTP. The desk is pages for people and is not an interface: it is not in here.
The socket `/v1/ws` speaks the frames of `/asyncapi.json`.

**Refusals.** Whatever cannot be done is answered with `code`, which is stable, and `text`, a sentence to show to a person. Where
the words of a message ask for help, `urgent` says where to turn, whatever else is wrong with the message: show it.

**Once.** `id`, a UUID of the client's, makes a message once. The same id with the same body gets the same answer and changes nothing;
with another body it is refused with `conflict`. What was not acknowledged is sent again under the same id.

**Limits.** A body has at most {frame_bytes:,} bytes and a message {longest:,} characters, else 413. One address may sign in, join or
come back {sign_ins} times a minute, one patient send {per_s:g} messages a second and {burst} at once, else 429. With 429 and 503 comes `Retry-After`.

**Pages of others.** A call with an `Origin` that is neither the server's own nor an allowed one is refused with `foreign_origin`.

Unknown fields are refused, and a whole number is written without a point. A body is read as JSON in UTF-8 whatever its `Content-Type` says.
"""


def described_routes(app: web.Application) -> Iterator[tuple[str, str, Description]]:
    """The method, the path and the description of every JSON route."""
    for route in app.router.routes():
        said = description_of(route)
        if said is not None and route.resource is not None and route.method != "HEAD":
            yield route.method.lower(), route.resource.canonical, said


def document(app: web.Application, settings: Settings) -> Schema:
    """OpenAPI 3.1 of what this application answers."""
    routes = list(described_routes(app))
    schemas = Schemas()
    for _, _, said in routes:
        schemas.ask(said.refused, *said.answers.values(), *([said.body] if said.body is not None else []))
    paths: dict[str, Schema] = {}
    for method, path, said in routes:
        paths.setdefault(path, {})[method] = _operation(method, path, said, schemas)
    limits = settings.limits
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Bounceback",
            "version": version("bounceback"),
            "description": SAID_OF_ALL.format(
                frame_bytes=limits.frame_bytes,
                longest=LONGEST,
                sign_ins=limits.sign_ins_per_minute,
                per_s=limits.frames_per_s,
                burst=limits.frames_burst,
            ),
        },
        "servers": [{"url": settings.public_url}],
        "tags": [{"name": name} for name in dict.fromkeys(said.tag for _, _, said in routes)],
        "paths": paths,
        "components": {
            "securitySchemes": {
                BEARER: {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A patient's token, as joining or coming back gave it. It lasts 30 days.",
                }
            },
            "schemas": schemas.components(),
        },
    }


def _operation(method: str, path: str, said: Description, schemas: Schemas) -> Schema:
    own: Schema = {
        "operationId": _id(method, path),
        "tags": [said.tag],
        "summary": said.what,
        "parameters": [*map(_parameter, said.fields), ACCEPT_LANGUAGE],
        "responses": _answers(said, schemas) | _refusals(said, schemas),
        "security": {"anybody": [], "patient": [{BEARER: []}], "patient or anybody": [{}, {BEARER: []}]}[
            said.who
        ],
    }
    if said.more:
        own["description"] = said.more
    if said.body is not None:
        content = {JSON: {"schema": schemas.of(said.body)}}
        own["requestBody"] = {"required": True, "content": content}
    return own


def _id(method: str, path: str) -> str:
    """``post /v1/return/confirm`` is ``post_return_confirm``."""
    words = path.removeprefix("/v1").replace("{", "").replace("}", "").strip("/")
    return f"{method}_{words.replace('/', '_').replace('-', '_')}"


def _parameter(field: Field) -> Schema:
    return {
        "name": field.name,
        "in": field.place,
        "description": field.what,
        "schema": field.schema,
        "required": field.place == "path",
    }


def _answers(said: Description, schemas: Schemas) -> Schema:
    return {
        str(status): _answer(_about(kind), schemas.of(kind), said.media)
        for status, kind in said.answers.items()
    }


def _about(kind: Any) -> str:
    """The first paragraph of what its class says of itself."""
    return (
        (inspect.getdoc(kind) or "").split("\n\n")[0].replace("``", "`")
        if _is_ours(kind)
        else "What it answers."
    )


def _is_ours(kind: Any) -> bool:
    return isinstance(kind, type) and bool(kind.__dict__.get("__doc__"))


def _refusals(said: Description, schemas: Schemas) -> Schema:
    by_status: dict[int, list[str]] = {}
    for code in sorted(said.refusals):
        by_status.setdefault(status_of(code), []).append(code)
    found: Schema = {}
    for status, codes in by_status.items():
        if status in said.answers:
            continue
        answer = _answer(" or ".join(f"`{code}`" for code in codes), schemas.refused(said.refused, codes))
        if set(codes) & set(LATER):
            answer["headers"] = {"Retry-After": RETRY_AFTER}
        found[str(status)] = answer
    return found


def _answer(what: str, schema: Schema, media: str = JSON) -> Schema:
    return {"description": what, "content": {media: {"schema": schema}}}
