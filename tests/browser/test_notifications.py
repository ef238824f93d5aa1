"""Notifications in a real browser: turned on, shown by the worker, clicked; and a page that says plainly why not."""

from __future__ import annotations

import json
import re

import pytest
from clinic import Clinic
from desk_scene import colleague
from desk_visit import sit_down
from playwright.async_api import expect
from pushed_to import its_worker, pushed
from test_desk_looks import NARROW, TOO_SMALL, TOO_WIDE, WIDE
from visit import Visit

from bot.adapters.outward import GuardedOutward
from bot.adapters.tellers import WebhookTeller
from bot.usecases import ways

PAGE = "/desk/notifications"
WORKER = ("/desk/push-worker.js", "/desk/")
# The headless browser lets no page show notifications, whatever is granted: what one with a person before it would say.
ALLOWED = """
  Object.defineProperty(Notification, "permission", { get: () => "granted" });
  Notification.requestPermission = async () => "granted";
"""
# It has no push service behind it either: what one would give.
SUBSCRIBES = """() => {
  PushManager.prototype.subscribe = async function (wanted) {
    window.askedWith = { visible: wanted.userVisibleOnly, bytes: wanted.applicationServerKey.length };
    const keys = { p256dh: "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM", auth: "tBHItJI5svbpez7KI4CCXg" };
    return { toJSON: () => ({ endpoint: "https://updates.push.services.mozilla.com/wpush/v2/made-up", keys }) };
  };
}"""


async def test_a_colleague_turns_notifications_on(there: Visit, clinic: Clinic) -> None:
    await sit_down(there, clinic, clinic.therapist)
    await there.context.add_init_script(ALLOWED)
    page = there.page
    await page.goto(there.base + PAGE)
    await page.evaluate(SUBSCRIBES)
    await page.get_by_role("button", name="Tell me on this device").click()
    await expect(page.get_by_text("This device is told from now on.")).to_be_visible()
    await expect(page.get_by_role("button", name=re.compile("^Remove Chrome on Linux"))).to_be_visible()
    [device] = await clinic.house.record.ways.all(clinic.service.id)
    assert device.staff == clinic.therapist.id


async def test_a_browser_without_a_push_service_says_so(there: Visit, clinic: Clinic) -> None:
    await sit_down(there, clinic, clinic.therapist)
    await there.context.add_init_script(ALLOWED)
    page = there.page
    await page.goto(there.base + PAGE)
    await page.evaluate("() => { PushManager.prototype.subscribe = () => Promise.reject(new Error()); }")
    await page.get_by_role("button", name="Tell me on this device").click()
    await expect(page.get_by_role("status").filter(has_text="Nothing was changed")).to_be_visible()
    assert await clinic.house.record.ways.all(clinic.service.id) == []


async def test_a_browser_that_cannot_says_why_and_shows_no_button(there: Visit, clinic: Clinic) -> None:
    await there.context.add_init_script("delete window.PushManager;")
    await sit_down(there, clinic, clinic.therapist)
    page = there.page
    await page.goto(there.base + PAGE)
    await expect(page.get_by_text("This browser cannot show notifications")).to_be_visible()
    await expect(page.get_by_role("button", name="Tell me on this device")).to_have_count(0)


async def test_without_scripts_the_page_says_what_it_needs(there: Visit, clinic: Clinic) -> None:
    await there.begin(java_script_enabled=False)
    await sit_down(there, clinic, clinic.therapist)
    await there.page.goto(there.base + PAGE)
    await expect(there.page.get_by_text("needs JavaScript in this browser")).to_be_visible()
    await expect(there.page.get_by_text("None. You are told by e-mail alone.")).to_be_visible()


async def test_the_worker_shows_what_is_pushed_and_a_click_leads_to_the_alert(
    there: Visit, clinic: Clinic
) -> None:
    await sit_down(there, clinic, clinic.therapist)
    await there.context.add_init_script(ALLOWED)
    page = there.page
    await page.goto(there.base + PAGE)
    registration = await its_worker(page, *WORKER)
    news = {
        "title": "Bounceback",
        "body": "An alert needs somebody now.",
        "path": "/desk/alerts/x",
        "tag": "x",
    }
    shown = await pushed(page, registration, json.dumps(news))
    assert shown == {
        "title": "Bounceback",
        "body": "An alert needs somebody now.",
        "tag": "x",
        "renotify": True,
        "requireInteraction": True,
        "data": {"path": "/desk/alerts/x"},
    }
    [worker] = there.context.service_workers
    led = await worker.evaluate(
        """async () => {
          const led = [];
          self.clients.openWindow = async (url) => { led.push(new URL(url).pathname); };
          for (const path of ["/desk/alerts/x", "https://elsewhere.example/", "//elsewhere.example", "/chat"]) {
            const event = new ExtendableEvent("notificationclick");
            event.notification = { close() {}, data: { path } };
            self.dispatchEvent(event);
          }
          return led;
        }"""
    )
    assert led == ["/desk/alerts/x", "/desk", "/desk", "/desk"]


async def test_a_push_that_cannot_be_read_still_says_that_something_is_there(
    there: Visit, clinic: Clinic
) -> None:
    await sit_down(there, clinic, clinic.therapist)
    await there.context.add_init_script(ALLOWED)
    await there.page.goto(there.base + PAGE)
    shown = await pushed(there.page, await its_worker(there.page, *WORKER), "not json")
    assert shown["body"] == "Something needs you at the desk."


@pytest.mark.parametrize(("window", "scheme"), [(WIDE, "light"), (NARROW, "dark")], ids=["wide", "narrow"])
async def test_the_page_is_accessible(
    there: Visit, clinic: Clinic, window: dict[str, int], scheme: str
) -> None:
    lead = await colleague(clinic, "service_lead")
    clinic.house.tellers = {
        **clinic.house.tellers,
        "webhook": WebhookTeller(GuardedOutward(), ["hooks.example.org"]),
    }
    keys = {"p256dh": "B" * 87, "auth": "A" * 22}
    endpoint = "https://updates.push.services.mozilla.com/wpush/v2/made-up"
    await ways.add_device(clinic.house, clinic.service.id, lead.id, "Firefox on Linux", endpoint, keys)
    way, _ = await ways.add_webhook(clinic.house, clinic.service, "https://hooks.example.org/in")
    await clinic.house.record.ways.went(clinic.service.id, way.id, clinic.clock.now(), "silent")
    await there.begin(viewport=window, color_scheme=scheme)
    await sit_down(there, clinic, lead)
    await there.page.goto(there.base + PAGE)
    await expect(there.page.get_by_text("Does not work")).to_be_visible()
    found = await there.findings()
    found += await there.page.evaluate(TOO_SMALL)
    assert not await there.page.evaluate(TOO_WIDE)
    assert found == []
