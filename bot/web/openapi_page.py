"""The description of the doors, for programs and as a page. Where the operator does not want it, it is not there."""

from __future__ import annotations

import json
from typing import Any

import aiohttp_jinja2
from aiohttp import web

from bot.web.asyncapi import socket_document
from bot.web.described import Schema
from bot.web.keys import SETTINGS
from bot.web.openapi import document

REFERENCE = "#/components/schemas/"
DOCUMENT: web.AppKey[Schema] = web.AppKey("openapi", dict)


def _document(request: web.Request) -> Schema:
    """Made when it is first asked for: an application's routes do not change."""
    kept = request.app[DOCUMENT]
    if not kept:
        kept |= document(request.app, request.app[SETTINGS])
    return kept


async def openapi(request: web.Request) -> web.Response:
    return web.json_response(_document(request))


async def asyncapi(request: web.Request) -> web.Response:
    return web.json_response(socket_document(request.app[SETTINGS]))


@aiohttp_jinja2.template("docs.html")
async def docs(request: web.Request) -> dict[str, object]:
    said = _document(request)
    by_tag: dict[str, list[Schema]] = {tag["name"]: [] for tag in said["tags"]}
    for path, methods in said["paths"].items():
        for method, operation in methods.items():
            by_tag[operation["tags"][0]].append({"path": path, "method": method.upper(), **operation})
    return {
        "info": said["info"],
        "by_tag": by_tag,
        "schemas": {name: _fields(part) for name, part in said["components"]["schemas"].items()},
        "kind": kind_of,
        "whole": lambda part: json.dumps(part, indent=2, ensure_ascii=False),
        "names": names_in,
    }


def _fields(part: Schema) -> Schema:
    needed = part.get("required", ())
    rows = [
        {"name": name, "kind": kind_of(each), "needed": name in needed, "what": each.get("description", "")}
        for name, each in part.get("properties", {}).items()
    ]
    return {"what": part.get("description", ""), "rows": rows}


def kind_of(schema: Any) -> str:
    """A schema in a few words, as a cell of a table has room for."""
    if not isinstance(schema, dict):
        return "anything"
    match schema:
        case {"$ref": str(name)}:
            return name.removeprefix(REFERENCE)
        case {"allOf": [first, *_]}:
            return kind_of(first)
        case {"anyOf": list(ways)} | {"oneOf": list(ways)} if "type" not in schema:
            return " or ".join(dict.fromkeys(map(kind_of, ways)))
        case {"enum": list(values)}:
            return " or ".join(f"“{value}”" for value in values)
        case {"type": "array"}:
            return f"list of {kind_of(schema.get('items'))}"
        case {"type": str(kind)}:
            return f"{kind} ({schema['format']})" if "format" in schema else kind
    return "anything"


def names_in(schema: Any) -> list[str]:
    """Which of the named parts it is made of, at its first level."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            return [schema["$ref"].removeprefix(REFERENCE)]
        return [name for value in schema.values() for name in names_in(value)]
    if isinstance(schema, list):
        return [name for value in schema for name in names_in(value)]
    return []


def add_openapi_routes(app: web.Application) -> None:
    app[DOCUMENT] = {}
    app.router.add_get("/openapi.json", openapi)
    app.router.add_get("/asyncapi.json", asyncapi)
    app.router.add_get("/docs", docs)
