"""Without a connection: the page opens, help is there, the module can be read, and what was written goes later."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from clinic import Patient
from playwright.async_api import Page, expect
from test_widget_clinic import Site, sit_down
from visit import Visit

from bot.web import shipped as shipping
from bot.web.shipped import shipped

# All that a page with a conversation has loaded lies with the worker.
LAID_BY = """async (needed) => {
  for (const name of await caches.keys()) {
    const held = (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname);
    if (needed.every((file) => held.some((path) => path.endsWith(file)))) return true;
  }
  return false;
}"""
TALKING = [
    "/chat",
    "/urgent",
    "/widget/chat.js",
    "/widget/parts.css",
    "/widget/questions.js",
    "/v1/availability",
]

ROWS = """async (what) => {
  const found = (await indexedDB.databases()).find(({ name }) => name.endsWith(what));
  if (!found) return [];
  const db = await new Promise((done) => (indexedDB.open(found.name).onsuccess = (event) => done(event.target.result)));
  const rows = await new Promise((done) => (db.transaction("kept").objectStore("kept").getAll().onsuccess = (event) => done(event.target.result)));
  db.close();
  return rows.map(({ id, sealed }) => [id, new TextDecoder().decode(sealed)]);
}"""
SOME = f"async (what) => (await ({ROWS})(what)).length > 0"
NONE = f"async (what) => (await ({ROWS})(what)).length === 0"


async def until(page: Page, asked: str, what: object) -> None:
    """Until the page's answer to a question that takes a while is yes."""
    async with asyncio.timeout(30):
        await page.evaluate(
            f"""async (what) => {{
              const asked = {asked};
              while (!(await asked(what))) await new Promise(requestAnimationFrame);
            }}""",
            what,
        )


async def seated(
    visit: Visit, patient: Patient, *, remembered: bool = False, also: tuple[str, ...] = ()
) -> None:
    """In the chat, with all of it laid by."""
    if remembered:
        await visit.remembered(patient.token)
    await sit_down(visit, patient)
    await visit.page.locator(".msg button").first.wait_for()
    await until(visit.page, LAID_BY, [*TALKING, *also])


async def cut_off(visit: Visit) -> None:
    """Neither the page nor its worker reaches anybody."""
    await visit.context.set_offline(True)
    reached = "fetch('/healthz').then(() => true, () => false)"
    assert not await visit.context.service_workers[0].evaluate(reached)
    assert not await visit.page.evaluate(reached)


async def reads_a_module(visit: Visit) -> None:
    for label in ("Something that may help", "Breathlessness and worry"):
        await (
            visit.page.locator(".msg:not(.used)").get_by_role("button", name=label, exact=True).press("Enter")
        )
    await visit.page.locator("summary", has_text="When to stop and call 999").wait_for()


async def test_the_page_opens_without_a_connection_and_help_is_there(there: Visit, site: Site) -> None:
    patient = await site.clinic.join("copd")
    await seated(there, patient)
    await cut_off(there)
    await there.page.reload()
    await there.state("offline")
    await expect(there.page.get_by_role("status").first).to_contain_text("You are offline.")
    await there.button("Get help now").press("Enter")
    for name in ("Call 999", "Call 116 123", "Text 85258"):
        await expect(there.page.get_by_role("dialog").get_by_role("link", name=name).first).to_be_visible()
    assert await there.findings() == []
    await there.button("Close and go back").press("Enter")
    await there.write("I cannot sleep")
    await expect(there.page.get_by_text("Not sent yet. I will send this later.")).to_be_visible()
    await there.context.set_offline(False)
    await expect(there.page.get_by_text("Sent", exact=True)).to_be_visible()
    await patient.catches_up()
    assert [m.shown.text for m in patient.seen if m.sender == "patient"] == ["I cannot sleep"]


async def test_the_page_with_help_opens_too(there: Visit, site: Site) -> None:
    await seated(there, await site.clinic.join("copd"))
    await cut_off(there)
    await there.page.goto(f"{there.base}/urgent")
    await expect(there.page.get_by_role("link", name="999").first).to_be_visible()


async def test_a_module_can_be_read_where_they_are_remembered(there: Visit, site: Site) -> None:
    patient = await site.clinic.join("copd", name="Marmaduke")
    await seated(there, patient, remembered=True)
    await reads_a_module(there)
    await until(there.page, SOME, "module")
    [(_, sealed)] = await there.page.evaluate(ROWS, "module")
    assert "Breathlessness" not in sealed
    await until(there.page, LAID_BY, ["/widget/module.js", "/widget/kept.js"])
    await cut_off(there)
    await there.page.reload()
    await there.state("offline")
    await there.chooses_in_menu("Read my module")
    page = there.page.locator(".reading-page")
    await expect(page.get_by_role("heading", name="Breathlessness and worry")).to_be_visible()
    await expect(page.get_by_text("You are offline. This is the module as it was")).to_be_visible()
    assert "Marmaduke" not in await page.inner_text()
    assert await there.findings() == []
    await there.context.set_offline(False)
    await there.state("online")
    await there.chooses_in_menu("Sign out of this device")
    await until(there.page, NONE, "module")


async def test_nothing_of_a_module_stays_where_nobody_is_remembered(there: Visit, site: Site) -> None:
    await seated(there, await site.clinic.join("copd"))
    await reads_a_module(there)
    await there.chooses_in_menu("Read my module")
    await there.page.get_by_role("heading", name="Breathlessness and worry").wait_for()
    assert await there.page.evaluate("indexedDB.databases()") == []
    held = "caches.keys().then((names) => Promise.all(names.map(async (n) => (await (await caches.open(n)).keys()).map((r) => r.url))))"
    urls = [url for urls in await there.page.evaluate(held) for url in urls]
    assert [url for url in urls if "/v1/" in url] == [f"{there.base}/v1/availability"]


async def test_leaving_the_site_takes_the_module_away(there: Visit, site: Site) -> None:
    await seated(there, await site.clinic.join("copd"), remembered=True)
    await reads_a_module(there)
    await until(there.page, SOME, "module")
    away = "document.querySelector('bounceback-chat').setAttribute('leave-url', '/urgent')"
    await there.page.evaluate(away)
    await there.page.locator(".leave:visible").press("Enter")
    await there.page.wait_for_url("**/urgent")
    await until(there.page, NONE, "module")


async def test_what_was_not_sent_goes_from_the_next_page(there: Visit, site: Site) -> None:
    """Sealed on the device until it is acknowledged, and only where somebody is remembered on it."""
    patient = await site.clinic.join("copd")
    await seated(there, patient, remembered=True, also=("/widget/kept.js",))
    await there.context.set_offline(True)
    await there.state("offline")
    await there.write("canary-word-43")
    await until(there.page, SOME, "unsent")
    [(_, sealed)] = await there.page.evaluate(ROWS, "unsent")
    assert "canary" not in sealed
    await there.page.close()
    await there.context.set_offline(False)
    page: Page = await there.context.new_page()
    await page.goto(f"{there.base}/chat")
    await expect(page.get_by_text("canary-word-43")).to_be_visible()
    await expect(page.get_by_text("Sent", exact=True)).to_be_visible()
    await until(page, NONE, "unsent")
    await patient.catches_up()
    assert [m.shown.text for m in patient.seen if m.sender == "patient"] == ["canary-word-43"]


async def test_online_no_number_is_an_old_one(there: Visit, site: Site) -> None:
    await seated(there, await site.clinic.join("copd"))
    old = """async () => {
      const lines = [{ text: "An old number", number: "000" }];
      for (const name of await caches.keys())
        await (await caches.open(name)).put("/v1/availability", new Response(JSON.stringify({ reading: "Old", urgent: { kind: "advice", lines } })));
    }"""
    await there.page.evaluate(old)
    async with there.page.expect_response("**/v1/availability"):
        await there.page.reload()
    await there.state("online")
    await there.button("Get help now").press("Enter")
    await expect(there.page.get_by_role("dialog").get_by_role("link", name="Call 999").first).to_be_visible()
    await expect(there.page.get_by_text("An old number")).to_be_hidden()
    kept = "caches.match('/v1/availability').then((answer) => answer.text())"
    assert "An old number" not in await there.page.evaluate(kept)


async def test_a_new_release_takes_over_at_once(
    there: Visit, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    await seated(there, await site.clinic.join("copd"))
    before: Any = await there.page.evaluate("caches.keys()")
    old = shipped().release
    lean = shipping.lean
    monkeypatch.setattr(shipping, "lean", lambda source: lean(source) + "\n")
    shipped.cache_clear()
    try:
        assert shipped().release != old
        await there.page.reload()
        only = "async (name) => (await caches.keys()).join() === name"
        await until(there.page, only, f"bounceback {shipped().release}")
        assert before == [f"bounceback {old}"]
    finally:
        monkeypatch.undo()
        shipped.cache_clear()
