"""Signing in and out. Whatever is unknown or wrong, the answer is the same and as slow."""

from __future__ import annotations

import re

from aiohttp import web

from bot.core.errors import Refused, Unavailable
from bot.usecases import ways_in
from bot.web.calls import count_try
from bot.web.desk import words
from bot.web.desk.forms import fields_of, token_for
from bot.web.desk.seat import CARE, CONTENT, HOSTS, Seat, cookie_name, go, keep_cookie, page, seat_of, secure
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
    """Nobody is signed in yet: the form is bound to a cookie of its own, which no other site can send along."""
    house = request.app[HOUSE]
    secret = request.cookies.get(_form_cookie(request)) or house.ids.secret()
    said = words.SAID.get(request.query.get("said", "")) if status == 200 else None
    response = page(
        request,
        "sign_in",
        status,
        form_token=token_for(secret),
        services=len(house.shelf.services()),
        said=said,
        **shown,
    )
    keep_cookie(request, response, _form_cookie(request), secret)
    return response


async def sign_in(request: web.Request) -> web.StreamResponse:
    try:
        fields = await fields_of(request, request.cookies.get(_form_cookie(request)))
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
    await _end_session(request)
    response = go(onward)
    keep_cookie(request, response, cookie_name(request), token)
    return response


async def _end_session(request: web.Request) -> None:
    """A browser holds one session: whoever signs in anew leaves none behind."""
    before = request.cookies.get(cookie_name(request))
    if before:
        try:
            await ways_in.sign_out(request.app[HOUSE], before)
        except Refused:
            return


async def sign_out(seat: Seat) -> web.StreamResponse:
    await ways_in.sign_out(seat.house, seat.token)
    response = go("/desk/sign-in", said="out")
    response.del_cookie(cookie_name(seat.request), path="/", secure=secure(seat.request))
    return response


async def first_page(seat: Seat) -> web.StreamResponse | None:
    """Where somebody begins who has no alerts to see; None for those who have."""
    if seat.may(CARE):
        return None
    if seat.may(HOSTS):
        return go("/desk/groups")
    return go("/desk/content") if seat.may(CONTENT) else seat.page("message", **words.MESSAGES["no_pages"])
