"""Alerts over other channels than e-mail: signed, without a word about anybody, tried again, and in nobody's way."""

from __future__ import annotations

import asyncio
import importlib.util
import ipaddress
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from clinic import Clinic, Patient, text_of
from desk_scene import check_in, worsening
from sqlalchemy import text
from standardwebhooks import Webhook

from bot.adapters.outward import GuardedOutward
from bot.adapters.postgres.engine import Database
from bot.adapters.tellers import AppriseTeller, WebhookTeller
from bot.cli.doctor import channels_standing
from bot.core.errors import Misuse, Refused, Unavailable
from bot.ports import Looker, News, NoticeSeen, Target, Way
from bot.usecases import alerts, channel_tests, ways
from bot.usecases.canary import sing

CRISIS = "i want to die"


class Receiver:
    """A webhook's other end. ``answers``: what it says, one after the other; the last one for ever."""

    def __init__(self) -> None:
        self.came: list[tuple[dict[str, str], str]] = []
        self.answers = [204]
        self.gate = asyncio.Event()
        self.gate.set()
        app = web.Application()
        app.router.add_post("/in", self._take)
        self.server = TestServer(app)

    async def _take(self, request: web.Request) -> web.Response:
        await self.gate.wait()
        self.came.append((dict(request.headers), await request.text()))
        return web.Response(status=self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server.port}"

    @property
    def url(self) -> str:
        return f"http://{self.host}/in?token=a-secret-of-theirs"

    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.came]


@pytest.fixture
async def receiver(clinic: Clinic) -> AsyncIterator[Receiver]:
    """Webhooks may go to it, although it stands on this machine."""
    here = Receiver()
    async with here.server:
        way_out = GuardedOutward(plain=True, permitted=[ipaddress.ip_network("127.0.0.1/32")])
        clinic.house.tellers = {"webhook": WebhookTeller(way_out, [here.host])}
        yield here
        here.gate.set()
        await clinic.settle()


async def connected(clinic: Clinic, receiver: Receiver) -> tuple[Way, str]:
    return await ways.add_webhook(clinic.house, clinic.service, receiver.url)


async def notices(clinic: Clinic, patient: Patient) -> list[NoticeSeen]:
    [alert] = await patient.alerts()
    return list(
        await clinic.house.record.notices.of_alert(
            clinic.service.id, alert.id, Looker(clinic.duty.id, clinic.clock.now())
        )
    )


async def promised(database: Database, clinic: Clinic) -> int:
    async with database.reading() as c:
        sql = "SELECT count(*) FROM outbox WHERE service_id = :s AND kind = 'notify'"
        return int((await c.execute(text(sql), {"s": clinic.service.id})).scalar_one())


# -- webhooks -----------------------------------------------------------------------------------------


async def test_without_a_channel_nothing_is_promised_besides_the_letter(
    clinic: Clinic, database: Database
) -> None:
    patient = await clinic.join()
    await patient.says(CRISIS)
    assert await promised(database, clinic) == 0


async def test_a_webhook_hears_of_an_alert_once_and_signed(clinic: Clinic, receiver: Receiver) -> None:
    _, secret = await connected(clinic, receiver)
    patient = await clinic.join(name="Aurelia")
    await patient.says(CRISIS)
    await clinic.work()
    [(headers, body)] = receiver.came
    [alert] = await patient.alerts()
    # The clock of tests is not the machine's, by which the library judges what is too old.
    signed = Webhook(secret).sign(headers["webhook-id"], clinic.clock.now(), body)
    assert headers["webhook-signature"] == signed
    assert headers["webhook-timestamp"] == str(int(clinic.clock.now().timestamp()))
    event = json.loads(body)
    assert event["type"] == "alert.told"
    assert event["data"] == {
        "service": clinic.service.slug,
        "url": f"{clinic.house.outside.public_url}/desk/alerts/{alert.id}",
        "alert": str(alert.id),
        "level": "now",
        "needs": "needs somebody now",
        "step": 1,
        "told": 1,
    }
    assert "Aurelia" not in body
    assert "risk" not in body
    assert len(clinic.letters(clinic.therapist)) == 1
    [notice] = await notices(clinic, patient)
    assert (notice.kind, notice.label, notice.state) == ("webhook", receiver.host, "accepted")


async def test_a_webhook_that_fails_is_tried_again_with_the_same_id(
    clinic: Clinic, receiver: Receiver
) -> None:
    await connected(clinic, receiver)
    receiver.answers = [503, 302, 200]
    patient = await clinic.join()
    await patient.says(CRISIS)
    await clinic.work()
    [notice] = await notices(clinic, patient)
    assert (notice.state, notice.last_error) == ("failed", "status 503")
    for _ in range(3):
        clinic.clock.advance(seconds=15)
        await clinic.work()
    assert len(receiver.came) == 3
    assert len({headers["webhook-id"] for headers, _ in receiver.came}) == 1
    [notice] = await notices(clinic, patient)
    assert (notice.state, notice.attempts) == ("accepted", 3)
    assert len(clinic.letters(clinic.therapist)) == 1


async def test_once_somebody_has_it_nothing_is_tried_any_more(clinic: Clinic, receiver: Receiver) -> None:
    await connected(clinic, receiver)
    receiver.answers = [500]
    patient = await clinic.join()
    await patient.says(CRISIS)
    await clinic.work()
    [alert] = await patient.alerts()
    await alerts.acknowledge(clinic.house, clinic.service.id, alert.id, clinic.therapist.id)
    for _ in range(3):
        clinic.clock.advance(minutes=2)
        await clinic.work()
    assert len(receiver.came) == 1
    assert [n.state for n in await notices(clinic, patient)] == ["given_up"]


async def test_a_webhook_that_hangs_holds_no_letter(clinic: Clinic, receiver: Receiver) -> None:
    await connected(clinic, receiver)
    receiver.gate.clear()
    patients = [await clinic.join() for _ in range(3)]
    for patient in patients:
        await patient.says(CRISIS)
    working = asyncio.create_task(clinic.work())
    async with asyncio.timeout(20):
        while len(clinic.letters(clinic.therapist)) < 3:
            await asyncio.sleep(0.05)
    assert receiver.came == []
    receiver.gate.set()
    await working
    assert len(receiver.came) == 3


async def test_a_way_that_did_not_work_gets_less_time(clinic: Clinic, receiver: Receiver) -> None:
    way, _ = await connected(clinic, receiver)
    limits: list[float] = []

    class Silent(WebhookTeller):
        async def tell(self, target: Target, news: News, at: datetime) -> None:
            limits.append(target.limit_s)
            raise Unavailable("silent")

    clinic.house.tellers = {"webhook": Silent(clinic.house.outward, [receiver.host])}
    for _ in range(2):
        patient = await clinic.join()
        await patient.says(CRISIS)
        await clinic.work()
    [way] = await clinic.house.record.ways.all(clinic.service.id)
    await ways.try_out(clinic.house, clinic.service, way)
    assert (limits[0], limits[-2], limits[-1]) == (10.0, 3.0, 10.0)


async def test_each_step_of_the_ladder_is_told_anew(clinic: Clinic, receiver: Receiver) -> None:
    await connected(clinic, receiver)
    patient = await clinic.join()
    await patient.says(CRISIS)
    await clinic.work()
    clinic.clock.advance(minutes=16)
    await clinic.work()
    assert [event["data"]["step"] for event in receiver.events()] == [1, 2]
    assert len({headers["webhook-id"] for headers, _ in receiver.came}) == 2


async def test_the_canary_of_the_screen_tells_no_channel(clinic: Clinic, receiver: Receiver) -> None:
    await connected(clinic, receiver)
    await sing(clinic.house, clinic.service, clinic.clock.now().date())
    await clinic.settle()
    await clinic.work()
    assert receiver.came == []


async def test_a_webhook_goes_where_the_operator_lets_it(clinic: Clinic, receiver: Receiver) -> None:
    with pytest.raises(Refused, match="address_barred"):
        await ways.add_webhook(clinic.house, clinic.service, "https://elsewhere.example/in")
    clinic.house.tellers = {}
    with pytest.raises(Refused, match="channel_off"):
        await ways.add_webhook(clinic.house, clinic.service, receiver.url)


async def test_its_address_and_secret_are_sealed_in_the_record(
    clinic: Clinic, receiver: Receiver, database: Database
) -> None:
    way, secret = await connected(clinic, receiver)
    assert b"a-secret-of-theirs" not in way.sealed
    assert secret.encode() not in way.sealed
    async with database.reading() as c:
        sql = "SELECT channel::text FROM channel WHERE service_id = :s"
        [row] = (await c.execute(text(sql), {"s": clinic.service.id})).scalars()
    assert "token" not in row
    assert "token" not in repr(way)


async def test_adding_and_removing_one_is_noted(
    clinic: Clinic, receiver: Receiver, database: Database
) -> None:
    way, _ = await connected(clinic, receiver)
    await ways.remove_webhook(clinic.house, way)
    assert await clinic.house.record.ways.all(clinic.service.id) == []
    async with database.reading() as c:
        sql = "SELECT what FROM audit WHERE service_id = :s AND what LIKE 'webhook%' ORDER BY n"
        said = list((await c.execute(text(sql), {"s": clinic.service.id})).scalars())
    assert said == ["webhook.add", "webhook.remove"]


async def test_the_doctor_names_the_first_that_does_not_work(clinic: Clinic, receiver: Receiver) -> None:
    way, _ = await connected(clinic, receiver)
    assert await channels_standing(clinic.house, [clinic.service]) == "ok, 1 besides e-mail"
    receiver.answers = [500]
    assert await ways.try_out(clinic.house, clinic.service, way) == "status 500"
    said = await channels_standing(clinic.house, [clinic.service])
    assert said == f"{clinic.service.slug}: the webhook {receiver.host} does not work (status 500)"


async def test_what_waits_for_the_opening_waits_on_every_channel(clinic: Clinic, receiver: Receiver) -> None:
    """An alert that is for one working day disturbs nobody in the evening."""
    await connected(clinic, receiver)
    patient = await worsening(clinic)
    clinic.clock.advance(days=14)
    clinic.clock.set(clinic.clock.now().replace(hour=20))
    await clinic.work()
    receiver.came.clear()
    await check_in(patient, (3, 3, 3, 3, 3, 3, 3, 2, 0))
    await clinic.work()
    assert receiver.came == []
    clinic.clock.advance(hours=13, minutes=1)
    await clinic.work()
    assert {event["data"]["level"] for event in receiver.events()} == {"soon"}


# -- every day ----------------------------------------------------------------------------------------


async def tested(clinic: Clinic) -> list[str]:
    cried: list[str] = []
    await channel_tests.test_ways(clinic.house, lambda _, error: cried.append(str(error)), clinic.only)
    return cried


async def test_each_channel_is_tested_once_a_day(clinic: Clinic, receiver: Receiver) -> None:
    await connected(clinic, receiver)
    assert await tested(clinic) == []
    assert await tested(clinic) == []
    assert [event["type"] for event in receiver.events()] == ["channel.tested"]
    clinic.clock.advance(days=1)
    await tested(clinic)
    assert len(receiver.came) == 2
    [way] = await clinic.house.record.ways.all(clinic.service.id)
    assert way.ok_at == clinic.clock.now()


async def test_a_channel_that_fails_its_test_is_told_by_mail(clinic: Clinic, receiver: Receiver) -> None:
    staff = clinic.house.record.staff
    lead = replace(
        clinic.duty,
        id=clinic.house.ids.new(),  # type: ignore[arg-type]
        email=f"lead@{clinic.service.slug}.example",
        roles=frozenset({"service_lead"}),
    )
    await staff.add(lead)
    await connected(clinic, receiver)
    receiver.answers = [500]
    assert await tested(clinic) == [f"{clinic.service.slug}: webhook status 500"]
    [letter] = clinic.letters(lead)
    assert receiver.host in text_of(letter)
    assert "token" not in text_of(letter)
    [way] = await clinic.house.record.ways.all(clinic.service.id)
    assert (way.failing_at, way.error) == (clinic.clock.now(), "status 500")


# -- apprise ------------------------------------------------------------------------------------------


ITS_OWN_IMPORTS = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


@ITS_OWN_IMPORTS
async def test_apprise_hears_of_an_alert_that_needs_somebody_now(
    clinic: Clinic,
) -> None:
    """Its own way to post JSON, to a server on this machine: the operator's addresses are the operator's."""
    came: list[dict[str, Any]] = []

    async def take(request: web.Request) -> web.Response:
        came.append(await request.json())
        return web.Response()

    app = web.Application()
    app.router.add_post("/", take)
    async with TestServer(app) as server:
        teller = AppriseTeller([f"json://127.0.0.1:{server.port}"])
        clinic.house.tellers = {"apprise": teller}
        await tested(clinic)
        patient = await clinic.join(name="Aurelia")
        await patient.says(CRISIS)
        await clinic.work()
    assert [said["title"] for said in came] == [
        "Valley Clinic: a test",
        "Valley Clinic: an alert needs somebody now",
    ]
    assert "/desk/alerts/" in came[1]["message"]
    assert "Aurelia" not in json.dumps(came)
    [notice] = await notices(clinic, patient)
    assert (notice.kind, notice.label, notice.state) == ("apprise", "json (1)", "accepted")


@ITS_OWN_IMPORTS
async def test_a_place_goes_with_its_setting(clinic: Clinic) -> None:
    clinic.house.tellers = {"apprise": AppriseTeller(["json://127.0.0.1:9"])}
    await tested(clinic)
    assert len(await clinic.house.record.ways.all(clinic.service.id)) == 1
    clinic.house.tellers = {}
    await tested(clinic)
    assert await clinic.house.record.ways.all(clinic.service.id) == []


@ITS_OWN_IMPORTS
def test_an_address_that_apprise_does_not_know_stops_the_start_and_is_not_shown() -> None:
    with pytest.raises(Misuse) as wrong:
        AppriseTeller(["nothing-like-it://user:a-secret@host"])
    assert "a-secret" not in str(wrong.value)


def test_without_the_package_the_setting_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    really = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda n, *p: None if n == "apprise" else really(n, *p))
    with pytest.raises(Misuse, match=r"bounceback\[apprise\]"):
        AppriseTeller(["json://127.0.0.1"])
