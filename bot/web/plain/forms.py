"""Forms of the plain pages: their fields, the token that proves a form is ours, and the id that makes it count once."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl
from uuid import UUID, uuid5

from aiohttp import web

from bot.core.errors import Refused
from bot.web.calls import body_in_time
from bot.web.keys import SETTINGS

MOST_FIELDS = 100
# A letter of another script takes up to nine bytes in a form: what is too long should come back to its writer.
WIDER = 4


@dataclass(frozen=True)
class Fields:
    """What one form held, line ends as ``\\n``."""

    pairs: Sequence[tuple[str, str]] = field(default=(), repr=False)

    def __getitem__(self, name: str) -> str:
        """The first of this name; empty where there is none."""
        return next((value for key, value in self.pairs if key == name), "")

    def every(self, name: str) -> tuple[str, ...]:
        return tuple(value for key, value in self.pairs if key == name)

    def whole(self, name: str) -> int | None:
        return whole(self[name])


def whole(text: str) -> int | None:
    """A whole number that somebody wrote; None where it is none."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


async def fields_of(request: web.Request) -> Fields:
    """Of a form as browsers send it without files. Raises Refused('too_long') or Refused('bad_frame')."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise Refused("bad_frame")
    request = request.clone(client_max_size=request.app[SETTINGS].limits.frame_bytes * WIDER)
    try:
        async with body_in_time(request):
            body = (await request.read()).decode("ascii")
        pairs = parse_qsl(
            body, keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=MOST_FIELDS
        )
    except web.HTTPRequestEntityTooLarge:
        raise Refused("too_long") from None
    except (ValueError, ConnectionError):
        raise Refused("bad_frame") from None
    return Fields(tuple((name, value.replace("\r\n", "\n")) for name, value in pairs))


def token_for(secret: str) -> str:
    """Follows from the session's own token: any process can check it, and nobody without the session can make it."""
    return hmac.new(secret.encode(), b"plain form", hashlib.sha256).hexdigest()


def check_form(fields: Fields, secret: str) -> None:
    """Raises Refused('bad_frame') where the form is not one of ours for this reader."""
    given = fields["form"]
    if not secret or not given.isascii() or not hmac.compare_digest(given, token_for(secret)):
        raise Refused("bad_frame")


def id_of(fields: Fields, said: Mapping[str, object]) -> UUID:
    """The id of what a form says: the same form with the same content is the same message, however often it comes.

    Another button of the same page is another message. Raises Refused('bad_frame').
    """
    try:
        page = UUID(fields["id"])
    except ValueError:
        raise Refused("bad_frame") from None
    return uuid5(page, json.dumps(said, sort_keys=True))
