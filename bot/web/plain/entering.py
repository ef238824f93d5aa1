"""Into the conversation and back into it, by forms. Codes are typed or pasted into a form, and stand in no address."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs

from aiohttp import web
from pydantic import ValidationError

from bot.core.errors import Refused, Unavailable
from bot.usecases import ways_in
from bot.usecases.agreeing import consents_asked
from bot.usecases.house import House
from bot.web.calls import count_try, language_of
from bot.web.entry import EMAIL, ConfirmBody, JoinBody, ReturnBody, joining_of
from bot.web.keys import HOUSE
from bot.web.plain.forms import Fields, check_form, fields_of, token_for
from bot.web.plain.seat import Seat, cookie_name, drop_cookie, go, keep_cookie, page, sit_down, sorry
from bot.web.refusals import nack_for, sentence_for, status_of

OF_NOBODY = "plain-form"
"""Names the cookie that a form is bound to while nobody is signed in: no other site can send it along."""
_PIN = re.compile(r"[0-9]{4,8}")
_EMAIL = re.compile(EMAIL)


def code_in(pasted: str, what: str) -> str:
    """The code itself, or the one in a whole link that was pasted: it stands behind the ``#``.

    >>> code_in("https://host/chat#return=copd.abc&lang=pl", "return")
    'copd.abc'
    """
    pasted = "".join(pasted.split())
    _, hash_, fragment = pasted.partition("#")
    return parse_qs(fragment).get(what, [""])[0] if hash_ else pasted


# -- pages --------------------------------------------------------------------------------------------


def way_in(request: web.Request, status: int = 200, **shown: Any) -> web.Response:
    asked = consents_asked(request.app[HOUSE].shelf.library, language_of(request))
    return _form(request, "join", status, consents=asked, **shown)


def _form(request: web.Request, template: str, status: int = 200, **shown: Any) -> web.Response:
    secret = request.cookies.get(cookie_name(request, OF_NOBODY)) or request.app[HOUSE].ids.secret()
    known = {"wrong": {}, "fields": Fields(), "nack": None}
    response = page(request, template, status, form_token=token_for(secret), **{**known, **shown})
    keep_cookie(request, response, secret, of=OF_NOBODY)
    return response


async def _fields(request: web.Request) -> Fields:
    fields = await fields_of(request)
    check_form(fields, request.cookies.get(cookie_name(request, OF_NOBODY), ""))
    return fields


def _again(
    request: web.Request, template: str, error: Refused | Unavailable, fields: Fields, **shown: Any
) -> web.Response:
    nack = nack_for(request.app[HOUSE], error, language=language_of(request))
    return _form(request, template, status_of(nack.code), nack=nack, fields=fields, **shown)


# -- joining ------------------------------------------------------------------------------------------


async def join(request: web.Request) -> web.StreamResponse:
    try:
        fields = await _fields(request)
    except Refused as refused:
        return sorry(request, refused)
    wrong = _missing(fields)
    if wrong:
        return way_in(request, 400, wrong=wrong, fields=fields)
    try:
        count_try(request)
        token = await ways_in.join(request.app[HOUSE], _joining(request.app[HOUSE], fields))
    except Refused as refused:
        if refused.code == "under_18":
            return sorry(request, refused)
        return _refused(request, refused, fields)
    except Unavailable as down:
        return _refused(request, down, fields)
    return await sit_down(request, token, kept=bool(fields["keep"]) and not fields["shared"])


def _refused(request: web.Request, error: Refused | Unavailable, fields: Fields) -> web.Response:
    nack = nack_for(request.app[HOUSE], error, language=language_of(request))
    return way_in(request, status_of(nack.code), nack=nack, fields=fields)


def _missing(fields: Fields) -> dict[str, str]:
    """By field the sentence that says what it lacks."""
    contact, pin = fields["contact"].strip(), fields["pin"]
    wanted, adult = bool(contact or pin), fields["adult"]
    checks: Sequence[tuple[str, bool, str]] = (
        ("invite", bool(code_in(fields["invite"], "invite")), "widget_entry_needs_invite"),
        ("adult", adult in ("yes", "no"), "widget_entry_needs_adult"),
        ("care", adult == "no" or "care" in fields.every("consent"), "widget_entry_needs_care"),
        ("contact", not wanted or bool(_EMAIL.fullmatch(contact)), "widget_entry_needs_contact"),
        ("pin", not wanted or bool(_PIN.fullmatch(pin)), "widget_entry_needs_pin"),
    )
    return {name: sentence for name, holds, sentence in checks if not holds}


def _joining(house: House, fields: Fields) -> ways_in.Joining:
    """By the model of the other door. Raises Refused('bad_frame')."""
    given, asked = fields.every("consent"), consents_asked(house.shelf.library, "en")
    try:
        body = JoinBody(
            invite=code_in(fields["invite"], "invite"),
            adult=fields["adult"] == "yes",
            consents={consent.name: consent.name in given for consent in asked},
            versions={c.name: fields[f"version-{c.name}"] for c in asked if fields[f"version-{c.name}"]},
            shared=bool(fields["shared"]),
            name=fields["name"] or None,
            contact=fields["contact"].strip() or None,
            pin=fields["pin"] or None,
        )
    except ValidationError:
        raise Refused("bad_frame") from None
    return joining_of(body)


# -- coming back --------------------------------------------------------------------------------------


async def show_return(request: web.Request) -> web.StreamResponse:
    return _form(request, "return")


async def ask_return(request: web.Request) -> web.StreamResponse:
    """The same answer, as quickly, whether or not the address is known."""
    try:
        fields = await _fields(request)
    except Refused as refused:
        return sorry(request, refused)
    house = request.app[HOUSE]
    try:
        count_try(request)
        body = ReturnBody(contact=fields["contact"].strip())
    except ValidationError:
        wrong = {"contact": "widget_entry_needs_contact"}
        return _form(request, "return", 400, wrong=wrong, fields=fields)
    except Refused as refused:
        return _again(request, "return", refused, fields)
    house.afterwards.start("return", ways_in.ask_return(house, body.contact))
    return _form(request, "return", told=sentence_for(house, "return_sent", language=language_of(request)))


async def confirm_return(request: web.Request) -> web.StreamResponse:
    try:
        fields = await _fields(request)
    except Refused as refused:
        return sorry(request, refused)
    code, pin = code_in(fields["code"], "return"), fields["proof"]
    checks = (("code", bool(code), "plain_needs_link"), ("proof", len(pin) >= 4, "widget_entry_needs_pin"))
    wrong = {name: sentence for name, holds, sentence in checks if not holds}
    if wrong:
        return _form(request, "return", 400, wrong=wrong, fields=fields)
    try:
        count_try(request)
        body = ConfirmBody(code=code, proof=pin, shared=bool(fields["shared"]))
        token = await ways_in.come_back(request.app[HOUSE], body.code, body.proof, shared=body.shared)
    except ValidationError:
        return _again(request, "return", Refused("return_failed"), fields)
    except (Refused, Unavailable) as error:
        return _again(request, "return", error, fields)
    return await sit_down(request, token, kept=bool(fields["keep"]) and not fields["shared"])


async def sign_out(seat: Seat) -> web.StreamResponse:
    await ways_in.sign_out(seat.house, seat.token)
    response = go("/plain?said=out")
    drop_cookie(seat.request, response)
    return response
