"""What a JSON route takes and gives, said beside its handler: the OpenAPI document is made of these."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from aiohttp import web

from bot.usecases.turn import LONGEST
from bot.web.frames import Nack

Who = Literal["anybody", "patient", "patient or anybody"]
Schema = dict[str, Any]
H = TypeVar("H", bound=Callable[[web.Request], Awaitable[web.StreamResponse]])

_HERE = "described"
JSON = "application/json"

WORDS: Schema = {
    "type": "string",
    "minLength": 1,
    "maxLength": LONGEST,
    "pattern": r"^[^\x00]*[^\s\x00][^\x00]*$",
    "description": "Not blank. A longer one is refused with `too_long`, unless its words ask for help.",
}

ALWAYS = frozenset({"unavailable"})
WITH_BODY = frozenset({"bad_frame", "too_long"})
FROM_A_PAGE = frozenset({"foreign_origin"})
OF_A_PATIENT = frozenset({"signed_out"})


@dataclass(frozen=True)
class Field:
    """One value in the address: of a query, or of a path."""

    name: str
    schema: Schema
    what: str
    place: Literal["query", "path"] = "query"


@dataclass(frozen=True)
class Description:
    """``answers``: by status, the type whose JSON it is. ``refusals``: codes beside those that follow from the rest.

    ``refused``: how a refusal looks. ``media``: of the answers, where they are files.
    """

    tag: str
    what: str
    answers: Mapping[int, Any]
    more: str
    who: Who
    body: Any
    fields: tuple[Field, ...]
    refusals: frozenset[str]
    refused: Any
    media: str = JSON


def described(
    tag: str,
    what: str,
    answers: Mapping[int, Any],
    *,
    more: str = "",
    who: Who = "anybody",
    body: Any = None,
    fields: tuple[Field, ...] = (),
    refusals: tuple[str, ...] = (),
    posted: bool = False,
    refused: Any = Nack,
    media: str = JSON,
) -> Callable[[H], H]:
    """Around a handler. ``posted``: it asks where the page is from, as everything does that changes something."""
    codes = frozenset(refusals) | ALWAYS
    if body is not None:
        codes |= WITH_BODY
    if posted:
        codes |= FROM_A_PAGE
    if who != "anybody":
        codes |= OF_A_PATIENT
    said = Description(tag, what, answers, more, who, body, fields, codes, refused, media)

    def beside(handler: H) -> H:
        vars(handler)[_HERE] = said
        return handler

    return beside


def description_of(route: web.AbstractRoute) -> Description | None:
    """None: a page for people, a file, or something that nobody described."""
    found = vars(route.handler).get(_HERE) if callable(route.handler) else None
    return found if isinstance(found, Description) else None
