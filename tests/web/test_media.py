"""Pictures, sounds and films of a module: at the address that the chat gets, and without any rights."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
from desk_client import Site

from bot.authoring import Edition
from bot.core.library import Library
from bot.core.library.book import file_hash
from bot.usecases.publish import publish

PAGE = "modules/copd/breathlessness-and-worry.en.md"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><path d="M0 0h9v9z"/></svg>'
FILM = bytes(range(200))


@pytest.fixture
async def place(site: Site, edition: Edition) -> AsyncIterator[Site]:
    """A module that shows a picture and a film. The shipped library is in force again afterwards."""
    text = edition.bodies[PAGE].decode()
    shows = "![A wave](media/wave.svg)\n\n![Breathing out](media/out.mp4)\n\nThink about right now."
    bodies = {
        **edition.bodies,
        PAGE: text.replace("Think about right now.", shows, 1).encode(),
        "modules/copd/media/wave.svg": SVG,
        "modules/copd/media/out.mp4": FILM,
        "modules/copd/media/out.vtt": b"WEBVTT\n\n00:00.000 --> 00:09.000\nBreathe out.\n",
    }
    built = site.clinic.house.authoring.read(bodies)
    assert built.library is not None, built.problems
    await publish(site.clinic.house, built.library, "tests", bodies=bodies)
    yield site
    await publish(site.clinic.house, edition.library, "tests", bodies=edition.bodies)


async def get(place: Site, path: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    async with aiohttp.ClientSession() as http, http.get(place.url + path, headers=headers) as answer:
        return answer.status, await answer.read(), dict(answer.headers)


async def test_the_chat_gets_an_address_where_the_picture_is(place: Site) -> None:
    patient = await place.clinic.join("copd")
    await patient.chooses("Something that may help")
    await patient.chooses("Breathlessness and worry")
    pictures = [shown.picture for shown in patient.bot_said() if shown.picture is not None]
    assert [p.source for p in pictures] == [
        f"/media/{file_hash(SVG)}/wave.svg",
        f"/media/{file_hash(FILM)}/out.mp4",
    ]
    assert [bool(p.captions) for p in pictures] == [False, True]
    status, body, headers = await get(place, pictures[0].source)
    assert (status, body, headers["Content-Type"]) == (200, SVG, "image/svg+xml")
    assert headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    status, body, headers = await get(place, pictures[1].captions or "")
    assert (status, body[:6], headers["Content-Type"].partition(";")[0]) == (200, b"WEBVTT", "text/vtt")


@pytest.mark.parametrize(
    ("asked", "status", "body"),
    [
        ("bytes=0-", 206, FILM),
        ("bytes=10-19", 206, FILM[10:20]),
        ("bytes=-5", 206, FILM[-5:]),
        ("bytes=190-999", 206, FILM[190:]),
        ("bytes=200-", 416, None),
        ("parts=1", 200, FILM),
    ],
)
async def test_a_player_asks_for_a_part(place: Site, asked: str, status: int, body: bytes | None) -> None:
    found, held, headers = await get(place, f"/media/{file_hash(FILM)}/out.mp4", Range=asked)
    assert found == status
    assert body is None or held == body
    assert ("Content-Range" in headers) == (status != 200)


async def test_nothing_else_of_the_content_is_given_out(place: Site, library: Library) -> None:
    page = file_hash(await held(place, PAGE))
    for path in (f"/media/{page}/a.svg", f"/media/{'0' * 64}/a.svg", f"/media/{file_hash(SVG)}/a.html"):
        assert (await get(place, path))[0] == 404


async def held(place: Site, file: str) -> bytes:
    house = place.clinic.house
    return (await house.record.releases.files(house.shelf.library))[file]
