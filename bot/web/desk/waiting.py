"""People who came by themselves: who waits, and a colleague's answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from bot.core.errors import Refused
from bot.core.facts import PatientReferred
from bot.core.inputs import AnswerReferral, ReferralReason
from bot.core.library import Library
from bot.core.values import LineId, WordId
from bot.ports import PersonSeen
from bot.usecases.looking import first_names, open_patient
from bot.usecases.referring import answer_referral
from bot.usecases.unsealing import unsealed
from bot.web.desk import words
from bot.web.desk.chosen import MAY_OWN, chosen
from bot.web.desk.forms import id_in
from bot.web.desk.one_patient import typed_in
from bot.web.desk.seat import Seat, go

WAITS = ("waiting", "not_accepted")


MESSAGES_READ = 100
LAST_TYPED = 5


@dataclass(frozen=True)
class Row:
    """``since``: when they came."""

    person: PersonSeen
    name: str
    since: datetime | None
    nation: str
    language: str


async def show_list(seat: Seat) -> web.StreamResponse:
    """Whoever has waited longest comes first: ids grow with time."""
    record, service = seat.house.record, seat.service.id
    everybody = await record.reading.caseload(service, seat.looker())
    people = sorted((p for p in everybody if p.status == "waiting"), key=lambda p: p.id.int)
    names = await first_names(seat.house, service, people)
    since = await record.reading.began(service, [p.id for p in people], seat.looker())
    library = seat.house.shelf.library
    rows = [
        Row(p, names.get(p.id, "No name given"), since.get(p.id), *lives_and_reads(p, library))
        for p in people
    ]
    return seat.page("waiting", rows=rows, takes=seat.service.self_referral)


def lives_and_reads(person: PersonSeen, library: Library) -> tuple[str, str]:
    """The nation and the language, in words."""
    nation = library.say(f"nation_{person.nation}", "en") if person.nation else "Not known"
    return nation, library.say("language_name", library.speaks(person.language))


async def show(seat: Seat) -> web.StreamResponse:
    return await _form(seat)


async def _form(seat: Seat, status: int = 200, missing: str = "") -> web.Response:
    patient = LineId(id_in(seat.request))
    opened = await open_patient(
        seat.house, seat.service.id, patient, seat.looker(), last_messages=MESSAGES_READ
    )
    if opened is None or opened.seen.person.status not in WAITS:
        raise Refused("not_found")
    staff = await seat.house.record.staff.all(seat.service.id)
    nation, language = lives_and_reads(opened.seen.person, seat.house.shelf.library)
    typed = typed_in(opened, opened.messages)
    return seat.page(
        "referral",
        status,
        person=opened.seen.person,
        name=opened.name or "No name given",
        alerts=sum(a.state != "resolved" for a in opened.seen.alerts),
        owners=[m for m in staff if m.roles & MAY_OWN],
        missing=missing,
        since=next((h.at for h in opened.seen.history.happened if isinstance(h.fact, PatientReferred)), None),
        nation=nation,
        language=language,
        address=await _address(seat, patient, opened.state.profile.contact),
        wrote=[m for m in opened.messages if m.seq in typed][-LAST_TYPED:],
        typed=len(opened.seen.history.typed),
    )


async def _address(seat: Seat, patient: LineId, contact: WordId | None) -> str | None:
    """The way back that they left, as part of the page's look."""
    if contact is None:
        return None
    house, service = seat.house, seat.service.id
    sealed = await house.record.lines.words(service, patient, (contact,))
    return (await unsealed(house, service, sealed)).get(contact)


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
