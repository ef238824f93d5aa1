"""What a person does with an alert: take it on, put it off, hand it over, close it with what came of it."""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import timedelta
from uuid import UUID

from aiohttp import web

from bot.core.errors import Refused
from bot.core.values import AlertId, StaffId
from bot.usecases import alerts as acts
from bot.web.desk import words
from bot.web.desk.alerts import is_quiet, page_of_one
from bot.web.desk.forms import id_in
from bot.web.desk.marking import mark_with_outcome
from bot.web.desk.seat import Seat, go

LONGEST_NOTE = 4_000


async def acknowledge(seat: Seat) -> web.StreamResponse:
    alert = id_in(seat.request)
    doing = acts.acknowledge(seat.house, seat.service.id, alert, seat.member.id)
    return await _done(doing, alert, "acknowledged")


async def snooze(seat: Seat) -> web.StreamResponse:
    alert, reason = id_in(seat.request), seat.fields.get("reason", "")
    hours = seat.fields.get("hours", "")
    if reason not in words.SNOOZE_REASONS or not (hours.isascii() and hours.isdigit() and len(hours) <= 4):
        return await page_of_one(seat, status=422, missing="snooze", fields=seat.fields)
    until = seat.house.clock.now() + timedelta(hours=int(hours))
    doing = acts.snooze(seat.house, seat.service.id, alert, seat.member.id, until, reason, _note(seat))
    return await _done(doing, alert, "snoozed")


async def hand_over(seat: Seat) -> web.StreamResponse:
    alert = id_in(seat.request)
    try:
        to = StaffId(UUID(seat.fields.get("to", "")))
    except ValueError:
        return await page_of_one(seat, status=422, missing="hand-over", fields=seat.fields)
    doing = acts.hand_over(seat.house, seat.service.id, alert, seat.member.id, to, _note(seat))
    found = await seat.house.record.ledger.one(seat.service.id, AlertId(alert), None)
    quiet = found is not None and is_quiet(seat, found.level)
    return await _done(doing, alert, "handed_over_quietly" if quiet else "handed_over")


async def resolve(seat: Seat) -> web.StreamResponse:
    alert, outcome = id_in(seat.request), seat.fields.get("outcome", "")
    if outcome not in words.OUTCOMES:
        return await page_of_one(seat, status=422, missing="resolve", fields=seat.fields)
    found = await seat.house.record.ledger.one(seat.service.id, AlertId(alert), None)
    if found is not None and found.state != "resolved":
        await mark_with_outcome(seat, found)
    doing = acts.resolve(seat.house, seat.service.id, alert, seat.member.id, outcome, _note(seat))
    return await _done(doing, alert, "resolved")


def _note(seat: Seat) -> str:
    return seat.fields.get("note", "").strip()[:LONGEST_NOTE]


async def _done(doing: Awaitable[None], alert: UUID, said: str) -> web.StreamResponse:
    try:
        await doing
    except Refused as refused:
        if refused.code != "alert_gone":
            raise
        said = "gone"
    return go(f"/desk/alerts/{alert}", said=said)
