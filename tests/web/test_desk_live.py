"""The stream that tells an open page about alerts: it says that something changed, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
import pytest
from clinic import Patient
from desk_client import AtDesk, Site, at_desk, looks, nobody
from desk_scene import CRISIS

from bot.adapters.postgres.engine import Database
from bot.core.values import LineId
from bot.usecases.hub import News
from bot.web.desk import live
from bot.web.desk.live import end_streams

CHANGED = b"event: changed\ndata: 1\n\n"


@asynccontextmanager
async def listening(desk: AtDesk, seen: str = "") -> AsyncIterator[aiohttp.StreamReader]:
    if not seen:
        seen = (await desk.opens("/desk")).html.partition('data-seen="')[2].partition('"')[0]
    async with asyncio.timeout(20), desk.http.get(f"{desk.url}/desk/events?seen={seen}") as answer:
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        assert await said(answer.content) == b"retry: 3000\n\n"
        yield answer.content


async def said(stream: aiohttp.StreamReader) -> bytes:
    return await stream.readuntil(b"\n\n")


async def test_a_new_alert_is_told_in_three_words(site: Site) -> None:
    patient = await site.clinic.join()
    async with at_desk(site, site.clinic.therapist) as desk, listening(desk) as stream:
        assert (await said(stream)).startswith(b": ")
        await patient.says(CRISIS)
        assert await said(stream) == CHANGED


async def test_what_came_between_page_and_stream_is_told_too(site: Site) -> None:
    patient = await site.clinic.join()
    async with at_desk(site, site.clinic.therapist) as desk:
        page = await desk.opens("/desk")
        await patient.says(CRISIS)
        async with listening(desk, page.html.partition('data-seen="')[2].partition('"')[0]) as stream:
            assert await said(stream) == CHANGED


async def test_news_that_changed_nothing_moves_no_page(site: Site) -> None:
    async with at_desk(site, site.clinic.therapist) as desk, listening(desk) as stream:
        await said(stream)
        service = site.clinic.service.id
        site.clinic.house.hub.tell(News(service, LineId(service), 0))
        assert (await said(stream)).startswith(b": ")


async def test_listening_is_no_look(site: Site, database: Database) -> None:
    async with at_desk(site, site.clinic.therapist) as desk, listening(desk, "0" * 16) as stream:
        await said(stream)
    assert await looks(database, site.clinic.service.id) == []


@asynccontextmanager
async def following(desk: AtDesk, patient: Patient) -> AsyncIterator[aiohttp.StreamReader]:
    page = f"/desk/patients/{patient.id}"
    seen = (await desk.opens(page)).html.partition('data-seen="')[2].partition('"')[0]
    async with asyncio.timeout(20), desk.http.get(f"{desk.url}{page}/events?seen={seen}") as answer:
        assert await said(answer.content) == b"retry: 3000\n\n"
        yield answer.content


async def test_one_patients_page_hears_of_what_they_say_and_of_nobody_else(site: Site) -> None:
    sam, kit = await site.clinic.join(), await site.clinic.join()
    async with at_desk(site, site.clinic.therapist) as desk, following(desk, sam) as stream:
        assert (await said(stream)).startswith(b": ")
        await kit.says("hello")
        await sam.says("hello")
        assert await said(stream) == CHANGED


async def test_following_one_patient_is_no_look_beside_that_at_the_page(
    site: Site, database: Database
) -> None:
    patient = await site.clinic.join()
    async with at_desk(site, site.clinic.therapist) as desk, following(desk, patient) as stream:
        await said(stream)
        await patient.says("hello")
        await said(stream)
    assert await looks(database, site.clinic.service.id) == ["patient.open"]


async def test_an_earlier_part_of_a_conversation_stays_as_it_is(site: Site) -> None:
    patient = await site.clinic.join()
    async with at_desk(site, site.clinic.therapist) as desk:
        assert "data-parts" in (await desk.opens(f"/desk/patients/{patient.id}")).html
        for _ in range(60):
            await patient.says("hello")
        assert "data-parts" not in (await desk.opens(f"/desk/patients/{patient.id}?around=3")).html


async def test_the_stream_ends_when_the_process_stops(site: Site) -> None:
    async with at_desk(site, site.clinic.therapist) as desk, listening(desk) as stream:
        await said(stream)
        await end_streams(site.app)
        assert await stream.read() == b""


async def test_the_stream_ends_with_the_session(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "KEEP_ALIVE_S", 0.05)
    async with at_desk(site, site.clinic.therapist) as desk, listening(desk) as stream:
        await said(stream)
        await desk.presses("/desk", "/desk/sign-out")
        assert (await stream.read()).replace(b": still here\n\n", b"") == b""


async def test_one_session_has_only_so_many_streams(site: Site) -> None:
    async with at_desk(site, site.clinic.therapist) as desk:
        answers = [await desk.http.get(f"{desk.url}/desk/events") for _ in range(7)]
        assert [a.status for a in answers] == [200] * 6 + [429]
        for answer in answers:
            answer.close()


async def test_nobody_listens_without_signing_in(site: Site) -> None:
    async with nobody(site) as desk:
        assert (await desk.opens("/desk/events?seen=")).status == 303
