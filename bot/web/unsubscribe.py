"""Out of the digest, or out of reminders, by the link of a letter or of a notification. A look at it changes nothing:
programmes that scan mail look, too."""

from __future__ import annotations

import aiohttp_jinja2
from aiohttp import web

from bot.core.errors import Refused
from bot.usecases import stopping
from bot.usecases.unsubscribing import no_digest, whose_way_out
from bot.web.keys import HOUSE

PATH = r"/unsubscribe/{code:[A-Za-z0-9_=-]{20,200}}"


async def ask(request: web.Request) -> web.Response:
    house, code = request.app[HOUSE], request.match_info["code"]
    try:
        service, _ = whose_way_out(house, code)
    except Refused:
        return await _of_a_patient(request, stopped=False)
    return _page(request, 200, service=service)


async def stop(request: web.Request) -> web.Response:
    """Pressed here, or by a mail programme for its reader (RFC 8058): no cookie, no sign-in, no form token."""
    try:
        service = await no_digest(request.app[HOUSE], request.match_info["code"])
    except Refused:
        return await _of_a_patient(request, stopped=True)
    return _page(request, 200, service=service, stopped=True)


async def _of_a_patient(request: web.Request, *, stopped: bool) -> web.Response:
    """In their language, and with nothing that says who they are or where."""
    house, code = request.app[HOUSE], request.match_info["code"]
    try:
        language = await stopping.language_behind(house, code)
        if stopped:
            await stopping.stop(house, code)
    except Refused:
        return _page(request, 404, over=True)
    library = house.shelf.library
    part = "stopped" if stopped else "stop"
    said = {
        "lang": library.tongue("reminders_stop_title", language),
        "title": library.say(f"reminders_{part}_title", language),
        "about": library.say(f"reminders_{part}_about", language),
        "stop": library.say("reminder_stop", language),
        "to_chat": library.say("reminders_to_chat", language),
        "stopped": stopped,
    }
    return aiohttp_jinja2.render_template("stop_reminders.html", request, said)


def _page(request: web.Request, status: int, **context: object) -> web.Response:
    shown = {"over": False, "stopped": False, **context}
    return aiohttp_jinja2.render_template("unsubscribe.html", request, shown, status=status)


def add_unsubscribe_routes(app: web.Application) -> None:
    app.router.add_get(PATH, ask)
    app.router.add_post(PATH, stop)
