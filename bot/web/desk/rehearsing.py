"""A draft as patients would meet it, played beside its text. In memory: nothing is kept, and nobody is told."""

from __future__ import annotations

import asyncio

from aiohttp import web

from bot.core.errors import Refused
from bot.core.library import Library
from bot.usecases import editing
from bot.usecases.rehearsal import Room
from bot.web.calls import check_origin
from bot.web.desk.seat import Seat
from bot.web.limits import Seats
from bot.web.rehearsal import Rehearsals, rehearse_in

MOST_OF_ONE = 4
PLAYING: web.AppKey[set[Rehearsals]] = web.AppKey("rehearsals_playing")
TAKEN: web.AppKey[Seats] = web.AppKey("rehearsals_taken", Seats)


async def play(seat: Seat) -> web.StreamResponse:
    """A socket, for as long as the page is open. Raises Refused: the drafts do not build, or too many play already."""
    check_origin(seat.request)
    bench = await editing.bench_of(seat.house, seat.service.id)
    built = await editing.built_from(seat.house, bench, bench.with_drafts())
    if built.library is None:
        raise Refused("content_broken")
    await asyncio.to_thread(_with_screen, built.library)
    rehearsals = Rehearsals(Room(seat.house.clock, seat.house.ids, seat.house.actions), lambda _: None)
    rehearsals.library = built.library
    playing = seat.request.app[PLAYING]
    with seat.request.app[TAKEN].seat(seat.member.id):
        playing.add(rehearsals)
        try:
            return await rehearse_in(rehearsals, seat.request)
        finally:
            playing.discard(rehearsals)


def _with_screen(library: Library) -> None:
    assert library.screen is not None


def module_of(library: Library | None, file: str) -> str | None:
    """The key of the module that a file is; None of any other file, and where nothing can be played."""
    found = library.modules.items() if library is not None else ()
    return next((key for key, m in found if m.file == file), None)


async def end_rehearsals(app: web.Application) -> None:
    playing = app[PLAYING]
    for rehearsals in tuple(playing):
        await rehearsals.close()
