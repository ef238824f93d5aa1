"""Putting content in force: a library with an error never replaces the last good one."""

from __future__ import annotations

from bot.core.library import Library
from bot.ports import Pointer
from bot.usecases.house import House


async def publish(house: House, library: Library, by: str, *, urgent: bool = False) -> Pointer:
    """One pointer flips, in one transaction; this process swaps one reference, the others follow within a second."""
    await house.understanding.prepare(library)
    pointer = await house.shelf.publish(library, by, house.clock.now(), urgent=urgent)
    for service in house.shelf.services():
        house.bus.hint(service.id, "release", {"n": pointer.n})
    return pointer
