"""Forms of the desk: the token that proves a form is ours, and its fields."""

from __future__ import annotations

import hashlib
import hmac
from uuid import UUID

from aiohttp import web

from bot.core.errors import Refused
from bot.web.calls import body_in_time

FIELD = "form"


def token_for(secret: str) -> str:
    """Follows from the session's own token: any process can check it, and nobody without the session can make it."""
    return hmac.new(secret.encode(), b"desk form", hashlib.sha256).hexdigest()


async def fields_of(request: web.Request, secret: str | None, most: int | None = None) -> dict[str, str]:
    """The text fields of a form of ours, line ends as ``\\n``. Raises Refused('stale_form').

    ``most``: bytes that this form may have, where it holds more than a message.
    """
    if most is not None:
        request = request.clone(client_max_size=most)
    async with body_in_time(request):
        posted = await request.post()
    given = posted.get(FIELD)
    genuine = isinstance(given, str) and given.isascii() and secret is not None
    if not genuine or not hmac.compare_digest(str(given), token_for(secret or "")):
        raise Refused("stale_form")
    return {
        name: value.replace("\r\n", "\n").replace("\x00", "")
        for name, value in posted.items()
        if isinstance(value, str)
    }


async def choices_of(request: web.Request, name: str) -> tuple[str, ...]:
    """Every value of a field that may be given more than once."""
    return tuple(v for v in (await request.post()).getall(name, []) if isinstance(v, str))


def id_in(request: web.Request, name: str = "id") -> UUID:
    """An id of the path. What is no id at all looks like an id that is not there."""
    try:
        return UUID(request.match_info[name])
    except ValueError:
        raise Refused("not_found") from None


def number_in(text: str, otherwise: int) -> int:
    """A small positive number of an address."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 and int(text) else otherwise
