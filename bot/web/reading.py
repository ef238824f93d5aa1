"""The module being read, as sections: published content, and no word of a patient."""

from __future__ import annotations

from aiohttp import web

from bot.core.library.readable import Page
from bot.core.values import Value
from bot.usecases.reading_on import page_of
from bot.web.answers import given
from bot.web.calls import patient_of
from bot.web.described import described
from bot.web.keys import HOUSE


class ModuleRead(Value):
    """``page`` is null where no module is open."""

    page: Page | None


@described(
    "Chat",
    "The module that the patient is reading",
    {200: ModuleRead},
    more="Its red flags and its sections as published; what depends on answers is left out, and so is everything that a "
    "patient's own words fill in.",
    who="patient",
)
async def module(request: web.Request) -> web.Response:
    """What may be kept on the patient's own device, where they chose to be remembered there."""
    session, patient = await patient_of(request)
    return given(ModuleRead(page=await page_of(request.app[HOUSE], session.service, patient)))


def add_reading_routes(app: web.Application) -> None:
    app.router.add_get("/v1/module", module)
