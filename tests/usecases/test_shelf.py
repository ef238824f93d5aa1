"""The release in force, as one process knows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.core.library import Library
from bot.core.service import Service
from bot.ports import Pointer
from bot.usecases.shelf import Shelf


class Told:
    """A record that tells these pointers, one after the other, and holds this library under every name."""

    def __init__(self, library: Library, *told: Pointer) -> None:
        self._library, self._told = library, list(told)

    async def pointer(self) -> Pointer:
        return self._told.pop(0)

    async def load(self, _: str) -> Library:
        return self._library

    async def all(self) -> Sequence[Service]:
        return ()


async def test_an_answer_that_is_overtaken_by_a_publish_takes_nothing_back(library: Library) -> None:
    record: Any = Told(library, Pointer("old", 1), Pointer("new", 2), Pointer("old", 1), Pointer("newest", 3))
    shelf = Shelf(record, record)
    moved = [await shelf.refresh() for _ in range(4)]
    assert moved == [True, True, False, True]
    assert shelf.pointer == Pointer("newest", 3)
