"""Web push: sealed for one browser, taken by a push service that opens it as a browser does, forgotten when it is gone."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from clinic import Clinic
from push_service import Browser
from py_vapid import Vapid02

from bot.adapters.outward import GuardedOutward
from bot.adapters.tellers import PushTeller
from bot.core.errors import Refused
from bot.ports import Looker, Way
from bot.settings import PUSH_HOSTS
from bot.usecases import alerts, people, ways

CRISIS = "i want to die"


@pytest.fixture
async def browser(clinic: Clinic) -> AsyncIterator[Browser]:
    here = Browser()
    async with here.standing("desk") as teller:
        clinic.house.tellers = {"push": teller}
        yield here


async def subscribed(clinic: Clinic, browser: Browser, who: Any = None, name: str = "abc") -> Way:
    member = who or clinic.therapist
    return await ways.add_device(
        clinic.house, clinic.service.id, member.id, "Firefox on Linux", browser.endpoint(name), browser.keys
    )


async def devices(clinic: Clinic) -> list[Way]:
    return list(await clinic.house.record.ways.all(clinic.service.id))


async def test_whoever_hears_of_an_alert_hears_it_on_their_device(clinic: Clinic, browser: Browser) -> None:
    await subscribed(clinic, browser)
    await subscribed(clinic, browser, clinic.duty, "of-duty")
    patient = await clinic.join(name="Aurelia")
    await patient.says(CRISIS)
    await clinic.work()
    [(headers, shown)] = browser.came  # duty is not on the first step
    [alert] = await patient.alerts()
    assert shown == {
        "title": "Bounceback",
        "body": "An alert needs somebody now.",
        "path": f"/desk/alerts/{alert.id}",
        "tag": str(alert.id),
    }
    assert headers["Urgency"] == "high"
    assert headers["Content-Encoding"] == "aes128gcm"
    [notice] = await clinic.house.record.notices.of_alert(
        clinic.service.id, alert.id, Looker(clinic.duty.id, clinic.clock.now())
    )
    assert (notice.kind, notice.to, notice.state) == ("push", clinic.therapist.id, "accepted")
    worked = {device.staff: device.ok_at for device in await devices(clinic)}
    assert worked == {clinic.therapist.id: clinic.clock.now(), clinic.duty.id: None}


async def test_who_is_handed_an_alert_hears_it_on_their_device_and_nobody_else(
    clinic: Clinic, browser: Browser
) -> None:
    patient = await clinic.join()
    await patient.says(CRISIS)
    await clinic.work()
    await subscribed(clinic, browser)
    await subscribed(clinic, browser, clinic.duty, "of-duty")
    [alert] = await patient.alerts()
    await alerts.hand_over(clinic.house, clinic.service.id, alert.id, clinic.therapist.id, clinic.duty.id)
    await clinic.settle()
    await clinic.work()
    notices = await clinic.house.record.notices.of_alert(
        clinic.service.id, alert.id, Looker(clinic.duty.id, clinic.clock.now())
    )
    assert [(n.to, n.state) for n in notices] == [(clinic.duty.id, "accepted")]
    assert len(browser.came) == 1


async def test_a_push_service_knows_the_service_by_its_own_key(clinic: Clinic, browser: Browser) -> None:
    await ways.try_out(clinic.house, clinic.service, await subscribed(clinic, browser))
    [(headers, shown)] = browser.came
    assert shown["body"] == "This is a test."
    token, key = headers["Authorization"].removeprefix("vapid ").split(",")
    public = clinic.house.push_keys.public(await ways.push_key(clinic.house, clinic.service.id))
    assert key.strip() == f"k={public}"
    assert Vapid02.verify(headers["Authorization"])
    claims = json.loads(base64.urlsafe_b64decode(token.removeprefix("t=").split(".")[1] + "=="))
    assert claims["aud"] == f"http://127.0.0.1:{browser.server.port}"
    assert claims["sub"] == "mailto:desk@clinic.example"


async def test_the_key_of_a_service_is_made_once(clinic: Clinic, browser: Browser) -> None:
    first = await ways.push_key(clinic.house, clinic.service.id)
    assert await ways.push_key(clinic.house, clinic.service.id) == first


@pytest.mark.parametrize("status", [404, 410])
async def test_a_device_that_is_gone_is_forgotten_and_the_ledger_says_so(
    clinic: Clinic, browser: Browser, status: int
) -> None:
    await subscribed(clinic, browser)
    browser.status = status
    patient = await clinic.join()
    await patient.says(CRISIS)
    await clinic.work()
    assert await devices(clinic) == []
    [alert] = await patient.alerts()
    [notice] = await clinic.house.record.notices.of_alert(
        clinic.service.id, alert.id, Looker(clinic.duty.id, clinic.clock.now())
    )
    assert notice.state == "gone"


async def test_a_push_service_that_is_down_is_tried_again(clinic: Clinic, browser: Browser) -> None:
    await subscribed(clinic, browser)
    browser.status = 503
    patient = await clinic.join()
    await patient.says(CRISIS)
    await clinic.work()
    [device] = await devices(clinic)
    assert device.error == "status 503"
    browser.status = 201
    clinic.clock.advance(seconds=15)
    await clinic.work()
    assert len(browser.came) == 1
    [device] = await devices(clinic)
    assert (device.error, device.failing_at) == (None, None)


async def test_one_browser_is_one_device_of_whoever_uses_it_now(clinic: Clinic, browser: Browser) -> None:
    await subscribed(clinic, browser)
    await subscribed(clinic, browser, clinic.duty)
    [device] = await devices(clinic)
    assert device.staff == clinic.duty.id


async def test_who_leaves_or_is_signed_out_everywhere_has_no_device(clinic: Clinic, browser: Browser) -> None:
    await subscribed(clinic, browser)
    await subscribed(clinic, browser, clinic.duty, "of-duty")
    await people.sign_out_everywhere(clinic.house, clinic.therapist, None)
    assert [device.staff for device in await devices(clinic)] == [clinic.duty.id]
    await people.leave(clinic.house, clinic.duty, None)
    assert await devices(clinic) == []


async def test_only_push_services_of_browsers_are_called(clinic: Clinic) -> None:
    clinic.house.tellers = {"push": PushTeller(GuardedOutward(), PUSH_HOSTS, "mailto:x@clinic.example")}
    browser = Browser()
    for address in (
        "https://127.0.0.1/send/x",
        "https://internal.example/send/x",
        "https://fcm.googleapis.com.evil.example/x",
        "http://fcm.googleapis.com/x",
    ):
        with pytest.raises(Refused, match="address_barred"):
            await ways.add_device(
                clinic.house, clinic.service.id, clinic.therapist.id, "x", address, browser.keys
            )
    for address in (
        "https://fcm.googleapis.com/fcm/send/x",
        "https://updates.push.services.mozilla.com/wpush/v2/x",
        "https://web.push.apple.com/x",
        "https://wns2-par02p.notify.windows.com/w/?token=x",
    ):
        await ways.add_device(
            clinic.house, clinic.service.id, clinic.therapist.id, "x", address, browser.keys
        )
    assert len(await devices(clinic)) == 4


async def test_keys_that_are_none_take_the_device_out(clinic: Clinic, browser: Browser) -> None:
    browser_keys = {"p256dh": "A" * 87, "auth": "A" * 22}
    way = await ways.add_device(
        clinic.house, clinic.service.id, clinic.therapist.id, "x", browser.endpoint(), browser_keys
    )
    assert await ways.try_out(clinic.house, clinic.service, way) == "gone"
    assert await devices(clinic) == []
