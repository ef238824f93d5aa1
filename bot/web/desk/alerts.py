"""Alerts: the list, one alert with its reasons, and what a person does about it."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web

from bot.core.digest import quiet_levels
from bot.core.errors import Refused
from bot.core.escalation import opened_by
from bot.core.library import Level
from bot.core.values import AlertId, ServiceId, StaffId
from bot.ports import AlertSeen, EvidenceSeen, Looker
from bot.usecases.house import House
from bot.usecases.hub import Delivered
from bot.usecases.looking import AlertOpened, first_names, open_alert
from bot.usecases.marking import is_hit
from bot.web.desk import words
from bot.web.desk.alert_history import history_of
from bot.web.desk.evidence import reason_of
from bot.web.desk.forms import id_in
from bot.web.desk.marking import of_hits
from bot.web.desk.room_seat import titles
from bot.web.desk.seat import Seat
from bot.web.desk.signing_in import first_page

MOST_RESOLVED = 100
A_GROUP = "A group"
NOTHING: Mapping[str, str] = {}
SNOOZE_HOURS: Mapping[Level, tuple[int, ...]] = {
    "now": (1, 2, 4),
    "soon": (24, 72, 168),
    "routine": (168, 336, 672),
}


@dataclass(frozen=True)
class Row:
    """One alert of the list. ``who``: a first name, or a group's title."""

    alert: AlertSeen
    concern: str
    who: str
    about: str
    reason: str
    owner: str | None
    acted_by: str | None


async def show_list(seat: Seat) -> web.StreamResponse:
    elsewhere = await first_page(seat)
    if elsewhere is not None:
        return elsewhere
    everything = seat.request.query.get("show") == "all"
    seen = await seat.house.record.ledger.list(seat.service.id, open_only=not everything, by=seat.looker())
    waiting = [a for a in seen if a.state != "resolved"]
    resolved = sorted(
        (a for a in seen if a.resolved_at), key=lambda a: a.resolved_at or a.opened_at, reverse=True
    )
    rows = await rows_of(seat, [*waiting, *resolved[:MOST_RESOLVED]])
    return seat.page(
        "alerts",
        everything=everything,
        waiting=rows[: len(waiting)],
        resolved=rows[len(waiting) :],
        unowned=sum(a.state == "open" for a in waiting),
        seen=fingerprint(waiting),
    )


def fingerprint(waiting: Sequence[AlertSeen]) -> str:
    """What a list of open alerts shows, in a few characters: another one means that there is something new."""
    shown = [(str(a.id), a.state, a.level, a.rung, len(a.evidence)) for a in waiting]
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


async def rows_of(seat: Seat, seen: Sequence[AlertSeen]) -> list[Row]:
    people = await seat.house.record.reading.people(
        seat.service.id, list({a.line for a in seen}), seat.looker()
    )
    names = await first_names(seat.house, seat.service.id, list(people.values()))
    colleagues = await seat.colleagues()
    library = seat.house.shelf.library
    groups = await titles(seat)
    rows = []
    for a in seen:
        person = people.get(a.line)
        rows.append(
            Row(
                alert=a,
                concern=words.concern_in_words(library, a.concern),
                who=names.get(a.line, "No name given") if person else groups.get(a.line, A_GROUP),
                about=words.conditions_of(person.conditions) if person else "Group",
                reason=reason_of(telling(a.evidence), library, seat.clock.zone).text if a.evidence else "",
                owner=colleagues.get(a.owner) if a.owner else None,
                acted_by=colleagues.get(a.acted_by) if a.acted_by else None,
            )
        )
    return rows


ADDS = frozenset({"with_others", "came"})
MILD = frozenset({"no_reliable_change", "plateau"})


def telling(evidence: Sequence[EvidenceSeen]) -> EvidenceSeen:
    """The piece that says best why it rang: the last of the gravest kind there is, and of pieces that came together the
    first, which is the rule's main reason. What only adds to another never stands for it."""

    def weight(piece: EvidenceSeen) -> int:
        why = piece.rule.rpartition(":")[2]
        return 0 if why in ADDS else 1 if why in MILD else 2

    return max(evidence, key=lambda piece: (weight(piece), piece.at))


# -- one alert ----------------------------------------------------------------------------------------


async def show(seat: Seat) -> web.StreamResponse:
    return await page_of_one(seat)


async def page_of_one(
    seat: Seat, *, status: int = 200, missing: str = "", fields: Mapping[str, str] = NOTHING
) -> web.Response:
    """``missing``: the form that was sent without what it asks for; ``fields``: what it held."""
    alert = AlertId(id_in(seat.request))
    seen = await seat.house.record.ledger.one(seat.service.id, alert, seat.looker())
    if seen is None:
        raise Refused("not_found")
    opened = await open_alert(seat.house, seat.service.id, seen, seat.looker())
    colleagues = await seat.colleagues()
    library = seat.house.shelf.library
    groups = await titles(seat)
    reasons = [(piece, reason_of(piece, library, seat.clock.zone)) for piece in seen.evidence]
    hits = {n for n, piece in enumerate(seen.evidence) if opened.person and is_hit(piece)}
    judged = (
        of_hits(await seat.house.record.marks.of_line(seat.service.id, seen.line, seat.looker()))
        if hits
        else {}
    )
    return seat.page(
        "alert",
        status,
        opened=opened,
        alert=seen,
        concern=words.concern_in_words(library, seen.concern),
        who=(opened.name or "No name given") if opened.person else groups.get(seen.line, A_GROUP),
        reasons=reasons,
        groups=groups,
        hits=hits,
        judged=judged,
        unjudged=[
            (n, reason.text)
            for n, (piece, reason) in enumerate(reasons)
            if n in hits and (piece.seq, piece.rule) not in judged
        ],
        told=_told(opened),
        history=history_of(opened, colleagues, seat.clock),
        note=opened.notes.get(seen.note) if seen.note else None,
        colleagues=colleagues,
        others=await _others(seat, opened_by(seen.concern)),
        quiet=is_quiet(seat, seen.level),
        snoozes=_snoozes(seat, seen),
        missing=missing,
        typed=fields,
    )


async def _others(seat: Seat, roles: frozenset[str]) -> list[tuple[StaffId, str]]:
    """Colleagues to whom an alert can be handed: those who can open it."""
    staff = await seat.house.record.staff.all(seat.service.id)
    can = [m for m in staff if m.roles & roles and m.id != seat.member.id]
    return [(m.id, f"{m.name} (away)" if m.away else m.name) for m in can]


def is_quiet(seat: Seat, level: Level) -> bool:
    """Whether nobody is told of it but by the digest."""
    return level in quiet_levels(seat.house.shelf.library.policy.ladder)


def _snoozes(seat: Seat, alert: AlertSeen) -> list[tuple[int, datetime]]:
    """Hours, and when that is: as the policy allows for an alert of its level."""
    most = seat.house.shelf.library.policy.ladder.longest_snooze_hours.get(alert.level, 0)
    now = seat.house.clock.now()
    times = [(h, now + timedelta(hours=h)) for h in SNOOZE_HOURS[alert.level] if h <= most]
    return times if alert.level == "now" else [(h, seat.service.next_reading(at)) for h, at in times]


def _told(opened: AlertOpened) -> dict[int, list[Delivered]]:
    """The bot's and the team's messages after each piece of evidence, each once, up to the next form's questions."""
    shown: set[int] = set()
    told: dict[int, list[Delivered]] = {}
    for seq, messages in opened.around.items():
        after = [m for m in messages if m.sender != "patient"]
        said = itertools.takewhile(lambda m: m.shown.question is None, after)
        told[seq] = [m for m in said if m.seq not in shown and m.shown.text]
        shown |= {m.seq for m in told[seq]}
    return told


async def waiting_now(house: House, service: ServiceId, by: Looker) -> str:
    """The fingerprint of the open alerts as they stand: nothing of them is shown, so nobody looks."""
    return fingerprint(await house.record.ledger.list(service, open_only=True, by=by, noted=False))
