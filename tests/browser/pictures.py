"""Screens for whoever wants to look with their own eyes: ``PICTURES`` in the environment names the folder."""

from __future__ import annotations

import os
from pathlib import Path

from playwright.async_api import Page

FOLDER = os.environ.get("PICTURES")


async def picture(page: Page, name: str, *, whole: bool = False) -> None:
    if FOLDER:
        Path(FOLDER).mkdir(parents=True, exist_ok=True)
        await page.screenshot(path=Path(FOLDER) / f"{name}.png", full_page=whole)
