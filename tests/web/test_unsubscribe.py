"""Out of the digest by its link, with no session; and in again at the desk."""

from __future__ import annotations

import aiohttp
import pytest
from desk_client import Site, at_desk

from bot.usecases.unsubscribing import GOOD_FOR, way_out

ONE_CLICK = {"List-Unsubscribe": "One-Click"}


@pytest.fixture
def link(site: Site) -> str:
    house, service, who = site.clinic.house, site.clinic.service.id, site.clinic.therapist.id
    return site.url + way_out(house, service, who).removeprefix(house.outside.public_url)


async def wants(site: Site) -> bool:
    digests, clinic = site.clinic.house.record.digests, site.clinic
    return clinic.therapist.id not in await digests.unwanted(clinic.service.id)


async def test_a_mail_programme_unsubscribes_its_reader_with_one_request(site: Site, link: str) -> None:
    async with aiohttp.ClientSession() as http, http.post(link, data=ONE_CLICK) as answer:
        assert (answer.status, answer.history) == (200, ())
        assert "The digest is off" in await answer.text()
    assert not await wants(site)


async def test_looking_at_the_link_changes_nothing_and_its_button_does(site: Site, link: str) -> None:
    async with aiohttp.ClientSession() as http:
        async with http.get(link) as answer:
            assert "<button>Stop the digest</button>" in await answer.text()
        assert await wants(site)
        async with http.post(link) as answer:
            assert "cannot be turned off" in await answer.text()
    assert not await wants(site)


async def test_a_link_that_is_over_or_made_up_says_so_and_changes_nothing(site: Site, link: str) -> None:
    site.clinic.clock.advance(seconds=GOOD_FOR.total_seconds() + 2)
    async with aiohttp.ClientSession() as http:
        for path in (link, link[:-8] + "AAAAAAA="):
            async with http.post(path, data=ONE_CLICK) as answer:
                assert answer.status == 404
                assert "This link is over" in await answer.text()
    assert await wants(site)


async def test_it_is_turned_off_and_on_at_the_desk(site: Site) -> None:
    async with at_desk(site, site.clinic.therapist) as desk:
        await desk.presses("/desk/letters", "/desk/letters/digest", digest="off")
        assert "It is off for you" in (await desk.opens("/desk/letters")).words
        assert not await wants(site)
        await desk.presses("/desk/letters", "/desk/letters/digest", digest="on")
        assert "It is on for you" in (await desk.opens("/desk/letters")).words
        assert await wants(site)
