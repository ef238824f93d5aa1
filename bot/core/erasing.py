"""The end of what a record says of somebody, and what stands against it: an alert that a person must end first, or a
hold by law. Facts stay, without words and without a name."""

from __future__ import annotations

from datetime import timedelta

from bot.core.errors import Refused
from bot.core.facts import HoldEnded, LegalHoldLifted, LegalHoldSet, PatientErased, TimerCleared, TimerSet
from bot.core.flow import reminding
from bot.core.flow.leaving import leave_all
from bot.core.flow.voice import Talk
from bot.core.inputs import Erase, LiftLegalHold, SetLegalHold
from bot.core.state import Conversation, Timer, timer_id

REASONS_TO_KEEP = ("complaint", "legal_claim", "inquest", "investigation", "regulator")
LOOK_AGAIN = timedelta(days=1)


def must_be_erasable(state: Conversation) -> None:
    """Raises Refused: 'legal_hold', 'open_alerts'. No alert is ever closed by erasing."""
    if state.legal_hold is not None:
        raise Refused("legal_hold")
    if any(alert.status != "resolved" for alert in state.alerts.values()):
        raise Refused("open_alerts")


def erased(pen: Talk, heard: Erase) -> None:
    """Once: who is erased already stays so. Raises Refused as ``must_be_erasable`` does."""
    if pen.state.status == "erased":
        return
    must_be_erasable(pen.state)
    if pen.state.hold is not None:
        pen.write(HoldEnded(by=pen.state.hold.by))
    leave_all(pen)
    reminding.drop_all(pen, "care_ended")
    for timer in tuple(pen.state.timers.values()):
        pen.write(TimerCleared(kind=timer.kind, key=timer.key))
    pen.write(PatientErased(by=heard.by, at=pen.moment.now))


def cannot_yet(pen: Talk) -> None:
    """What they asked for came due and something stands against it: it is tried again, a day later and so on. Not after
    their death."""
    timer = pen.state.timers[timer_id("erase", "")]
    if pen.state.status == "died":
        pen.write(TimerCleared(kind=timer.kind, key=timer.key))
        return
    due = max(timer.due_at, pen.moment.now) + LOOK_AGAIN
    pen.write(TimerSet(timer=Timer(kind="erase", key="", due_at=due)))


def goes_on(pen: Talk) -> None:
    """They asked for it and have not taken it back, but nothing would wake for it: not before a day is over."""
    if pen.state.erasing is not None and timer_id("erase", "") not in pen.state.timers:
        due = max(pen.state.erasing, pen.moment.now + LOOK_AGAIN)
        pen.write(TimerSet(timer=Timer(kind="erase", key="", due_at=due)))


def hold(pen: Talk, heard: SetLegalHold | LiftLegalHold) -> None:
    """Raises Refused('not_an_option') for a reason that there is not."""
    match heard:
        case SetLegalHold(by=by, reason=reason):
            if reason not in REASONS_TO_KEEP:
                raise Refused("not_an_option")
            if pen.state.status != "erased":
                pen.write(LegalHoldSet(reason=reason, by=by, at=pen.moment.now))
        case LiftLegalHold(by=by):
            if pen.state.legal_hold is not None:
                pen.write(LegalHoldLifted(by=by, at=pen.moment.now))
