"""A post on its way into a room: placed and shown, placed and held for a host, or not placed and its author told why."""

from __future__ import annotations

from bot.core.errors import Refused
from bot.core.facts import (
    NotPlaced,
    PostNotPlaced,
    PostPlaced,
    PostReacted,
    PostWithdrawn,
)
from bot.core.inputs import HostSaid, Place, React, Withdraw
from bot.core.pen import Pen
from bot.core.room import cases, meeting, presence, showing
from bot.core.room.state import Room, handle_of
from bot.core.values import LineId


def placed(pen: Pen[Room], heard: Place) -> None:
    why_not = _not_placed(pen, heard.author)
    if why_not is not None:
        pen.write(PostNotPlaced(post=heard.post, author=heard.author, why=why_not))
        return
    why = _held_for(pen, heard)
    seq = pen.state.seq + 1
    pen.write(
        PostPlaced(
            seq=seq,
            post=heard.post,
            author=heard.author,
            word=heard.word,
            status="held" if why else "shown",
            reply_to=heard.reply_to if heard.reply_to and heard.reply_to < seq else None,
            at=pen.moment.now,
            why=why,
            distress=heard.why in DISTRESS,
            warning=heard.warning,
            mentions=_mentioned(pen, heard),
        )
    )
    if why:
        cases.open_case(pen, "held", why, seq=seq)


DISTRESS = ("distress", "unscreened")


def host_said(pen: Pen[Room], heard: HostSaid) -> None:
    """With it they are there."""
    presence.came(pen, heard.by)
    seq = pen.state.seq + 1
    pen.write(
        PostPlaced(
            seq=seq,
            post=heard.client_id,
            author=None,
            staff=heard.by,
            word=pen.keep("host_post", heard.text),
            status="shown",
            reply_to=heard.reply_to if heard.reply_to and heard.reply_to < seq else None,
            at=pen.moment.now,
            kind=heard.kind,
        )
    )
    if heard.kind == "recap":
        meeting.written_up(pen, heard.by)


def withdrawn(pen: Pen[Room], heard: Withdraw) -> None:
    kept = pen.state.posts.get(heard.seq)
    post = kept or heard.old
    if post is None or post.author != heard.by:
        raise Refused("post_gone")
    if post.status == "withdrawn":
        return
    pen.write(PostWithdrawn(seq=heard.seq, old=heard.old if kept is None else None))
    showing.forget(pen, heard.seq)


def reacted(pen: Pen[Room], heard: React) -> None:
    """To what is shown, and not to one's own. Whoever is paused takes back what they pressed, and presses nothing."""
    post, member = pen.state.posts.get(heard.seq), pen.state.member(heard.by)
    if member is None:
        raise Refused("not_a_member")
    if member.paused is not None and heard.on:
        raise Refused("barred" if member.paused.why == "strike" else "paused")
    if post is None or post.status != "shown" or post.author == heard.by:
        raise Refused("post_gone")
    pen.write(PostReacted(seq=heard.seq, by=heard.by, kind=heard.kind, on=heard.on))


def _not_placed(pen: Pen[Room], author: LineId) -> NotPlaced | None:
    room, now = pen.state, pen.moment.now
    member = room.member(author)
    if member is None:
        return "left"
    if member.paused is not None:
        return "paused"
    if meeting.closed(pen):
        return "closed"
    lately = [p for p in room.posts.values() if p.author == author and p.at and p.at > now - showing.HOUR]
    if len(lately) >= pen.moment.library.policy.groups.posts_per_hour:
        return "too_many"
    return None


def _held_for(pen: Pen[Room], heard: Place) -> str:
    """Why a host looks first; empty where nobody has to."""
    if heard.verdict == "hold":
        return heard.why or "held_post"
    if pen.state.members[heard.author].posts < pen.moment.library.policy.groups.first_posts_held:
        return "first_post"
    if pen.state.session is not None and not presence.host_is_there(pen.state, pen.moment.now):
        return "no_host"
    return "night" if presence.asleep(pen.state, pen.moment) else ""


def _mentioned(pen: Pen[Room], heard: Place) -> tuple[LineId, ...]:
    wanted = frozenset(heard.mentions[: pen.moment.library.policy.groups.mentions])
    if not wanted:
        return ()
    line = pen.moment.line
    found = [p for p, m in pen.state.members.items() if m.status == "member" and handle_of(line, p) in wanted]
    return tuple([p for p in found if p != heard.author])
