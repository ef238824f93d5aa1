"""The module that a patient is reading, as a page of its own: to be read without a connection."""

from __future__ import annotations

from bot.core.library import is_quick
from bot.core.library.readable import Page, readable
from bot.core.state import ModuleRun
from bot.core.values import LineId, ServiceId
from bot.usecases.conversation import standing
from bot.usecases.house import House


async def page_of(house: House, service: ServiceId, patient: LineId) -> Page | None:
    """Of the module that was begun last and is not over, at the release it was begun with; None where there is none."""
    state = await standing(house, service, patient)
    for run in reversed(state.runs if state else ()):
        if isinstance(run, ModuleRun) and not is_quick(run.module):
            library = house.shelf.books.get(run.release, house.shelf.library)
            module = library.modules.get(run.module)
            return readable(module) if module else None
    return None
