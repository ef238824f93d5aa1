"""Who reads the plain pages: the session in a cookie, and the pages that they get."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import aiohttp_jinja2
from aiohttp import web

from bot.core.errors import Refused, Unavailable
from bot.core.service import Service
from bot.core.values import LineId
from bot.usecases import ways_in
from bot.usecases.house import House
from bot.usecases.plain_sessions import plain_session
from bot.web.calls import language_of
from bot.web.keys import HOUSE, SETTINGS
from bot.web.plain.forms import Fields, check_form, fields_of, token_for
from bot.web.plain.wording import Voice, direction, marked, written
from bot.web.refusals import nack_for, status_of

KEPT = "~kept"
"""Ends the cookie of whoever wants to be remembered on this device."""
KEPT_FOR_S = int(ways_in.PATIENT_FOR.total_seconds())
SAID = frozenset({"out", "moved", "reported", "kept", "done", "left", "looked", "told"})
"""What a page may be told to say at its top, by the end of ``plain_said_…``."""


@dataclass(frozen=True)
class Seat:
    """A signed-in patient with one request. ``fields``: of a form that was checked."""

    request: web.Request
    house: House
    service: Service
    patient: LineId
    language: str
    token: str = field(repr=False)
    fields: Fields = field(default_factory=Fields, repr=False)

    def page(self, template: str, status: int = 200, **context: Any) -> web.Response:
        known = {"seated": True, "form_token": token_for(self.token)}
        return page(self.request, template, status, language=self.language, **{**known, **context})


Handler = Callable[[Seat], Awaitable[web.StreamResponse]]


def voice_for(request: web.Request, language: str | None = None) -> Voice:
    library = request.app[HOUSE].shelf.for_safety
    return Voice(library, library.speaks(language or language_of(request)))


def page(
    request: web.Request, template: str, status: int = 200, *, language: str | None = None, **context: Any
) -> web.Response:
    said = request.query.get("said", "")
    known = {
        "t": voice_for(request, language),
        "marked": marked,
        "written": written,
        "direction": direction,
        "seated": False,
        "rooms": (),
        "reading": "",
        "said": f"plain_said_{said}" if said in SAID else "",
    }
    return aiohttp_jinja2.render_template(
        f"plain/{template}.html", request, {**known, **context}, status=status
    )


def go(path: str) -> web.Response:
    """After a form: on to a page that may be loaded again."""
    return web.Response(status=303, headers={"Location": path})


# -- the cookie ---------------------------------------------------------------------------------------


def secure(request: web.Request) -> bool:
    return request.app[SETTINGS].public_url.startswith("https://")


def cookie_name(request: web.Request, of: str = "plain") -> str:
    return f"__Host-bounceback-{of}" if secure(request) else f"bounceback-{of}"


def token_of(request: web.Request) -> tuple[str, bool]:
    """The session's token, empty where there is none, and whether its owner is remembered on this device."""
    value = request.cookies.get(cookie_name(request), "")
    return value.removesuffix(KEPT), value.endswith(KEPT)


def keep_cookie(
    request: web.Request, response: web.Response, value: str, *, of: str = "plain", kept: bool = False
) -> None:
    """Lax, so that a link in an e-mail opens the conversation; nothing is ever changed by following a link."""
    response.set_cookie(
        cookie_name(request, of),
        value + KEPT if kept else value,
        path="/",
        max_age=KEPT_FOR_S if kept else None,
        secure=secure(request),
        httponly=True,
        samesite="Lax",
    )


def drop_cookie(request: web.Request, response: web.Response) -> None:
    response.del_cookie(cookie_name(request), path="/", secure=secure(request), httponly=True, samesite="Lax")


async def sit_down(request: web.Request, token: str, *, kept: bool) -> web.Response:
    """A browser holds one session: whoever comes in anew leaves none behind."""
    before, _ = token_of(request)
    if before:
        with suppress(Refused):
            await ways_in.sign_out(request.app[HOUSE], before)
    response = go("/plain#now")
    keep_cookie(request, response, token, kept=kept)
    return response


# -- the session --------------------------------------------------------------------------------------


async def seat_of(request: web.Request, *, used: bool = True) -> Seat:
    """Raises Refused('signed_out')."""
    house, (token, kept) = request.app[HOUSE], token_of(request)
    session = await plain_session(house, token, kept=kept, used=used)
    service = house.shelf.service(session.service)
    return Seat(request, house, service, LineId(session.subject), session.language, token)


def seated(handler: Handler, *, form: bool = False) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """For a patient who is signed in; everybody else gets to the way in."""

    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            fields = await fields_of(request) if form else Fields()
            seat = await seat_of(request)
            if form:
                check_form(fields, seat.token)
                seat = Seat(
                    seat.request, seat.house, seat.service, seat.patient, seat.language, seat.token, fields
                )
            return await handler(seat)
        except Refused as refused:
            return go("/plain") if refused.code == "signed_out" else sorry(request, refused)
        except Unavailable as down:
            return sorry(request, down)

    return answer


def sorry(request: web.Request, error: Refused | Unavailable, **context: Any) -> web.Response:
    """A page that says what cannot be done. With the record down it says where to turn."""
    nack = nack_for(request.app[HOUSE], error, language=language_of(request))
    return page(request, "notice", status_of(nack.code), nack=nack, text="", **context)
