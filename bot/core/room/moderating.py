"""What hosts decide about posts: with a reason where one is hidden, and answering all that was asked about it."""

from __future__ import annotations

from collections.abc import Mapping

from bot.core.errors import Refused
from bot.core.facts import OldPost, PostHidden
from bot.core.inputs import Moderate
from bot.core.pen import Pen
from bot.core.room import cases, presence, showing
from bot.core.room.state import Case, Room, Standing


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
            if post.status != "hidden" or _let_through(post) or asked:
                _must_still_be_asked(heard, asked)
                case = _decided(pen, heard, "hide")
                pen.write(PostHidden(seq=heard.seq, by=heard.by, reason=heard.reason, case=case))
                showing.forget(pen, heard.seq)
        case "release":
            if not asked and (post.status == "shown" or _let_through(post)):
                raise Refused("already_decided")
            _must_still_be_asked(heard, asked)
            _decided(pen, heard, "show")
            showing.release(pen, heard.seq, heard.by)
        case "leave":
            if not asked:
                raise Refused("already_decided")
            if post.status in ("held", "hidden"):
                # Its author waits to hear whether others may see it.
                raise Refused("show_or_hide")
            _must_still_be_asked(heard, asked)
            _decided(pen, heard, "leave")


def _must_still_be_asked(heard: Moderate, asked: Mapping[int, Case]) -> None:
    """Of what they decide by, a colleague may have decided everything meanwhile: that is not undone unseen."""
    if heard.asked and not any(number in asked for number in heard.asked):
        raise Refused("already_decided")


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
