"""An edit of the folder is an automatic publish."""

from __future__ import annotations

import asyncio
from pathlib import Path

from drafting import BYE, FRONT

from bot.adapters.content_files import watch
from bot.core.library.build import Built


async def test_an_edit_is_published_and_a_broken_one_stops_nothing(tmp_path: Path) -> None:
    page = tmp_path / "modules/copd/page.en.md"
    page.parent.mkdir(parents=True)
    page.write_text(FRONT + "Hello." + BYE, encoding="utf-8")
    seen: asyncio.Queue[Built] = asyncio.Queue()
    watching = asyncio.create_task(watch(tmp_path, seen.put))

    async def edited(held: bytes) -> set[str]:
        """The problems of the page, as they are published after the edit."""
        while seen.empty():
            page.write_bytes(held)
            await asyncio.sleep(0.1)
        built = await seen.get()
        return {problem.code for problem in built.problems if problem.file.startswith("modules")}

    async with asyncio.timeout(20):
        broken = await edited(b"\xff\xfe")
        while not seen.empty():
            seen.get_nowait()
        mended = await edited((FRONT + "::: urgnt\n:::" + BYE).encode())
    watching.cancel()
    assert (broken, "C201" in mended) == ({"C001"}, True)


async def test_an_edit_of_a_pack_is_one_too(tmp_path: Path) -> None:
    folder, packs = tmp_path / "content", tmp_path / "packs"
    (folder / "modules").mkdir(parents=True)
    packs.mkdir()
    seen: asyncio.Queue[Built] = asyncio.Queue()
    watching = asyncio.create_task(watch(folder, seen.put, packs))
    async with asyncio.timeout(20):
        while seen.empty():
            (packs / "wsas.yaml").write_text("id: wsas\n")
            await asyncio.sleep(0.1)
        built = await seen.get()
    watching.cancel()
    assert "wsas.yaml" in {Path(problem.file).name for problem in built.problems}
