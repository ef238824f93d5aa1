"""What patients wrote to the team and nobody has answered: whose, since when, and the way there. Their words stand in the chat."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from bot.ports import Waiting, Why
from bot.usecases.looking import first_names
from bot.web.desk import words
from bot.web.desk.seat import Seat

WHY: dict[Why, str] = {
    "asked": "asked for a person",
    "chat": "wrote while a colleague had taken over",
    "reply": "answered the team",
}


@dataclass(frozen=True)
class Row:
    """``worked``: how long it has waited, of the time in which the team was there."""

    waiting: Waiting
    name: str
    about: str
    why: str
    worked: str
    owner: str | None
    held_by: str | None
    taken_on: str | None


async def show(seat: Seat) -> web.StreamResponse:
    """Who has waited longest first."""
    waiting = await seat.house.record.inbox.waiting(seat.service.id, seat.looker())
    return seat.page(
        "inbox",
        rows=await _rows(seat, waiting),
        messages=sum(w.number for w in waiting),
        seen=fingerprint(waiting),
        inbox_number=len(waiting),
    )


async def _rows(seat: Seat, waiting: Sequence[Waiting]) -> list[Row]:
    people = await seat.house.record.reading.people(seat.service.id, [w.line for w in waiting])
    names = await first_names(seat.house, seat.service.id, list(people.values()))
    colleagues = await seat.colleagues() if waiting else {}
    now, clock = seat.house.clock.now(), seat.clock
    rows = []
    for w in waiting:
        person = people.get(w.line)
        if person is None:
            continue
        rows.append(
            Row(
                waiting=w,
                name=names.get(w.line, "No name given"),
                about=words.conditions_of(person.conditions),
                why=" and ".join(WHY[why] for why in w.why),
                worked=clock.length(seat.service.worked(w.since, now)),
                owner=colleagues.get(person.owner) if person.owner else None,
                held_by=colleagues.get(w.held_by, "a colleague") if w.held_by else None,
                taken_on=colleagues.get(w.taken_on, "a colleague") if w.taken_on else None,
            )
        )
    return rows


def fingerprint(waiting: Sequence[Waiting]) -> str:
    """What the list shows, in a few characters: another one means that there is something new."""
    shown = [(str(w.line), w.seq, w.number, w.why, str(w.held_by), str(w.taken_on)) for w in waiting]
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


async def waiting_now(seat: Seat) -> str:
    """The fingerprint as it stands: nothing of it is shown, so nobody looks."""
    return fingerprint(await seat.house.record.inbox.waiting(seat.service.id, seat.looker(), noted=False))
