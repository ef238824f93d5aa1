"""Editing a folder in development is nothing but an automatic publish."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from watchfiles import awatch

from bot.core.library.build import Built

_SETTLE_MS = 120


async def watch(folder: Path, publish: Callable[[Built], Awaitable[None]], packs: Path | None = None) -> None:
    """Call ``publish`` after each change in the folder, until cancelled; a broken file is a ``Built`` with problems."""
    async for _ in awatch(*_watched(folder, packs), debounce=_SETTLE_MS, step=40, recursive=True):
        await publish(await asyncio.to_thread(_read, folder, packs))


def _watched(folder: Path, packs: Path | None) -> list[Path]:
    return [folder, packs] if packs is not None and packs.is_dir() else [folder]


def _read(folder: Path, packs: Path | None) -> Built:
    from bot.adapters.content_files.folder import (
        read_library,
    )  # the parsers, which nobody needs before the first edit

    return read_library(folder, packs=packs)
