"""Who looked at whom: the service's own chain, or one patient's. For leads; opening it is itself a look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from bot.core.errors import Refused
from bot.core.values import LineId
from bot.ports import LookSeen
from bot.usecases.looking import first_names
from bot.web.desk import words
from bot.web.desk.forms import id_in
from bot.web.desk.seat import Seat

MOST = 200


@dataclass(frozen=True)
class Look:
    n: int
    at: datetime
    who: str
    what: str


async def show(seat: Seat) -> web.StreamResponse:
    return await _page(seat, LineId(seat.service.id), None)


async def show_of_patient(seat: Seat) -> web.StreamResponse:
    patient = LineId(id_in(seat.request))
    people = await seat.house.record.reading.people(seat.service.id, [patient], seat.looker())
    if patient not in people:
        raise Refused("not_found")
    names = await first_names(seat.house, seat.service.id, list(people.values()))
    return await _page(seat, patient, names.get(patient, "No name given"))


async def _page(seat: Seat, chain: LineId, who: str | None) -> web.StreamResponse:
    audit = seat.house.record.audit
    found = await audit.looks(seat.service.id, chain, seat.looker(), most=MOST)
    whole = await audit.verify(seat.service.id, chain)
    colleagues = {str(staff): name for staff, name in (await seat.colleagues()).items()}
    return seat.page(
        "audit",
        who=who,
        chain=chain,
        looks=[_shown(look, colleagues) for look in found],
        whole=whole,
        most=MOST,
    )


def _shown(look: LookSeen, colleagues: dict[str, str]) -> Look:
    role, _, who = look.who.partition(":")
    name = colleagues.get(who, "A former colleague" if role == "staff" else words.LOOKERS.get(role, role))
    what = words.LOOKS.get(look.what, look.what)
    if look.what.startswith("staff."):
        what += f": {colleagues.get(look.about.partition(' ')[0], 'somebody who has not come yet')}"
    return Look(look.n, look.at, name, what)
