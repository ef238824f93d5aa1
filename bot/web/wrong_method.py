"""An address that is here, asked with a method that it does not take: which ones it takes is the answer."""

from __future__ import annotations

from aiohttp import web

from bot.web.frames import Nack, dump


async def methods_of(request: web.Request, but: web.AbstractResource | None = None) -> frozenset[str]:
    """What the address takes, leaving out the resource ``but``; nothing where it is not here."""
    found: set[str] = set()
    for resource in request.app.router.resources():
        if resource is not but:
            _, methods = await resource.resolve(request)
            found |= methods
    return frozenset(found - {"*"})


def wrong_method(takes: frozenset[str]) -> web.Response:
    """405 in the shape of every refusal, for programs: no patient sees it."""
    names = ", ".join(sorted(takes))
    nack = Nack(code="wrong_method", text=f"This address takes {names}.")
    return web.json_response(text=dump(nack), status=405, headers={"Allow": names})
