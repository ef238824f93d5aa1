"""Pages and files for a patient's browser: start, chat, help, the widget. No inline script or style anywhere."""

from __future__ import annotations

from pathlib import Path

import aiohttp_jinja2
from aiohttp import web

from bot.core.errors import Refused, Unavailable
from bot.core.flow.voice import where_to_turn_in
from bot.core.shown import Signpost
from bot.web.keys import DOORS, HOUSE
from bot.web.refusals import ALWAYS
from bot.web.shipped import STATIC, add_shipped_routes, shipped

HERE = Path(__file__).parent
TEMPLATES = HERE / "templates"


@aiohttp_jinja2.template("start.html")
async def start(request: web.Request) -> dict[str, object]:
    return {"doors": request.app[DOORS]}


@aiohttp_jinja2.template("chat.html")
async def chat(request: web.Request) -> dict[str, object]:
    return {"shipped": shipped().at}


@aiohttp_jinja2.template("urgent.html")
async def urgent(request: web.Request) -> dict[str, object]:
    """Works with the socket, the record, the bus and every model down."""
    house = request.app[HOUSE]
    lines: tuple[Signpost, ...] = ()
    try:
        services = house.shelf.services()
        nation = services[0].nation if services else "england"
        lines = where_to_turn_in(house.shelf.for_safety, nation, "advice").lines
    except (Unavailable, Refused):
        pass
    return {"lines": lines or ALWAYS}


def add_page_routes(app: web.Application) -> None:
    app.router.add_get("/", start)
    app.router.add_get("/chat", chat)
    app.router.add_get("/urgent", urgent)
    add_shipped_routes(app)
    app.router.add_static("/widget/", STATIC / "widget")
    app.router.add_static("/static/", STATIC)
