"""An editor saves a page again and again: how long until the chat beside it shows the new text."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from bot.authoring import CONTENT_SHIPPED, manuscript
from bot.cli.proofs.findings import Bar, Findings, Task, percentile
from bot.web.frames import PROTOCOL
from bot.web.preview.app import Preview, make_preview
from bot.wiring import rehearsal_room

SAVES, QUICK_SAVES = 30, 3
MODULE, STEP = "copd/breathlessness-and-worry", "what-brings-you-here"
OLD = "Being short of breath is frightening."
SHOWN_WITHIN_S = 0.2
GIVEN_UP_AFTER_S = 15.0
PAUSE_S = 0.3  # between two saves


async def prove_preview(task: Task) -> Findings:
    saves = QUICK_SAVES if task.quick else SAVES
    folder = Path(shutil.copytree(CONTENT_SHIPPED, task.folder / "previewed"))
    page = folder / f"modules/{MODULE}.en.md"
    written = page.read_text(encoding="utf-8")
    passed_s: list[float] = []
    kept = 0
    async with _chat(page) as ws:
        await _heard(ws, OLD)
        for n in range(saves):
            task.tell("saving", n, saves)
            await asyncio.sleep(PAUSE_S)
            words = f"This is save number {n}."
            began = time.perf_counter()
            page.write_text(written.replace(OLD, words), encoding="utf-8")
            with suppress(TimeoutError):
                seq, shown_at = await _heard(ws, words)
                passed_s.append(shown_at - began)
                kept += seq == 1
    return _findings(saves, passed_s, kept)


@asynccontextmanager
async def _chat(page: Path) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    """A widget at the step, in a preview of the page."""
    preview = Preview(manuscript(page), rehearsal_room("actions"))
    runner = web.AppRunner(make_preview(preview), shutdown_timeout=0.5)
    await preview.read()
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    following = asyncio.create_task(preview.follow())
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/rehearsal"
    query = {"seat": "proof", "module": MODULE, "step": STEP}
    try:
        async with (
            aiohttp.ClientSession() as client,
            client.ws_connect(url, params=query, protocols=(PROTOCOL,)) as ws,
        ):
            await ws.send_str(json.dumps({"type": "hello"}))
            yield ws
    finally:
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following
        await runner.cleanup()


async def _heard(ws: aiohttp.ClientWebSocketResponse, words: str) -> tuple[int, float]:
    """The seq of the message with these words, and when it came."""
    async with asyncio.timeout(GIVEN_UP_AFTER_S):
        while True:
            frame: dict[str, Any] = json.loads(await ws.receive_str())
            if frame["type"] == "msg" and words in frame["text"]:
                return int(frame["seq"]), time.perf_counter()


def _findings(saves: int, passed_s: list[float], kept: int) -> Findings:
    median = percentile(passed_s, 0.5)
    figures = {
        "saves": saves,
        "save_to_screen_ms": {
            "median": round(1000 * median),
            "worst": round(1000 * max(passed_s, default=0.0)),
        },
        "load_average": [round(n, 1) for n in os.getloadavg()],
    }
    bars = [
        Bar("saves that were shown", len(passed_s), least=saves),
        Bar("saves that kept the place", kept, least=saves),
        Bar("save to screen, median seconds", round(median, 3), SHOWN_WITHIN_S),
    ]
    return Findings("preview", figures, bars)
