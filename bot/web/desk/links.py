"""Links that let a patient in: an invitation for somebody new, a way back for somebody known. Each is shown once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from aiohttp import web

from bot.core.errors import Refused
from bot.core.state import Profile
from bot.core.values import LineId, StaffId
from bot.ports import InviteSeen, PersonSeen
from bot.usecases import ways_in
from bot.usecases.conversation import standing
from bot.usecases.looking import first_names
from bot.usecases.scope import must_open
from bot.usecases.short_codes import SHORT_FOR
from bot.web.desk import words
from bot.web.desk.chosen import MAY_OWN, chosen
from bot.web.desk.forms import choices_of, id_in
from bot.web.desk.seat import Seat

LISTED = 50


async def show_invite(seat: Seat) -> web.StreamResponse:
    return await _form(seat)


async def _form(seat: Seat, status: int = 200, **wrong: object) -> web.Response:
    staff = await seat.house.record.staff.all(seat.service.id)
    owners = [m for m in staff if m.roles & MAY_OWN]
    library = seat.house.shelf.library
    languages = {language: library.say("language_name", language) for language in library.texts}
    usual = {"picked": (), "owner": str(seat.member.id), "language": "en", "rows": await _invited(seat)}
    return seat.page("invite", status, owners=owners, languages=languages, **{**usual, **wrong})


@dataclass(frozen=True)
class Invited:
    """``standing``: of the invitation, in words. ``until``, ``short_until``: where it is open. ``name``, ``joined``: once
    they have."""

    person: PersonSeen
    standing: str
    made: datetime
    until: datetime | None
    short_until: datetime | None
    joined: datetime | None
    name: str | None
    owner: str | None


async def _invited(seat: Seat) -> list[Invited]:
    """The newest first. Who has not joined has no name here; the names of the others are part of the list's look."""
    record, service, now = seat.house.record, seat.service.id, seat.house.clock.now()
    everybody = {p.id: p for p in await record.reading.caseload(service, seat.looker())}
    newest = await record.invites.newest(service, list(everybody))
    listed = sorted(newest, key=lambda i: (i.expires_at, i.patient.int), reverse=True)[:LISTED]
    names = await first_names(seat.house, service, [everybody[i.patient] for i in listed])
    colleagues = await seat.colleagues()
    return [_row(i, everybody[i.patient], names, colleagues, now) for i in listed]


def _row(
    seen: InviteSeen,
    person: PersonSeen,
    names: Mapping[LineId, str],
    colleagues: Mapping[StaffId, str],
    now: datetime,
) -> Invited:
    is_open = person.status == "invited" and seen.used_at is None and seen.expires_at > now
    standing = "open" if is_open else STANDINGS.get(person.status, "joined")
    short_until = seen.short_until
    return Invited(
        person=person,
        standing=standing,
        made=seen.expires_at - ways_in.INVITE_FOR,
        until=seen.expires_at if is_open else None,
        short_until=short_until if is_open and short_until and short_until > now else None,
        joined=seen.used_at if standing == "joined" else None,
        name=names.get(person.id, "No name given") if standing == "joined" else None,
        owner=colleagues.get(person.owner) if person.owner else None,
    )


STANDINGS = {"invited": "expired", "declined": "ended before they joined"}


async def invite(seat: Seat) -> web.StreamResponse:
    picked = await choices_of(seat.request, "condition")
    conditions = tuple(c for c in words.CONDITIONS if c in picked)
    owner = seat.fields.get("owner", "")
    language = seat.house.shelf.library.speaks(seat.fields.get("language", "en"))
    if not conditions:
        return await _form(seat, 422, missing=True, owner=owner, language=language)
    answers = await chosen(seat, "owner", MAY_OWN, "refused")
    profile = Profile(
        conditions=conditions,
        nation=seat.service.nation,
        timezone=seat.service.timezone,
        language=language,
        owner=answers.id if answers else None,
    )
    invitation = await ways_in.invite(seat.house, seat.service, profile)
    return _shown_once(seat, invitation)


async def invite_again(seat: Seat) -> web.StreamResponse:
    """In the place of one that ran out or went astray: noted on their chain, since it opens their conversation."""
    patient = LineId(id_in(seat.request))
    house, service = seat.house, seat.service
    await must_open(house, service.id, patient, seat.member.id)
    invitation = await ways_in.invite_again(house, service, patient)
    who, now = f"staff:{seat.member.id}", house.clock.now()
    await house.record.audit.note(service.id, patient, who, "invite.link", str(patient), now)
    return _shown_once(seat, invitation)


def _shown_once(seat: Seat, invitation: ways_in.Invitation) -> web.Response:
    now = seat.house.clock.now()
    return seat.page(
        "link",
        title="Invitation",
        link=invitation.url(seat.house),
        lasts=f"{ways_in.INVITE_FOR.days} days",
        until=now + ways_in.INVITE_FOR,
        short=invitation.short,
        short_until=now + SHORT_FOR,
        patient=invitation.patient,
        new=True,
        has_pin=True,
    )


async def way_back(seat: Seat) -> web.StreamResponse:
    """A fresh link for a known patient: noted on their chain, since it opens their conversation."""
    patient = LineId(id_in(seat.request))
    state = await standing(seat.house, seat.service.id, patient)
    if state is None or state.status not in words.TALKS:
        raise Refused("not_found")
    await must_open(seat.house, seat.service.id, patient, seat.member.id)
    house, now = seat.house, seat.house.clock.now()
    await house.record.audit.note(
        seat.service.id, patient, f"staff:{seat.member.id}", "return.link", str(patient), now
    )
    code = await ways_in.return_code(house, seat.service, patient)
    language = await ways_in.language_of(house, seat.service.id, patient)
    known = await house.record.contacts.proof(seat.service.id, patient)
    return seat.page(
        "link",
        title="A way back into the chat",
        link=ways_in.chat_link(house, "return", code, language),
        lasts=f"{ways_in.RETURN_FOR.seconds // 60} minutes",
        patient=patient,
        new=False,
        has_pin=known is not None and known.proof_hash is not None,
    )
