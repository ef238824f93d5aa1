"""Who may what, tried out on every route and frame that there is: nothing of another service is read or written, and what
is not for somebody looks like what is not there (P9)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, get_args
from uuid import UUID, uuid4

import aiohttp
import pytest_asyncio
from desk_client import Site
from desk_scene import elsewhere
from matrix import (
    FIELDS,
    SECRET_NAME,
    SECRET_POST,
    UNENDING,
    Held,
    Knocker,
    Route,
    desk_routes,
    filled,
    knockers,
    nobodys,
    rows_of,
)
from talker import Door, Frame
from test_desk_waiting import came

from bot.adapters.postgres.engine import Database
from bot.core.scope import CASELOAD
from bot.web.frames import (
    AppealFrame,
    ClientFrame,
    Hello,
    LeaveFrame,
    LookAtFrame,
    MuteFrame,
    MuteWordFrame,
    PostFrame,
    ReactFrame,
    ReadFrame,
    ReportFrame,
    RestFrame,
    SayFrame,
    ShowTypingFrame,
    Typing,
    UnmuteWordFrame,
    WithdrawFrame,
)

OTHERS_NAME = "Peregrine"
"""Of the patient whom the clinic's own therapist looks after: nobody else was told of their alert."""


@dataclass
class World:
    site: Site
    own: Held
    other: Held
    routes: list[Route]
    people: list[Knocker]

    @property
    def staff(self) -> list[Knocker]:
        return [one for one in self.people if one.role != "nobody"]


@pytest_asyncio.fixture
async def world(site: Site) -> AsyncIterator[World]:
    own = await filled(site.clinic, OTHERS_NAME, "Hello from this side.")
    other = await filled(await elsewhere(site.clinic), SECRET_NAME, f"Hello from {SECRET_POST}.")
    async with knockers(site) as people:
        yield World(site, own, other, list(desk_routes(site.app)), people)


async def test_every_route_of_the_desk_says_whom_it_is_for(world: World, site: Site) -> None:
    behind = {r.path for r in world.routes}
    every = {r.resource.canonical for r in site.app.router.routes() if r.resource}
    assert {p for p in every if p.startswith("/desk")} - behind == {
        "/desk/push-worker.js",
        "/desk/sign-in",
        "/desk/welcome",
        "/desk/{rest}",
    }
    assert len(world.routes) >= 40


async def test_what_is_of_another_service_looks_like_what_is_not_there(
    world: World, database: Database
) -> None:
    before = await rows_of(database, world.other.clinic.service.id)
    tried = 0
    for route in (r for r in world.routes if r.of_one):
        fields = FIELDS | {"to": str(world.own.clinic.therapist.id)}
        for who in (one for one in world.staff if route.open_to(one.role)):
            missing = nobodys()
            nothing = (await who.asks(route.method, route.at(missing), fields)).alike(missing)
            assert nothing[0] == 404, (route, who.role)
            for kind, foreign in world.other.ids.items():
                at = route.at(foreign, world.other.handle)
                found = (await who.asks(route.method, at, fields)).alike(foreign, world.other.handle)
                assert found == nothing, (route, who.role, kind)
                tried += 1
    assert tried > 200
    assert await rows_of(database, world.other.clinic.service.id) == before
    leaked = [one.role for one in world.people for text in one.heard if _leaks(text)]
    assert leaked == []


async def test_what_is_not_for_a_role_looks_like_what_is_not_there(world: World, database: Database) -> None:
    before = await rows_of(database, world.own.clinic.service.id)
    tried = 0
    for route in world.routes:
        for who in (one for one in world.staff if not route.open_to(one.role)):
            for own in world.own.ids.values() if route.of_one else [nobodys()]:
                nothing = (await who.asks(route.method, f"{route.at(own)}/nothing")).alike(own)
                found = (await who.asks(route.method, route.at(own), FIELDS)).alike(own)
                assert (nothing[0], found) == (404, nothing), (route, who.role)
                tried += 1
    assert tried > 200
    assert await rows_of(database, world.own.clinic.service.id) == before


async def test_nobody_gets_to_the_sign_in_page_and_no_further(world: World, database: Database) -> None:
    before = await rows_of(database, world.own.clinic.service.id)
    (nobody,) = (one for one in world.people if one.role == "nobody")
    for route in world.routes:
        answer = await nobody.asks(route.method, route.at(world.own.ids["patient"]), FIELDS)
        assert (answer.status, answer.headers["Location"].split("?")[0]) == (303, "/desk/sign-in"), route
    assert await rows_of(database, world.own.clinic.service.id) == before


async def test_the_matrix_is_not_empty(world: World) -> None:
    """Each page of one thing opens for somebody, with the thing on it."""
    waiting = await came(world.own.clinic)
    for route in (r for r in world.routes if r.of_one and r.method == "GET"):
        opened = []
        for who in (one for one in world.staff if route.open_to(one.role)):
            for own in (*world.own.ids.values(), waiting):
                opened.append((await who.asks("GET", route.at(own, world.own.handle))).status)
        assert 200 in opened, route


async def test_lists_name_nobody_of_another_service(world: World) -> None:
    for route in (r for r in world.routes if not r.of_one and r.method == "GET" and r.path not in UNENDING):
        for who in (one for one in world.staff if route.open_to(one.role)):
            answer = await who.asks("GET", route.path)
            assert not _leaks(answer.body), (route, who.role)


def _leaks(text: str) -> bool:
    return SECRET_NAME in text or SECRET_POST in text


# -- somebody else's patient --------------------------------------------------------------------------

OWN_NAMES = {"therapist": "Tessa", "clinician": "Cleo"}
OF_A_PATIENT = ("patient", "alert")


@dataclass
class Scopes:
    others: Held
    own: dict[str, Held]
    people: list[Knocker]


@pytest_asyncio.fixture
async def held(world: World) -> AsyncIterator[Scopes]:
    """Each therapist and clinician with a patient of their own, beside one whom a colleague looks after."""
    clinic = world.site.clinic
    own = {}
    for who in world.staff:
        if who.role in CASELOAD:
            own[who.role] = await filled(clinic, OWN_NAMES[who.role], "Hello from me.", who.staff)
    yield Scopes(world.own, own, [who for who in world.staff if who.role in CASELOAD])


async def test_a_patient_of_somebody_else_looks_like_none(
    world: World, held: Scopes, database: Database
) -> None:
    """Every route that names one thing, with the ids of a colleague's patient and of that patient's alert."""
    before = await rows_of(database, world.own.clinic.service.id)
    tried = distinguishable = 0
    for route in (r for r in world.routes if r.of_one):
        fields = FIELDS | {"to": str(world.own.clinic.therapist.id)}
        for who in (one for one in held.people if route.open_to(one.role)):
            missing = nobodys()
            nothing = (await who.asks(route.method, route.at(missing), fields)).alike(missing)
            assert nothing[0] == 404, (route, who.role)
            for kind in OF_A_PATIENT:
                foreign = held.others.ids[kind]
                at = route.at(foreign, world.other.handle)
                found = (await who.asks(route.method, at, fields)).alike(foreign, world.other.handle)
                distinguishable += found != nothing
                assert found == nothing, (route, who.role, kind)
                tried += 1
    for who in (one for one in held.people if one.role == "clinician"):
        line = held.others.ids["patient"]
        missing = nobodys()
        path = "/desk/quality/sample"
        nothing = (await who.asks("POST", path, FIELDS | {"verdict": "nothing", "line": str(missing)})).alike(
            missing
        )
        found = (await who.asks("POST", path, FIELDS | {"verdict": "nothing", "line": str(line)})).alike(line)
        distinguishable += found != nothing
        tried += 1
        assert (found, nothing[0]) == (nothing, 404)
    after = await rows_of(database, world.own.clinic.service.id)
    written = sum(abs(after[table] - before[table]) for table in before)
    read = sum(OTHERS_NAME in text for one in held.people for text in one.heard)
    print(
        f"a colleague's patient: {tried} requests; cross reads {read}, writes {written}, "
        f"distinguishable 404 {distinguishable}"
    )
    assert (read, written, distinguishable) == (0, 0, 0)
    assert tried > 40


async def test_the_own_patient_opens_on_the_same_routes(world: World, held: Scopes) -> None:
    """So that what was not there above was not there because of whose patient it is."""
    opened: set[tuple[str, str]] = set()
    wanted: set[tuple[str, str]] = set()
    for route in (r for r in world.routes if r.of_one and ("/patients/" in r.path or "/alerts/" in r.path)):
        kind = "alert" if "/alerts/" in route.path else "patient"
        for who in (one for one in held.people if route.open_to(one.role)):
            answer = await who.asks(route.method, route.at(held.own[who.role].ids[kind]), FIELDS)
            wanted.add((route.path, who.role))
            if answer.status != 404:
                opened.add((route.path, who.role))
    # The message that a mark of this matrix names is none of theirs, and none of them has said that something is wrong.
    assert {path for path, _ in wanted - opened} <= {
        "/desk/patients/{id}/messages/{seq}/mark",
        "/desk/alerts/{id}/mark",
        "/desk/patients/{id}/record/answer",
        # None of them came by themselves.
        "/desk/patients/{id}/referral",
    }
    assert len(opened) > 20


async def test_lists_name_nobody_of_a_colleague(world: World, held: Scopes) -> None:
    listed = 0
    for route in (r for r in world.routes if not r.of_one and r.method == "GET" and r.path not in UNENDING):
        for who in (one for one in held.people if route.open_to(one.role)):
            for query in ("", "?show=all", "?whose=mine", "?whose=left"):
                answer = await who.asks("GET", route.path + query)
                assert OTHERS_NAME not in answer.body, (route, who.role, query)
                listed += OWN_NAMES[who.role] in answer.body
    assert listed >= 4


# -- a patient's frames -------------------------------------------------------------------------------


def frames_about(room: UUID) -> dict[type, list[Frame]]:
    """Each frame that a client may send, wherever it can name a group with that group's id."""
    text = "hello"

    def one() -> str:
        return str(uuid4())

    return {
        Hello: [],
        SayFrame: [{"type": "say", "id": one(), "text": text, "re": 1}],
        PostFrame: [
            {"type": "post", "id": one(), "group": str(room), "text": text},
            {"type": "post", "id": one(), "group": str(room), "text": text, "reply_to": 1},
        ],
        ReportFrame: [{"type": "report", "id": one(), "group": str(room), "seq": 1}],
        ReactFrame: [{"type": "react", "id": one(), "group": str(room), "seq": 1, "kind": "hug"}],
        WithdrawFrame: [{"type": "withdraw", "id": one(), "group": str(room), "seq": 1}],
        AppealFrame: [{"type": "appeal", "id": one(), "group": str(room), "text": text, "seq": 1}],
        LeaveFrame: [{"type": "leave", "id": one(), "group": str(room)}],
        RestFrame: [{"type": "rest", "id": one(), "group": str(room)}],
        MuteFrame: [{"type": "mute", "id": one(), "group": str(room), "member": one()}],
        MuteWordFrame: [{"type": "mute_word", "id": one(), "text": text}],
        UnmuteWordFrame: [{"type": "unmute_word", "id": one(), "word": one()}],
        ShowTypingFrame: [{"type": "show_typing", "id": one(), "on": True}],
        LookAtFrame: [{"type": "look_at", "id": one(), "group": "no-such-group"}],
        ReadFrame: [{"type": "read", "seq": 1, "group": str(room)}],
        Typing: [{"type": "typing"}, {"type": "typing", "group": str(room)}],
    }


def test_every_frame_is_in_the_matrix() -> None:
    assert set(frames_about(uuid4())) == set(get_args(ClientFrame))


async def sent(door: Door, token: str, room: UUID, frame: Frame | None) -> tuple[Frame | None, list[Frame]]:
    """What is said to one frame of a patient who also asks to be shown that group; and all they heard."""
    async with door.screen(token, rooms={str(room): 0}) as line:
        if frame is None or frame["type"] in ("read", "typing"):
            if frame is not None:
                await line.send(frame)
            frame = {"type": "say", "id": str(uuid4()), "text": "hello"}
        await line.send(frame)
        answer = await line.answer_to(frame["id"])
        return {k: v for k, v in answer.items() if k not in ("id", "seq")}, line.heard


async def test_a_group_of_another_service_looks_like_none_in_every_frame(
    world: World, site: Site, database: Database, client: aiohttp.ClientSession
) -> None:
    door, token = Door(site.url, client), world.own.patient.token
    before = await rows_of(database, world.other.clinic.service.id)
    for kind, frames in frames_about(world.other.ids["room"]).items():
        unknown = nobodys()
        for foreign, none in zip(frames or [None], frames_about(unknown)[kind] or [None], strict=True):
            found, heard = await sent(door, token, world.other.ids["room"], foreign)
            nothing, _ = await sent(door, token, unknown, none)
            assert found == nothing, kind
            assert not any(_leaks(json.dumps(frame)) for frame in heard), kind
    await asyncio.sleep(0)
    assert await rows_of(database, world.other.clinic.service.id) == before


async def test_a_group_that_they_are_no_member_of_looks_like_none_in_every_frame(
    world: World, site: Site, database: Database, client: aiohttp.ClientSession
) -> None:
    """Of their own service: another patient writes there, and they do not."""
    outsider = await site.clinic.join("copd", name="Robin")
    door, room = Door(site.url, client), world.own.ids["room"]
    before = (await rows_of(database, site.clinic.service.id))["post"]
    for kind, frames in frames_about(room).items():
        unknown = nobodys()
        for foreign, none in zip(frames or [None], frames_about(unknown)[kind] or [None], strict=True):
            found, heard = await sent(door, outsider.token, room, foreign)
            nothing, _ = await sent(door, outsider.token, unknown, none)
            assert found == nothing, kind
            assert not any("Hello from this side." in json.dumps(frame) for frame in heard), kind
    await site.clinic.settle()
    assert (await rows_of(database, site.clinic.service.id))["post"] == before


async def test_over_http_too(world: World, site: Site, client: aiohttp.ClientSession) -> None:
    door, token = Door(site.url, client), world.own.patient.token

    async def asked(room: UUID) -> list[tuple[int, Any]]:
        replies = [await door.get(f"/v1/messages?after=0&group={room}", token)]
        for frames in frames_about(room).values():
            for frame in frames:
                if frame["type"] not in ("say", "read", "typing"):
                    replies.append(await door.post("/v1/messages", frame, token))
        return [
            (r.status, {k: v for k, v in (r.body or {}).items() if k not in ("id", "seq")}) for r in replies
        ]

    assert await asked(world.other.ids["room"]) == await asked(nobodys())


async def test_a_session_of_one_kind_is_none_of_the_other(
    world: World, site: Site, client: aiohttp.ClientSession
) -> None:
    door = Door(site.url, client)
    lead = next(one for one in world.staff if one.role == "lead")
    assert (await door.get("/v1/messages?after=0", lead.session)).status == 401
    headers = {"Cookie": f"bounceback-desk={world.own.patient.token}"}
    async with client.get(site.url + "/desk/patients", headers=headers, allow_redirects=False) as answer:
        assert (answer.status, answer.headers["Location"].split("?")[0]) == (303, "/desk/sign-in")
