"""Who sits at the desk: the session behind a request, what their roles open, and the pages they get."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import aiohttp_jinja2
from aiohttp import web

from bot.core.errors import Refused, Unavailable
from bot.core.roles import ALERTS, CLINICAL_LEADS, LEADS, ROOMS
from bot.core.scope import EVERYBODY
from bot.core.service import Service
from bot.core.values import StaffId
from bot.ports import Looker, StaffMember
from bot.usecases.house import House
from bot.usecases.staff_sessions import staff_session, why_signed_out
from bot.web.desk import words
from bot.web.desk.forms import fields_of, token_for
from bot.web.desk.tabs import Tab, tabs_for
from bot.web.keys import HOUSE, SETTINGS

CARE, HOSTS = ALERTS, ROOMS
EDITORS = LEADS | {"editor"}
SIGNERS = CLINICAL_LEADS | {"clinician"}
CONTENT = EDITORS | SIGNERS
QUALITY = LEADS | {"clinician"}
AUDITORS = LEADS
ENDS_CARE = LEADS | {"therapist"}
ANSWERS = LEADS | {"therapist", "clinician"}
PEOPLE = LEADS | {"admin"}
ANYBODY = frozenset({"*"})
TABS = (
    Tab("/desk", "Alerts", CARE, daily=True),
    Tab("/desk/patients", "Patients", CARE, daily=True),
    Tab("/desk/inbox", "Inbox", CARE, daily=True),
    Tab("/desk/groups", "Groups", HOSTS, daily=True),
    Tab("/desk/moderation", "To decide", HOSTS),
    Tab("/desk/invite", "Invite", CARE),
    Tab("/desk/waiting", "Waiting", CARE),
    Tab("/desk/rota", "Rota", HOSTS),
    Tab("/desk/quality", "Alert quality", QUALITY),
    Tab("/desk/audit", "Who looked", AUDITORS),
    Tab("/desk/people", "Colleagues", PEOPLE),
    Tab("/desk/content", "Content", CONTENT),
    Tab("/desk/notifications", "Notifications", ANYBODY),
)
TYPED = ("text", "note")
"""Fields that may hold so much that it would be missed."""
NEEDS = "needs"
"""Where a handler's roles can be read off, so that who may what can be tried out route by route."""
COUNTS_ITSELF = frozenset({"/desk/inbox"})
EVENTS = "/events"
"""How the addresses end at which an open page listens."""
REFRESHED = "Bounceback-Refreshed"
"""The header of a page that lies open and loads itself anew."""


@dataclass(frozen=True)
class Seat:
    """A signed-in member of staff with one request. ``fields``: of a form that was checked. ``waiting``: patients
    who have no answer yet, where they may see them."""

    request: web.Request
    house: House
    service: Service
    member: StaffMember
    token: str = field(repr=False)
    fields: Mapping[str, str] = field(default_factory=dict, repr=False)
    waiting: int = 0

    def looker(self) -> Looker:
        refreshed = REFRESHED in self.request.headers
        return Looker(who=self.member.id, at=self.house.clock.now(), refreshed=refreshed)

    def may(self, roles: frozenset[str]) -> bool:
        return roles is ANYBODY or bool(self.member.roles & roles)

    @property
    def clock(self) -> words.TeamClock:
        """Moments as the team says them, on its own clock."""
        return words.TeamClock(ZoneInfo(self.service.timezone), self.house.clock.now())

    async def colleagues(self) -> dict[StaffId, str]:
        """Their names, also of those who have left."""
        return {m.id: m.name for m in await self.house.record.staff.all(self.service.id, former=True)}

    def page(self, template: str, status: int = 200, **context: Any) -> web.Response:
        known = {
            "me": self.member,
            "service": self.service,
            "form_token": token_for(self.token),
            "clock": self.clock,
            "tabs": tabs_for(TABS, self.member.roles),
            "inbox_number": self.waiting,
            "sees_everybody": self.may(EVERYBODY),
            "sees_audit": self.may(AUDITORS),
            "ends_care": self.may(ENDS_CARE),
            "answers_for": self.may(ANSWERS),
            "leads": self.may(LEADS),
            "sees_people": self.may(PEOPLE),
            "said": words.SAID.get(self.request.query.get("said", "")),
        }
        return page(self.request, template, status, **{**known, **context})


Handler = Callable[[Seat], Awaitable[web.StreamResponse]]


def page(request: web.Request, template: str, status: int = 200, **context: Any) -> web.Response:
    known = {"words": words, "me": None, "said": None, "here": request.path}
    response = aiohttp_jinja2.render_template(
        f"desk/{template}.html", request, {**known, **context}, status=status
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def go(path: str, *, said: str = "") -> web.Response:
    """After a form: on to a page that may be loaded again. ``said`` names a sentence to show there."""
    location = f"{path}{'&' if '?' in path else '?'}said={said}" if said else path
    return web.Response(status=303, headers={"Location": location, "Cache-Control": "no-store"})


# -- the session ------------------------------------------------------------------------------------


def cookie_name(request: web.Request) -> str:
    return "__Host-bounceback" if secure(request) else "bounceback-desk"


def secure(request: web.Request) -> bool:
    return request.app[SETTINGS].public_url.startswith("https://")


def keep_cookie(request: web.Request, response: web.Response, name: str, value: str) -> None:
    response.set_cookie(name, value, path="/", secure=secure(request), httponly=True, samesite="Strict")


def _by_itself(request: web.Request) -> bool:
    """An open page asks, and nobody at it."""
    return REFRESHED in request.headers or request.path.endswith(EVENTS)


async def seat_of(request: web.Request) -> Seat:
    """Raises Refused('signed_out')."""
    house = request.app[HOUSE]
    token = request.cookies.get(cookie_name(request), "")
    session = await staff_session(house, token, used=not _by_itself(request))
    member = await house.record.staff.by_id(session.service, StaffId(session.subject))
    if member is None:
        raise Refused("signed_out")
    return Seat(request, house, house.shelf.service(session.service), member, token)


def seated(
    handler: Handler, roles: frozenset[str] = CARE, *, form: bool = False, most: int | None = None
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """For those who have one of the roles; to everybody else the page is not there (missing and forbidden look alike)."""

    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            seat = await seat_of(request)
        except Refused:
            return await signed_out(request, most)
        except Unavailable:
            return page(request, "message", 503, **words.MESSAGES["unavailable"])
        try:
            if not seat.may(roles):
                raise Refused("not_found")
            if form:
                seat = replace(seat, fields=await fields_of(request, seat.token, most))
            elif seat.may(CARE) and request.path not in COUNTS_ITSELF and not request.path.endswith(EVENTS):
                inbox = seat.house.record.inbox
                waiting = await inbox.waiting(seat.service.id, seat.looker(), noted=False)
                seat = replace(seat, waiting=len(waiting))
            return await handler(seat)
        except Refused as refused:
            return _refused(seat, refused.code)
        except Unavailable:
            return _refused(seat, "unavailable")

    vars(answer)[NEEDS] = roles
    return answer


def _refused(seat: Seat, code: str) -> web.Response:
    status = {"not_found": 404, "stale_form": 403, "unavailable": 503, "too_many_sockets": 429}.get(code, 409)
    message = words.MESSAGES.get(code, words.MESSAGES["refused"])
    return seat.page("message", status, **message, said=None)


async def signed_out(request: web.Request, most: int | None = None) -> web.Response:
    """To the sign-in page with the reason, and back afterwards. What was typed is shown once more, to be copied.

    A link in an e-mail comes from another site, where a browser holds a strict cookie back although somebody is
    signed in: a page of ours that goes on by itself asks again, from here.
    """
    token = request.cookies.get(cookie_name(request), "")
    if request.method == "GET" and request.headers.get("Sec-Fetch-Site") == "cross-site":
        return page(request, "onward")
    try:
        why = await why_signed_out(request.app[HOUSE], token)
    except Unavailable:
        why = None
    said = {"said": why} if why else {}
    if request.method != "GET":
        typed = await _typed(request, token, most)
        if not typed:
            return go("/desk/sign-in", **said)
        return page(request, "signed_out", 401, typed=typed, said=words.SAID[why] if why else None)
    return go("/desk/sign-in" + (f"?next={quote(request.path)}" if request.path != "/desk" else ""), **said)


async def _typed(request: web.Request, token: str, most: int | None) -> list[str]:
    """The longer texts of a form that was ours while the session lasted."""
    if not token:
        return []
    try:
        fields = await fields_of(request, token, most)
    except Refused:
        return []
    return [fields[name] for name in TYPED if fields.get(name, "").strip()]
