"""Into the chat and back: joining, returning, tickets, signing out. Secrets come in bodies, never in URLs."""

from __future__ import annotations

from typing import Annotated

from aiohttp import web
from pydantic import ConfigDict, Field, StrictBool, StringConstraints

from bot.core.checked import Checked
from bot.core.errors import Refused
from bot.core.flow.voice import where_to_turn_in
from bot.core.library import ConsentName
from bot.core.service import Nation
from bot.usecases import ways_in
from bot.usecases.agreeing import CONDITIONS_ASKED
from bot.usecases.conversation import standing
from bot.usecases.own_looks import own_looks
from bot.usecases.own_plan import plans_of
from bot.web.answers import (
    Availability,
    DayOfLooks,
    FurtherPlan,
    LooksOf,
    Nothing,
    PlanOf,
    PlanPart,
    TicketGiven,
    TokenGiven,
    Told,
    WidgetTexts,
    given,
)
from bot.web.calls import bearer, body_of, check_origin, count_try, language_of, patient_of
from bot.web.described import Field as InAddress
from bot.web.described import described
from bot.web.keys import HOUSE
from bot.web.refusals import sentence_for
from bot.web.screen import reading_now

Code = Annotated[str, StringConstraints(max_length=256, strip_whitespace=True, pattern=r"\S")]
# What is white space to one reader of a pattern is none to another, so those signs are named.
_SIGN = r"[^@\s\x00-\x1f\x7f-\x9f\ufeff]"
EMAIL = rf"{_SIGN}+@{_SIGN}+\.{_SIGN}+"
Email = Annotated[str, StringConstraints(max_length=254, strip_whitespace=True, pattern=f"^{EMAIL}$")]
Name = Annotated[str, StringConstraints(max_length=80, strip_whitespace=True, pattern=r"^[^\x00-\x1f]*$")]
Pin = Annotated[str, StringConstraints(min_length=4, max_length=64)]


Names = Annotated[str, StringConstraints(max_length=40)]
Consents = Annotated[dict[ConsentName, StrictBool], Field(max_length=10)]
Versions = Annotated[
    dict[ConsentName, Annotated[str, StringConstraints(max_length=20)]], Field(max_length=10)
]
_Condition = Annotated[str, StringConstraints(pattern=f"^({'|'.join(CONDITIONS_ASKED)})$")]
Conditions = Annotated[tuple[_Condition, ...], Field(min_length=1, max_length=20)]


class JoinBody(Checked):
    """``pin``: what only the patient knows; asked for on another device, with ``contact``. ``versions``: of the words that
    stood on the form. What is left out of ``conditions``, ``language``, ``nation`` and ``timezone`` stays as the invitation
    has it. ``shared``: others use this device too."""

    model_config = ConfigDict(
        json_schema_extra={
            "anyOf": [
                {"properties": {"contact": {"type": "null"}}},
                {"properties": {"pin": {"type": "string"}}, "required": ["pin"]},
            ]
        }
    )

    invite: Code
    adult: StrictBool
    consents: Consents
    versions: Versions = {}
    name: Name | None = None
    contact: Email | None = None
    pin: Pin | None = None
    conditions: Conditions | None = None
    language: Names | None = None
    nation: Nation | None = None
    timezone: Names | None = None
    shared: StrictBool = False


def joining_of(body: JoinBody) -> ways_in.Joining:
    """What any door hands on. Raises Refused('pin_needed')."""
    if body.contact and not body.pin:
        raise Refused("pin_needed")
    return ways_in.Joining(
        code=body.invite,
        adult=body.adult,
        consents={str(name): yes for name, yes in body.consents.items()},
        name=body.name or None,
        contact=body.contact,
        pin=body.pin,
        versions={str(name): version for name, version in body.versions.items()},
        conditions=body.conditions,
        language=body.language,
        nation=body.nation,
        timezone=body.timezone,
        shared=body.shared,
    )


class ReturnBody(Checked):
    contact: Email


class ConfirmBody(Checked):
    code: Code
    proof: Pin
    shared: StrictBool = False


@described(
    "Ways in",
    "Use an invitation",
    {200: TokenGiven},
    more="`invite`: the code of the link, or the short one. The invitation is used up. `adult` false ends it and keeps nothing; `consents.care` must be true; "
    "a `contact` needs a `pin`.",
    body=JoinBody,
    posted=True,
    refusals=(
        "rate_limited",
        "pin_needed",
        "under_18",
        "consent_needed",
        "unknown_consent",
        "consents_changed",
        "not_an_option",
        "expired_invite",
    ),
)
async def join(request: web.Request) -> web.Response:
    check_origin(request)
    count_try(request)
    body = await body_of(request, JoinBody)
    token = await ways_in.join(request.app[HOUSE], joining_of(body))
    return given(TokenGiven(token=token))


@described(
    "Ways in",
    "Ask for a link back, for this or another device",
    {202: Told},
    more="The same answer whether or not the address is known; the link is mailed if it is.",
    body=ReturnBody,
    posted=True,
    refusals=("rate_limited",),
)
async def ask_return(request: web.Request) -> web.Response:
    """The same answer, as quickly, whether or not the address is known."""
    check_origin(request)
    count_try(request)
    body = await body_of(request, ReturnBody)
    house = request.app[HOUSE]
    house.afterwards.start("return", ways_in.ask_return(house, body.contact))
    text = sentence_for(house, "return_sent", language=language_of(request))
    return given(Told(text=text), 202)


@described(
    "Ways in",
    "Come back with a link and what only the patient knows",
    {200: TokenGiven},
    more="A link lasts 30 minutes and five wrong tries.",
    body=ConfirmBody,
    posted=True,
    refusals=("rate_limited", "return_failed"),
)
async def confirm_return(request: web.Request) -> web.Response:
    check_origin(request)
    count_try(request)
    body = await body_of(request, ConfirmBody)
    token = await ways_in.come_back(request.app[HOUSE], body.code, body.proof, shared=body.shared)
    return given(TokenGiven(token=token))


@described(
    "Ways in",
    "A ticket for one socket",
    {200: TicketGiven},
    who="patient",
    posted=True,
)
async def ticket(request: web.Request) -> web.Response:
    check_origin(request)
    session, _ = await patient_of(request)
    return given(TicketGiven(ticket=await ways_in.ticket_for(request.app[HOUSE], session, bearer(request))))


@described(
    "Ways in",
    "Sign this device out",
    {200: Nothing},
    more="The token is worth nothing any more.",
    who="patient",
    posted=True,
)
async def sign_out(request: web.Request) -> web.Response:
    check_origin(request)
    await patient_of(request)
    await ways_in.sign_out(request.app[HOUSE], bearer(request))
    return given(Nothing())


@described(
    "Chat",
    "Who reads this and when, and where to turn",
    {200: Availability},
    who="patient or anybody",
)
async def availability(request: web.Request) -> web.Response:
    """Who reads and when, and where to turn: of one's own service when signed in, else of the only one there is."""
    house, language = request.app[HOUSE], language_of(request)
    services = house.shelf.services()
    state = None
    if "Authorization" in request.headers:
        session, patient = await patient_of(request)
        service, language = house.shelf.service(session.service), session.language
        state = await standing(house, service.id, patient)
    elif len(services) == 1:
        service = services[0]
    else:
        return given(Availability(reading=""))
    library = house.shelf.for_safety
    urgent = where_to_turn_in(library, service.nation, "advice", language)
    reading = reading_now(house, service.id, language, state)
    return given(
        Availability(
            reading=reading,
            reading_lang=library.tongue("nobody_reading", language),
            urgent=urgent,
            lang=library.speaks(language),
        )
    )


@described(
    "Chat",
    "What the widget itself says in a language",
    {200: WidgetTexts},
    more="`en` and nothing where the service does not speak it.",
    fields=(InAddress("language", {"type": "string", "pattern": "^[a-z]{2,3}$"}, "Like `pl`.", "path"),),
    refusals=("not_found",),
)
async def texts(request: web.Request) -> web.Response:
    """What the widget itself says in a language; nothing, and English, where the service does not speak it."""
    library = request.app[HOUSE].shelf.for_safety
    language = library.speaks(request.match_info["language"])
    held = library.texts[language] if language != "en" else {}
    own = {key: text for key, text in held.items() if key.startswith("widget_")}
    return given(WidgetTexts(lang=language, texts=own))


@described("Chat", "The patient's own plans", {200: PlanOf}, who="patient")
async def plan(request: web.Request) -> web.Response:
    """One's own safety plan, for *Get help now*, and further plans; no parts where there is none."""
    session, patient = await patient_of(request)
    plans = await plans_of(request.app[HOUSE], session.service, patient)
    shown = {
        each.plan: tuple(PlanPart(title=part.title, text=part.text) for part in each.parts) for each in plans
    }
    further = tuple(
        FurtherPlan(
            plan=each.plan,
            title=each.title,
            parts=shown[each.plan],
            calls=each.calls,
            calls_lang=each.calls_lang,
        )
        for each in plans
        if each.plan != "safety"
    )
    return given(PlanOf(lang=session.language, parts=shown.get("safety", ()), further=further))


@described("Chat", "Who opened the patient's own record", {200: LooksOf}, who="patient")
async def looks(request: web.Request) -> web.Response:
    """Who has opened one's own record, day by day."""
    session, patient = await patient_of(request)
    house = request.app[HOUSE]
    days = await own_looks(house, session.service, patient)
    lang = house.shelf.library.tongue("looks_once", session.language)
    return given(LooksOf(lang=lang, days=tuple(DayOfLooks(day=d.day, lines=tuple(d.lines)) for d in days)))


def add_entry_routes(app: web.Application) -> None:
    app.router.add_post("/v1/join", join)
    app.router.add_post("/v1/return", ask_return)
    app.router.add_post("/v1/return/confirm", confirm_return)
    app.router.add_post("/v1/ticket", ticket)
    app.router.add_post("/v1/sign-out", sign_out)
    app.router.add_get("/v1/availability", availability)
    app.router.add_get("/v1/plan", plan)
    app.router.add_get("/v1/looks", looks)
    app.router.add_get("/v1/texts/{language:[a-z]{2,3}}", texts)
