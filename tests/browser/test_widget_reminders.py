"""Reminders in a real browser: turned on after a step that explains, shown by the worker, opened and stopped with a press."""

from __future__ import annotations

import asyncio
import json
import os
import re
from pathlib import Path

import pytest
from clinic import Clinic, in_time, text_of
from playwright.async_api import Page, Route, expect
from pushed_to import its_worker, pushed
from reminded import comes_due, joined, seen
from test_notifications import ALLOWED, SUBSCRIBES
from test_widget_clinic import sit_down
from test_widget_looks import TOO_SMALL, TOO_WIDE
from visit import Visit

PICTURES = os.environ.get("PICTURES")
WORKER = ("/chat-worker.js", "/")
SMALL = {"width": 320, "height": 640}


async def picture(visit: Visit, name: str) -> None:
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        await visit.page.screenshot(path=f"{PICTURES}/{name}.png")


async def opens_reminders(there: Visit) -> None:
    await there.page.locator("summary").first.press("Enter")
    await there.button("My reminders").press("Enter")
    await expect(there.page.get_by_role("heading", name="My reminders")).to_be_focused()


async def pressed(page: Page, data: dict[str, str], action: str = "") -> list[str]:
    """A press on a notification, and where it led."""
    [worker] = page.context.service_workers
    return await worker.evaluate(
        """async ([data, action]) => {
          const led = [];
          self.clients.openWindow = async (url) => { led.push(url); };
          self.clients.matchAll = async () => [];
          let done;
          const event = new ExtendableEvent("notificationclick");
          event.waitUntil = (work) => (done = work);
          Object.assign(event, { action, notification: { close() {}, data } });
          self.dispatchEvent(event);
          await done;
          return led;
        }""",
        [data, action],
    )


async def test_a_patient_turns_reminders_on_and_off_on_a_device(there: Visit, clinic: Clinic) -> None:
    patient = await joined(clinic, None, wants=None)
    await there.begin(viewport=SMALL)
    await there.context.add_init_script(ALLOWED)
    await sit_down(there, patient)
    await opens_reminders(there)
    await expect(there.page.get_by_text("Reminders are off.")).to_be_visible()
    assert await there.findings() == []
    await picture(there, "reminders-off")
    await there.button("Remind me outside this chat").press("Enter")
    await expect(there.page.get_by_text("Your browser will ask you")).to_be_visible()
    await picture(there, "reminders-explained")
    await there.page.evaluate(SUBSCRIBES)
    await there.button("Remind me on this device").press("Enter")
    await expect(there.page.get_by_role("heading", name="On this device")).to_be_visible()
    async with asyncio.timeout(10):
        while not (held := await clinic.house.record.reaches.all(clinic.service.id, patient.id)):
            await asyncio.sleep(0.05)
    assert [reach.label for reach in held] == ["Chrome on Linux"]
    assert await there.page.evaluate("window.askedWith") == {"visible": True, "bytes": 65}
    await there.button("Stop all reminders").press("Enter")
    await expect(there.page.get_by_text("Reminders are off.")).to_be_visible()
    assert await clinic.house.record.reaches.all(clinic.service.id, patient.id) == []


async def test_an_answer_that_comes_late_never_draws_over_a_newer_one(there: Visit, clinic: Clinic) -> None:
    patient = await joined(clinic, None)
    await sit_down(there, patient)
    await opens_reminders(there)
    held, late = asyncio.Event(), asyncio.Event()

    async def hold(route: Route) -> None:
        if route.request.method != "GET" or held.is_set():
            return await route.continue_()
        held.set()
        answer = await route.fetch()
        await late.wait()
        return await route.fulfill(response=answer)

    await there.page.route("**/v1/reminders", hold)
    await there.page.get_by_label("Leave out the name of the service").check()
    await in_time(held.wait())
    await there.button("Stop all reminders").press("Enter")
    await expect(there.page.get_by_text("Reminders are off.")).to_be_visible()
    async with there.page.expect_event("requestfinished", lambda request: request.url.endswith("/v1/push")):
        late.set()
    await there.page.evaluate(
        """async () => {
          await navigator.serviceWorker.getRegistration("/");
          await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
        }"""
    )
    await expect(there.page.get_by_text("Reminders are off.")).to_be_visible()


async def test_who_says_no_to_the_browser_has_changed_nothing(there: Visit, clinic: Clinic) -> None:
    patient = await joined(clinic, None)
    await there.context.add_init_script(ALLOWED.replace('async () => "granted"', 'async () => "default"'))
    await sit_down(there, patient)
    await opens_reminders(there)
    await there.button("Remind me on this device").press("Enter")
    await expect(there.page.get_by_text("You did not allow it. Nothing was changed.")).to_be_visible()
    assert await clinic.house.record.reaches.all(clinic.service.id, patient.id) == []


async def test_a_browser_that_cannot_says_so(there: Visit, clinic: Clinic) -> None:
    patient = await joined(clinic, None)
    await there.context.add_init_script("delete window.PushManager;")
    await sit_down(there, patient)
    await opens_reminders(there)
    await expect(there.page.get_by_text("This browser cannot show reminders.")).to_be_visible()
    assert await there.button("Remind me on this device").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_what_became_of_reminders_fits_a_small_screen(
    there: Visit, clinic: Clinic, scheme: str
) -> None:
    patient = await joined(clinic, f"small.{scheme}@people.example")
    await comes_due(clinic, patient)
    await there.begin(viewport=SMALL, color_scheme=scheme)
    await there.context.add_init_script(ALLOWED)
    await sit_down(there, patient)
    await opens_reminders(there)
    await expect(there.page.get_by_text("By e-mail: sent on")).to_be_visible()
    await picture(there, f"reminders-{scheme}")
    assert await there.findings() == []
    assert await there.page.evaluate(TOO_SMALL) == []
    assert not await there.page.evaluate(TOO_WIDE)


async def test_the_worker_shows_that_something_waits_and_a_press_opens_the_chat(
    there: Visit, clinic: Clinic
) -> None:
    patient = await joined(clinic, None)
    await there.context.add_init_script(ALLOWED)
    await sit_down(there, patient)
    registration = await its_worker(there.page, *WORKER)
    news = {"title": "A reminder for you", "body": "There is something waiting for you."}
    news |= {"path": "/chat#reminder=abc", "stop": "/unsubscribe/abc", "stop_label": "Stop reminders"}
    shown = await pushed(there.page, registration, json.dumps(news))
    assert (shown["title"], shown["body"], shown["tag"]) == (*list(news.values())[:2], "reminder")
    assert shown["actions"] == [{"action": "stop", "title": "Stop reminders"}]
    assert await pressed(there.page, shown["data"]) == ["/chat#reminder=abc"]
    for path in ("https://elsewhere.example/", "//elsewhere.example", "/desk", "/chat-elsewhere"):
        assert await pressed(there.page, {"path": path}) == ["/chat"]


async def test_a_push_that_cannot_be_read_still_says_that_something_waits(
    there: Visit, clinic: Clinic
) -> None:
    await there.context.add_init_script(ALLOWED)
    await sit_down(there, await joined(clinic, None))
    shown = await pushed(there.page, await its_worker(there.page, *WORKER), "not json")
    assert (shown["title"], shown["body"]) == ("A reminder for you", "There is something waiting for you.")
    assert shown["actions"] == []


async def test_one_press_on_the_notification_stops_reminders(there: Visit, clinic: Clinic) -> None:
    patient = await joined(clinic, "press@people.example")
    await comes_due(clinic, patient)
    [letter] = clinic.post_box.to("press@people.example")
    [stop] = re.findall(r"(/unsubscribe/[^>]+)>", letter["List-Unsubscribe"])
    await there.context.add_init_script(ALLOWED)
    await sit_down(there, patient)
    await its_worker(there.page, *WORKER)
    assert await pressed(there.page, {"path": "/chat", "stop": stop}, "stop") == []
    assert (await patient.state()).profile.consents["reminders"] is False
    assert await pressed(there.page, {"stop": "/unsubscribe/" + "x" * 80}, "stop") == [
        "/unsubscribe/" + "x" * 80
    ]
    assert await pressed(there.page, {"stop": "https://elsewhere.example/"}, "stop") == []


async def test_the_link_of_a_mail_opens_the_chat_and_leaves_the_address_bar(
    there: Visit, clinic: Clinic
) -> None:
    patient = await joined(clinic, "bar@people.example")
    given = await comes_due(clinic, patient)
    [letter] = clinic.post_box.to("bar@people.example")
    [path] = re.findall(r"(/chat#reminder=\S+)", text_of(letter))
    await there.hold(patient.token)
    async with there.page.expect_response("**/v1/reminders/opened") as answered:
        await there.open(path)
    assert (await answered.value).status == 200
    assert there.page.url == f"{there.base}/chat"
    sent = await seen(clinic, patient, given.id)
    assert sent.sent[0].opened_at == clinic.clock.now()


async def test_a_browser_finds_the_manifest_without_a_fault(there: Visit, clinic: Clinic) -> None:
    await there.open()
    cdp = await there.context.new_cdp_session(there.page)
    found = await cdp.send("Page.getAppManifest")
    assert found["url"] == f"{there.base}/chat.webmanifest"
    assert found["errors"] == []
    assert json.loads(found["data"])["display"] == "standalone"
