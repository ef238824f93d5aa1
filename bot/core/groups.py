"""A peer group's own Line: who is in, which post is shown, what members and hosts may do."""

from __future__ import annotations

from typing import Literal, assert_never

import re2

from bot.core import alerts
from bot.core.errors import Refused
from bot.core.facts import (
    Evidence,
    MemberJoined,
    MemberLeft,
    PostHidden,
    PostPlaced,
    PostReleased,
    PostReported,
    RoomOpened,
)
from bot.core.inputs import (
    Acknowledge,
    Admit,
    HandOver,
    HostSaid,
    Leave,
    Moderate,
    NobodyReached,
    Open,
    Place,
    Report,
    Resolve,
    RoomInput,
    Snooze,
    TimerFired,
)
from bot.core.pen import Moment, Pen, Turn
from bot.core.room import Room
from bot.core.safety import Screen, Tier

_CONTACT = re2.compile(
    r"(?i)(@|https?:|www\.|\.(com|net|org|co\.uk|uk)\b|\+?\d[\d ().-]{6,}\d|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b"
    r"|whats ?app|facebook|instagram|snapchat|telegram|tiktok|\bdm me\b)"
)
Verdict = Literal["pass", "hold", "refuse"]


def contact_details(text: str) -> bool:
    """Does it hold an e-mail address, phone number, postcode, link or another network's name?"""
    return _CONTACT.search(text) is not None


def verdict_on(text: str, screen: Screen | None, *, first_post: bool, longest: int) -> tuple[Verdict, str]:
    """What a group does with a post, and which rule said so; a host decides on what is held."""
    if not text.strip():
        return "refuse", "empty"
    if len(text) > longest:
        return "refuse", "too_long"
    if screen is None:
        return "hold", "unscreened"
    if screen.tier > Tier.NONE:
        return "hold", screen.hits[0].rule if screen.hits else "screen"
    if contact_details(text):
        return "hold", "contact_details"
    return ("hold", "first_post") if first_post else ("pass", "")


def decide_room(state: Room, heard: RoomInput, moment: Moment) -> Turn[Room]:
    """One input to a group's Line. Raises Refused for what is not there to be done."""
    pen = Pen(state, moment)
    match heard:
        case Open(group=group):
            pen.write(RoomOpened(group=group))
        case Admit(patient=patient, pseudonym=pseudonym):
            member = state.members.get(patient)
            if member is None or member.status != "member":
                pen.write(MemberJoined(patient=patient, pseudonym=pseudonym, at=moment.now))
        case Leave(patient=patient):
            if patient in state.members:
                pen.write(MemberLeft(patient=patient))
        case Place():
            _place(pen, heard)
        case HostSaid():
            _host_said(pen, heard)
        case Report():
            _reported(pen, heard)
        case Moderate():
            _moderated(pen, heard)
        case Acknowledge() | Snooze() | HandOver() | Resolve() | NobodyReached():
            alerts.act(pen, heard)
        case TimerFired(kind=kind):
            if kind in alerts.TIMERS:
                alerts.came_due(pen, heard)
        case _:
            assert_never(heard)
    return pen.finish()


def _place(pen: Pen[Room], heard: Place) -> None:
    member = pen.state.members.get(heard.author)
    if member is None or member.status != "member":
        raise Refused("not_a_member")
    early = member.posts < pen.moment.library.policy.groups.first_posts_held
    held = heard.verdict == "hold" or early
    seq = pen.state.seq + 1
    pen.write(
        PostPlaced(
            seq=seq,
            post=heard.post,
            author=heard.author,
            word=heard.word,
            status="held" if held else "shown",
            reply_to=heard.reply_to,
            at=pen.moment.now,
        )
    )
    if held:
        rule = "first_post" if heard.verdict == "pass" else "held_post"
        alerts.concern_raised(pen, "group-report", "soon", Evidence(rule=f"group:{rule}", seq=seq))


def _host_said(pen: Pen[Room], heard: HostSaid) -> None:
    word = pen.keep("host_post", heard.text)
    pen.write(
        PostPlaced(
            seq=pen.state.seq + 1,
            post=heard.client_id,
            author=None,
            staff=heard.by,
            word=word,
            status="shown",
            at=pen.moment.now,
        )
    )


def _reported(pen: Pen[Room], heard: Report) -> None:
    member = pen.state.members.get(heard.by)
    if member is None or member.status != "member":
        raise Refused("not_a_member")
    post = pen.state.posts.get(heard.seq)
    if post is None:
        raise Refused("post_gone")
    if heard.by in post.flags:
        return
    alerts.concern_raised(pen, "group-report", "soon", Evidence(rule="group:reported", seq=heard.seq))
    alert = pen.state.alerts["group-report"].id
    pen.write(PostReported(seq=heard.seq, by=heard.by, alert=alert))
    flags = len(pen.state.posts[heard.seq].flags)
    if flags >= pen.moment.library.policy.groups.flags_to_hide and post.status == "shown":
        pen.write(PostHidden(seq=heard.seq, by=None))


def _moderated(pen: Pen[Room], heard: Moderate) -> None:
    post = pen.state.posts.get(heard.seq)
    if post is None:
        raise Refused("post_gone")
    if heard.do == "hide" and post.status != "hidden":
        pen.write(PostHidden(seq=heard.seq, by=heard.by))
    if heard.do == "release" and post.status != "shown":
        pen.write(PostReleased(seq=heard.seq, by=heard.by))
