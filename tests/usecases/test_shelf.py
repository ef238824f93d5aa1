"""The release in force, as one process knows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import pytest

from bot.core.errors import Unavailable
from bot.core.library import Library
from bot.core.library.bundle import Bundle
from bot.core.service import Service
from bot.core.values import ServiceId
from bot.ports import Pointer
from bot.usecases.shelf import Shelf
from bot.usecases.standby import TRY_AGAIN_AFTER, Keeper

CLINIC = Service(id=ServiceId(UUID(int=1)), slug="clinic", name="The clinic", nation="scotland")


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


def test_nobody_is_called_a_stranger_before_the_record_was_asked(library: Library) -> None:
    record: Any = Told(library)
    shelf = Shelf(record, record)
    shelf.stand_by(Bundle.of(library, [CLINIC]), "packaged")
    assert shelf.by_slug("clinic").id == CLINIC.id
    with pytest.raises(Unavailable):
        shelf.by_slug("added-since")
    with pytest.raises(Unavailable):
        shelf.service(ServiceId(UUID(int=2)))


async def test_who_stands_by_screens_and_converses_with_nobody_until_a_library_is_in_force(
    library: Library,
) -> None:
    record: Any = Told(library, Pointer("new", 1))
    shelf = Shelf(record, record)
    bundle = Bundle.of(library)
    shelf.stand_by(bundle, "last published (file)")
    assert shelf.for_safety is bundle.library
    assert shelf.safety_from == ("last published (file)", library.release)
    with pytest.raises(Unavailable):
        _ = shelf.library
    await shelf.refresh()
    assert shelf.for_safety is shelf.library is library
    assert shelf.safety_from == ("in force", "new")


async def test_a_library_that_was_only_read_from_a_folder_does_not_screen_in_place_of_the_published_one(
    library: Library,
) -> None:
    record: Any = Told(library)
    shelf = Shelf(record, record)
    shelf.put_first(library)
    bundle = Bundle.of(library)
    shelf.stand_by(bundle, "last published (file)")
    assert shelf.for_safety is bundle.library
    assert not shelf.in_force


class Remembers:
    """A data folder that takes nothing for the first ``full`` times."""

    def __init__(self, full: int = 0) -> None:
        self.kept: list[Bundle] = []
        self._full = full

    def keep(self, bundle: Bundle) -> None:
        if self._full:
            self._full -= 1
            raise Unavailable("data folder")
        self.kept.append(bundle)


async def keeping(library: Library, remembers: Any, rounds: int) -> int:
    """How many rounds said that it cannot be kept."""
    record: Any = Told(library, Pointer("one", 1))
    shelf, failed = Shelf(record, record), 0
    keeper = Keeper(shelf, remembers)
    await keeper.round()  # before anything is in force
    await shelf.refresh()
    for _ in range(rounds):
        try:
            await keeper.round()
        except Unavailable:
            failed += 1
    return failed


async def test_what_is_in_force_is_kept_once(library: Library) -> None:
    remembers = Remembers()
    assert await keeping(library, remembers, 5) == 0
    assert [b.release for b in remembers.kept] == [library.release]


async def test_a_full_folder_is_told_once_in_a_while_and_tried_again(library: Library) -> None:
    remembers = Remembers(full=2)
    assert await keeping(library, remembers, 3 * TRY_AGAIN_AFTER) == 2
    assert len(remembers.kept) == 1


def test_a_service_is_closed_on_the_bank_holidays_of_what_stands_by(library: Library) -> None:
    record: Any = Told(library)
    shelf = Shelf(record, record)
    shelf.stand_by(Bundle.of(library, [CLINIC]), "packaged")
    assert shelf.by_slug("clinic").bank_holidays == library.policy.bank_holidays.of(CLINIC.nation)
    assert Bundle.of(library, shelf.services()).model_dump(mode="json")["services"] == [
        CLINIC.model_dump(mode="json")
    ]
