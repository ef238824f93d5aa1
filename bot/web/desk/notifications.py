"""Notifications: the devices on which a colleague is told besides e-mail, and how the service's channels do."""

from __future__ import annotations

import re

from aiohttp import web

from bot.core.errors import Refused
from bot.ports import Way
from bot.usecases import ways
from bot.web.desk.forms import id_in
from bot.web.desk.seat import PEOPLE, Seat, go
from bot.web.shipped import STATIC

PAGE = "/desk/notifications"
LONGEST_ENDPOINT = 1000
# What browsers give: a point of 65 bytes, and 16 bytes; both as base64 for URLs.
P256DH = re.compile(r"[A-Za-z0-9_-]{87}=?")
AUTH = re.compile(r"[A-Za-z0-9_-]{22}={0,2}")
# The first that stands in what a browser calls itself; each of them names the later ones too.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)


async def show(seat: Seat) -> web.StreamResponse:
    found = await seat.house.record.ways.all(seat.service.id)
    private = await ways.push_key(seat.house, seat.service.id) if "push" in seat.house.tellers else None
    return seat.page(
        "notifications",
        push_key=seat.house.push_keys.public(private) if private else None,
        devices=[way for way in found if way.staff == seat.member.id],
        places=[way for way in found if way.kind != "push"] if seat.may(PEOPLE) else [],
    )


async def add(seat: Seat) -> web.StreamResponse:
    endpoint, p256dh, auth = (seat.fields.get(n, "").strip() for n in ("endpoint", "p256dh", "auth"))
    if len(endpoint) > LONGEST_ENDPOINT or not P256DH.fullmatch(p256dh) or not AUTH.fullmatch(auth):
        return go(PAGE, said="device_refused")
    label = device_of(seat.request.headers.get("User-Agent", ""))
    keys = {"p256dh": p256dh, "auth": auth}
    try:
        await ways.add_device(seat.house, seat.service.id, seat.member.id, label, endpoint, keys)
    except Refused:
        return go(PAGE, said="device_refused")
    return go(PAGE, said="device_on")


def device_of(agent: str) -> str:
    """What its owner knows it by, and no more.

    >>> device_of("Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"), device_of("curl")
    ('Firefox on Linux', 'A browser')
    """
    browser = next((name for sign, name in BROWSERS if sign in agent), "A browser")
    system = next((name for sign, name in SYSTEMS if sign in agent), "")
    return f"{browser} on {system}" if system else browser


async def test(seat: Seat) -> web.StreamResponse:
    """One's own device, or by those who run the service one of its channels."""
    way = await _theirs(seat)
    wrong = await ways.try_out(seat.house, seat.service, way)
    return go(
        PAGE,
        said="channel_tested" if wrong is None else "device_lost" if wrong == "gone" else "channel_silent",
    )


async def remove(seat: Seat) -> web.StreamResponse:
    way = await _theirs(seat)
    if way.kind != "push":
        raise Refused("not_found")
    await seat.house.record.ways.drop(seat.service.id, way.id)
    return go(PAGE, said="device_off")


async def _theirs(seat: Seat) -> Way:
    """To everybody else it is not there."""
    wanted = id_in(seat.request)
    for way in await seat.house.record.ways.all(seat.service.id):
        mine = way.staff == seat.member.id if way.kind == "push" else seat.may(PEOPLE)
        if way.id == wanted and mine:
            return way
    raise Refused("not_found")


async def worker(_: web.Request) -> web.StreamResponse:
    """Under /desk/, so that it looks after the desk's pages and no others."""
    return web.FileResponse(STATIC / "desk-push-worker.js", headers={"Cache-Control": "no-cache"})
