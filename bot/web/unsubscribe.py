"""Out of the digest by the link of a letter. A look at it changes nothing: programmes that scan mail look, too."""

from __future__ import annotations

import aiohttp_jinja2
from aiohttp import web

from bot.core.errors import Refused
from bot.usecases.unsubscribing import no_digest, whose_way_out
from bot.web.keys import HOUSE

PATH = r"/unsubscribe/{code:[A-Za-z0-9_=-]{20,200}}"


async def ask(request: web.Request) -> web.Response:
    try:
        service, _ = whose_way_out(request.app[HOUSE], request.match_info["code"])
    except Refused:
        return _page(request, 404, over=True)
    return _page(request, 200, service=service)


async def stop(request: web.Request) -> web.Response:
    """Pressed here, or by a mail programme for its reader (RFC 8058): no cookie, no sign-in, no form token."""
    try:
        service = await no_digest(request.app[HOUSE], request.match_info["code"])
    except Refused:
        return _page(request, 404, over=True)
    return _page(request, 200, service=service, stopped=True)


def _page(request: web.Request, status: int, **context: object) -> web.Response:
    shown = {"over": False, "stopped": False, **context}
    return aiohttp_jinja2.render_template("unsubscribe.html", request, shown, status=status)


def add_unsubscribe_routes(app: web.Application) -> None:
    app.router.add_get(PATH, ask)
    app.router.add_post(PATH, stop)
