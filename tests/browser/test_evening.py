"""One evening in a group: two patients in two browsers and a host at the desk, before the real server."""

from __future__ import annotations

import re
from typing import Protocol
from uuid import uuid4

import desk_visit
from clinic import Clinic
from pictures import picture
from playwright.async_api import Browser, Locator, expect
from test_widget_clinic import in_the_group
from visit import Visit

from bot.usecases import peers
from bot.usecases.posts import posts_opened
from bot.usecases.turn import Inbound

CRISIS = "I want to end my life"


class Site(Protocol):
    clinic: Clinic
    url: str


def posted(visit: Visit, by: str, text: str) -> Locator:
    return visit.page.get_by_role("article", name=by).get_by_text(text)


async def waits(visit: Visit) -> None:
    """What was written last waits for a host, and says so."""
    await expect(visit.page.get_by_text("A host looks at this before others see it.").last).to_be_visible()


async def test_an_evening_in_a_group(there: Visit, site: Site, chromium: Browser) -> None:
    clinic = site.clinic
    room = clinic.service.rooms["copd"]
    wren, heron = await clinic.join("copd"), await clinic.join("copd")
    other, desk = Visit(chromium, site.url), Visit(chromium, site.url)
    await other.begin()
    await desk.begin(viewport={"width": 1200, "height": 800})
    await desk_visit.sit_down(desk, clinic, clinic.host)
    await in_the_group(there, wren, "Wren")
    await in_the_group(other, heron, "Heron")

    # The first post waits for the host, who shows it; the other sees it live.
    await there.write("To the gate and back!")
    await waits(there)
    await expect(posted(other, "Wren", "To the gate and back!")).to_be_hidden()
    await picture(there.page, "evening-1-waits-for-a-host")
    await desk.page.goto(f"{site.url}/desk/groups/{room}")
    await expect(desk.page.get_by_text("To the gate and back!")).to_be_visible()
    await desk.page.get_by_role("button", name=re.compile("^Show")).first.press("Enter")
    await expect(posted(other, "Wren", "To the gate and back!")).to_be_visible()

    # The other answers, which a host shows, too, and presses a heart.
    await other.write("Well done. I was glad to read that.")
    await waits(other)
    await desk.page.goto(f"{site.url}/desk/groups/{room}")
    await desk.page.get_by_role("button", name=re.compile("^Show")).first.press("Enter")
    await expect(posted(there, "Heron", "Well done.")).to_be_visible()
    await peers.react(clinic.house, Inbound(clinic.service.id, heron.id, uuid4()), room, 1, "heart", on=True)
    first = (await posts_opened(clinic.house, clinic.service.id, room, 0))[0]
    assert first.reactions == {"heart": frozenset({heron.id})}
    await picture(other.page, "evening-2-in-the-group")

    # A report reaches the desk.
    await there.button("Report the post by Heron").press("Enter")
    await there.button("Yes, report it").press("Enter")
    await expect(there.page.get_by_text("Thank you. A person will look at it.")).to_be_visible()
    await clinic.settle()
    await desk.page.goto(f"{site.url}/desk/groups/{room}")
    await expect(desk.page.get_by_text("Reported by 1 member")).to_be_visible()
    await picture(desk.page, "evening-3-reported")

    # A post in distress is shown to nobody, and its author is cared for in the chat.
    await there.write(CRISIS)
    await waits(there)
    await expect(there.page.get_by_text("116 123").first).to_be_attached()
    await expect(posted(other, "Wren", CRISIS)).to_be_hidden()
    held = (await posts_opened(clinic.house, clinic.service.id, room, 0))[-1]
    assert (held.status, held.shown.text) == ("held", CRISIS)
    await picture(there.page, "evening-4-cared-for")
    await desk.page.goto(f"{site.url}/desk/moderation")
    await expect(desk.page.get_by_text(CRISIS)).to_be_visible()
    await picture(desk.page, "evening-5-to-decide")
    await other.end()
    await desk.end()
