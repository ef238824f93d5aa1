"""The OpenAPI document says what the doors do: every JSON route, and the answers that come."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, cast, get_args

import pytest
from clinic import Clinic
from doors import OpenDoor
from jsonschema import Draft202012Validator
from talker import Door
from typer.testing import CliRunner

from bot.cli import app as commands
from bot.cli.proofs.tried import Given, try_out
from bot.core.values import tag_of
from bot.settings import Settings
from bot.usecases.house import House
from bot.web.app import make_app
from bot.web.asyncapi import socket_document
from bot.web.frames import ClientFrame, ServerFrame
from bot.web.openapi import described_routes, document
from bot.web.refusals import STATUS

Schema = dict[str, Any]

NOT_FOR_PROGRAMS = re.compile(
    r"/|/chat|/urgent|/docs|/openapi\.json|/asyncapi\.json|/metrics|/media/.*|/widget.*|/static.*|/unsubscribe/.*|/plain.*|/chat-worker\.js|/chat\.webmanifest|/desk.*|/v1/ws|/v1/\{rest\}"
)
"""Pages for people, files, the socket, figures in a format of their own, and what is not there."""


@pytest.fixture(scope="module")
def said() -> Schema:
    settings = Settings()
    return document(make_app(cast(House, None), settings), settings)


def operations(said: Schema) -> Iterator[tuple[str, str, Schema]]:
    for path, methods in said["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


# -- every route ----------------------------------------------------------------------------------------


def test_every_json_route_is_in_the_document_and_nothing_else(said: Schema) -> None:
    app = make_app(cast(House, None), Settings())
    there = {
        (route.resource.canonical, route.method.lower())
        for route in app.router.routes()
        if route.resource is not None and route.method != "HEAD"
    }
    for_programs = {(path, method) for path, method in there if not NOT_FOR_PROGRAMS.fullmatch(path)}
    told = {(path, method) for path, method, _ in operations(said)}
    assert told == for_programs, "put `@described` of bot/web/described.py beside the handler"


def test_what_is_described_is_for_programs() -> None:
    paths = [path for _, path, _ in described_routes(make_app(cast(House, None), Settings()))]
    assert [path for path in paths if NOT_FOR_PROGRAMS.fullmatch(path)] == []


def test_every_operation_has_a_name_of_its_own(said: Schema) -> None:
    names = [operation["operationId"] for _, _, operation in operations(said)]
    assert len(names) == len(set(names))


def test_every_refusal_of_the_doors_has_a_status_of_its_own_or_400(said: Schema) -> None:
    for path, method, operation in operations(said):
        for status, answer in operation["responses"].items():
            codes = answer["description"].split(" or ")
            for code in (named[1:-1] for named in codes if re.fullmatch(r"`\w+`", named)):
                assert STATUS.get(code, 400) == int(status), (path, method, code)


def test_every_reference_leads_somewhere(said: Schema) -> None:
    parts = {f"#/components/schemas/{name}" for name in said["components"]["schemas"]}
    assert set(re.findall(r'"\$ref": "([^"]+)"', json.dumps(said))) <= parts


def test_its_schemas_are_schemas(said: Schema) -> None:
    for part in said["components"]["schemas"].values():
        Draft202012Validator.check_schema(part)


# -- the socket -----------------------------------------------------------------------------------------


def test_every_frame_of_the_socket_is_described() -> None:
    told = socket_document(Settings())
    kinds = {tag_of(kind) for union in (ClientFrame, ServerFrame) for kind in get_args(union)}
    assert set(told["channels"]["chat"]["messages"]) == kinds


@pytest.mark.parametrize(
    ("frame", "fits"),
    [
        ({"text": "hello"}, True),
        ({"choice": "3.menu"}, True),
        ({"answer": {"item": "phq9.1", "value": None}}, True),
        ({"text": "hello", "choice": None}, True),
        ({"text": "hello", "choice": "3.menu"}, False),
        ({"text": " "}, False),
        ({}, False),
    ],
)
def test_exactly_one_thing_is_said(frame: Schema, fits: bool) -> None:
    told = socket_document(Settings())
    schema = {"$ref": "#/components/schemas/SayFrame", "components": told["components"]}
    whole = {"type": "say", "id": "018f2f6e-0000-7000-8000-000000000001", **frame}
    assert Draft202012Validator(schema).is_valid(whole) is fits


# -- where it is ----------------------------------------------------------------------------------------


async def test_the_document_is_served_and_has_a_page(door: Door, said: Schema) -> None:
    served = await door.get("/openapi.json")
    page = await door.get("/docs")
    assert served.body["paths"] == said["paths"]
    assert (await door.get("/asyncapi.json")).status == page.status == 200
    assert {path for path in said["paths"] if path not in page.raw} == set()


def test_in_production_it_is_there_only_where_it_is_wanted() -> None:
    def paths(**more: Any) -> set[str]:
        settings = Settings.model_construct(**{**Settings().__dict__, **more})
        return {r.canonical for r in make_app(cast(House, None), settings).router.resources()}

    assert "/openapi.json" not in paths(env="production")
    assert "/openapi.json" in paths(env="production", docs=True)
    assert "/docs" not in paths(docs=False)


@pytest.mark.parametrize(("option", "key"), [([], "openapi"), (["--socket"], "asyncapi")])
def test_the_command_prints_it(option: list[str], key: str) -> None:
    told = CliRunner().invoke(commands, ["openapi", *option])
    assert json.loads(told.stdout)[key] >= "3"


# -- what it says is true -------------------------------------------------------------------------------


async def test_whatever_fits_the_document_is_taken_and_whatever_does_not_is_refused(
    clinic: Clinic, open_door: OpenDoor, tmp_path: Any
) -> None:
    """Schemathesis knocks at every door; the long run is `bounceback prove doors`."""
    door = await open_door(
        frames_per_s=1e6, frames_burst=1e6, sign_ins_per_minute=10**6, exports_per_hour=10**9
    )
    first, *spare = [(await clinic.join("copd")).token for _ in range(8)]
    invitations = [(await clinic.invite("copd")).code for _ in range(4)]
    given = Given(first, spare, invitations)
    # The servers of a test run are not durable, and `/readyz` says so.
    tried = await try_out(door.url, given, tmp_path, 4, phases="coverage,fuzzing", but="/readyz")
    assert tried.failures == (), tried.said
    assert tried.whole and tried.requests > 300


async def test_a_method_that_is_not_taken_is_answered_with_those_that_are(door: Door) -> None:
    for path, takes in {"/v1/messages": {"GET", "HEAD", "POST"}, "/healthz": {"GET", "HEAD"}}.items():
        async with door.client.delete(door.url + path) as answer:
            assert answer.status == 405
            assert set(answer.headers["Allow"].split(", ")) == takes
            assert (await answer.json())["code"] == "wrong_method"
    async with door.client.delete(f"{door.url}/v1/nowhere") as answer:
        assert answer.status == 404


async def test_who_asks_too_often_is_told_how_long_to_wait(open_door: OpenDoor) -> None:
    door = await open_door(sign_ins_per_minute=2)
    replies = [await door.post("/v1/return", {"contact": "nobody@openapi.example"}) for _ in range(3)]
    assert [reply.status for reply in replies] == [202, 202, 429]
    assert 1 <= int(replies[-1].headers["Retry-After"]) <= 30


@pytest.mark.parametrize(
    "asked", ["after=-1", "after=1.5", "after=1_0", "after=", "wait=nan", "wait=-1", "wait=x"]
)
async def test_an_address_with_a_number_that_is_none_is_refused(
    clinic: Clinic, door: Door, asked: str
) -> None:
    patient = await clinic.join("copd")
    reply = await door.get(f"/v1/messages?{asked}", patient.token)
    assert (reply.status, reply.code) == (400, "bad_frame")
