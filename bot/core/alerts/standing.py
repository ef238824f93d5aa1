"""Where an alert stands, and the timers that keep it from being forgotten: what every rule about alerts begins with."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from bot.core import escalation
from bot.core.facts import AlertReopened, TimerCleared, TimerSet
from bot.core.library import Level
from bot.core.pen import Pen, S
from bot.core.state import OpenAlert, Timer, timer_id

Kind = Literal["escalate", "snooze", "left"]
TIMERS: tuple[Kind, ...] = ("escalate", "snooze", "left")
"""Of each alert one runs at a time; their key is its id."""


def find(pen: Pen[S], alert: UUID) -> OpenAlert | None:
    return next((a for a in pen.state.alerts.values() if a.id == alert), None)


def due(pen: Pen[S], level: Level, rung: int, repeated: int = 0) -> datetime | None:
    """When the rung after this one hears, counted from now. ``repeated``: how often the last one was told again."""
    moment = pen.moment
    ladder = moment.library.policy.ladder
    return escalation.due_at(level, rung, moment.now, ladder, moment.service, repeated)


def climb_from(pen: Pen[S], alert: UUID, at: datetime | None) -> None:
    if at is None:
        hush(pen, alert)
    else:
        wake(pen, "escalate", alert, at)


def keep_in_mind(pen: Pen[S], alert: OpenAlert) -> None:
    """Somebody answers for it: unless they come back to it in time, it comes back by itself."""
    moment = pen.moment
    hours = moment.library.policy.ladder.left_hours.get(alert.level)
    if hours is None:
        hush(pen, alert.id)
        return
    at = moment.now + timedelta(hours=hours)
    wake(pen, "left", alert.id, at if alert.level == "now" else moment.service.next_reading(at))


def reopen(
    pen: Pen[S],
    alert: OpenAlert,
    why: Literal["left", "snoozed_long_enough", "patient_wrote"],
) -> None:
    """The ladder begins anew, from its first rung."""
    at = due(pen, alert.level, 0)
    pen.write(AlertReopened(alert=alert.id, concern=alert.concern, why=why, at=pen.moment.now, due_at=at))
    climb_from(pen, alert.id, at)


def wake(pen: Pen[S], kind: Kind, alert: UUID, at: datetime) -> None:
    hush(pen, alert, but=kind)
    pen.write(TimerSet(timer=Timer(kind=kind, key=str(alert), due_at=at)))


def hush(pen: Pen[S], alert: UUID, *, but: Kind | None = None) -> None:
    for kind in TIMERS:
        if kind != but and timer_id(kind, str(alert)) in pen.state.timers:
            pen.write(TimerCleared(kind=kind, key=str(alert)))


def active_at(pen: Pen[S], until: timedelta) -> datetime | None:
    """When a colleague last did something in this patient's chat, which they have taken over; None: longer ago than that."""
    hold = getattr(pen.state, "hold", None)
    if hold is None:
        return None
    last: datetime = hold.active_at or hold.since
    return last if pen.moment.now - last < until else None
