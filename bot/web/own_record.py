"""A patient's own record over HTTP: the page of it, and the whole of it as a file."""

from __future__ import annotations

import asyncio

from aiohttp import web

from bot.core.checked import Checked
from bot.core.shown import Chart
from bot.core.values import Value
from bot.usecases.export import Form, export
from bot.usecases.own_record import own_record
from bot.web.answers import given
from bot.web.calls import body_of, check_origin, patient_of
from bot.web.described import described
from bot.web.keys import HOUSE, SETTINGS
from bot.web.limits import Buckets

EXPORTS: web.AppKey[Buckets] = web.AppKey("exports", Buckets)


class RecordOf(Value):
    """``team``: what their team sees, in sentences. ``erasing``: when it will be erased, or empty."""

    lang: str
    charts: tuple[Chart, ...]
    team: tuple[str, ...]
    erasing: str


class FileGiven(Value):
    """A file to keep: its name, its media type, and what is in it."""

    name: str
    type: str
    text: str


class ExportBody(Checked):
    form: Form


@described("My record", "The patient's own record as a page shows it", {200: RecordOf}, who="patient")
async def show(request: web.Request) -> web.Response:
    session, patient = await patient_of(request)
    house = request.app[HOUSE]
    found = await own_record(house, session.service, patient)
    lang = house.shelf.library.tongue("sees_chat", session.language)
    return given(RecordOf(lang=lang, charts=found.charts, team=found.team, erasing=found.erasing))


@described(
    "My record",
    "All that is held about the patient, as a file",
    {200: FileGiven},
    more="`html` is a page to read, `json` all of it fact by fact, `fhir` a FHIR R4 Bundle. A few an hour.",
    who="patient",
    body=ExportBody,
    posted=True,
    refusals=("rate_limited", "not_found"),
)
async def download(request: web.Request) -> web.Response:
    check_origin(request)
    session, patient = await patient_of(request)
    body = await body_of(request, ExportBody)
    request.app[EXPORTS].take(str(patient), asyncio.get_running_loop().time())
    (file,) = await export(request.app[HOUSE], session.service, patient, None, (body.form,))
    return given(FileGiven(name=file.name, type=file.type, text=file.body.decode()))


def add_record_routes(app: web.Application) -> None:
    an_hour = app[SETTINGS].limits.exports_per_hour
    app[EXPORTS] = Buckets(an_hour / 3600, an_hour)
    app.router.add_get("/v1/record", show)
    app.router.add_post("/v1/export", download)
