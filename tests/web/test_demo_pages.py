"""The pages that only a demo has."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import pytest_asyncio
from aiohttp import web
from clinic import Clinic

from bot.adapters.mail import FolderMail
from bot.core.state import Conversation
from bot.ports import Letter
from bot.settings import Settings
from bot.usecases import ways_in
from bot.web.app import make_app
from bot.web.demo import Demo, add_demo_routes


@dataclass
class Demonstration:
    clinic: Clinic
    url: str
    mail: FolderMail
    web: aiohttp.ClientSession

    async def location(self, path: str) -> str:
        async with self.web.get(self.url + path, allow_redirects=False) as response:
            assert response.status == 303
            return response.headers["Location"]

    async def text(self, path: str) -> str:
        async with self.web.get(self.url + path) as response:
            return await response.text()


@pytest_asyncio.fixture
async def demo(clinic: Clinic, settings: Settings, tmp_path: Path) -> AsyncIterator[Demonstration]:
    app = make_app(clinic.house, settings, {"Mail": "/demo/mail", "Editor": "file:content/<b>.md"})
    folder = tmp_path / "mail"
    mail = FolderMail(folder, "bounceback@demo.example")
    add_demo_routes(app, Demo(clinic.service.slug, "demo.example", folder))
    runner = web.AppRunner(app, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with aiohttp.ClientSession() as session:
        yield Demonstration(clinic, f"http://127.0.0.1:{runner.addresses[0][1]}", mail, session)
    await runner.cleanup()


def letter(n: int, text: str = "Good morning.") -> Letter:
    return Letter("duty@demo.example", f"Letter {n}", (text,), f"<{n}@demo.example>")


async def test_entering_as_a_patient_gives_a_way_back_that_the_pin_opens(demo: Demonstration) -> None:
    patient = await demo.clinic.join(contact="maria@demo.example", pin="2468")
    where = await demo.location("/demo/enter/maria")
    token = await ways_in.come_back(demo.clinic.house, where.removeprefix("/chat#return="), "2468")
    assert (await ways_in.who_is(demo.clinic.house, token, "patient")).subject == patient.id


async def test_each_click_gives_a_fresh_link(demo: Demonstration) -> None:
    await demo.clinic.join(contact="maria@demo.example", pin="2468")
    assert await demo.location("/demo/enter/maria") != await demo.location("/demo/enter/maria")


async def test_nobody_enters_as_somebody_who_is_not_in_the_demo(demo: Demonstration) -> None:
    async with demo.web.get(demo.url + "/demo/enter/nobody", allow_redirects=False) as response:
        assert response.status == 404


async def test_a_new_patient_is_marked_as_simulated(demo: Demonstration) -> None:
    house, service = demo.clinic.house, demo.clinic.service
    where = await demo.location("/demo/new/copd")
    code = where.removeprefix("/chat#invite=")
    token = await ways_in.join(house, ways_in.Joining(code, adult=True, consents={"care": True}))
    patient = (await ways_in.who_is(house, token, "patient")).subject
    stored = await house.record.lines.load(service.id, patient)  # type: ignore[arg-type]
    assert stored is not None
    profile = Conversation.from_json(stored.state).profile
    assert (profile.conditions, profile.simulated, profile.owner) == (
        ("copd",),
        True,
        demo.clinic.therapist.id,
    )


async def test_an_unknown_condition_invites_nobody(demo: Demonstration) -> None:
    async with demo.web.get(demo.url + "/demo/new/dragons", allow_redirects=False) as response:
        assert response.status == 404


async def test_letters_are_shown_newest_first(demo: Demonstration) -> None:
    for n in (1, 2, 3):
        await demo.mail.send(letter(n))
        os.utime(next(f for f in demo.mail._folder.glob(f"{n}_*")), ns=(n, n))
    page = await demo.text("/demo/mail")
    assert page.index("Letter 3") < page.index("Letter 2") < page.index("Letter 1")


async def test_what_stands_in_a_letter_stays_text(demo: Demonstration) -> None:
    await demo.mail.send(letter(1, "<script>alert(1)</script>"))
    page = await demo.text("/demo/mail")
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


async def test_the_start_page_lists_the_doors_and_says_that_it_is_a_demo(demo: Demonstration) -> None:
    page = await demo.text("/")
    assert "<strong>A demo.</strong>" in page
    assert '<a href="/demo/mail">Mail</a>' in page
    assert "<code>content/&lt;b&gt;.md</code>" in page


async def test_the_chat_says_that_it_is_a_demo(demo: Demonstration) -> None:
    assert "<strong>A demo.</strong>" in await demo.text("/chat")


async def test_a_service_that_is_no_demo_has_none_of_it(clinic: Clinic, settings: Settings) -> None:
    routes = {r.resource.canonical for r in make_app(clinic.house, settings).router.routes() if r.resource}
    assert not any(r.startswith("/demo") for r in routes)
