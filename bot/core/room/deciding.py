"""One input of a peer group's Line, decided. Pure (I7)."""

from __future__ import annotations

from typing import assert_never
from uuid import UUID

from bot.core import alerts
from bot.core.errors import Refused
from bot.core.facts import RoomOpened
from bot.core.inputs import (
    Acknowledge,
    Admit,
    AnswerAppeal,
    AnswerJoining,
    Appeal,
    BeginCourse,
    HandOver,
    HandRoomOver,
    HostAway,
    HostHere,
    HostLooksIn,
    HostSaid,
    KeepUp,
    Leave,
    Moderate,
    NobodyReached,
    NoteByHost,
    Open,
    Place,
    React,
    Recapped,
    Report,
    Resolve,
    Restore,
    RoomInput,
    Snooze,
    Strike,
    TimerFired,
    Withdraw,
)
from bot.core.pen import Moment, Pen, Turn
from bot.core.room import appeals, flags, meeting, members, moderating, posting, presence, showing, strikes
from bot.core.room.state import Room
from bot.core.state import timer_id
from bot.core.values import LineId, StaffId


def decide_room(state: Room, heard: RoomInput, moment: Moment) -> Turn[Room]:
    """Raises Refused for what is not there to be done."""
    pen = Pen(state, moment)
    match heard:
        case Open(group=group, n=n):
            pen.write(RoomOpened(group=group, n=n))
            meeting.keep_up(pen)
        case KeepUp():
            meeting.keep_up(pen)
        case Admit():
            members.admitted(pen, heard)
            meeting.keep_up(pen)
        case Leave():
            members.left(pen, heard)
        case AnswerJoining():
            members.answered(pen, heard)
            meeting.keep_up(pen)
        case Place():
            posting.placed(pen, heard)
        case HostSaid():
            posting.host_said(pen, heard)
        case React():
            posting.reacted(pen, heard)
        case Withdraw():
            posting.withdrawn(pen, heard)
        case Report():
            flags.reported(pen, heard)
        case Moderate():
            moderating.moderated(pen, heard)
        case Strike():
            strikes.struck(pen, heard)
        case Restore():
            strikes.restored(pen, heard)
        case Appeal():
            appeals.appealed(pen, heard)
        case AnswerAppeal():
            appeals.answered(pen, heard)
        case HostHere(by=by):
            presence.came(pen, by)
        case HostLooksIn(by=by):
            presence.looked_in(pen, by)
        case HostAway(by=by):
            presence.went(pen, by)
            flags.left_undecided(pen)
        case HandRoomOver():
            presence.handed_over(pen, heard)
            flags.left_undecided(pen)
        case NoteByHost():
            presence.noted(pen, heard)
        case BeginCourse():
            meeting.begin(pen, heard)
        case Recapped():
            meeting.recapped(pen, heard)
        case Resolve() if state.cases:
            # The alert is answered by deciding what asked for it.
            raise Refused("cases_wait")
        case Acknowledge() | Snooze() | HandOver() | Resolve() | NobodyReached():
            alerts.act(pen, heard)
        case TimerFired():
            _came_due(pen, heard)
        case _:
            assert_never(heard)
    return pen.finish()


def _came_due(pen: Pen[Room], fired: TimerFired) -> None:
    if fired.kind in alerts.TIMERS:
        alerts.came_due(pen, fired)
        return
    timer = pen.state.timers.get(timer_id(fired.kind, fired.key))
    if timer is None or timer.due_at > pen.moment.now:
        # Done already, or set for later after it had been taken up.
        return
    match fired.kind:
        case presence.TIMER:
            presence.was_quiet(pen, StaffId(UUID(fired.key)))
            flags.left_undecided(pen)
        case showing.LATER:
            showing.came_due(pen, int(fired.key))
        case meeting.MEET:
            meeting.met(pen, fired.key)
        case meeting.WEEK:
            meeting.week_came(pen)
        case strikes.STRUCK:
            strikes.time_served(pen, LineId(UUID(fired.key)))
