"""What members' flags do by themselves while no host is there, and what hosts decide: with a reason, and open to appeal."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from bot.core import alerts
from bot.core.errors import Refused
from bot.core.facts import (
    Evidence,
    MemberPaused,
    MemberRestored,
    OldPost,
    PostDelayed,
    PostHidden,
    PostReleased,
    PostReported,
    TimerCleared,
    TimerSet,
)
from bot.core.inputs import AnswerAppeal, Appeal, Moderate, Report, Restore, Strike
from bot.core.pen import Pen
from bot.core.room import cases, presence
from bot.core.room.posting import HOUR, LATER, shown_in_distress_since
from bot.core.room.state import Room, Standing
from bot.core.state import Timer, timer_id
from bot.core.values import LineId, StaffId

STRUCK: Final = "strike"


# -- members ------------------------------------------------------------------------------------------


def reported(pen: Pen[Room], heard: Report) -> None:
    """Always reaches a person, also of somebody who has left since, and a second time once a host has looked. While no
    host is there, enough members together hide a post, and pause its author."""
    member = pen.state.members.get(heard.by)
    if member is None or member.status == "waiting":
        raise Refused("not_a_member")
    post = pen.state.posts.get(heard.seq)
    if (post is None and heard.old is None) or (post is not None and post.status == "held"):
        raise Refused("post_gone")
    asked, counted = cases.asked_about(pen.state, heard.seq), post is not None and heard.by in post.flags
    # Whoever is worried is heard beside whoever was only annoyed before them: it is looked at sooner.
    sooner = heard.why == "worried" and all(c.why != "worried" for c in asked.values())
    if counted and asked and not sooner:
        return
    if not asked or sooner:
        cases.open_case(pen, "reported", heard.why, seq=heard.seq, old=heard.old if post is None else None)
    else:
        evidence = Evidence(rule="group:reported", seq=heard.seq)
        alerts.concern_raised(pen, cases.CONCERN, "soon", evidence)
    if counted or member.status == "left":
        return
    alert = pen.state.alerts[cases.CONCERN].id
    pen.write(PostReported(seq=heard.seq, by=heard.by, alert=alert, why=heard.why))
    if not presence.host_is_there(pen.state):
        _quorum(pen, heard.seq)


def left_to_flags(pen: Pen[Room]) -> None:
    """Where the last host goes without having looked, flags do what they would have done while nobody was there."""
    if presence.host_is_there(pen.state):
        return
    for seq, post in tuple(pen.state.posts.items()):
        if post.flags and not post.cleared:
            _quorum(pen, seq)


def _quorum(pen: Pen[Room], seq: int) -> None:
    numbers, post = pen.moment.library.policy.groups, pen.state.posts[seq]
    if len(post.flags) >= numbers.flags_to_hide and post.status == "shown" and not post.cleared:
        pen.write(PostHidden(seq=seq, by=None))
    author = post.author
    member = pen.state.member(author)
    if author is None or member is None or member.paused is not None:
        return
    theirs = [p for p in pen.state.posts.values() if p.author == author and not p.cleared]
    if len({flag for p in theirs for flag in p.flags}) >= numbers.flags_to_pause:
        case = cases.open_case(pen, "paused", "flags", member=author)
        pen.write(MemberPaused(patient=author, why="flags", case=case))


# -- hosts --------------------------------------------------------------------------------------------


def moderated(pen: Pen[Room], heard: Moderate) -> None:
    presence.came(pen, heard.by)
    post = pen.state.posts.get(heard.seq) or heard.old
    asked = cases.asked_about(pen.state, heard.seq)
    # What was asked about a post is answered although its author has taken it back.
    if post is None or (post.status == "withdrawn" and not (asked and heard.do == "leave")):
        raise Refused("post_gone")
    match heard.do:
        case "hide":
            cases.must_be_a_reason(heard.reason)
            if post.status != "hidden" or asked:
                case = _decided(pen, heard, "hide")
                pen.write(PostHidden(seq=heard.seq, by=heard.by, reason=heard.reason, case=case))
                _forget_later(pen, heard.seq)
        case "release":
            if not asked and (post.status == "shown" or _let_through(post)):
                raise Refused("already_decided")
            _decided(pen, heard, "show")
            release(pen, heard.seq, heard.by)
        case "leave":
            if not asked:
                raise Refused("already_decided")
            if post.status in ("held", "hidden"):
                # Its author waits to hear whether others may see it.
                raise Refused("show_or_hide")
            _decided(pen, heard, "leave")


def _decided(pen: Pen[Room], heard: Moderate, decision: str) -> int:
    """All that is asked about the post is answered at once; the number of what a later appeal is about."""
    kept = pen.state.posts.get(heard.seq)
    post = kept or heard.old
    assert post is not None
    asked = list(cases.asked_about(pen.state, heard.seq))
    for number in asked:
        cases.decide(pen, number, heard.by, decision, heard.reason)  # type: ignore[arg-type]
    if asked:
        return asked[0]
    return cases.decided_now(
        pen,
        heard.by,
        decision,  # type: ignore[arg-type]
        heard.reason,
        seq=heard.seq,
        member=post.author,
        old=heard.old if kept is None else None,
    )


def _let_through(post: Standing | OldPost) -> bool:
    """It waits for its turn to be shown alone."""
    return isinstance(post, Standing) and post.until is not None


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
    return max(times[-cap] + HOUR, now + timedelta(seconds=1))


def due_to_be_shown(pen: Pen[Room], seq: int) -> None:
    """A timer that came late may not crowd the ones behind it into one hour, and nothing appears while the room sleeps."""
    _forget_later(pen, seq)
    post = pen.state.posts.get(seq)
    if post is None or post.until is None or post.let_by is None:
        return
    if presence.asleep(pen.state, pen.moment):
        _shown_later(pen, seq, post.let_by, presence.wakes_at(pen.moment))
    else:
        _shown_in_turn(pen, seq, post.let_by, [])


def _forget_later(pen: Pen[Room], seq: int) -> None:
    if timer_id(LATER, str(seq)) in pen.state.timers:
        pen.write(TimerCleared(kind=LATER, key=str(seq)))


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


# -- appeals ------------------------------------------------------------------------------------------


def appealed(pen: Pen[Room], heard: Appeal) -> None:
    """Once for each decision, within the days of the policy; somebody else than who decided answers it. What reports did by
    themselves nobody has decided yet: their words are read with the decision. What they say besides, or once more, is a
    complaint: a person reads it, as they were told."""
    about = None if heard.complaint else _undecided(pen.state, heard) or _about(pen, heard)
    if about is None or _asked_already(pen.state, about):
        cases.open_case(pen, "complaint", "complaint", member=heard.by, word=heard.word)
        return
    decided = pen.state.decided.get(about)
    seq = decided.seq if decided is not None else heard.seq
    cases.open_case(pen, "appeal", "appeal", seq=seq, member=heard.by, of=about, word=heard.word)


def _asked_already(room: Room, about: int) -> bool:
    decided = room.decided.get(about)
    return (decided is not None and decided.appealed) or about in [c.of for c in room.cases.values()]


def _undecided(room: Room, heard: Appeal) -> int | None:
    """The case of a pause, or of a hidden post of theirs, that members' reports brought about and no host has looked at."""
    if heard.seq is None:
        member = room.members.get(heard.by)
        paused = member.paused if member is not None else None
        return paused.case if paused is not None and paused.case in room.cases else None
    post = room.posts.get(heard.seq)
    if post is None or post.author != heard.by or post.status != "hidden":
        return None
    return next((n for n, c in cases.asked_about(room, heard.seq).items() if c.kind == "reported"), None)


def _about(pen: Pen[Room], heard: Appeal) -> int | None:
    """The newest decision against this post of theirs, or against them."""
    since = pen.moment.now - timedelta(days=pen.moment.library.policy.groups.appeal_days)
    for number, decided in sorted(pen.state.decided.items(), reverse=True):
        post = pen.state.posts.get(decided.seq) if decided.seq is not None else None
        hidden = (
            decided.decision == "hide"
            and decided.seq == heard.seq
            and (decided.member == heard.by or (post is not None and post.author == heard.by))
        )
        paused = heard.seq is None and decided.decision == "strike" and decided.member == heard.by
        if (hidden or paused) and decided.at > since:
            return number
    return None


def appeal_answered(pen: Pen[Room], heard: AnswerAppeal) -> None:
    case = pen.state.cases.get(heard.case)
    if case is None or case.kind not in ("appeal", "complaint"):
        raise Refused("already_decided")
    if case.of in pen.state.cases:
        raise Refused("decide_first")
    if case.of is None:
        cases.decide(pen, heard.case, heard.by, "done")
        return
    decided = pen.state.decided.get(case.of)
    if decided is not None and decided.by == heard.by:
        raise Refused("own_decision")
    cases.decide(pen, heard.case, heard.by, "uphold" if heard.uphold else "overturn")
    if heard.uphold or decided is None:
        return
    if decided.decision == "hide" and decided.seq in pen.state.posts:
        release(pen, decided.seq, heard.by)
    if decided.decision == "strike" and decided.member is not None:
        member = pen.state.members[decided.member]
        pen.write(MemberRestored(patient=decided.member, by=heard.by, case=case.of))
        ends = member.paused is not None and member.paused.case == case.of
        if ends and timer_id(STRUCK, str(decided.member)) in pen.state.timers:
            pen.write(TimerCleared(kind=STRUCK, key=str(decided.member)))
