"""Data folders of the embedded servers. Nothing heavy is imported here: another Python may run these tests too."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from embedded_folder import servers_of
from embedded_guest import drop_orphaned_memory

from bot.embedded import embedded_servers


@pytest.fixture(scope="session")
async def used(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Path]:
    """A folder that was used before. The tests share it: making a cluster takes a second."""
    folder = tmp_path_factory.mktemp("used")
    async with embedded_servers(folder):
        pass
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
async def data(used: Path) -> AsyncIterator[Path]:
    yield used
    await _calm_down(used)


@pytest.fixture
async def empty(tmp_path: Path) -> AsyncIterator[Path]:
    folder = tmp_path / "var"
    yield folder
    await _calm_down(folder)
    shutil.rmtree(folder, ignore_errors=True)
    drop_orphaned_memory()


async def _calm_down(folder: Path) -> None:
    if (folder / "servers/pg/postmaster.pid").exists():
        # One orderly stop after a kill -9 gives the kernel its shared memory back.
        async with embedded_servers(folder):
            pass
    assert not servers_of(folder)
