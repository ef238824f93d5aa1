"""Signing in and out. Whatever is unknown or wrong, the answer is the same and as slow."""

from __future__ import annotations

import re
from contextlib import suppress

from aiohttp import web

from bot.core.errors import Refused, Unavailable
from bot.usecases import ways_in
from bot.web.calls import count_try
from bot.web.desk import words
from bot.web.desk.forms import fields_of, token_for
from bot.web.desk.seat import (
    CARE,
    CONTENT,
    HOSTS,
    PEOPLE,
    Seat,
    cookie_name,
    go,
    keep_cookie,
    page,
    seat_of,
    secure,
)
from bot.web.keys import HOUSE

LONGEST_FIELD = 200
# Our own pages only: what stands in the address is somebody else's to choose.
_OWN_PAGE = re.compile(r"/desk(/[a-z-]+(/([0-9a-f-]{36}|[a-z-]+))?)?")


def _form_cookie(request: web.Request) -> str:
    return "__Host-bounceback-form" if secure(request) else "bounceback-desk-form"


def onward_to(path: str | None) -> str:
    return path if path and _OWN_PAGE.fullmatch(path) else "/desk"


async def show(request: web.Request) -> web.StreamResponse:
    try:
        await seat_of(request)
    except (Refused, Unavailable):
        return _form(request, 200, next_page=onward_to(request.query.get("next")))
    return go("/desk")


def _form(request: web.Request, status: int, **shown: str) -> web.Response:
    services = len(request.app[HOUSE].shelf.services())
    said = words.SAID.get(request.query.get("said", "")) if status == 200 else None
    return form_of_nobody(request, "sign_in", status, services=services, said=said, **shown)


def form_of_nobody(request: web.Request, template: str, status: int, **shown: object) -> web.Response:
    """Nobody is signed in yet: the form is bound to a cookie of its own, which no other site can send along."""
    secret = request.cookies.get(_form_cookie(request)) or request.app[HOUSE].ids.secret()
    response = page(request, template, status, form_token=token_for(secret), **shown)
    keep_cookie(request, response, _form_cookie(request), secret)
    return response


async def fields_of_nobody(request: web.Request) -> dict[str, str]:
    """Of such a form. Raises Refused('stale_form')."""
    return await fields_of(request, request.cookies.get(_form_cookie(request)))


async def sit_down(request: web.Request, token: str, onward: str, *, said: str = "") -> web.Response:
    """A browser holds one session: whoever signs in anew leaves none behind."""
    before = request.cookies.get(cookie_name(request))
    if before:
        with suppress(Refused):
            await ways_in.sign_out(request.app[HOUSE], before)
    response = go(onward, said=said)
    keep_cookie(request, response, cookie_name(request), token)
    return response


async def sign_in(request: web.Request) -> web.StreamResponse:
    try:
        fields = await fields_of_nobody(request)
    except Refused:
        return page(request, "message", 403, **words.MESSAGES["stale_form"])
    slug, email = (fields.get(n, "").strip()[:LONGEST_FIELD] for n in ("service", "email"))
    onward = onward_to(fields.get("next"))
    house = request.app[HOUSE]
    try:
        count_try(request)
        token, _ = await ways_in.staff_sign_in(house, slug, email, fields.get("password", "")[:LONGEST_FIELD])
    except Refused as refused:
        if refused.code == "rate_limited":
            return page(request, "message", 429, **words.MESSAGES["rate_limited"])
        return _form(request, 401, next_page=onward, slug=slug, email=email, wrong="yes")
    except Unavailable:
        return page(request, "message", 503, **words.MESSAGES["unavailable"])
    return await sit_down(request, token, onward)


async def sign_out(seat: Seat) -> web.StreamResponse:
    await ways_in.sign_out(seat.house, seat.token)
    response = go("/desk/sign-in", said="out")
    response.del_cookie(cookie_name(seat.request), path="/", secure=secure(seat.request))
    return response


async def first_page(seat: Seat) -> web.StreamResponse | None:
    """Where somebody begins who has no alerts to see; None for those who have."""
    if seat.may(CARE):
        return None
    for roles, path in ((HOSTS, "/desk/groups"), (CONTENT, "/desk/content"), (PEOPLE, "/desk/people")):
        if seat.may(roles):
            said = seat.request.query.get("said", "")
            return go(path, said=said if said in words.SAID else "")
    return seat.page("message", **words.MESSAGES["no_pages"])
