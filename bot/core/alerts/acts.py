"""What a person does with an alert. Nothing closes by itself, and nobody is left alone with one."""

from __future__ import annotations

from datetime import timedelta

from bot.core.alerts.standing import climb_from, due, find, hush, keep_in_mind, wake
from bot.core.alerts.waking import nobody_reached
from bot.core.canary import canary_of, keeper_of
from bot.core.errors import Misuse, Refused
from bot.core.facts import AlertAcknowledged, AlertHandedOver, AlertResolved, AlertSnoozed, HoldGoesOn
from bot.core.inputs import Acknowledge, AlertInput, HandOver, NobodyReached, Resolve, Snooze
from bot.core.pen import Pen, S
from bot.core.state import Conversation, OpenAlert
from bot.core.values import StaffId, WordId


def act(pen: Pen[S], heard: AlertInput) -> None:
    """Raises Refused('alert_gone') for one that is resolved, Refused('snooze_too_long') beyond the policy's hours."""
    if isinstance(heard, NobodyReached):
        nobody_reached(pen, heard)
        return
    _by_a_person(pen, heard.by)
    alert = find(pen, heard.alert)
    if alert is None:
        raise Refused("alert_gone")
    match heard:
        case Acknowledge():
            _acknowledged(pen, alert, heard)
        case Snooze():
            _snoozed(pen, alert, heard)
        case HandOver():
            _handed_over(pen, alert, heard)
        case Resolve():
            _resolved(pen, alert, heard)


def somebody_is_there(pen: Pen[Conversation]) -> None:
    """A colleague has done something in the chat: what waits for them waits a little longer."""
    hold, now = pen.state.hold, pen.moment.now
    if hold is not None and (hold.active_at or hold.since) < now:
        pen.write(HoldGoesOn(at=now))
    for alert in [a for a in pen.state.alerts.values() if a.status == "acknowledged"]:
        keep_in_mind(pen, alert)


def _acknowledged(pen: Pen[S], alert: OpenAlert, act: Acknowledge) -> None:
    if alert.status == "acknowledged":
        return
    pen.write(AlertAcknowledged(alert=alert.id, concern=alert.concern, by=act.by, at=pen.moment.now))
    keep_in_mind(pen, alert)


def _snoozed(pen: Pen[S], alert: OpenAlert, act: Snooze) -> None:
    """An alert that can wait comes back when the team is there."""
    now, most = pen.moment.now, pen.moment.library.policy.ladder.longest_snooze_hours.get(alert.level, 0)
    if not now < act.until <= now + timedelta(hours=most):
        raise Refused("snooze_too_long")
    until = act.until if alert.level == "now" else pen.moment.service.next_reading(act.until)
    pen.write(
        AlertSnoozed(
            alert=alert.id,
            concern=alert.concern,
            by=act.by,
            until=until,
            reason=act.reason,
            note=_note(pen, "snooze_note", act.note),
            at=now,
        )
    )
    wake(pen, "snooze", alert.id, until)


def _handed_over(pen: Pen[S], alert: OpenAlert, act: HandOver) -> None:
    at = due(pen, alert.level, 0)
    pen.write(
        AlertHandedOver(
            alert=alert.id,
            concern=alert.concern,
            by=act.by,
            to=act.to,
            note=_note(pen, "handover_note", act.note),
            at=pen.moment.now,
            due_at=at,
        )
    )
    climb_from(pen, alert.id, at)


def _resolved(pen: Pen[S], alert: OpenAlert, act: Resolve) -> None:
    pen.write(
        AlertResolved(
            alert=alert.id,
            concern=alert.concern,
            by=act.by,
            outcome=act.outcome,
            note=_note(pen, "resolve_note", act.note),
            at=pen.moment.now,
        )
    )
    hush(pen, alert.id)


def _note(pen: Pen[S], kind: str, text: str) -> WordId | None:
    return pen.keep(kind, text) if text.strip() else None


def _by_a_person(pen: Pen[S], by: StaffId) -> None:
    """The canary's keeper answers for the canary's own alerts and for nobody else's."""
    service = pen.moment.service.id
    if by == keeper_of(service) and pen.moment.line != canary_of(service):
        raise Misuse("the canary's keeper answers for no patient")
