"""Somebody asks for another look at what was decided about them, or complains: a person reads it."""

from __future__ import annotations

from datetime import timedelta

from bot.core.errors import Refused
from bot.core.facts import MemberRestored, TimerCleared
from bot.core.inputs import AnswerAppeal, Appeal
from bot.core.pen import Pen
from bot.core.room import cases, presence, showing
from bot.core.room.state import Room
from bot.core.room.strikes import STRUCK
from bot.core.state import timer_id


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


def answered(pen: Pen[Room], heard: AnswerAppeal) -> None:
    presence.came(pen, heard.by)
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
        showing.release(pen, decided.seq, heard.by)
    if decided.decision == "strike" and decided.member is not None:
        member = pen.state.members[decided.member]
        pen.write(MemberRestored(patient=decided.member, by=heard.by, case=case.of))
        ends = member.paused is not None and member.paused.case == case.of
        if ends and timer_id(STRUCK, str(decided.member)) in pen.state.timers:
            pen.write(TimerCleared(kind=STRUCK, key=str(decided.member)))
