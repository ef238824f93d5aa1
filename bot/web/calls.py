"""What every call over HTTP needs: who calls, from where, and a body that fits its model."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar

from aiohttp import web
from pydantic import BaseModel, ValidationError

from bot.core.errors import Refused
from bot.core.values import LineId
from bot.ports import Session
from bot.usecases.ways_in import who_is
from bot.web.keys import HOUSE, SETTINGS, TRIES

M = TypeVar("M", bound=BaseModel)

BODY_WITHIN_S = 20.0


@asynccontextmanager
async def body_in_time(request: web.Request) -> AsyncIterator[None]:
    """Around the reading of a body that may not have come yet."""
    if request.content.is_eof():
        yield
        return
    try:
        async with asyncio.timeout(BODY_WITHIN_S):
            yield
    except TimeoutError:
        raise web.HTTPRequestTimeout from None


async def raw_body(request: web.Request) -> str:
    """Always UTF-8, whatever the headers claim. Raises Refused('too_long') or Refused('bad_frame')."""
    try:
        async with body_in_time(request):
            return (await request.read()).decode()
    except web.HTTPRequestEntityTooLarge:
        raise Refused("too_long") from None
    except (UnicodeDecodeError, ConnectionError):  # or its sender has gone in the middle of it
        raise Refused("bad_frame") from None


async def body_of(request: web.Request, model: type[M]) -> M:
    """Raises Refused('bad_frame') without repeating what was sent (I8)."""
    raw = await raw_body(request)
    try:
        return model.model_validate_json(raw)
    except (ValidationError, RecursionError):
        raise Refused("bad_frame") from None


def token_of(request: web.Request) -> str:
    """Empty where the request brings none."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def bearer(request: web.Request) -> str:
    token = token_of(request)
    if not token:
        raise Refused("signed_out")
    return token


async def patient_of(request: web.Request) -> tuple[Session, LineId]:
    session = await who_is(request.app[HOUSE], bearer(request), "patient")
    return session, LineId(session.subject)


def language_of(request: web.Request) -> str:
    """What the caller reads, as the widget or a browser says it: the first language that is named."""
    first = re.match(r"[a-z]{2,3}", request.headers.get("Accept-Language", "").strip().lower())
    return first[0] if first else "en"


def address_of(request: web.Request) -> str:
    """The client's address: as our own proxies report it, never as the client claims."""
    proxies = request.app[SETTINGS].proxies
    passed = [a.strip() for a in request.headers.get("X-Forwarded-For", "").split(",")]
    if proxies and len(passed) >= proxies and passed[-proxies]:
        return passed[-proxies]
    return request.remote or "unknown"


def count_try(request: web.Request) -> None:
    """Sign-ins, joinings and returns of one address. Raises Refused('rate_limited')."""
    request.app[TRIES].take(address_of(request), asyncio.get_running_loop().time())


def check_origin(request: web.Request) -> None:
    """A page of somebody else may neither open a socket nor post a form. Raises Refused('foreign_origin')."""
    origin = request.headers.get("Origin")
    if origin is not None and origin.rstrip("/") not in request.app[SETTINGS].origins:
        raise Refused("foreign_origin")
