"""A browser that runs no script: pages as text, forms filled in and sent as they stand, redirects followed."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import aiohttp
from aiohttp import CookieJar
from yarl import URL

COOKIE = "bounceback-plain"


@dataclass
class Control:
    """``label``: what a reader sees beside it, or on it."""

    tag: str
    type: str
    name: str
    value: str
    id: str = ""
    checked: bool = False
    label: str = ""


@dataclass
class Form:
    action: str
    controls: list[Control] = field(default_factory=list)

    def labelled(self, label: str) -> Control | None:
        return next((c for c in self.controls if c.label == label), None)

    def fields(self) -> list[tuple[str, str]]:
        """What a browser sends of it without a button pressed."""
        return [
            (c.name, c.value)
            for c in self.controls
            if c.name and c.tag != "button" and (c.type not in ("radio", "checkbox") or c.checked)
        ]


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.labels: dict[str, str] = {}
        self._open: Form | None = None
        self._into: Control | None = None
        self._for = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(has["action"])
            self.forms.append(self._open)
        elif tag == "label":
            self._for = has["for"]
        elif tag in ("input", "button", "textarea") and self._open is not None:
            control = Control(
                tag,
                has.get("type", "text"),
                has.get("name", ""),
                has.get("value", ""),
                has.get("id", ""),
                "checked" in has,
                has.get("aria-label", ""),
            )
            self._open.controls.append(control)
            self._into = control if tag != "input" else None

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "label":
            self._for = ""
        elif tag in ("button", "textarea"):
            self._into = None

    def handle_data(self, data: str) -> None:
        if self._for:
            self.labels[self._for] = self.labels.get(self._for, "") + data
        elif self._into is not None and self._into.tag == "textarea":
            self._into.value += data.removeprefix("\n") if not self._into.value else data
        elif self._into is not None and not self._into.label:
            self._into.label = data


def forms_in(html: str) -> list[Form]:
    read = _Forms()
    read.feed(html)
    for form in read.forms:
        for control in form.controls:
            if control.id in read.labels:
                control.label = " ".join(read.labels[control.id].split())
    return read.forms


class Reader:
    """``page``: the one that is open."""

    def __init__(self, http: aiohttp.ClientSession, url: str) -> None:
        self.http, self.url = http, url
        self.status, self.page, self.headers = 0, "", {}  # type: ignore[var-annotated]
        self.at = ""

    async def opens(self, path: str = "/plain") -> str:
        async with self.http.get(self.url + path) as answer:
            return await self._shown(answer)

    async def sends(self, action: str, fields: list[tuple[str, str]] | dict[str, str]) -> str:
        async with self.http.post(self.url + action, data=aiohttp.FormData(fields)) as answer:
            return await self._shown(answer)

    async def _shown(self, answer: aiohttp.ClientResponse) -> str:
        self.status, self.page = answer.status, await answer.text()
        self.headers, self.at = dict(answer.headers), answer.url.path_qs
        return self.page

    def remembers(self, token: str) -> None:
        self.http.cookie_jar.update_cookies({COOKIE: token}, URL(self.url))

    @property
    def words(self) -> str:
        body = re.sub(r"<[^>]+>", " ", self.page.partition("<body>")[2])
        from html import unescape

        return " ".join(unescape(body).split())

    def form(self, action: str) -> Form:
        return next(f for f in forms_in(self.page) if f.action == action)

    @property
    def buttons(self) -> list[str]:
        return [c.label for f in forms_in(self.page) for c in f.controls if c.tag == "button"]

    async def says(self, text: str) -> str:
        form = next(f for f in forms_in(self.page) if any(c.name == "text" for c in f.controls))
        fields = [(n, v) for n, v in form.fields() if n != "text"]
        return await self.sends(form.action, [*fields, ("text", text)])

    async def presses(self, label: str, **fields: Any) -> str:
        form, button = self._button(label)
        named = [(button.name, button.value)] if button.name else []
        kept = [(n, v) for n, v in form.fields() if n not in fields]
        return await self.sends(form.action, [*kept, *fields.items(), *named])

    def _button(self, label: str) -> tuple[Form, Control]:
        for form in forms_in(self.page):
            for control in form.controls:
                if control.tag == "button" and control.label == label:
                    return form, control
        raise AssertionError(f"no button '{label}' among {self.buttons}")

    async def answers(self, label: str) -> str:
        """Choose this answer of the question on the page, then Next."""
        for form in forms_in(self.page):
            chosen = form.labelled(label)
            if form.action == "/plain/say" and chosen is not None and chosen.name == "value":
                fields = [(n, v) for n, v in form.fields() if n != "value"]
                return await self.sends(form.action, [*fields, ("value", chosen.value)])
        raise AssertionError(f"no answer '{label}' on the page: {self.words}")


@asynccontextmanager
async def reader_at(url: str, token: str = "") -> AsyncIterator[Reader]:
    async with aiohttp.ClientSession(cookie_jar=CookieJar(unsafe=True)) as http:
        reader = Reader(http, url)
        if token:
            reader.remembers(token)
            await reader.opens()
        yield reader
