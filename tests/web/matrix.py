"""Two services in one house, and everybody who may knock at a route: what the matrix of rights is tried out with."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID, uuid4

import aiohttp
from aiohttp import web
from clinic import Clinic, Patient
from desk_client import Site
from desk_scene import CRISIS, colleague, joins_group, posts, signed_in
from sqlalchemy import func, select
from yarl import URL

from bot.adapters.postgres import schema as s
from bot.adapters.postgres.engine import Database
from bot.core.inputs import ChangeOwner
from bot.core.roles import ROLES
from bot.core.room import handle_of
from bot.core.values import LineId, ServiceId, StaffId
from bot.ports import StaffMember
from bot.usecases.change import hand_in
from bot.web.desk.forms import token_for
from bot.web.desk.seat import ANYBODY, NEEDS

SECRET_NAME, SECRET_POST = "Marmaduke", "the allotment behind the mill"
UNENDING = frozenset({"/desk/events", "/desk/content/rehearsal"})
"""Their answers to whoever may have them go on until somebody leaves."""

FIELDS = {
    "outcome": "contacted",
    "hours": "1",
    "reason": "contact_agreed",
    "text": "hello",
    "note": "hello",
    "concern": "risk",
    "once": "0f8fad5b-d9cb-469f-a165-70867728950e",
    "verdict": "right",
    "rule": "kill-myself",
    "seq": "1",
    "how": "discharged",
    "sure": "yes",
    "role": "duty",
    "digest": "off",
}


@dataclass(frozen=True)
class Held:
    """What one service holds, by the kind of id in a path."""

    clinic: Clinic
    patient: Patient
    ids: dict[str, UUID]

    @property
    def handle(self) -> UUID:
        """By which the room knows the patient."""
        return handle_of(LineId(self.ids["room"]), self.patient.id)


@dataclass(frozen=True)
class Answer:
    status: int
    body: str
    headers: dict[str, str]

    def alike(self, *ids: object) -> tuple[int, str, tuple[tuple[str, str], ...]]:
        """Without what says only when it was, or which id was asked for."""
        body, headers = self.body, dict(self.headers)
        for each in ids:
            body = body.replace(str(each), "ID")
            headers = {name: value.replace(str(each), "ID") for name, value in headers.items()}
        headers.pop("Date", None)
        return self.status, re.sub(r'name="form" value="[0-9a-f]+"', "", body), tuple(sorted(headers.items()))


@dataclass
class Knocker:
    """Somebody with a session, or nobody. ``heard``: everything that came back to them."""

    role: str
    http: aiohttp.ClientSession
    url: str
    session: str = ""
    staff: StaffId | None = None
    heard: list[str] = field(default_factory=list)

    async def asks(self, method: str, path: str, fields: dict[str, str] | None = None) -> Answer:
        data = None if method == "GET" else {**(fields or {}), "form": token_for(self.session)}
        async with self.http.request(method, self.url + path, data=data, allow_redirects=False) as answer:
            unending = answer.content_type == "text/event-stream"
            text = "" if unending else await answer.text()
            self.heard.append(text)
            return Answer(answer.status, text, dict(answer.headers))


@dataclass(frozen=True)
class Route:
    method: str
    path: str
    needs: frozenset[str]

    def at(self, one: object, handle: object = "0f8fad5b-d9cb-469f-a165-70867728950e") -> str:
        path = self.path.replace("{id}", str(one)).replace("{handle}", str(handle))
        return path.replace("{seq}", "1").replace("{case}", "1")

    @property
    def of_one(self) -> bool:
        return "{id}" in self.path

    def open_to(self, role: str) -> bool:
        return self.needs is ANYBODY or role in self.needs


def desk_routes(app: web.Application) -> Iterator[Route]:
    """Every route of the desk behind a sign-in, as the application itself knows them."""
    for route in app.router.routes():
        needs = vars(route.handler).get(NEEDS) if callable(route.handler) else None
        if needs is None or route.resource is None or route.method in ("*", "HEAD"):
            continue
        yield Route(route.method, route.resource.canonical, needs)


async def filled(clinic: Clinic, name: str, post: str, owner: StaffId | None = None) -> Held:
    """A patient in distress, who is in a group and has posted there. ``owner``: instead of the clinic's therapist."""
    patient = await clinic.join("copd", name=name)
    if owner is not None:
        await hand_in(clinic.house, clinic.service.id, patient.id, ChangeOwner(owner, owner))
    room = await joins_group(clinic, patient, f"Quiet {name[::-1].lower()}")
    await posts(clinic, patient, room, post)
    await patient.says(CRISIS)
    alert = (await patient.alerts())[0].id
    return Held(
        clinic, patient, {"patient": patient.id, "alert": alert, "room": room, "colleague": clinic.host.id}
    )


@asynccontextmanager
async def knockers(site: Site) -> AsyncIterator[list[Knocker]]:
    """One of each role, and somebody without a session."""
    async with AsyncExitStack() as stack:

        async def one(role: str, member: StaffMember | None) -> Knocker:
            jar = aiohttp.CookieJar(unsafe=True)
            http = await stack.enter_async_context(aiohttp.ClientSession(cookie_jar=jar))
            session = await signed_in(site.clinic, member) if member else ""
            if session:
                jar.update_cookies({"bounceback-desk": session}, URL(site.url))
            return Knocker(role, http, site.url, session, member.id if member else None)

        yield [
            *[await one(role, await colleague(site.clinic, role)) for role in ROLES],
            await one("nobody", None),
        ]


async def rows_of(database: Database, service: ServiceId) -> dict[str, int]:
    """How many rows each table holds of a service; of Lines, also how far they have come."""
    counted: dict[str, int] = {}
    async with database.reading() as c:
        for name, table in s.metadata.tables.items():
            if "service_id" in table.c and name != "service":
                mine = select(func.count()).select_from(table).where(table.c.service_id == service)
                counted[name] = int((await c.execute(mine)).scalar_one())
        versions = select(func.sum(s.line.c.version)).where(s.line.c.service_id == service)
        counted["versions"] = int((await c.execute(versions)).scalar_one() or 0)
    return counted


def nobodys() -> LineId:
    return LineId(uuid4())
