"""When a post that was let through is seen: at once, or one of distress behind the others, and none while the room sleeps."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from bot.core.facts import PostDelayed, PostReleased, TimerCleared, TimerSet
from bot.core.pen import Pen
from bot.core.room import meeting, presence
from bot.core.room.state import Room
from bot.core.state import Timer, timer_id
from bot.core.values import StaffId

HOUR = timedelta(hours=1)
SOON = timedelta(seconds=1)
LATER: Final = "show"


def release(pen: Pen[Room], seq: int, by: StaffId) -> None:
    """Shown; of posts of distress no more than the policy says are shown in an hour, the others one after another."""
    post = pen.state.posts[seq]
    if post.status in ("shown", "withdrawn"):
        return
    if post.distress and post.shown_at is None:
        waiting = [p.until for s, p in pen.state.posts.items() if p.until is not None and s != seq]
        _shown_in_turn(pen, seq, by, waiting)
    else:
        pen.write(PostReleased(seq=seq, by=by, at=pen.moment.now))


def _shown_in_turn(pen: Pen[Room], seq: int, by: StaffId, before: list[datetime]) -> None:
    """Now, or behind those which were shown lately and those which come ``before`` it."""
    cap, now = pen.moment.library.policy.groups.distress_per_hour, pen.moment.now
    taken = sorted([*shown_in_distress_since(pen.state, now - HOUR), *before])
    if len(taken) < cap:
        pen.write(PostReleased(seq=seq, by=by, at=now))
        return
    _shown_later(pen, seq, by, _next_turn(taken, cap, now))


def _shown_later(pen: Pen[Room], seq: int, by: StaffId, at: datetime) -> None:
    pen.write(PostDelayed(seq=seq, by=by, until=at))
    pen.write(TimerSet(timer=Timer(kind=LATER, key=str(seq), due_at=at)))


def _next_turn(times: list[datetime], cap: int, now: datetime) -> datetime:
    """An hour after the one that is as many before it as the cap allows."""
    return max(times[-cap] + HOUR, now + SOON)


def came_due(pen: Pen[Room], seq: int) -> None:
    """A timer that came late may not crowd the ones behind it into one hour, and nothing appears while the room sleeps or is
    closed until its next hour."""
    forget(pen, seq)
    post = pen.state.posts.get(seq)
    if post is None or post.until is None or post.let_by is None:
        return
    opens = meeting.opens_at(pen)
    if opens is not None:
        _shown_later(pen, seq, post.let_by, max(opens, pen.moment.now + SOON))
    elif presence.asleep(pen.state, pen.moment):
        _shown_later(pen, seq, post.let_by, presence.wakes_at(pen.moment))
    else:
        _shown_in_turn(pen, seq, post.let_by, [])


def forget(pen: Pen[Room], seq: int) -> None:
    if timer_id(LATER, str(seq)) in pen.state.timers:
        pen.write(TimerCleared(kind=LATER, key=str(seq)))


def shown_in_distress_since(room: Room, since: datetime) -> list[datetime]:
    """When posts of distress were first shown, oldest first."""
    return sorted(
        [
            p.shown_at
            for p in room.posts.values()
            if p.distress and p.shown_at is not None and p.shown_at > since
        ]
    )
