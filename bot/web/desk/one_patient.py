"""One patient's page, and what the team does there."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from aiohttp import web

from bot.core.errors import Refused
from bot.core.facts import PatientJoined, PatientReferred, ReferralAccepted
from bot.core.inputs import HandBack, PatientInput, TakeOver, TeamSaid
from bot.core.values import LineId, StaffId
from bot.ports import Happened
from bot.usecases import alerts as acts
from bot.usecases.conversation import standing
from bot.usecases.hub import Delivered
from bot.usecases.looking import PatientOpened, more_of, open_patient
from bot.web.desk import words
from bot.web.desk.alerts import telling
from bot.web.desk.chart_marks import marks_of
from bot.web.desk.charts import curves_of
from bot.web.desk.diary_part import diary_tables
from bot.web.desk.evidence import reason_of
from bot.web.desk.forms import id_in, number_in
from bot.web.desk.happenings import module_title, that_count
from bot.web.desk.live import fingerprint_of
from bot.web.desk.marking import of_messages
from bot.web.desk.outcome_line import outcome_line
from bot.web.desk.reminders import MOST as MOST_REMINDERS
from bot.web.desk.reminders import reminders_shown
from bot.web.desk.seat import Seat, go
from bot.web.desk.since import since_last_visit
from bot.web.desk.timeline import KINDS, timeline_of

LAST_MESSAGES = 100
CAME = {PatientJoined: "Joined on", ReferralAccepted: "Accepted on", PatientReferred: "Came on"}
BEFORE = 20
LONGEST_MESSAGE = 4_000


async def show(seat: Seat) -> web.StreamResponse:
    return await _page(seat)


async def _page(seat: Seat, *, status: int = 200, empty: bool = False) -> web.Response:
    patient = LineId(id_in(seat.request))
    opened = await open_patient(
        seat.house, seat.service.id, patient, seat.looker(), last_messages=LAST_MESSAGES
    )
    if opened is None:
        raise Refused("not_found")
    messages = await _messages(seat, opened)
    colleagues = await seat.colleagues()
    query = seat.request.query
    return seat.page(
        "patient",
        status,
        **story_of(seat, opened),
        messages=messages,
        latest=messages == opened.messages,
        before=sum(a.state == "resolved" for a in opened.seen.alerts),
        marks=_marks(opened),
        typed=typed_in(opened, messages),
        screen_marks=of_messages(
            await seat.house.record.marks.of_line(seat.service.id, patient, seat.looker())
        ),
        reminders=reminders_shown(
            await seat.house.record.reminders.of(
                seat.service.id, patient, most=MOST_REMINDERS, by=seat.looker()
            ),
            opened.state,
            opened.seen.history.happened,
            seat.clock,
        ),
        texts_go="sms" in seat.house.nudgers,
        hold=opened.state.hold,
        colleagues=colleagues,
        timeline=timeline_of(
            that_count(opened.seen.history.happened),
            seat.house.shelf.library,
            colleagues,
            seat.clock,
            kind=query.get("what", ""),
            at=number_in(query.get("events", ""), 1),
        ),
        kinds=KINDS,
        since=since_last_visit(opened.seen.history, opened.seen.scores, seat.house.shelf.library, seat.clock),
        seen=fingerprint_of(opened.state),
        empty=empty,
    )


def story_of(seat: Seat, opened: PatientOpened) -> dict[str, Any]:
    """What the page and its print both tell: who they are, the curves, what came of it, what is open."""
    library, clock, seen = seat.house.shelf.library, seat.clock, opened.seen
    moments = marks_of(that_count(seen.history.happened), library, clock)
    return {
        "opened": opened,
        "person": seen.person,
        "name": opened.name or "No name given",
        "came": came_in(seen.history.happened),
        "moments": moments,
        "curves": curves_of(seen.scores, library, clock, moments),
        "outcome": outcome_line(seen.scores, moments.sessions, seen.person.status, library),
        "alerts": [
            (
                a,
                words.concern_in_words(library, a.concern),
                reason_of(telling(a.evidence), library, clock.zone),
            )
            for a in seen.alerts
            if a.state != "resolved"
        ],
        "diary": diary_tables(opened.diary, library),
        "goals": [
            (goal, module_title(library, goal.module) if goal.module else None) for goal in opened.goals
        ],
    }


def came_in(happened: Sequence[Happened]) -> tuple[str, datetime] | None:
    """The day from which everything counts, and what it was: they joined, were accepted, or wait since then.

    ``happened``: newest first.
    """
    for kind, what in CAME.items():
        for each in happened:
            if isinstance(each.fact, kind):
                return what, each.at
    return None


async def _messages(seat: Seat, opened: PatientOpened) -> tuple[Delivered, ...]:
    """The last ones, or those around the one that a link names, as part of the same look."""
    seq = number_in(seat.request.query.get("around", ""), 0)
    if not seq or not opened.messages or seq >= opened.messages[0].seq:
        return opened.messages
    after = max(seq - BEFORE - 1, 0)
    return (await more_of(seat.house, seat.service.id, opened, after, seat.looker()))[:LAST_MESSAGES]


def typed_in(opened: PatientOpened, messages: Sequence[Delivered]) -> frozenset[int]:
    """Of these, what the patient typed and was not erased: the screen read it, whatever it answered."""
    return frozenset(m.seq for m in messages if m.seq in opened.seen.history.typed and m.shown.text)


def _marks(opened: PatientOpened) -> dict[int, list[object]]:
    """Messages that are evidence: seq -> the alerts they belong to."""
    marks: dict[int, list[object]] = {}
    for alert in opened.seen.alerts:
        for piece in alert.evidence:
            if piece.seq is not None and alert.id not in marks.setdefault(piece.seq, []):
                marks[piece.seq].append(alert.id)
    return marks


# -- what the team does -------------------------------------------------------------------------------


async def _act(seat: Seat, heard: PatientInput, said: str) -> web.StreamResponse:
    patient = LineId(id_in(seat.request))
    state = await standing(seat.house, seat.service.id, patient)
    if state is None or state.status not in words.TALKS:
        raise Refused("not_found")
    await acts.act(seat.house, seat.service.id, patient, heard)
    return go(f"/desk/patients/{patient}", said=said)


async def take_over(seat: Seat) -> web.StreamResponse:
    return await _act(seat, TakeOver(_me(seat)), "taken")


async def hand_back(seat: Seat) -> web.StreamResponse:
    return await _act(seat, HandBack(_me(seat)), "handed")


async def write(seat: Seat) -> web.StreamResponse:
    text = seat.fields.get("text", "").strip()
    if not text or len(text) > LONGEST_MESSAGE:
        return await _page(seat, status=422, empty=True)
    return await _act(seat, TeamSaid(_me(seat), text), "written")


def _me(seat: Seat) -> StaffId:
    return seat.member.id
