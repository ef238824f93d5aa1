"""Who answers for a patient, on a page of its own: for leads and for the owner."""

from __future__ import annotations

from uuid import UUID

from aiohttp import web

from bot.core.errors import Refused
from bot.core.scope import CASELOAD
from bot.core.values import LineId, StaffId
from bot.usecases.care_team import change_team, may_change
from bot.usecases.looking import open_patient
from bot.usecases.scope import may_open
from bot.web.desk.forms import id_in
from bot.web.desk.seat import Seat, go


async def show(seat: Seat) -> web.StreamResponse:
    patient = LineId(id_in(seat.request))
    opened = await open_patient(seat.house, seat.service.id, patient, seat.looker(), last_messages=1)
    if opened is None or not may_change(seat.member, opened.seen.person.owner):
        raise Refused("not_found")
    staff = await seat.house.record.staff.all(seat.service.id)
    return seat.page(
        "team",
        person=opened.seen.person,
        name=opened.name or "No name given",
        alerts=sum(a.state != "resolved" for a in opened.seen.alerts),
        owners=[m for m in staff if m.roles & CASELOAD],
        clinicians=[m for m in staff if "clinician" in m.roles],
    )


async def change(seat: Seat) -> web.StreamResponse:
    """Whoever gives a patient away may not be able to open the record any more: then on to the list."""
    house, service, patient = seat.house, seat.service.id, LineId(id_in(seat.request))
    owner, clinician = _chosen(seat, "owner"), _chosen(seat, "clinician")
    await change_team(house, service, patient, owner, clinician, seat.member)
    mine = await may_open(house, service, patient, seat.member.id)
    return go(f"/desk/patients/{patient}" if mine else "/desk/patients", said="team")


def _chosen(seat: Seat, name: str) -> StaffId | None:
    """Raises Refused('not_found') for what the form never offers: a look at whom it is for comes first."""
    text = seat.fields.get(name, "")
    try:
        return StaffId(UUID(text)) if text else None
    except ValueError:
        raise Refused("not_found") from None
