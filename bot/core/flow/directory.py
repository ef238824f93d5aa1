"""The groups for people like somebody, as a list to look through: what each is, why it is in it, when people are there and
how one stands with it. Never who is in there, nor how many. And looking at one of them from there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Literal
from zoneinfo import ZoneInfo

from bot.core.errors import Refused
from bot.core.facts import ConversationResumed, RunStarted, WaitBegan
from bot.core.flow import calendar, daily, home, people_like_me, rating
from bot.core.flow.leaving import leave_top, room_for_another
from bot.core.flow.voice import Talk, fixed_label, group_for, language_of, sentence, speak
from bot.core.inputs import LookAtGroup
from bot.core.library import GROUP_KINDS, Group, GroupKind
from bot.core.matching import Match, Wish
from bot.core.room.meeting import next_meeting
from bot.core.shown import Shown
from bot.core.state import ForAction, ForNothing, ForRoom, GroupRun, SafetyRun
from bot.core.values import LineId

Standing = Literal["none", "asked", "waiting", "member", "resting", "barred"]
ASK = "menu:group"


@dataclass(frozen=True)
class Card:
    """``why``, ``rhythm``, ``next``, ``hours`` and ``foreign``: sentences, empty where there is nothing to say.
    ``opens`` and ``closes``: of the next session. ``room``: where they are a member."""

    group: Group
    why: str
    rhythm: str
    next: str
    hours: str
    foreign: str
    standing: Standing
    opens: datetime | None = None
    closes: datetime | None = None
    room: LineId | None = None


@dataclass(frozen=True)
class Directory:
    """``note``: instead of cards, where there are none. ``refused``: they have said no to groups. ``themes``,
    ``stages`` and ``kinds``: what one may ask for, each with its words."""

    cards: tuple[Card, ...] = ()
    themes: tuple[tuple[str, str], ...] = ()
    stages: tuple[tuple[str, str], ...] = ()
    kinds: tuple[tuple[str, str], ...] = ()
    note: str = ""
    refused: bool = False


def directory(pen: Talk, wish: Wish) -> Directory:
    """With a wish only what grants all of it."""
    if pen.state.gone:
        return Directory(note=sentence(pen, f"after_{pen.state.status}"))
    if pen.state.profile.consents.get("groups") is False:
        about = sentence(pen, "consent_groups_about")
        return Directory(note=sentence(pen, "choice_groups_needed", about=about), refused=True)
    every = people_like_me.fitting(pen, wish)
    cards = tuple(_card(pen, match) for match in every if match.grants(wish))
    themes, stages = people_like_me.in_common(pen, every)
    return Directory(
        cards,
        tuple((theme, sentence(pen, f"group_theme_{theme}")) for theme in themes),
        tuple((stage, sentence(pen, f"group_stage_{stage}")) for stage in stages),
        tuple((kind, sentence(pen, f"group_kind_{kind}")) for kind in _kinds(every)),
        note="" if cards else sentence(pen, "people_none_here" if every else "people_none"),
    )


def _kinds(every: Iterable[Match]) -> tuple[GroupKind, ...]:
    """Nothing to choose where all are of one kind."""
    there = {match.group.kind for match in every}
    return tuple([kind for kind in GROUP_KINDS if kind in there]) if len(there) > 1 else ()


def _card(pen: Talk, match: Match) -> Card:
    group, moment = match.group, pen.moment
    membership = pen.state.rooms.get(group.id)
    times = next_meeting(group.meets, moment.service, moment.now) if group.meets else None
    return Card(
        group,
        why=people_like_me.because(pen, match),
        rhythm=people_like_me.rhythm(pen, group),
        next=_next(pen, *times) if times else "",
        hours=_hours(pen, group),
        foreign=" ".join(people_like_me.foreign(pen, match)),
        standing=_standing(pen, group),
        opens=times[0] if times else None,
        closes=times[1] if times else None,
        room=membership.room if membership is not None and membership.status == "member" else None,
    )


def _standing(pen: Talk, group: Group) -> Standing:
    if pen.state.barred_at(pen.moment.now) is not None:
        return "barred"
    membership = pen.state.rooms.get(group.id)
    if membership is None or membership.status == "left":
        return "none"
    resting = membership.status == "member" and membership.rests(pen.moment.now)
    return "resting" if resting else membership.status


def _next(pen: Talk, opens: datetime, closes: datetime) -> str:
    """On their own clock, and where that is another than their team's it says so."""
    library, language, theirs = pen.moment.library, language_of(pen), pen.state.profile.timezone
    begins, ends = (at.astimezone(ZoneInfo(theirs)) for at in (opens, closes))
    tongue = library.tongue("people_next", language)
    told = sentence(
        pen,
        "people_next",
        day=calendar.weekday_and_day(library, begins.date(), tongue),
        opens=calendar.clock(begins.time(), tongue),
        closes=calendar.clock(ends.time(), tongue),
    )
    return f"{told} {sentence(pen, 'people_own_clock')}" if _elsewhere(pen) else told


def _hours(pen: Talk, group: Group) -> str:
    """When a host looks in. Of an hour a week its rhythm says it."""
    hosted = group.hosted
    if hosted is None or group.kind == "session":
        return ""
    library, language = pen.moment.library, language_of(pen)
    tongue = library.tongue("people_hosts", language)
    names = [library.say(f"weekday_short_{day + 1}", tongue) for day in range(7)]
    days = ", ".join(
        names[first] if first == last else f"{names[first]}–{names[last]}"
        for first, last in _in_a_row(hosted.days)
    )
    opens, closes = (calendar.clock(at, tongue) for at in (hosted.opens, hosted.closes))
    told = sentence(pen, "people_hosts", days=days, opens=opens, closes=closes)
    return f"{told} {sentence(pen, 'people_clock')}" if _elsewhere(pen) else told


def _in_a_row(days: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    """
    >>> list(_in_a_row((0, 1, 2, 4)))
    [(0, 2), (4, 4)]
    """
    for _, run in groupby(enumerate(days), lambda found: found[1] - found[0]):
        together = [day for _, day in run]
        yield together[0], together[-1]


def _elsewhere(pen: Talk) -> bool:
    return pen.state.profile.timezone != pen.moment.service.timezone


# -- from the list into the chat ----------------------------------------------------------------------


def looked_at(pen: Talk, heard: LookAtGroup) -> None:
    """As if its button in the chat had been pressed; what is open stays open below it. Raises Refused('not_here') for a
    group that is none of theirs. Without a group: for the way to one, or what keeps it shut."""
    if pen.state.status != "joined":
        raise Refused("not_here" if pen.state.gone else "not_joined")
    if heard.group is not None and not any(m.group.id == heard.group for m in people_like_me.fitting(pen)):
        raise Refused("not_here")
    _hear(pen, heard)
    if pen.state.paused:
        pen.write(ConversationResumed())
    if pen.state.hold is not None:
        return
    rating.pass_over(pen)
    daily.leave_old_words(pen)
    if isinstance(pen.state.wait, ForAction | ForRoom):
        speak(pen, "action_slow")
    elif isinstance(pen.state.top, SafetyRun):
        speak(pen, "people_after_this")
        pen.write(WaitBegan(wait=ForNothing()))
    elif heard.group is None:
        home.choose(pen, ASK)
    else:
        if isinstance(pen.state.top, GroupRun):
            leave_top(pen)
        room_for_another(pen)
        pen.write(RunStarted(run=GroupRun(group=heard.group, release=pen.moment.library.release)))


def _hear(pen: Talk, heard: LookAtGroup) -> None:
    group = group_for(pen, heard.group) if heard.group is not None else None
    text, lang = (group.title, group.language) if group else (fixed_label(pen, ASK), language_of(pen))
    pen.hear(Shown(text=text, lang=lang), heard.client_id, "choice")
