"""A page's worker, as the browser's own push service sees it."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any

from playwright.async_api import Page


async def its_worker(page: Page, script: str, scope: str) -> str:
    """Registers it as the page does; returns the browser's id for it."""
    cdp = await page.context.new_cdp_session(page)
    known: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def updated(event: dict[str, Any]) -> None:
        for each in event["registrations"]:
            if each["scopeURL"].endswith(scope) and not known.done():
                known.set_result(each["registrationId"])

    cdp.on("ServiceWorker.workerRegistrationUpdated", updated)
    await cdp.send("ServiceWorker.enable")
    await page.evaluate(
        f"""async () => {{
          await navigator.serviceWorker.register({json.dumps(script)}, {{ scope: {json.dumps(scope)} }});
          await navigator.serviceWorker.ready;
        }}"""
    )
    async with asyncio.timeout(10):
        return await known


async def pushed(page: Page, registration: str, data: str) -> dict[str, Any]:
    """What the worker wants to be shown of a message that the browser hands to it."""
    [worker] = page.context.service_workers
    await worker.evaluate(
        """() => {
          self.shown = [];
          ServiceWorkerRegistration.prototype.showNotification = async (title, more) => {
            self.shown.push({ title, ...more });
          };
        }"""
    )
    cdp = await page.context.new_cdp_session(page)
    await cdp.send("ServiceWorker.enable")
    origin = re.sub(r"(?<=\d)/.*", "", page.url)
    await cdp.send(
        "ServiceWorker.deliverPushMessage", {"origin": origin, "registrationId": registration, "data": data}
    )
    async with asyncio.timeout(10):
        while not (shown := await worker.evaluate("self.shown")):
            await asyncio.sleep(0.05)
    [one] = shown
    return dict(one)
