"""The rows that a turn's facts ask for. Everything the record holds of a Line follows from its facts (I5)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from bot.core import facts as f
from bot.core.fold import Step, alert_after
from bot.core.room import Member, Room
from bot.core.state import Conversation, OpenAlert, Timer, timer_id
from bot.core.values import LineId

PRIORITY = {"now": 0, "soon": 5, "routine": 9}


@dataclass(frozen=True)
class EvidenceRow:
    alert: UUID
    n: int
    evidence: f.Evidence
    at: datetime


@dataclass(frozen=True)
class Promise:
    """An outbox row: something to be done after the commit, at least once; ``dedupe`` makes it once."""

    kind: str
    dedupe: str
    payload: dict[str, Any]
    priority: int = 5


@dataclass
class Rows:
    """What to write beside the state. Later facts win where they touch the same row."""

    messages: list[f.MessageHeard | f.MessageShown] = field(default_factory=list)
    scores: list[f.ScoreRecorded] = field(default_factory=list)
    alerts: dict[UUID, OpenAlert] = field(default_factory=dict)
    evidence: list[EvidenceRow] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)
    timers: dict[str, Timer] = field(default_factory=dict)
    cleared: dict[str, tuple[str, str]] = field(default_factory=dict)
    posts: list[f.PostPlaced] = field(default_factory=list)
    standings: dict[int, str] = field(default_factory=dict)
    members: dict[LineId, tuple[Member, datetime | None]] = field(default_factory=dict)
    person: Conversation | None = None


def rows_of(line: LineId, steps: Iterable[Step[Any]], at: datetime) -> Rows:
    """Walk the steps of a turn, or of a whole Line, and note the rows that each fact asks for."""
    rows = Rows()
    for before, fact, state in steps:
        _alerts(rows, line, before, fact, state, at)
        _timers(rows, fact)
        match fact:
            case f.MessageHeard() | f.MessageShown():
                rows.messages.append(fact)
            case f.ScoreRecorded():
                rows.scores.append(fact)
            case f.PatientInvited() | f.PatientJoined() | f.InvitationDeclined() if isinstance(
                state, Conversation
            ):
                rows.person = state
            case _:
                _peers(rows, line, state, fact)
    return rows


def _alerts(
    rows: Rows,
    line: LineId,
    before: Conversation | Room,
    fact: f.Fact,
    state: Conversation | Room,
    at: datetime,
) -> None:
    match fact:
        case f.AlertRaised() | f.EvidenceAdded():
            alert = state.alerts[fact.concern]
            rows.alerts[alert.id] = alert
            rows.evidence.append(EvidenceRow(alert.id, alert.evidence, fact.evidence, at))
            if isinstance(fact, f.AlertRaised) or fact.tell:
                rows.promises.append(_tell(line, alert))
        case f.AlertEscalated():
            alert = state.alerts[fact.concern]
            rows.alerts[alert.id] = alert
            rows.promises.append(_tell(line, alert))
        case f.AlertAcknowledged():
            rows.alerts[fact.alert] = state.alerts[fact.concern]
        case f.AlertResolved(concern=concern) if concern in before.alerts:
            rows.alerts[fact.alert] = alert_after(before.alerts[concern], fact)


def _tell(line: LineId, alert: OpenAlert) -> Promise:
    payload = {"alert": str(alert.id), "line": str(line), "rung": alert.rung, "told": alert.told}
    return Promise("alert", f"alert:{alert.id}:{alert.told}", payload, PRIORITY[alert.level])


def _timers(rows: Rows, fact: f.Fact) -> None:
    match fact:
        case f.TimerSet(timer=timer):
            name = timer_id(timer.kind, timer.key)
            rows.timers[name] = timer
            rows.cleared.pop(name, None)
        case f.TimerCleared(kind=kind, key=key):
            name = timer_id(kind, key)
            rows.timers.pop(name, None)
            rows.cleared[name] = (kind, key)


def _peers(rows: Rows, line: LineId, state: Conversation | Room, fact: f.Fact) -> None:
    """What follows for another Line is a promise in the same commit: one transaction changes one Line."""
    match fact:
        case f.MembershipAsked():
            payload: dict[str, Any] = {
                "room": str(fact.room),
                "patient": str(line),
                "pseudonym": str(fact.pseudonym),
            }
            rows.promises.append(Promise("admit", f"admit:{fact.pseudonym}", payload))
        case f.PostOffered():
            payload = {
                "room": str(fact.room),
                "author": str(line),
                "post": str(fact.post),
                "word": str(fact.word),
                "verdict": fact.verdict,
                "reply_to": fact.reply_to,
            }
            rows.promises.append(Promise("place", f"place:{fact.post}", payload))
        case f.ReportOffered():
            payload = {"room": str(fact.room), "by": str(line), "seq": fact.seq}
            rows.promises.append(Promise("report", f"report:{fact.client_id}", payload))
        case f.MemberJoined() | f.MemberLeft() if isinstance(state, Room):
            since = fact.at if isinstance(fact, f.MemberJoined) else None
            rows.members[fact.patient] = (state.members[fact.patient], since)
            if isinstance(fact, f.MemberJoined):
                rows.promises.append(_answer(state, fact.patient, "member", str(fact.pseudonym)))
        case f.PostPlaced() if isinstance(state, Room):
            rows.posts.append(fact)
            if fact.author is not None and fact.author in state.members:
                rows.members[fact.author] = (state.members[fact.author], None)
                if fact.status == "held":
                    rows.promises.append(_answer(state, fact.author, "held", str(fact.post)))
        case f.PostHidden() | f.PostReleased() if isinstance(state, Room):
            standing = state.posts.get(fact.seq)
            if standing is not None:
                rows.standings[fact.seq] = standing.status
                if isinstance(fact, f.PostHidden) and fact.by and standing.author:
                    rows.promises.append(_answer(state, standing.author, "hidden", f"{line}:{fact.seq}"))


def _answer(room: Room, patient: LineId, what: str, about: str) -> Promise:
    payload = {"patient": str(patient), "group": room.group, "what": what}
    return Promise("answer", f"answer:{what}:{about}", payload)
