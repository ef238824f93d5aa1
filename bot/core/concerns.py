"""One open alert for each concern of a Line; what comes after is evidence (the ledger's one way in)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from bot.core import escalation
from bot.core.canary import canary_of, keeper_of
from bot.core.errors import Misuse, Refused
from bot.core.facts import (
    AlertAcknowledged,
    AlertEscalated,
    AlertRaised,
    AlertResolved,
    Evidence,
    EvidenceAdded,
    TimerCleared,
    TimerSet,
)
from bot.core.inputs import Acknowledge, MarkMissed, NobodyReached, Resolve
from bot.core.library import Level
from bot.core.pen import Pen, S
from bot.core.state import Conversation, OpenAlert, Timer, timer_id
from bot.core.values import AlertId, StaffId

MISSED = "staff:missed"


def concern_raised(pen: Pen[S], concern: str, level: Level, evidence: Evidence) -> None:
    """Open an alert, or add to the open one; somebody hears again only if it is graver (I3)."""
    state = pen.state
    known = state.alerts.get(concern)
    if known is None:
        alert = AlertId(next(pen.ids))
        due = _due(pen, level, 0)
        pen.write(
            AlertRaised(
                alert=alert,
                concern=concern,
                level=level,
                evidence=evidence,
                owner=state.profile.owner if isinstance(state, Conversation) else None,
                opened_at=pen.moment.now,
                due_at=due,
            )
        )
        _wake(pen, alert, due)
        return
    tell = escalation.GRAVITY[level] > escalation.GRAVITY[known.level]
    due = _due(pen, level, 0) if tell else known.due_at
    pen.write(
        EvidenceAdded(
            alert=known.id,
            concern=concern,
            evidence=evidence,
            level=escalation.graver(known.level, level),
            tell=tell,
            due_at=due,
        )
    )
    if tell:
        _wake(pen, known.id, due)


def marked_missed(pen: Pen[S], mark: MarkMissed) -> None:
    """Nobody was told of this message, so somebody has to look now; unless an alert of the concern stands already."""
    if mark.concern not in pen.state.alerts:
        evidence = Evidence(rule=MISSED, seq=mark.seq, client_id=mark.client_id)
        concern_raised(pen, mark.concern, "now", evidence)


def alert_escalated(pen: Pen[S], alert_id: UUID) -> None:
    """Its time has come and nobody acknowledged: the next rung hears. An alert that was acknowledged stays quiet."""
    alert = _find(pen, alert_id)
    if alert is None or alert.status != "open":
        _hush(pen, alert_id)
        return
    ladder = pen.moment.library.policy.ladder
    rung = escalation.next_rung(alert.level, alert.rung, ladder)
    last = len(ladder.levels[alert.level]) - 1
    _climb(pen, alert, rung, _due(pen, alert.level, rung if rung > alert.rung else last + 1))


def nobody_reached(pen: Pen[S], news: NobodyReached) -> None:
    """The duty role hears at once, where the ladder has it further up; unless it has been told anew since."""
    alert = _find(pen, news.alert)
    if alert is None or alert.status != "open" or alert.told != news.told:
        return
    rung = escalation.duty_rung(alert.level, alert.rung, pen.moment.library.policy.ladder)
    if rung is not None:
        _climb(pen, alert, rung, _due(pen, alert.level, rung))


def timer_came(pen: Pen[S], key: str) -> None:
    """The timer of an escalation: its key is the alert's id."""
    if timer_id("escalate", key) in pen.state.timers:
        alert_escalated(pen, UUID(key))


def alert_acknowledged(pen: Pen[S], act: Acknowledge) -> None:
    _by_a_person(pen, act.by)
    alert = _find(pen, act.alert)
    if alert is None:
        raise Refused("alert_gone")
    if alert.status == "acknowledged":
        return
    pen.write(AlertAcknowledged(alert=alert.id, concern=alert.concern, by=act.by, at=pen.moment.now))
    _hush(pen, alert.id)


def alert_resolved(pen: Pen[S], act: Resolve) -> None:
    """A person closes it, with an outcome; nothing closes by itself."""
    _by_a_person(pen, act.by)
    alert = _find(pen, act.alert)
    if alert is None:
        raise Refused("alert_gone")
    note = pen.keep("resolve_note", act.note) if act.note.strip() else None
    pen.write(
        AlertResolved(
            alert=alert.id,
            concern=alert.concern,
            by=act.by,
            outcome=act.outcome,
            note=note,
            at=pen.moment.now,
        )
    )
    _hush(pen, alert.id)


def _by_a_person(pen: Pen[S], by: StaffId) -> None:
    """The canary's keeper answers for the canary's own alerts and for nobody else's."""
    service = pen.moment.service.id
    if by == keeper_of(service) and pen.moment.line != canary_of(service):
        raise Misuse("the canary's keeper answers for no patient")


def _climb(pen: Pen[S], alert: OpenAlert, rung: int, due: datetime | None) -> None:
    pen.write(AlertEscalated(alert=alert.id, concern=alert.concern, rung=rung, due_at=due))
    _wake(pen, alert.id, due)


def _find(pen: Pen[S], alert_id: UUID) -> OpenAlert | None:
    return next((a for a in pen.state.alerts.values() if a.id == alert_id), None)


def _due(pen: Pen[S], level: Level, rung: int) -> datetime | None:
    moment = pen.moment
    return escalation.due_at(level, rung, moment.now, moment.library.policy.ladder, moment.service)


def _wake(pen: Pen[S], alert: AlertId, due: datetime | None) -> None:
    if due is None:
        _hush(pen, alert)
    else:
        pen.write(TimerSet(timer=Timer(kind="escalate", key=str(alert), due_at=due)))


def _hush(pen: Pen[S], alert: UUID) -> None:
    if timer_id("escalate", str(alert)) in pen.state.timers:
        pen.write(TimerCleared(kind="escalate", key=str(alert)))
