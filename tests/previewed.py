"""A preview of a copy of the content, on a port of its own, for tests of the web and of browsers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from aiohttp import web
from few_pages import BREATHLESSNESS, HEART_ATTACK, few_pages

from bot.authoring import manuscript
from bot.web.preview.app import Preview, make_preview
from bot.wiring import rehearsal_room

KEY = "copd/breathlessness-and-worry"


@dataclass
class Previewed:
    """``page``: the file under the editor's hands."""

    url: str
    folder: Path
    page: Path
    preview: Preview

    def save(self, old: str, new: str) -> None:
        text = self.page.read_text(encoding="utf-8")
        assert old in text
        self.page.write_text(text.replace(old, new, 1), encoding="utf-8")

    async def edition(self, n: int) -> None:
        """Until so many saves have been read."""
        async with asyncio.timeout(30):
            while self.preview.edition.n < n:
                await asyncio.sleep(0.02)


@asynccontextmanager
async def previewed(tmp_path: Path) -> AsyncIterator[Previewed]:
    folder = few_pages(tmp_path / "content", BREATHLESSNESS + HEART_ATTACK)
    page = folder / f"modules/{KEY}.en.md"
    preview = Preview(manuscript(page), rehearsal_room("actions"))
    runner = web.AppRunner(make_preview(preview), shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await preview.read()
    following = asyncio.create_task(preview.follow())
    try:
        yield Previewed(f"http://127.0.0.1:{runner.addresses[0][1]}", folder, page, preview)
    finally:
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following
        await runner.cleanup()
