"""Colleagues: who is here and for what, asking somebody to join, their first password, and leaving. No patients."""

from __future__ import annotations

from aiohttp import web

from bot.core.errors import Refused, Unavailable
from bot.core.values import StaffId
from bot.ports import StaffMember
from bot.usecases import people
from bot.web.calls import count_try
from bot.web.desk import words
from bot.web.desk.chosen import chosen
from bot.web.desk.forms import choices_of, id_in
from bot.web.desk.seat import CARE, Seat, go, page
from bot.web.desk.signing_in import fields_of_nobody, form_of_nobody, sit_down
from bot.web.keys import HOUSE

LONGEST_FIELD = 200


# -- the list, and one of them ------------------------------------------------------------------------


async def show_list(seat: Seat) -> web.StreamResponse:
    return await _list(seat)


async def _list(seat: Seat, status: int = 200, **wrong: object) -> web.Response:
    record, service = seat.house.record, seat.service.id
    everybody = await record.staff.all(service, former=True)
    return seat.page(
        "people",
        status,
        here_now=[m for m in everybody if m.left_at is None],
        former=[m for m in everybody if m.left_at is not None],
        waiting=await record.staff_invites.waiting(service, seat.house.clock.now()),
        **{"wrong": None, "typed": {}, "picked": frozenset(), **wrong},
    )


async def invite(seat: Seat) -> web.StreamResponse:
    email, name = (seat.fields.get(n, "").strip()[:LONGEST_FIELD] for n in ("email", "name"))
    picked = frozenset(await choices_of(seat.request, "role"))
    try:
        code = await people.ask_to_join(seat.house, seat.service, email, name, picked, seat.member)
    except Refused as refused:
        if refused.code not in ("bad_address", "no_role", "already_here"):
            raise
        return await _list(seat, 422, wrong=refused.code, typed=seat.fields, picked=picked)
    try:
        await people.send_code(seat.house, seat.service, email, code)
    except Unavailable:
        return go("/desk/people", said="not_mailed")
    return go("/desk/people", said="asked")


async def show(seat: Seat) -> web.StreamResponse:
    return await _one(seat, await _member(seat, former=True))


async def _member(seat: Seat, *, former: bool = False) -> StaffMember:
    found = await seat.house.record.staff.by_id(seat.service.id, StaffId(id_in(seat.request)), former=former)
    if found is None:
        raise Refused("not_found")
    return found


async def _one(seat: Seat, member: StaffMember, status: int = 200, wrong: str | None = None) -> web.Response:
    staff = await seat.house.record.staff.all(seat.service.id)
    heirs = [m for m in staff if m.roles & CARE and m.id != member.id]
    return seat.page("colleague", status, member=member, heirs=heirs, wrong=wrong)


async def roles(seat: Seat) -> web.StreamResponse:
    member = await _member(seat)
    try:
        picked = frozenset(await choices_of(seat.request, "role"))
        await people.give_roles(seat.house, member, picked, seat.member)
    except Refused as refused:
        if refused.code != "no_role":
            raise
        return await _one(seat, member, 422, "no_role")
    return go(f"/desk/people/{member.id}", said="roles")


async def sign_out(seat: Seat) -> web.StreamResponse:
    member = await _member(seat)
    await people.sign_out_everywhere(seat.house, member, seat.member)
    return go(f"/desk/people/{member.id}", said="signed_out")


async def leave(seat: Seat) -> web.StreamResponse:
    """``sure``: the second step, on the same page. Whoever has left already: what was not handed over is now."""
    member = await _member(seat, former=True)
    if seat.fields.get("sure") != "yes":
        return await _one(seat, member, 422, "not_sure")
    await people.leave(seat.house, member, seat.member, await chosen(seat, "to", CARE, "not_an_option"))
    return go("/desk/people", said="left")


# -- somebody new -------------------------------------------------------------------------------------


async def show_welcome(request: web.Request) -> web.StreamResponse:
    """Looked at as often as anybody likes, a mail scanner too: only the form uses a code."""
    return form_of_nobody(request, "welcome", 200, wrong=None)


async def welcome(request: web.Request) -> web.StreamResponse:
    try:
        fields = await fields_of_nobody(request)
        count_try(request)
        if fields.get("password") != fields.get("again"):
            return form_of_nobody(request, "welcome", 422, wrong="not_alike", code=fields.get("code", ""))
        code, password = fields.get("code", "").strip(), fields.get("password", "")
        joined = await people.welcome(request.app[HOUSE], code, password)
    except Refused as refused:
        if refused.code == "short_password":
            return form_of_nobody(request, "welcome", 422, wrong="short", code=fields.get("code", ""))
        status = {"rate_limited": 429, "stale_form": 403}.get(refused.code, 410)
        known = words.MESSAGES.get(refused.code, words.MESSAGES["expired_invite"])
        return page(request, "message", status, **known)
    except Unavailable:
        return page(request, "message", 503, **words.MESSAGES["unavailable"])
    return await sit_down(request, joined.token, "/desk", said="welcome")
