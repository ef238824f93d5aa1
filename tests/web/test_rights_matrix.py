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

from bot.adapters.postgres.engine import Database
from bot.web.frames import ClientFrame, Hello, PostFrame, ReadFrame, ReportFrame, SayFrame, Typing


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
    own = await filled(site.clinic, "Sam", "Hello from this side.")
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
                found = (await who.asks(route.method, route.at(foreign), fields)).alike(foreign)
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
    for route in (r for r in world.routes if r.of_one and r.method == "GET"):
        opened = []
        for who in (one for one in world.staff if route.open_to(one.role)):
            for own in world.own.ids.values():
                opened.append((await who.asks("GET", route.at(own))).status)
        assert 200 in opened, route


async def test_lists_name_nobody_of_another_service(world: World) -> None:
    for route in (r for r in world.routes if not r.of_one and r.method == "GET" and r.path not in UNENDING):
        for who in (one for one in world.staff if route.open_to(one.role)):
            answer = await who.asks("GET", route.path)
            assert not _leaks(answer.body), (route, who.role)


def _leaks(text: str) -> bool:
    return SECRET_NAME in text or SECRET_POST in text


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
        ReadFrame: [{"type": "read", "seq": 1, "group": str(room)}],
        Typing: [{"type": "typing"}],
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


async def test_over_http_too(world: World, site: Site, client: aiohttp.ClientSession) -> None:
    door, token = Door(site.url, client), world.own.patient.token

    async def asked(room: UUID) -> list[tuple[int, Any]]:
        replies = [await door.get(f"/v1/messages?after=0&group={room}", token)]
        for frames in frames_about(room).values():
            for frame in frames:
                if frame["type"] in ("post", "report"):
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
