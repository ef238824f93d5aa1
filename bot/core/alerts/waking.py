"""An alert's time has come: nobody acknowledged it, nobody came back to it, or it was put off long enough."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from bot.core import escalation
from bot.core.alerts.standing import (
    active_at,
    climb_from,
    due,
    find,
    hush,
    keep_in_mind,
    reopen,
    wake,
)
from bot.core.facts import AlertEscalated, AlertPostponed
from bot.core.inputs import NobodyReached, TimerFired
from bot.core.pen import Pen, S
from bot.core.state import OpenAlert, timer_id


def came_due(pen: Pen[S], fired: TimerFired) -> None:
    """One of an alert's timers. Of an alert that does not wait for it any more, only the timer goes."""
    if timer_id(fired.kind, fired.key) not in pen.state.timers:
        return
    alert = find(pen, UUID(fired.key))
    match (fired.kind, alert.status if alert else None):
        case ("escalate", "open"):
            assert alert is not None
            _not_acknowledged(pen, alert)
        case ("left", "acknowledged"):
            assert alert is not None
            _left(pen, alert)
        case ("snooze", "snoozed"):
            assert alert is not None
            reopen(pen, alert, "snoozed_long_enough")
        case _:
            hush(pen, UUID(fired.key))


def nobody_reached(pen: Pen[S], news: NobodyReached) -> None:
    """The duty role hears at once, where the ladder has it further up; unless it has been told anew since."""
    alert = find(pen, news.alert)
    if alert is None or alert.status != "open" or alert.told != news.told:
        return
    rung = escalation.duty_rung(alert.level, alert.rung, pen.moment.library.policy.ladder)
    if rung is not None:
        _climb(pen, alert, rung, due(pen, alert.level, rung))


def _not_acknowledged(pen: Pen[S], alert: OpenAlert) -> None:
    """The next rung hears; while a colleague is in the chat with this patient the ladder waits for them. What came while
    the service was closed begins anew when it opens."""
    ladder = pen.moment.library.policy.ladder
    pause = timedelta(minutes=ladder.pause_minutes)
    there = active_at(pen, pause)
    if there is not None:
        pen.write(AlertPostponed(alert=alert.id, concern=alert.concern, due_at=there + pause))
        wake(pen, "escalate", alert.id, there + pause)
        return
    if escalation.opens_with(alert.level, alert.due_at, ladder, pen.moment.service):
        _climb(pen, alert, 0, due(pen, alert.level, 0))
        return
    rung = escalation.next_rung(alert.level, alert.rung, ladder)
    if rung > alert.rung:
        _climb(pen, alert, rung, due(pen, alert.level, rung))
        return
    last = len(ladder.levels[alert.level]) - 1
    _climb(pen, alert, rung, due(pen, alert.level, last + 1, alert.repeated + 1))


def _left(pen: Pen[S], alert: OpenAlert) -> None:
    pause = timedelta(minutes=pen.moment.library.policy.ladder.pause_minutes)
    if active_at(pen, pause) is None:
        reopen(pen, alert, "left")
    else:
        keep_in_mind(pen, alert)


def _climb(pen: Pen[S], alert: OpenAlert, rung: int, at: datetime | None) -> None:
    pen.write(AlertEscalated(alert=alert.id, concern=alert.concern, rung=rung, due_at=at))
    climb_from(pen, alert.id, at)
