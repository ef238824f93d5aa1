"""What the team says of the screen, at a patient's message and at an alert's evidence."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web

from bot.core.errors import Refused
from bot.core.values import LineId
from bot.ports import AlertSeen, Mark
from bot.usecases import marking
from bot.web.desk.forms import id_in
from bot.web.desk.seat import Seat, go

TAKE_BACK = "take_back"


def seq_in(text: str) -> int:
    """A message's number, as a form or an address has it."""
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        raise Refused("not_found")
    return int(text)


def of_messages(marks: Sequence[Mark]) -> dict[int, Mark]:
    """By message, what was said of those at which nothing spoke."""
    return {m.seq: m for m in marks if m.rule == marking.NO_RULE}


def of_hits(marks: Sequence[Mark]) -> dict[tuple[int, str], Mark]:
    return {(m.seq, m.rule): m for m in marks if m.rule != marking.NO_RULE}


async def mark_message(seat: Seat) -> web.StreamResponse:
    """On to the alert that stands for it now: whoever marked it is the first who knows."""
    patient, seq = LineId(id_in(seat.request)), seq_in(seat.request.match_info["seq"])
    return await marked(
        seat, patient, seq, seat.fields.get("concern", ""), f"/desk/patients/{patient}?around={seq}"
    )


async def marked(seat: Seat, patient: LineId, seq: int, said: str, back: str) -> web.StreamResponse:
    """``said``: a concern, ``nothing``, or that an own mark is taken back."""
    house, service, by = seat.house, seat.service.id, seat.looker()
    if said == TAKE_BACK:
        await marking.take_back(house, service, patient, seq, marking.NO_RULE, by)
        return go(back, said="unmarked")
    if said == "nothing":
        await marking.mark_nothing(house, service, patient, seq, by)
        return go(back, said="marked")
    alert = await marking.mark_missed(house, service, patient, seq, said, by)
    return go(f"/desk/alerts/{alert}", said="missed") if alert else go(back, said="marked")


async def mark_hit(seat: Seat) -> web.StreamResponse:
    alert, fields = id_in(seat.request), seat.fields
    seq, rule, verdict = seq_in(fields.get("seq", "")), fields.get("rule", ""), fields.get("verdict", "")
    by = seat.looker()
    if verdict == TAKE_BACK:
        found = await seat.house.record.ledger.one(seat.service.id, alert, None)  # type: ignore[arg-type]
        if found is None:
            raise Refused("not_found")
        await marking.take_back(seat.house, seat.service.id, found.line, seq, rule, by)
        return go(f"/desk/alerts/{alert}", said="unmarked")
    await marking.mark_hit(seat.house, seat.service.id, alert, seq, rule, verdict, by)
    return go(f"/desk/alerts/{alert}", said="marked")


async def mark_with_outcome(seat: Seat, alert: AlertSeen) -> None:
    """The hits that were judged in the form that resolves; what a colleague has marked stays theirs."""
    for n, piece in enumerate(alert.evidence):
        verdict = seat.fields.get(f"hit-{n}", "")
        if verdict in ("right", "false_alarm") and piece.seq is not None:
            try:
                await marking.mark_hit(
                    seat.house, seat.service.id, alert.id, piece.seq, piece.rule, verdict, seat.looker()
                )
            except Refused as refused:
                if refused.code != "marked_by_another":
                    raise
