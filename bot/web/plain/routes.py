"""The addresses of the plain pages."""

from __future__ import annotations

from aiohttp import web

from bot.web.plain import entering, help, rooms, saying
from bot.web.plain.conversation import show
from bot.web.plain.seat import seated


def add_plain_routes(app: web.Application) -> None:
    app.router.add_get("/plain", show)
    app.router.add_post("/plain/say", saying.say)
    app.router.add_post("/plain/join", entering.join)
    app.router.add_get("/plain/return", entering.show_return)
    app.router.add_post("/plain/return", entering.ask_return)
    app.router.add_post("/plain/return/confirm", entering.confirm_return)
    app.router.add_post("/plain/sign-out", seated(entering.sign_out, form=True))
    app.router.add_get("/plain/help", help.show_help)
    app.router.add_get("/plain/plan", seated(help.show_plan))
    app.router.add_get("/plain/looks", seated(help.show_looks))
    app.router.add_get("/plain/groups", seated(rooms.show_rooms))
    app.router.add_get("/plain/groups/{id}", seated(rooms.show_room))
    app.router.add_post("/plain/groups/{id}", saying.post)
