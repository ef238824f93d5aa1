"""A patient's reminders: how each stands, whether they want them, and the devices on which they come."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from pydantic import StrictBool, StringConstraints

from bot.core.checked import Checked
from bot.core.values import Value
from bot.usecases import reaching, stopping
from bot.usecases.own_reminders import own_reminders
from bot.usecases.ways_in import secret_hash
from bot.web.answers import Nothing, given
from bot.web.calls import bearer, body_of, check_origin, count_try, patient_of
from bot.web.described import described
from bot.web.desk.notifications import AUTH, LONGEST_ENDPOINT, P256DH, device_of
from bot.web.keys import HOUSE

_Endpoint = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_ENDPOINT)]
_Code = Annotated[str, StringConstraints(min_length=20, max_length=200, pattern=r"^[A-Za-z0-9_=-]+$")]


class ReminderOf(Value):
    """``state``: planned, given, opened or dropped. ``lines``: what became of it, in words."""

    state: str
    lines: tuple[str, ...]


class RemindersOf(Value):
    """``on``: whether reminders may leave the chat. ``devices``: on how many they come. Newest first."""

    lang: str
    on: bool
    discreet: bool
    devices: int
    reminders: tuple[ReminderOf, ...]


class PushKey(Value):
    """What a browser's push service wants to know of this service; None where none is told by push."""

    key: str | None = None


class WishBody(Checked):
    """What is left out stays as it is."""

    on: StrictBool | None = None
    discreet: StrictBool | None = None


class CameBody(Checked):
    code: _Code


class KeysBody(Checked):
    p256dh: Annotated[str, StringConstraints(pattern=f"^{P256DH.pattern}$")]
    auth: Annotated[str, StringConstraints(pattern=f"^{AUTH.pattern}$")]


class DeviceBody(Checked):
    """A browser's subscription, as it gives it."""

    endpoint: _Endpoint
    keys: KeysBody


class EndpointBody(Checked):
    endpoint: _Endpoint


@described(
    "Reminders",
    "The patient's own reminders, and what became of each",
    {200: RemindersOf},
    who="patient",
)
async def reminders(request: web.Request) -> web.Response:
    """How one's own reminders stand."""
    session, patient = await patient_of(request)
    house = request.app[HOUSE]
    own = await own_reminders(house, session.service, patient)
    lang = house.shelf.library.tongue("reminder_given", session.language)
    told = tuple(ReminderOf(state=r.state, lines=r.lines) for r in own.reminders)
    return given(
        RemindersOf(lang=lang, on=own.on, discreet=own.discreet, devices=own.devices, reminders=told)
    )


@described(
    "Reminders",
    "Turn reminders outside the chat on or off, and choose how they look",
    {200: Nothing},
    more="`on` is a consent. `on` false also forgets every device and number. `discreet`: without the service's name.",
    who="patient",
    body=WishBody,
    posted=True,
)
async def wish(request: web.Request) -> web.Response:
    check_origin(request)
    session, patient = await patient_of(request)
    body, house = await body_of(request, WishBody), request.app[HOUSE]
    if body.discreet is not None:
        await house.record.reminders.wish(session.service, patient, discreet=body.discreet)
    if body.on is not None:
        await reaching.answer_reminders(house, session.service, patient, on=body.on)
    return given(Nothing())


@described(
    "Reminders",
    "Say that somebody came by the link of a reminder",
    {200: Nothing},
    more="The code stands in the fragment of the link. Without a sign-in: it says nothing and opens nothing.",
    body=CameBody,
    posted=True,
    refusals=("rate_limited", "not_found"),
)
async def came(request: web.Request) -> web.Response:
    check_origin(request)
    count_try(request)
    body = await body_of(request, CameBody)
    await stopping.came_by(request.app[HOUSE], body.code)
    return given(Nothing())


@described(
    "Reminders",
    "The key by which a browser is asked for an address to push to",
    {200: PushKey},
    who="patient",
)
async def push_key(request: web.Request) -> web.Response:
    session, _ = await patient_of(request)
    return given(PushKey(key=await reaching.public_push_key(request.app[HOUSE], session.service)))


@described(
    "Reminders",
    "Send reminders to this browser, too",
    {200: Nothing},
    more="At most five devices. It goes with the session that it was added in.",
    who="patient",
    body=DeviceBody,
    posted=True,
    refusals=("shared_device", "consent_needed", "push_off", "too_many_devices", "not_found"),
)
async def add_device(request: web.Request) -> web.Response:
    check_origin(request)
    session, patient = await patient_of(request)
    body = await body_of(request, DeviceBody)
    await reaching.add_device(
        request.app[HOUSE],
        session,
        patient,
        secret_hash(bearer(request)),
        device_of(request.headers.get("User-Agent", "")),
        body.endpoint,
        {"p256dh": body.keys.p256dh, "auth": body.keys.auth},
    )
    return given(Nothing())


@described(
    "Reminders",
    "Send no reminders to this browser any more",
    {200: Nothing},
    who="patient",
    body=EndpointBody,
    posted=True,
)
async def remove_device(request: web.Request) -> web.Response:
    check_origin(request)
    session, patient = await patient_of(request)
    body = await body_of(request, EndpointBody)
    await reaching.remove_device(request.app[HOUSE], session.service, patient, body.endpoint)
    return given(Nothing())


def add_reminder_routes(app: web.Application) -> None:
    app.router.add_get("/v1/reminders", reminders)
    app.router.add_post("/v1/reminders", wish)
    app.router.add_post("/v1/reminders/opened", came)
    app.router.add_get("/v1/push", push_key)
    app.router.add_post("/v1/push", add_device)
    app.router.add_delete("/v1/push", remove_device)
