"""Members whom a host pauses, and whom reports have paused: for how long, and how it ends."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from bot.core.errors import Refused
from bot.core.facts import MemberPaused, MemberRestored, TimerCleared, TimerSet
from bot.core.inputs import Restore, Strike
from bot.core.pen import Pen
from bot.core.room import cases, presence
from bot.core.room.state import Room
from bot.core.state import Timer, timer_id
from bot.core.values import LineId

STRUCK: Final = "strike"


def struck(pen: Pen[Room], heard: Strike) -> None:
    """The first time for a while, then for longer, then for good. The member is told why and how to ask again."""
    presence.came(pen, heard.by)
    cases.must_be_a_reason(heard.reason)
    member = pen.state.members.get(heard.member)
    if member is None:
        raise Refused("not_found")
    if member.paused is not None and member.paused.why == "strike":
        raise Refused("already_decided")
    asked = [n for n, c in pen.state.cases.items() if c.kind == "paused" and c.member == heard.member]
    for number in asked:
        cases.decide(pen, number, heard.by, "strike", heard.reason)
    case = (
        asked[0]
        if asked
        else cases.decided_now(pen, heard.by, "strike", heard.reason, seq=heard.seq, member=heard.member)
    )
    until = lasts_until(pen.moment.library.policy.groups.strikes, len(member.strikes), pen.moment.now)
    pen.write(
        MemberPaused(
            patient=heard.member,
            why="strike",
            case=case,
            until=until,
            by=heard.by,
            strike=len(member.strikes) + 1,
            reason=heard.reason,
        )
    )
    if until is not None:
        pen.write(TimerSet(timer=Timer(kind=STRUCK, key=str(heard.member), due_at=until)))


def lasts_until(strikes: tuple[str, ...], before: int, now: datetime) -> datetime | None:
    """How long the next one lasts, after so many. None: for good.

    >>> from datetime import UTC
    >>> now = datetime(2026, 3, 1, tzinfo=UTC)
    >>> [lasts_until(("14 days", "30 days", "for good"), n, now) for n in (0, 2, 9)]
    [datetime.datetime(2026, 3, 15, 0, 0, tzinfo=datetime.timezone.utc), None, None]
    """
    if before >= len(strikes):
        return None
    number, _, unit = strikes[before].partition(" ")
    return now + timedelta(days=int(number)) if unit.startswith("day") else None


def restored(pen: Pen[Room], heard: Restore) -> None:
    """A host has looked, and whom flags had paused may write again."""
    presence.came(pen, heard.by)
    member = pen.state.members.get(heard.member)
    if member is None or member.paused is None or member.paused.why != "flags":
        raise Refused("already_decided")
    for seq, post in pen.state.posts.items():
        if post.author == heard.member and post.flags and not post.cleared and post.status == "shown":
            for number, case in cases.cases_of(pen.state, seq=seq).items():
                if case.kind == "reported":
                    cases.decide(pen, number, heard.by, "leave")
    if member.paused.case in pen.state.cases:
        cases.decide(pen, member.paused.case, heard.by, "restore")
    pen.write(MemberRestored(patient=heard.member, by=heard.by))


def time_served(pen: Pen[Room], patient: LineId) -> None:
    member = pen.state.members.get(patient)
    if member is not None and member.paused is not None and member.paused.why == "strike":
        pen.write(MemberRestored(patient=patient))
    if timer_id(STRUCK, str(patient)) in pen.state.timers:
        pen.write(TimerCleared(kind=STRUCK, key=str(patient)))
