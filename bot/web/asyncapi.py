"""The frames of the socket as AsyncAPI: the same schemas as the frames are parsed and built by."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any, get_args
from urllib.parse import urlsplit

import msgspec

from bot.core.values import tag_of
from bot.settings import Settings
from bot.web.described import Schema
from bot.web.frames import PROTOCOL, ClientFrame, ServerFrame
from bot.web.openapi_schemas import REF, as_read, tidy

WAYS = {"receive": ClientFrame, "send": ServerFrame}
"""By what the server does with them."""


def socket_document(settings: Settings) -> Schema:
    """AsyncAPI 3.0 of ``/v1/ws``."""
    frames = {way: get_args(union) for way, union in WAYS.items()}
    _, parts = msgspec.json.schema_components(
        [kind for kinds in frames.values() for kind in kinds], ref_template=REF
    )
    own = urlsplit(settings.public_url)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": f"Bounceback's socket, {PROTOCOL}",
            "version": version("bounceback"),
            "description": "Text frames of JSON, one object each. The first one is `hello`, within 10 seconds.",
        },
        "servers": {"own": {"host": own.netloc, "protocol": "wss" if own.scheme == "https" else "ws"}},
        "channels": {
            "chat": {
                "address": "/v1/ws",
                "description": f"With the subprotocol `{PROTOCOL}`.",
                "messages": {
                    name: message for kinds in frames.values() for name, message in map(_message, kinds)
                },
            }
        },
        "operations": {
            way: {
                "action": way,
                "channel": {"$ref": "#/channels/chat"},
                "messages": [{"$ref": f"#/channels/chat/messages/{tag_of(kind)}"} for kind in kinds],
            }
            for way, kinds in frames.items()
        },
        "components": {
            "schemas": {name: tidy(as_read(name, part, tagged=True)) for name, part in sorted(parts.items())}
        },
    }


def _message(kind: Any) -> tuple[str, Schema]:
    name = tag_of(kind)
    return name, {"name": name, "payload": {"$ref": REF.format(name=kind.__name__)}}
