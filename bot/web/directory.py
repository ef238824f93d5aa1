"""People like me: the groups that fit a patient, and the hours of one that meets as a calendar file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import get_args
from uuid import UUID

from aiohttp import web

from bot.core.errors import Refused
from bot.core.flow.directory import Card, Standing
from bot.core.library import STAGES, GroupKind
from bot.core.matching import Wish
from bot.core.values import Value
from bot.usecases.own_directory import own_calendar, own_directory
from bot.web.answers import Choosable, given
from bot.web.calls import patient_of
from bot.web.described import Field, described
from bot.web.keys import HOUSE

CALENDAR = "text/calendar"
KINDS: tuple[GroupKind, ...] = get_args(GroupKind)
LONGEST_THEME = 40


class GroupCard(Value):
    """One group. ``lang``: of its title, its summary and its house rules as they are in force; every other sentence is in the patient's own language.

    ``why`` it is shown; ``rhythm``, ``next`` and ``hours``: when people, and when hosts, are there; ``foreign``: that
    people write another language there. Each may be empty. ``opens_at`` and ``closes_at``: of the next session.
    ``room``: where one is a member.
    """

    id: str
    title: str
    summary: str
    lang: str
    why: str
    kind: GroupKind
    kind_name: str
    rhythm: str
    standing: Standing
    rules: tuple[str, ...] = ()
    next: str = ""
    hours: str = ""
    foreign: str = ""
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    room: UUID | None = None


class GroupsOf(Value):
    """The groups that fit, the best first. ``note``: what is to be said where there are none; ``refused``: because they
    have said no to groups. ``themes``, ``stages`` and ``kinds``: what may be asked for."""

    lang: str
    groups: tuple[GroupCard, ...]
    themes: tuple[Choosable, ...]
    stages: tuple[Choosable, ...]
    kinds: tuple[Choosable, ...]
    note: str = ""
    refused: bool = False


@described(
    "Groups",
    "The groups for people like the patient",
    {200: GroupsOf},
    more="By what they live with and what they ask for: never who is in a group, nor how many. With a wish, only what "
    "grants all of it. One joins in the chat: the frame `look_at` leads there.",
    who="patient",
    fields=(
        Field("theme", {"type": "string", "maxLength": LONGEST_THEME}, "What they would like to talk about."),
        Field("stage", {"enum": [*STAGES]}, "Where they are with it."),
        Field("kind", {"enum": [*KINDS]}, "How it should be."),
    ),
    refusals=("bad_frame",),
)
async def groups(request: web.Request) -> web.Response:
    session, patient = await patient_of(request)
    house, wish = request.app[HOUSE], wish_in(request.query)
    found = await own_directory(house, session.service, patient, wish)
    library, language = house.shelf.library, session.language
    return given(
        GroupsOf(
            lang=library.tongue("people_see", language),
            groups=tuple(
                _card(card, library.say(f"group_kind_{card.group.kind}", language)) for card in found.cards
            ),
            themes=tuple(Choosable(id=theme, name=name) for theme, name in found.themes),
            stages=tuple(Choosable(id=stage, name=name) for stage, name in found.stages),
            kinds=tuple(Choosable(id=kind, name=name) for kind, name in found.kinds),
            note=found.note,
            refused=found.refused,
        )
    )


def _card(card: Card, kind_name: str) -> GroupCard:
    group = card.group
    return GroupCard(
        id=group.id,
        title=group.title,
        summary=group.summary,
        lang=group.language,
        why=card.why,
        kind=group.kind,
        kind_name=kind_name,
        rhythm=card.rhythm,
        standing=card.standing,
        rules=group.rules,
        next=card.next,
        hours=card.hours,
        foreign=card.foreign,
        opens_at=card.opens,
        closes_at=card.closes,
        room=card.room,
    )


def wish_in(asked: Mapping[str, str]) -> Wish:
    """Of the query of an address. Raises Refused('bad_frame'). A theme that there is not finds nothing."""
    theme = asked.get("theme", "")
    stage = next((stage for stage in STAGES if stage == asked.get("stage")), None)
    kind = next((kind for kind in KINDS if kind == asked.get("kind")), None)
    known = (stage or "stage" not in asked) and (kind or "kind" not in asked)
    if not known or len(theme) > LONGEST_THEME:
        raise Refused("bad_frame")
    return Wish(theme=theme, stage=stage, kind=kind)


@described(
    "Groups",
    "The next 12 sessions of a group as a calendar file",
    {200: str},
    more="For its members, of a group that meets once a week. One event that is repeated, on the service's clock, with a "
    "title that says nothing of illness, of the group or of the service. Fetched again it takes the place of the older one.",
    who="patient",
    fields=(Field("id", {"type": "string", "format": "uuid"}, "The `room` of the group.", place="path"),),
    refusals=("not_found",),
    media=CALENDAR,
)
async def calendar(request: web.Request) -> web.Response:
    session, patient = await patient_of(request)
    room = request.match_info["id"]
    text = await own_calendar(request.app[HOUSE], session.service, patient, room, session.language)
    return calendar_of(text)


def calendar_of(text: str) -> web.Response:
    """To be saved, under a name that says as little as its title."""
    saved = {"Content-Disposition": 'attachment; filename="time-for-me.ics"'}
    return web.Response(text=text, content_type=CALENDAR, charset="utf-8", headers=saved)


def add_directory_routes(app: web.Application) -> None:
    app.router.add_get("/v1/groups", groups)
    app.router.add_get("/v1/groups/{id}/calendar.ics", calendar)
