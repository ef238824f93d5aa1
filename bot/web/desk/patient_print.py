"""One patient on paper: a look with a name of its own. The conversation only for whoever asks for it."""

from __future__ import annotations

from aiohttp import web

from bot.core.errors import Refused
from bot.core.values import LineId
from bot.usecases.looking import open_patient
from bot.web.desk.forms import id_in
from bot.web.desk.one_patient import LAST_MESSAGES, story_of
from bot.web.desk.seat import Seat


async def show(seat: Seat) -> web.StreamResponse:
    with_messages = seat.request.query.get("with") == "messages"
    opened = await open_patient(
        seat.house,
        seat.service.id,
        LineId(id_in(seat.request)),
        seat.looker(),
        last_messages=LAST_MESSAGES if with_messages else 1,
        look="patient.print",
    )
    if opened is None:
        raise Refused("not_found")
    return seat.page(
        "patient_print",
        **story_of(seat, opened),
        messages=opened.messages if with_messages else (),
        with_messages=with_messages,
        colleagues=await seat.colleagues(),
    )
