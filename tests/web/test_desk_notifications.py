"""Notifications at the desk: one's own devices, and for those who run the service how its channels do."""

from __future__ import annotations

import base64
import ipaddress
import os
from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from desk_client import Site, at_desk, nobody
from desk_scene import CRISIS, colleague

from bot.adapters.outward import GuardedOutward
from bot.adapters.tellers import PushTeller, WebhookTeller
from bot.ports import Way
from bot.usecases import ways

PAGE = "/desk/notifications"


def b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def of_a_browser() -> dict[str, str]:
    point = ec.generate_private_key(ec.SECP256R1()).public_key()
    raw = point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return {"p256dh": b64(raw), "auth": b64(os.urandom(16))}


@pytest.fixture
async def outside(site: Site) -> AsyncIterator[TestServer]:
    """A push service and a webhook's other end."""

    async def take(request: web.Request) -> web.Response:
        return web.Response(status=int(request.match_info["status"]))

    app = web.Application()
    app.router.add_post("/{status}/{rest:.*}", take)
    async with TestServer(app) as server:
        way_out = GuardedOutward(plain=True, permitted=[ipaddress.ip_network("127.0.0.1/32")])
        hosts = [f"127.0.0.1:{server.port}"]
        site.clinic.house.tellers = {
            "push": PushTeller(way_out, hosts, "mailto:desk@clinic.example"),
            "webhook": WebhookTeller(way_out, hosts),
        }
        yield server


async def devices(site: Site) -> list[Way]:
    return list(await site.clinic.house.record.ways.all(site.clinic.service.id))


async def test_a_device_is_added_tested_and_removed(site: Site, outside: TestServer) -> None:
    async with at_desk(site, site.clinic.therapist) as desk:
        page = await desk.opens(PAGE)
        assert "None. You are told by e-mail alone." in page.words
        endpoint = f"http://127.0.0.1:{outside.port}/201/x"
        added = await desk.presses(PAGE, f"{PAGE}/add", endpoint=endpoint, **of_a_browser())
        assert added.location == f"{PAGE}?said=device_on"
        [device] = await devices(site)
        page = await desk.opens(PAGE)
        assert "Not tried yet" in page.words
        assert "127.0.0.1" not in page.words
        tested = await desk.presses(PAGE, f"{PAGE}/{device.id}/test")
        assert tested.location == f"{PAGE}?said=channel_tested"
        assert "Works" in (await desk.opens(PAGE)).words
        await desk.presses(PAGE, f"{PAGE}/{device.id}/remove")
        assert await devices(site) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "https://127.0.0.1/x"},
        {"endpoint": "https://elsewhere.example/x"},
        {"endpoint": ""},
        {"p256dh": "short"},
        {"auth": "<script>"},
    ],
)
async def test_what_is_no_device_is_not_added(site: Site, outside: TestServer, wrong: dict[str, str]) -> None:
    async with at_desk(site, site.clinic.therapist) as desk:
        fields = {"endpoint": f"http://127.0.0.1:{outside.port}/201/x", **of_a_browser(), **wrong}
        added = await desk.presses(PAGE, f"{PAGE}/add", **fields)
        assert added.location == f"{PAGE}?said=device_refused"
        assert await devices(site) == []


async def test_a_device_that_is_gone_goes_from_the_page(site: Site, outside: TestServer) -> None:
    async with at_desk(site, site.clinic.therapist) as desk:
        endpoint = f"http://127.0.0.1:{outside.port}/410/x"
        await desk.presses(PAGE, f"{PAGE}/add", endpoint=endpoint, **of_a_browser())
        [device] = await devices(site)
        tested = await desk.presses(PAGE, f"{PAGE}/{device.id}/test")
        assert tested.location == f"{PAGE}?said=device_lost"
        assert "None. You are told" in (await desk.opens(PAGE)).words


async def test_anothers_device_is_not_there(site: Site, outside: TestServer) -> None:
    duty = site.clinic.duty
    endpoint = f"http://127.0.0.1:{outside.port}/201/x"
    way = await ways.add_device(
        site.clinic.house, site.clinic.service.id, duty.id, "Phone of duty", endpoint, of_a_browser()
    )
    lead = await colleague(site.clinic, "service_lead")
    for member in (site.clinic.therapist, lead):
        async with at_desk(site, member) as desk:
            page = await desk.opens(PAGE)
            assert "Phone of duty" not in page.words
            for act in ("test", "remove"):
                assert (await desk.sends(f"{PAGE}/{way.id}/{act}", page.token)).status == 404


async def test_who_runs_the_service_sees_how_its_channels_do(site: Site, outside: TestServer) -> None:
    url = f"http://127.0.0.1:{outside.port}/500/in?token=theirs"
    way, _ = await ways.add_webhook(site.clinic.house, site.clinic.service, url)
    async with at_desk(site, await colleague(site.clinic, "service_lead")) as desk:
        tested = await desk.presses(PAGE, f"{PAGE}/{way.id}/test")
        assert tested.location == f"{PAGE}?said=channel_silent"
        words = (await desk.opens(PAGE)).words
        assert "Does not work (status 500" in words
        assert "theirs" not in words
    async with at_desk(site, site.clinic.therapist) as desk:
        page = await desk.opens(PAGE)
        assert "Channels of the service" not in page.words
        assert (await desk.sends(f"{PAGE}/{way.id}/test", page.token)).status == 404


async def test_an_alerts_page_lists_every_channel(site: Site, outside: TestServer) -> None:
    clinic = site.clinic
    await ways.add_webhook(clinic.house, clinic.service, f"http://127.0.0.1:{outside.port}/204/in")
    await ways.add_device(
        clinic.house,
        clinic.service.id,
        clinic.therapist.id,
        "Firefox on Linux",
        f"http://127.0.0.1:{outside.port}/503/x",
        of_a_browser(),
    )
    patient = await clinic.join()
    await patient.says(CRISIS)
    await clinic.work()
    [alert] = await patient.alerts()
    async with at_desk(site, clinic.therapist) as desk:
        words = (await desk.opens(f"/desk/alerts/{alert.id}")).words
    assert f"127.0.0.1:{outside.port} Webhook 1 Accepted" in words
    assert "Therapist: Firefox on Linux Device 1 Failed, will be tried again (status 503)" in words


async def test_without_push_the_page_says_so(site: Site) -> None:
    site.clinic.house.tellers = {}
    async with at_desk(site, site.clinic.therapist) as desk:
        page = await desk.opens(PAGE)
    assert "has turned notifications off" in page.words
    assert "desk-push.js" not in page.html


async def test_the_worker_looks_after_the_desk_and_needs_no_session(site: Site) -> None:
    async with nobody(site) as somebody:
        worker = await somebody.opens("/desk/push-worker.js")
    assert worker.status == 200
    assert worker.headers["Content-Type"].startswith(("text/javascript", "application/javascript"))
    assert "fetch" not in worker.html
