"""What the form of joining asks, what an invitation says already, and coming without one."""

from __future__ import annotations

from aiohttp import web
from pydantic import ConfigDict, StrictBool

from bot.core.checked import Checked
from bot.core.errors import Refused
from bot.core.library import Library
from bot.core.service import Nation
from bot.usecases import agreeing, referring, ways_in
from bot.usecases.house import House
from bot.web.answers import Choosable, ConsentShown, InvitationShown, JoiningAsked, TokenGiven, given
from bot.web.calls import body_of, check_origin, count_try, language_of
from bot.web.described import described
from bot.web.entry import Code, Conditions, Consents, Email, Name, Names, Pin, Versions
from bot.web.keys import HOUSE
from bot.web.screen import reading_now


class InviteBody(Checked):
    invite: Code


class ReferBody(Checked):
    """``service``: its short name; may be left out where only one takes people who come by themselves. ``name``,
    ``contact``, ``pin`` and ``conditions`` may be left out only by somebody who is under 18, of whom nothing is kept."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [
                {"properties": {"adult": {"const": False}}},
                {
                    "properties": {
                        "name": {"type": "string", "pattern": r"\S"},
                        "contact": {"type": "string"},
                        "pin": {"type": "string"},
                        "conditions": {"type": "array"},
                    },
                    "required": ["name", "contact", "pin", "conditions"],
                },
            ]
        }
    )

    adult: StrictBool
    consents: Consents
    versions: Versions = {}
    name: Name | None = None
    contact: Email | None = None
    pin: Pin | None = None
    conditions: Conditions | None = None
    language: Names = "en"
    nation: Nation | None = None
    timezone: Names | None = None
    service: Names | None = None
    shared: StrictBool = False


def _choosable(held: dict[str, str]) -> tuple[Choosable, ...]:
    return tuple(Choosable(id=i, name=name) for i, name in held.items())


def _asked(house: House, library: Library, language: str) -> JoiningAsked:
    return JoiningAsked(
        lang=library.tongue("consent_care_about", language),
        consents=tuple(
            ConsentShown(
                name=c.name, version=c.version, needed=c.needed, title=c.title, about=c.about, yes=c.yes
            )
            for c in agreeing.consents_asked(library, language)
        ),
        conditions=_choosable(agreeing.named(library, "condition", agreeing.CONDITIONS_ASKED, language)),
        nations=_choosable(agreeing.named(library, "nation", agreeing.NATIONS, language)),
        languages=_choosable(agreeing.languages(library)),
        self_referral=_choosable({s.slug: s.name for s in referring.open_services(house)}),
    )


@described(
    "Ways in",
    "What somebody is asked when they join",
    {200: JoiningAsked},
    more="In the language that `Accept-Language` names first, where there is one. Each consent has the version of its "
    "words: send those versions with `POST /v1/join`, and it is refused where they have changed meanwhile. "
    "`self_referral`: the services that take people without an invitation.",
)
async def consents(request: web.Request) -> web.Response:
    house = request.app[HOUSE]
    return given(_asked(house, house.shelf.library, language_of(request)))


@described(
    "Ways in",
    "What an invitation says already",
    {200: InvitationShown},
    more="For the link's code or the short one. It is not used up.",
    body=InviteBody,
    posted=True,
    refusals=("rate_limited", "expired_invite"),
)
async def invitation(request: web.Request) -> web.Response:
    check_origin(request)
    count_try(request)
    body, house = await body_of(request, InviteBody), request.app[HOUSE]
    shown = await ways_in.about_invitation(house, body.invite)
    return given(
        InvitationShown(
            service=shown.service.name,
            conditions=shown.person.conditions,
            language=shown.person.language,
            nation=shown.person.nation,
            reading=reading_now(house, shown.service.id, language_of(request)),
        )
    )


@described(
    "Ways in",
    "Come without an invitation, where a service takes that",
    {200: TokenGiven},
    more="A colleague answers in the chat. Until then nobody reads what they write; it is screened all the same. "
    "`adult` false keeps nothing.",
    body=ReferBody,
    posted=True,
    refusals=(
        "rate_limited",
        "under_18",
        "pin_needed",
        "consent_needed",
        "unknown_consent",
        "consents_changed",
        "not_an_option",
        "not_here",
    ),
)
async def refer(request: web.Request) -> web.Response:
    check_origin(request)
    count_try(request)
    body = await body_of(request, ReferBody)
    house = request.app[HOUSE]
    if not body.adult:
        raise Refused("under_18")
    if not (body.name and body.conditions):
        raise Refused("bad_frame")
    if not (body.contact and body.pin):
        raise Refused("pin_needed")
    asked = referring.Referring(
        consents={str(name): yes for name, yes in body.consents.items()},
        versions={str(name): version for name, version in body.versions.items()},
        conditions=body.conditions,
        name=body.name,
        contact=body.contact,
        pin=body.pin,
        language=body.language,
        nation=body.nation,
        timezone=body.timezone,
        service=body.service,
        shared=body.shared,
    )
    return given(TokenGiven(token=await referring.refer(house, asked)))


def add_joining_routes(app: web.Application) -> None:
    app.router.add_get("/v1/consents", consents)
    app.router.add_post("/v1/invitation", invitation)
    app.router.add_post("/v1/refer", refer)
