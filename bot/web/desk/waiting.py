"""People who came by themselves: who waits, and a colleague's answer."""

from __future__ import annotations

from dataclasses import dataclass

from aiohttp import web

from bot.core.errors import Refused
from bot.core.inputs import AnswerReferral, ReferralReason
from bot.core.values import LineId
from bot.ports import PersonSeen
from bot.usecases.looking import first_names, open_patient
from bot.usecases.referring import answer_referral
from bot.web.desk import words
from bot.web.desk.chosen import MAY_OWN, chosen
from bot.web.desk.forms import id_in
from bot.web.desk.seat import Seat, go

WAITS = ("waiting", "not_accepted")


@dataclass(frozen=True)
class Row:
    person: PersonSeen
    name: str


async def show_list(seat: Seat) -> web.StreamResponse:
    """Whoever has waited longest comes first: ids grow with time."""
    record, service = seat.house.record, seat.service.id
    everybody = await record.reading.caseload(service, seat.looker())
    people = sorted((p for p in everybody if p.status == "waiting"), key=lambda p: p.id.int)
    names = await first_names(seat.house, service, people)
    rows = [Row(p, names.get(p.id, "No name given")) for p in people]
    return seat.page("waiting", rows=rows, takes=seat.service.self_referral)


async def show(seat: Seat) -> web.StreamResponse:
    return await _form(seat)


async def _form(seat: Seat, status: int = 200, missing: str = "") -> web.Response:
    patient = LineId(id_in(seat.request))
    opened = await open_patient(seat.house, seat.service.id, patient, seat.looker(), last_messages=1)
    if opened is None or opened.seen.person.status not in WAITS:
        raise Refused("not_found")
    staff = await seat.house.record.staff.all(seat.service.id)
    return seat.page(
        "referral",
        status,
        person=opened.seen.person,
        name=opened.name or "No name given",
        alerts=sum(a.state != "resolved" for a in opened.seen.alerts),
        owners=[m for m in staff if m.roles & MAY_OWN],
        missing=missing,
    )


async def answer(seat: Seat) -> web.StreamResponse:
    match seat.fields.get("answer"):
        case "accept":
            owner = await chosen(seat, "owner", MAY_OWN, "refused")
            decided = AnswerReferral(seat.member.id, owner=owner.id if owner else None)
        case "decline":
            reason = _reason(seat.fields.get("reason", ""))
            if reason is None:
                return await _form(seat, 422, "reason")
            decided = AnswerReferral(seat.member.id, reason=reason)
        case _:
            return await _form(seat, 422, "answer")
    patient = LineId(id_in(seat.request))
    await answer_referral(seat.house, seat.service.id, patient, decided)
    said = "accepted" if decided.reason is None else "not_accepted"
    return go(f"/desk/patients/{patient}", said=said)


def _reason(given: str) -> ReferralReason | None:
    return given if given in words.REFERRAL_REASONS else None  # type: ignore[return-value]
