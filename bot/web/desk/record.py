"""A patient's record as a whole: handing it over, answering what they say is wrong in it, keeping it by law, erasing it."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from aiohttp import web

from bot.core.erasing import REASONS_TO_KEEP
from bot.core.errors import Refused
from bot.core.inputs import AnswerCorrection, LiftLegalHold, SetLegalHold
from bot.core.values import LineId
from bot.usecases import corrections, erasing
from bot.usecases.export import FORMS, Form, export
from bot.usecases.looking import open_patient
from bot.usecases.unsealing import unsealed
from bot.web.desk import words
from bot.web.desk.forms import id_in
from bot.web.desk.seat import Seat, go

LONGEST_NOTE = 1_000


async def show(seat: Seat) -> web.StreamResponse:
    return await _page(seat)


async def _page(seat: Seat, status: int = 200, *, sure: Literal["", "erase", "lift"] = "") -> web.Response:
    """``sure``: what is asked for once more, with what follows from it."""
    patient = LineId(id_in(seat.request))
    opened = await open_patient(seat.house, seat.service.id, patient, seat.looker(), last_messages=1)
    if opened is None:
        raise Refused("not_found")
    asked = opened.state.corrections
    sealed = await seat.house.record.lines.words(seat.service.id, patient, [c.word for c in asked])
    texts = await unsealed(seat.house, seat.service.id, sealed)
    return seat.page(
        "record",
        status,
        person=opened.seen.person,
        name=opened.name or "No name given",
        state=opened.state,
        alerts=sum(a.state != "resolved" for a in opened.seen.alerts),
        corrections=[(c, texts.get(c.word)) for c in asked],
        rules=seat.house.shelf.library.policy.retention,
        colleagues=await seat.colleagues(),
        sure=sure,
        longest=LONGEST_NOTE,
    )


async def erase(seat: Seat) -> web.StreamResponse:
    if seat.fields.get("sure") != "yes":
        return await _page(seat, sure="erase")
    patient = LineId(id_in(seat.request))
    me = seat.member.id
    await erasing.erase(seat.house, seat.service.id, patient, f"staff:{me}", me)
    return go(f"/desk/patients/{patient}/record", said="erased")


async def hold(seat: Seat) -> web.StreamResponse:
    patient = LineId(id_in(seat.request))
    asked = SetLegalHold(seat.member.id, seat.fields.get("reason", ""))
    await erasing.set_hold(seat.house, seat.service.id, patient, asked)
    return go(f"/desk/patients/{patient}/record", said="held")


async def lift(seat: Seat) -> web.StreamResponse:
    if seat.fields.get("sure") != "yes":
        return await _page(seat, sure="lift")
    patient = LineId(id_in(seat.request))
    await erasing.lift_hold(seat.house, seat.service.id, patient, LiftLegalHold(seat.member.id))
    return go(f"/desk/patients/{patient}/record", said="lifted")


async def answer(seat: Seat) -> web.StreamResponse:
    patient, fields = LineId(id_in(seat.request)), seat.fields
    try:
        correction = UUID(fields.get("correction", ""))
    except ValueError:
        raise Refused("not_found") from None
    note, agreed = fields.get("note", "").strip()[:LONGEST_NOTE], fields.get("agreed") == "yes"
    given = AnswerCorrection(correction, seat.member.id, agreed, note)
    await corrections.answer(seat.house, seat.service.id, patient, given)
    return go(f"/desk/patients/{patient}/record", said="corrected")


async def hand_over(seat: Seat) -> web.StreamResponse:
    """One of the files, as a download: one look at all of it."""
    patient = LineId(id_in(seat.request))
    form = _form(seat.fields.get("file", "html"))
    (file,) = await export(seat.house, seat.service.id, patient, seat.looker(), (form,))
    headers = {
        "Content-Disposition": f'attachment; filename="{file.name}"',
        "Cache-Control": "no-store",
    }
    return web.Response(body=file.body, content_type=file.type, charset="utf-8", headers=headers)


def _form(asked: str) -> Form:
    for form in FORMS:
        if form == asked:
            return form
    raise Refused("not_found")


assert set(words.REASONS_TO_KEEP) == set(REASONS_TO_KEEP)
