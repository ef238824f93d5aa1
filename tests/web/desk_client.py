"""Somebody at the desk, without a browser: pages as text, forms with the token that the page gave them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape
from typing import Protocol

import aiohttp
from aiohttp import web
from clinic import Clinic
from desk_scene import signed_in
from sqlalchemy import func, select
from yarl import URL

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.engine import Database
from bot.core.values import ServiceId
from bot.ports import StaffMember


class Site(Protocol):
    clinic: Clinic
    url: str
    app: web.Application


@dataclass(frozen=True)
class Page:
    status: int
    html: str
    location: str
    headers: dict[str, str]

    @property
    def words(self) -> str:
        """What a reader sees, on one line."""
        body = self.html.partition("<body>")[2]
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())

    def form(self, action: str) -> dict[str, str]:
        """What stands in the form besides what somebody types."""
        found = re.search(f'<form [^>]*action="{re.escape(action)}".*?</form>', self.html, re.DOTALL)
        assert found, f"no form for {action}"
        hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', found[0])
        return {name: unescape(value) for name, value in hidden}

    @property
    def token(self) -> str:
        found = re.search(r'name="form" value="([0-9a-f]+)"', self.html)
        assert found, "the page has no form"
        return found[1]


class AtDesk:
    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self.http, self.url = http, url

    async def opens(self, path: str, **headers: str) -> Page:
        async with self.http.get(self.url + path, headers=headers, allow_redirects=False) as answer:
            return await _page(answer)

    async def sends(self, path: str, token: str | None, **fields: str) -> Page:
        """A form as it stands on a page; ``token`` None: without the proof that it is ours."""
        data = {**fields, **({"form": token} if token is not None else {})}
        async with self.http.post(self.url + path, data=data, allow_redirects=False) as answer:
            return await _page(answer)

    async def presses(self, page: str, action: str, **fields: str) -> Page:
        """Opens a page, then sends one of its forms."""
        opened = await self.opens(page)
        assert f'action="{action}"' in opened.html, f"no form for {action}"
        return await self.sends(action, opened.token, **fields)

    async def presses_on(self, page: Page, action: str, **fields: str) -> Page:
        """Sends one of the forms of a page that was opened some time ago, with all that stands in it."""
        return await self.sends(action, None, **{**page.form(action), **fields})


async def _page(answer: aiohttp.ClientResponse) -> Page:
    text = await answer.text()
    return Page(answer.status, text, answer.headers.get("Location", ""), dict(answer.headers))


@asynccontextmanager
async def nobody(site: Site) -> AsyncIterator[AtDesk]:
    """A browser in which nobody has signed in."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as http:
        yield AtDesk(http, site.url)


@asynccontextmanager
async def at_desk(site: Site, member: StaffMember, clinic: Clinic | None = None) -> AsyncIterator[AtDesk]:
    async with nobody(site) as desk:
        token = await signed_in(clinic or site.clinic, member)
        desk.http.cookie_jar.update_cookies({"bounceback-desk": token}, URL(site.url))
        yield desk


async def looks(database: Database, service: ServiceId) -> list[str]:
    """What was looked at, as the audit has it."""
    read = (
        select(s.audit.c.what).where(s.audit.c.service_id == service).order_by(s.audit.c.chain, s.audit.c.n)
    )
    async with database.reading() as c:
        return list((await c.execute(read)).scalars())


async def timers(database: Database, service: ServiceId, kind: str) -> int:
    mine = (
        select(func.count())
        .select_from(s.timer)
        .where(s.timer.c.service_id == service, s.timer.c.kind == kind)
    )
    async with database.reading() as c:
        return int((await c.execute(mine)).scalar_one())
