"""A patient's reminders at the doors: what became of each in plain words, a device, and out of it with one press."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import pytest
from clinic import Clinic, text_of
from push_service import Browser
from reminded import comes_due, joined, seen
from talker import Door

ONE_CLICK = b"List-Unsubscribe=One-Click"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
async def browser(clinic: Clinic) -> AsyncIterator[Browser]:
    here = Browser()
    async with here.standing("chat") as teller:
        clinic.house.nudgers = {"push": teller}
        yield here


async def test_each_reminder_says_what_became_of_it(clinic: Clinic, door: Door) -> None:
    patient = await joined(clinic, "says@people.example")
    before = (await door.get("/v1/reminders", patient.token)).body
    assert (before["on"], before["discreet"], before["devices"]) == (True, False, 0)
    [planned] = [r for r in before["reminders"] if r["lines"][0].startswith("Your check-in")]
    assert planned["state"] == "planned"
    assert re.fullmatch(r"Your check-in: planned on \w+ \d+ March at \d+:\d\d\.", planned["lines"][0])
    await comes_due(clinic, patient)
    own = (await door.get("/v1/reminders", patient.token)).body["reminders"]
    given = next(r for r in own if r["state"] == "given")
    assert given["lines"][0].startswith("Your check-in: I wrote it in this chat on ")
    assert given["lines"][1].startswith("By e-mail: sent on ")
    assert given["lines"][2] == "You have not opened it yet."


async def test_in_polish(clinic: Clinic, door: Door) -> None:
    patient = await joined(clinic, None, language="pl")
    own = (await door.get("/v1/reminders", patient.token)).body
    assert own["lang"] == "pl"
    assert "zaplanowane" in own["reminders"][0]["lines"][0]


async def test_only_with_their_token(clinic: Clinic, door: Door) -> None:
    for path in ("/v1/reminders", "/v1/push"):
        assert (await door.get(path)).status == 401
        assert (await door.post(path, {})).status == 401


async def test_what_they_have_read_is_opened(clinic: Clinic, door: Door) -> None:
    patient = await joined(clinic, None)
    given = await comes_due(clinic, patient)
    async with door.screen(patient.token) as line:
        await line.send({"type": "read", "seq": (given.seq or 0) - 1})
        await line.send({"type": "read", "seq": 2**52})  # no more than stands on the screen
        await line.answer_to(await line.say("hello"))
    await clinic.settle()
    assert (await seen(clinic, patient, given.id)).opened_at is not None


async def test_what_was_not_read_is_not_opened(clinic: Clinic, door: Door) -> None:
    patient = await joined(clinic, None)
    given = await comes_due(clinic, patient)
    async with door.screen(patient.token) as line:
        await line.send({"type": "read", "seq": (given.seq or 0) - 1})
        await line.answer_to(await line.say(""))  # refused: only that the frame before it was read
    await clinic.settle()
    assert (await seen(clinic, patient, given.id)).opened_at is None


async def test_reminders_are_turned_on_and_off(clinic: Clinic, door: Door) -> None:
    patient = await joined(clinic, None, wants=None)
    assert (await door.post("/v1/reminders", {"on": True, "discreet": True}, patient.token)).status == 200
    own = (await door.get("/v1/reminders", patient.token)).body
    assert (own["on"], own["discreet"]) == (True, True)
    await door.post("/v1/reminders", {"on": False}, patient.token)
    own = (await door.get("/v1/reminders", patient.token)).body
    assert (own["on"], own["discreet"]) == (False, True)
    assert {r["state"] for r in own["reminders"]} == {"dropped"}


async def test_a_device_is_added_and_taken_off(clinic: Clinic, door: Door, browser: Browser) -> None:
    patient = await joined(clinic, None)
    key = (await door.get("/v1/push", patient.token)).body["key"]
    assert len(key) == 87
    device = {"endpoint": browser.endpoint(), "keys": browser.keys}
    assert (await door.post("/v1/push", device, patient.token)).status == 200
    assert (await door.get("/v1/reminders", patient.token)).body["devices"] == 1
    headers = {"Authorization": f"Bearer {patient.token}"}
    off = {"endpoint": browser.endpoint()}
    async with door.client.delete(f"{door.url}/v1/push", json=off, headers=headers) as answer:
        assert answer.status == 200
    assert (await door.get("/v1/reminders", patient.token)).body["devices"] == 0


async def test_only_a_browsers_own_subscription_is_taken(
    clinic: Clinic, door: Door, browser: Browser
) -> None:
    patient = await joined(clinic, None)
    elsewhere = {"endpoint": "https://internal.example/send/x", "keys": browser.keys}
    assert (await door.post("/v1/push", elsewhere, patient.token)).code == "push_off"
    broken = {"endpoint": browser.endpoint(), "keys": {"p256dh": "x", "auth": "y"}}
    assert (await door.post("/v1/push", broken, patient.token)).code == "bad_frame"


async def test_a_mail_programme_stops_reminders_with_one_request(clinic: Clinic, door: Door) -> None:
    patient = await joined(clinic, "click@people.example")
    await comes_due(clinic, patient)
    [letter] = clinic.post_box.to("click@people.example")
    [path] = re.findall(r"(/unsubscribe/[^>]+)>", letter["List-Unsubscribe"])
    looked = await _page(door, path)
    assert "<button>Stop reminders</button>" in looked
    assert clinic.service.name not in looked
    assert (await door.get("/v1/reminders", patient.token)).body["on"] is True
    async with door.client.post(door.url + path, data=ONE_CLICK, headers={"Content-Type": FORM}) as answer:
        assert (answer.status, answer.history) == (200, ())
        assert "Reminders are off" in await answer.text()
    assert (await door.get("/v1/reminders", patient.token)).body["on"] is False


async def _page(door: Door, path: str) -> str:
    async with door.client.get(door.url + path) as answer:
        return await answer.text()


async def test_codes_that_we_did_not_sign_open_nothing(clinic: Clinic, door: Door) -> None:
    patient = await joined(clinic, "forged@people.example")
    await comes_due(clinic, patient)
    [letter] = clinic.post_box.to("forged@people.example")
    [seen_code] = re.findall(r"#reminder=([A-Za-z0-9_-]+)", text_of(letter))
    [stop_code] = re.findall(r"/unsubscribe/([A-Za-z0-9_-]+)", letter["List-Unsubscribe"])
    for code in (stop_code, seen_code[:-2] + "AA", "x" * 100):
        assert (await door.post("/v1/reminders/opened", {"code": code})).status == 404
    for code in (seen_code, stop_code[:-2] + "AA", "x" * 100):
        async with door.client.post(f"{door.url}/unsubscribe/{code}") as answer:
            assert answer.status == 404
    assert (await door.post("/v1/reminders/opened", {"code": seen_code})).status == 200
    assert (await seen(clinic, patient)).opened_at == clinic.clock.now()


async def test_the_chat_page_may_stand_on_a_home_screen(door: Door) -> None:
    async with door.client.get(f"{door.url}/chat.webmanifest") as answer:
        assert answer.headers["Content-Type"].startswith("application/manifest+json")
        manifest = await answer.json(content_type=None)
    assert (manifest["display"], manifest["start_url"]) == ("standalone", "/chat")
    for icon in manifest["icons"]:
        async with door.client.get(door.url + icon["src"]) as answer:
            assert (answer.status, answer.headers["Content-Type"]) == (200, icon["type"])
    async with door.client.get(f"{door.url}/chat-worker.js") as answer:
        assert "importScripts" in await answer.text()
    async with door.client.get(f"{door.url}/chat") as answer:
        assert 'rel="manifest" href="/chat.webmanifest"' in await answer.text()
        assert "manifest-src 'self'" in answer.headers["Content-Security-Policy"]
