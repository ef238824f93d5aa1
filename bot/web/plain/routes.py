"""The addresses of the plain pages."""

from __future__ import annotations

import aiohttp_jinja2
from aiohttp import web

from bot.web.plain import among_peers, entering, help, people, rooms, saying
from bot.web.plain.conversation import show
from bot.web.plain.seat import seated

AT_HAND = ("base", "bits", "notice")


async def at_hand(app: web.Application) -> None:
    """Whoever asks for help is the first to see this page, and must not wait until its templates are read."""
    for name in AT_HAND:
        aiohttp_jinja2.get_env(app).get_template(f"plain/{name}.html")


def add_plain_routes(app: web.Application) -> None:
    app.on_startup.append(at_hand)
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
    app.router.add_get("/plain/people-like-me", seated(people.show_people))
    app.router.add_post("/plain/people-like-me", saying.look_at)
    app.router.add_get("/plain/groups/{id}/calendar.ics", seated(people.give_calendar))
    app.router.add_get("/plain/groups", seated(rooms.show_rooms))
    app.router.add_get("/plain/groups/{id}", seated(rooms.show_room))
    app.router.add_get("/plain/groups/{id}/posts/{seq}", seated(rooms.show_post))
    app.router.add_get("/plain/groups/{id}/me", seated(rooms.show_own_wishes))
    app.router.add_post("/plain/groups/{id}", among_peers.post)
