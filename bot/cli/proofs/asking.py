"""What schemathesis loads: whose token a call carries, and what no schema can say of a call that would be taken."""

from __future__ import annotations

import json
import os
import threading
from itertools import cycle
from pathlib import Path
from typing import Any

import schemathesis

GIVEN = "BOUNCEBACK_TRIED_WITH"
"""Names a file: ``token`` of a patient, ``spare`` tokens to be signed out, and ``invitations`` to be used up."""

_given: dict[str, Any] = json.loads(Path(os.environ[GIVEN]).read_text())
_spare, _invitations = cycle(_given["spare"]), iter(_given["invitations"])
_turn = threading.Lock()


@schemathesis.auth(refresh_interval=None)
class Token:
    def get(self, case: schemathesis.Case[Any], context: schemathesis.AuthContext) -> str:
        with _turn:
            return str(next(_spare) if context.operation.path == "/v1/sign-out" else _given["token"])

    def set(self, case: schemathesis.Case[Any], data: str, context: schemathesis.AuthContext) -> None:
        case.headers["Authorization"] = f"Bearer {data}"


@schemathesis.hook
def map_body(context: schemathesis.HookContext, body: Any) -> Any:
    """A secret that was made up opens nothing: where one could stand, ours does. And to a schema 2.0 is a whole number."""
    body = _without_points(body)
    path = context.operation.path if context.operation else ""
    if path == "/webhooks/rest/webhook" and _could_be_a_secret(body, "sender"):
        return body | {"sender": _given["token"]}
    if path == "/v1/join" and _could_be_a_secret(body, "invite") and body.get("adult") is True:
        with _turn:
            invitation = next(_invitations, body["invite"])
        consents = body.get("consents")
        return body | {"invite": invitation} | ({"consents": {"care": True}} if consents == {} else {})
    return body


@schemathesis.hook
def map_query(context: schemathesis.HookContext, query: Any) -> Any:
    """Nobody writes: who waits for the next message waits to the end."""
    if isinstance(query, dict) and isinstance(query.get("wait"), int | float) and query["wait"] > 0:
        return query | {"wait": 0}
    return query


def _without_points(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_points(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_without_points(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _could_be_a_secret(body: Any, name: str) -> bool:
    text = body.get(name) if isinstance(body, dict) else None
    return isinstance(text, str) and 0 < len(text.strip()) <= len(text) <= 256
