"""What members report: each report reaches a person, and while no host is there enough of them do something by themselves."""

from __future__ import annotations

from bot.core import alerts
from bot.core.errors import Refused
from bot.core.facts import Evidence, MemberPaused, PostHidden, PostReported
from bot.core.inputs import Report
from bot.core.pen import Pen
from bot.core.room import cases, presence
from bot.core.room.state import Room


def reported(pen: Pen[Room], heard: Report) -> None:
    """Always reaches a person, also of somebody who has left since or waits to come in again, and a second time once a host
    has looked. While no host is there, enough members together hide a post, and pause its author."""
    member = pen.state.members.get(heard.by)
    if member is None or (member.status == "waiting" and not member.been):
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
    if counted or member.status != "member":
        return
    alert = pen.state.alerts[cases.CONCERN].id
    pen.write(PostReported(seq=heard.seq, by=heard.by, alert=alert, why=heard.why))
    if not presence.host_is_there(pen.state, pen.moment.now):
        _quorum(pen, heard.seq)


def left_undecided(pen: Pen[Room]) -> None:
    """Where the last host goes without having looked, flags do what they would have done while nobody was there."""
    if presence.host_is_there(pen.state, pen.moment.now):
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
