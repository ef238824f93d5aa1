"""What is to be reminded of: planned, moved, given or dropped, so that none is ever missing without a reason."""

from __future__ import annotations

from datetime import datetime

from bot.core.facts import (
    ReminderDropped,
    ReminderGiven,
    ReminderMoved,
    ReminderPlanned,
    WhyDropped,
    WhyMoved,
)
from bot.core.flow import daily, rating
from bot.core.flow.voice import Talk
from bot.core.schedule.speaking import Drop, Move, Now, verdict
from bot.core.state import Reminding


def plan(pen: Talk, what: str, due_at: datetime, *, instead: WhyDropped = "done") -> None:
    """``instead``: why the one that was planned before is not given."""
    drop(pen, what, instead)
    pen.write(ReminderPlanned(reminder=next(pen.ids), what=what, due_at=due_at))


def move(pen: Talk, what: str, due_at: datetime, why: WhyMoved) -> None:
    planned = pen.state.reminders.get(what)
    if planned is not None:
        pen.write(ReminderMoved(reminder=planned.id, what=what, due_at=due_at, why=why))


def may_be_said(pen: Talk, planned: Reminding) -> Move | Drop | None:
    """Now: None. Else it is moved or dropped already; whoever planned it sees to its timer."""
    moment = pen.moment
    said = verdict(
        pen.state, planned, Now(moment.now, moment.line, moment.service, moment.library.policy.schedule)
    )
    match said:
        case Move(to, why):
            move(pen, planned.what, to, why)
        case Drop(why):
            drop(pen, planned.what, why)
    return said


def make_way(pen: Talk) -> None:
    """Before it is said: what they have left and what asks nothing of them any more is over."""
    rating.pass_over(pen)
    daily.leave_words(pen)


def give(pen: Talk, what: str, seq: int) -> None:
    """``seq``: of the message in the chat that reminds."""
    if what not in pen.state.reminders:
        plan(pen, what, pen.moment.now)
    planned = pen.state.reminders[what]
    pen.write(ReminderGiven(reminder=planned.id, what=what, seq=seq, at=pen.moment.now))


def leaves(pen: Talk, what: str, seq: int) -> None:
    """Of news that stand in the chat already, as message ``seq``: outside it as well, if a reminder may be said now. It is
    planned for no other time, since what waits there is seen there."""
    moment = pen.moment
    now = Now(moment.now, moment.line, moment.service, moment.library.policy.schedule)
    if verdict(pen.state, Reminding(id=moment.turn, what=what, due_at=moment.now), now) is None:
        give(pen, what, seq)


def drop(pen: Talk, what: str, why: WhyDropped) -> None:
    planned = pen.state.reminders.get(what)
    if planned is not None:
        pen.write(ReminderDropped(reminder=planned.id, what=what, why=why, at=pen.moment.now))


def drop_all(pen: Talk, why: WhyDropped) -> None:
    for what in tuple(pen.state.reminders):
        drop(pen, what, why)
