"""The end of a patient's care: what it is, what stops with it, and a second step; and taking them back."""

from __future__ import annotations

from typing import Literal

from aiohttp import web

from bot.core.errors import Refused
from bot.core.inputs import EndCare, TakeBack
from bot.core.values import LineId
from bot.usecases.care import LONGEST_NAME, end_care, take_back
from bot.usecases.looking import open_patient
from bot.web.desk import words
from bot.web.desk.forms import id_in
from bot.web.desk.seat import Seat, go

How = Literal["discharged", "transferred", "died"]


async def show(seat: Seat) -> web.StreamResponse:
    return await _form(seat)


async def _form(
    seat: Seat,
    status: int = 200,
    *,
    how: How | None = None,
    to: str = "",
    missing: str = "",
    finished: bool = False,
    take_posts: bool = False,
) -> web.Response:
    """``how``: chosen, and asked for once more, with what it stops."""
    patient = LineId(id_in(seat.request))
    opened = await open_patient(seat.house, seat.service.id, patient, seat.looker(), last_messages=1)
    if opened is None:
        raise Refused("not_found")
    return seat.page(
        "end_of_care",
        status,
        person=opened.seen.person,
        name=opened.name or "No name given",
        alerts=sum(a.state != "resolved" for a in opened.seen.alerts),
        how=how,
        to=to,
        finished=finished,
        take_posts=take_posts,
        groups=any(m.status != "left" for m in opened.state.rooms.values()),
        missing=missing,
        longest=LONGEST_NAME,
    )


async def end(seat: Seat) -> web.StreamResponse:
    how, to = _how(seat.fields.get("how", "")), seat.fields.get("to", "").strip()[:LONGEST_NAME]
    finished = how == "discharged" and seat.fields.get("finished") == "yes"
    take_posts = seat.fields.get("take_posts") == "yes"
    if how is None:
        return await _form(seat, 422, to=to, missing="how")
    if how == "transferred" and not to:
        return await _form(seat, 422, missing="to")
    if seat.fields.get("sure") != "yes":
        return await _form(seat, how=how, to=to, finished=finished, take_posts=take_posts)
    patient, by = await _known(seat), seat.member.id
    await end_care(seat.house, seat.service.id, patient, EndCare(how, by, to, finished, take_posts))
    return go(f"/desk/patients/{patient}", said=how)


def _how(given: str) -> How | None:
    match given:
        case "discharged" | "transferred" | "died":
            return given
        case _:
            return None


async def back(seat: Seat) -> web.StreamResponse:
    patient = await _known(seat)
    await take_back(seat.house, seat.service.id, patient, TakeBack(seat.member.id))
    return go(f"/desk/patients/{patient}", said="taken_back")


async def _known(seat: Seat) -> LineId:
    patient = LineId(id_in(seat.request))
    if patient not in await seat.house.record.reading.people(seat.service.id, [patient], seat.looker()):
        raise Refused("not_found")
    return patient


assert set(words.ENDS) == {"discharged", "transferred", "died"}
