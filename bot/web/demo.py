"""Pages that only a demo has: coming in as one of its patients, and reading the mail it sent."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from email import policy
from email.parser import BytesParser
from pathlib import Path

import aiohttp_jinja2
from aiohttp import web

from bot.core.errors import Refused
from bot.core.service import Service
from bot.core.state import Profile
from bot.usecases import ways_in
from bot.web.keys import HOUSE

CONDITIONS = frozenset({"diabetes", "copd", "asthma", "heart"})
MOST_LETTERS = 100


@dataclass(frozen=True)
class Demo:
    """``slug``: of the service. ``domain``: of its patients' addresses. ``mail``: the folder with letters, if any."""

    slug: str
    domain: str
    mail: Path | None


DEMO: web.AppKey[Demo] = web.AppKey("demo", Demo)


@dataclass(frozen=True)
class Kept:
    """A letter as it was sent."""

    to: str
    subject: str
    date: str
    text: str


def add_demo_routes(app: web.Application, demo: Demo) -> None:
    app[DEMO] = demo
    aiohttp_jinja2.get_env(app).globals["demo"] = True
    app.router.add_get("/demo/enter/{who}", enter)
    app.router.add_get("/demo/new/{condition}", new)
    app.router.add_get("/demo/mail", letters)


async def enter(request: web.Request) -> web.Response:
    """A fresh single-use way back for one of the demo's patients; the widget then asks for the PIN."""
    house = request.app[HOUSE]
    service = _service(request)
    index = house.vault.contact_index(f"{request.match_info['who']}@{request.app[DEMO].domain}")
    found = [patient for of, patient in await house.record.contacts.find(index) if of == service.id]
    if not found:
        raise Refused("not_found")
    code = await ways_in.return_code(house, service, found[0])
    return _go(f"/chat#return={code}")


async def new(request: web.Request) -> web.Response:
    """A fresh invitation. Whoever uses it plays a patient: no report counts them."""
    house, condition = request.app[HOUSE], request.match_info["condition"]
    service = _service(request)
    if condition not in CONDITIONS:
        raise Refused("not_found")
    staff = await house.record.staff.all(service.id)
    owner = next((m.id for m in staff if "therapist" in m.roles), None)
    profile = Profile(conditions=(condition,), nation=service.nation, owner=owner, simulated=True)
    invitation = await ways_in.invite(house, service, profile)
    return _go(f"/chat#invite={invitation.code}")


@aiohttp_jinja2.template("demo/mail.html")
async def letters(request: web.Request) -> dict[str, object]:
    folder = request.app[DEMO].mail
    kept = await asyncio.to_thread(_kept_in, folder) if folder is not None else ()
    return {"folder": folder, "letters": kept}


def _service(request: web.Request) -> Service:
    try:
        return request.app[HOUSE].shelf.by_slug(request.app[DEMO].slug)
    except Refused:
        raise Refused("not_found") from None


def _go(where: str) -> web.Response:
    return web.Response(status=303, headers={"Location": where})


def _kept_in(folder: Path) -> Sequence[Kept]:
    """Newest first."""
    files = sorted(folder.glob("*.eml"), key=lambda f: f.stat().st_mtime_ns, reverse=True)
    return [_read(file.read_bytes()) for file in files[:MOST_LETTERS]]


def _read(content: bytes) -> Kept:
    message = BytesParser(policy=policy.default).parsebytes(content)
    body = message.get_body(preferencelist=("plain",))
    text = body.get_content() if body is not None else ""
    return Kept(str(message["To"]), str(message["Subject"]), str(message["Date"]), str(text))
