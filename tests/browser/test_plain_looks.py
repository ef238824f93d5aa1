"""The plain pages in a browser that runs no script: the whole journey, each page looked at.

``PLAIN_PICTURES=FOLDER`` keeps a picture of each.
"""

from __future__ import annotations

import gzip
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import pytest_asyncio
from clinic import Clinic
from playwright.async_api import Browser, BrowserContext, Locator, Page, expect
from test_desk_looks import TOO_SMALL, TOO_WIDE
from test_journey import Site
from visit import Visit

from bot.core.inputs import Moderate
from bot.core.values import LineId
from bot.usecases.hosting import host_post, moderate

CSS = Path(__file__).parents[2] / "bot/web/static/plain.css"
MOST_BYTES = 20 * 1024
NARROW, WIDE = {"width": 320, "height": 640}, {"width": 1000, "height": 800}


class Plain:
    """A browser with its scripts off, and one beside it that judges a copy of each page."""

    def __init__(self, page: Page, judge: Visit, url: str) -> None:
        self.page, self.judge, self.url = page, judge, url
        self.found: list[str] = []
        self.bytes: dict[str, int] = {}

    async def opens(self, path: str) -> None:
        await self.page.goto(self.url + path)

    async def presses(self, name: str) -> None:
        button = self.page.get_by_role("button", name=name, exact=True).first
        async with self.page.expect_navigation():
            await button.press("Enter")
        while await self.page.get_by_text("I am still working on my answer.").count():
            await self.opens("/plain")

    async def answers(self, label: str) -> None:
        await self.page.get_by_label(label, exact=True).check()
        await self.presses("Next")

    async def says(self, text: str) -> None:
        await self.page.get_by_label("Write a message").fill(text)
        await self.presses("Send")

    async def looks(self, name: str) -> None:
        html = await self.page.content()
        self.bytes[name] = len(gzip.compress(html.encode())) + len(gzip.compress(CSS.read_bytes()))
        copy = f"{self.url}/plain/copy"
        page = self.judge.page
        await page.route(
            copy, lambda route: route.fulfill(body=html, content_type="text/html; charset=utf-8")
        )
        await page.goto(copy)
        found = await self.judge.findings()
        if await page.evaluate(TOO_WIDE):
            found.append("wider than the window")
        found += [f"too small: {one}" for one in await page.evaluate(TOO_SMALL)]
        await page.unroute(copy)
        self.found += [f"{name}: {one}" for one in found]
        if folder := os.environ.get("PLAIN_PICTURES"):
            width = (self.page.viewport_size or WIDE)["width"]
            await self.page.screenshot(path=Path(folder) / f"{name}-{width}.png", full_page=True)

    def heading(self, name: str) -> Locator:
        return self.page.get_by_role("heading", name=name)


@pytest_asyncio.fixture(loop_scope="session", params=[WIDE, NARROW], ids=["wide", "narrow"])
async def plain(
    request: pytest.FixtureRequest, chromium: Browser, site: Site, there: Visit
) -> AsyncIterator[Plain]:
    settings: dict[str, Any] = {"viewport": request.param, "color_scheme": "light"}
    if request.param is NARROW:
        settings["color_scheme"] = "dark"
    context: BrowserContext = await chromium.new_context(java_script_enabled=False, **settings)
    await there.begin(**settings)
    page = await context.new_page()
    page.set_default_timeout(15_000)
    yield Plain(page, there, site.url)
    await context.close()


async def test_from_the_invitation_to_signing_out_without_a_script(plain: Plain, site: Site) -> None:
    clinic, page = site.clinic, plain.page
    invitation = await clinic.invite("copd")
    await plain.opens("/chat")
    async with page.expect_navigation():
        await page.get_by_role("link", name="plain version").click()
    await plain.presses("Start")
    await plain.looks("join-with-problems")
    await plain.opens("/plain/return")
    await plain.looks("return")
    await plain.opens("/plain")
    await plain.looks("join")

    await page.get_by_label("Your invitation code").fill(invitation.code)
    await page.get_by_label("Yes", exact=True).check()
    await page.get_by_label("Yes, my team may look after me here").check()
    await page.get_by_label("Yes to groups").check()
    await page.get_by_label("What shall we call you?").fill("Sam")
    await plain.presses("Start")
    await expect(page.get_by_text("Hello Sam.")).to_be_visible()
    await plain.looks("welcome")

    await plain.presses("Check how I am")
    await plain.looks("first-question")
    await plain.presses("Next")
    await expect(page.get_by_text("Choose one answer first.")).to_be_visible()
    await plain.looks("nothing-chosen")
    for _ in range(9):
        await plain.answers("Several days")
    await expect(page.get_by_role("link", name="Call 116 123").first).to_be_visible()
    await plain.looks("item-nine")
    await plain.presses("No")
    await plain.presses("Go on")
    await plain.looks("read-back")
    await plain.presses("Send my answers")
    for _ in range(7):
        await plain.answers("Not at all")
    await plain.presses("Send my answers")
    await plain.presses("See how I have been")
    await plain.looks("progress")

    await plain.presses("Something that may help")
    await plain.presses("Breathlessness and worry")
    await plain.looks("module")
    await plain.answers("No")
    for step in range(12):
        if await page.locator("table caption", has_text="Exercise").count():
            break
        buttons = page.locator(".choices button")
        if not await buttons.count():
            break
        async with page.expect_navigation():
            await buttons.first.press("Enter")
        await plain.looks(f"module-{step}")
    await plain.says("stop")
    await plain.looks("stopped")
    await plain.says("hello " * 1000)
    await plain.looks("too-long")
    for path in ("help", "plan", "looks"):
        await plain.opens(f"/plain/{path}")
        await plain.looks(path)
    await plain.opens("/plain?look=1")
    await plain.looks("looking")
    await plain.opens("/plain")
    await plain.presses("Sign out of this device")
    await expect(page.get_by_text("You are signed out of this device.")).to_be_visible()
    await plain.looks("signed-out")

    largest = max(plain.bytes, key=lambda name: plain.bytes[name])
    print(
        f"{len(plain.bytes)} pages, with CSS gzipped: the largest is {largest}, {plain.bytes[largest]} bytes"
    )
    assert plain.bytes[largest] <= MOST_BYTES
    assert not plain.found, "\n".join(plain.found)


async def test_a_group_without_a_script(plain: Plain, site: Site) -> None:
    clinic, page = site.clinic, plain.page
    patient = await clinic.join("copd")
    for label in ("Talk to others like me", "Living with COPD", "Join the group"):
        await patient.chooses(label)
    await patient.says("Robin")
    await page.context.add_cookies([{"name": "bounceback-plain", "value": patient.token, "url": site.url}])
    await plain.opens("/plain")
    async with page.expect_navigation():
        await page.get_by_role("link", name="Open the group").first.click()
    await page.get_by_label("Write to the group").fill("Hello from the stairs")
    await plain.presses("Send")
    await plain.looks("group")
    room = LineId(UUID(page.url.rpartition("/")[2].partition("?")[0]))
    await host_post(clinic.house, clinic.service.id, room, clinic.host.id, clinic.house.ids.new(), "Welcome")
    await moderate(clinic.house, clinic.service.id, room, Moderate(1, clinic.host.id, "release"))
    await plain.opens(f"/plain/groups/{room}")
    async with page.expect_navigation():
        await page.get_by_role("link", name="Report").first.click()
    await plain.looks("group-report")
    for name, path in (("post", "/posts/1"), ("others-post", "/posts/2"), ("wishes", "/me?leave=1")):
        await plain.opens(f"/plain/groups/{room}{path}")
        await plain.looks(f"group-{name}")
    await plain.opens(f"/plain/groups/{room}/me")
    await plain.presses("Until I come back")
    await plain.looks("group-break")
    assert not plain.found, "\n".join(plain.found)


async def test_in_forced_colours_and_printed(plain: Plain, clinic: Clinic, site: Site) -> None:
    patient = await clinic.join("copd")
    await patient.says("i want to die")
    page = plain.page
    await page.context.add_cookies([{"name": "bounceback-plain", "value": patient.token, "url": site.url}])
    await page.emulate_media(forced_colors="active")
    await plain.opens("/plain")
    await plain.looks("forced-colours")
    await page.emulate_media(forced_colors="none", media="print")
    await expect(page.locator(".box")).to_be_hidden()
    await expect(page.get_by_role("link", name="Call 116 123").first).to_be_visible()
    assert not plain.found, "\n".join(plain.found)
