"""docs/integrators.md: every route and refusal is there, every example is true."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast, get_args
from uuid import UUID

import pytest
from aiohttp import web
from papers import examples, paper
from typer.testing import CliRunner

from bot.adapters.tellers.webhook import event_of
from bot.cli import app as commands
from bot.core.proposals import Proposal
from bot.core.values import tag_of
from bot.ports import News
from bot.settings import Settings
from bot.usecases.house import House
from bot.web.app import make_app
from bot.web.entry import ConfirmBody, JoinBody, ReturnBody
from bot.web.frames import PROTOCOL, ClientFrame, ServerFrame, parse
from bot.web.refusals import STATUS

TEXT = paper("docs/integrators.md")
BODIES = {"join": JoinBody, "return": ReturnBody, "confirm": ConfirmBody}
ASKED = re.findall(r"^\$ echo '(.+)' \| bounceback (\w+) --jsonl\n(.+)$", TEXT, re.MULTILINE)


def routes() -> set[str]:
    """Every address that the application answers, as ``GET /v1/messages``."""
    app = make_app(cast(House, None), Settings())
    found = set()
    for route in app.router.routes():
        resource = route.resource
        if resource is not None and route.method != "HEAD":
            found.add(f"{route.method} {resource.canonical}".replace("* ", ""))
    return found


def test_every_route_is_described() -> None:
    assert {route for route in routes() if not re.search(rf"`{re.escape(route)}[`?]", TEXT)} == set()


def test_no_route_is_described_that_does_not_exist() -> None:
    said = set(re.findall(r"`((?:GET|POST|OPTIONS|PUT|DELETE) /[^`?]*)", TEXT))
    assert said - routes() == set()


def twice(names: Iterable[str]) -> set[str]:
    return {name for name, times in Counter(names).items() if times > 1}


def first_cells() -> list[str]:
    """Of every row of every table."""
    return [line.split("|")[1] for line in TEXT.splitlines() if line.startswith("| ")]


def test_a_route_is_described_in_one_row_only() -> None:
    described = [re.findall(r"`((?:GET|POST|OPTIONS|PUT|DELETE) /[^`?]*)", cell) for cell in first_cells()]
    assert len(described) > 40
    assert twice(route for row in described for route in row) == set()


@pytest.mark.parametrize("example", examples("docs/integrators.md", "client"))
def test_an_example_of_a_clients_frame_is_one(example: str) -> None:
    parse(example)


def test_every_kind_of_a_clients_frame_has_an_example() -> None:
    shown = {json.loads(example)["type"] for example in examples("docs/integrators.md", "client")}
    assert shown == kinds(ClientFrame)


@pytest.mark.parametrize("example", examples("docs/integrators.md", "server"))
def test_an_example_of_the_servers_frame_is_one(example: str) -> None:
    frame = json.loads(example)
    kind = next(k for k in get_args(ServerFrame) if tag_of(k) == frame["type"])
    kind.from_json(example)


def test_every_kind_of_the_servers_frame_has_an_example() -> None:
    shown = {json.loads(example)["type"] for example in examples("docs/integrators.md", "server")}
    assert shown == kinds(ServerFrame)


def kinds(union: Any) -> set[str]:
    return {tag_of(kind) for kind in get_args(union)}


@pytest.mark.parametrize("kind", BODIES)
def test_an_example_of_a_body_is_one(kind: str) -> None:
    (example,) = examples("docs/integrators.md", kind)
    BODIES[kind].model_validate_json(example)


def refusals() -> list[tuple[str, int]]:
    """Each code with its status, as the rows of the table say it."""
    rows = [line for line in TEXT.splitlines() if re.match(r"\| `\w+`.*\| \d{3} \|", line)]
    return [
        (code, int(line.split("|")[2]))
        for line in rows
        for code in re.findall(r"`(\w+)`", line.split("|")[1])
    ]


def test_every_refusal_is_described_with_its_status() -> None:
    assert dict(refusals()) == STATUS


def test_a_refusal_is_described_in_one_row_only() -> None:
    assert twice(code for code, _ in refusals()) == set()


def test_every_proposal_is_named() -> None:
    union, *_ = get_args(Proposal)
    types = {kind.model_fields["type"].default for kind in get_args(union)}
    assert {kind for kind in types if f"`{kind}`" not in TEXT} == set()


def test_the_protocol_has_its_name() -> None:
    assert f"`{PROTOCOL}`" in TEXT


def test_every_question_to_the_rules_has_an_example() -> None:
    assert {command for _, command, _ in ASKED} == {
        "screen",
        "post",
        "score",
        "outcome",
        "understand",
        "search",
    }


def alike(told: Any, wanted: Any) -> bool:
    """To within what a number that is learned may move."""
    match told, wanted:
        case dict(), dict():
            return told.keys() == wanted.keys() and all(alike(told[key], wanted[key]) for key in wanted)
        case list(), list():
            return len(told) == len(wanted) and all(map(alike, told, wanted))
        case _:
            return bool(told == (pytest.approx(wanted, abs=0.05) if isinstance(wanted, float) else wanted))


@pytest.mark.parametrize(
    ("asked", "command", "answer"), ASKED, ids=[f"{c}-{n}" for n, (_, c, _) in enumerate(ASKED)]
)
def test_the_rules_answer_as_the_document_says(asked: str, command: str, answer: str) -> None:
    said = CliRunner().invoke(commands, [command, "--jsonl"], input=asked + "\n")
    assert said.exit_code == 0, said.output
    told, wanted = json.loads(said.stdout), json.loads(answer)
    assert alike(told, wanted), told


def test_the_documented_application_is_a_web_application() -> None:
    assert isinstance(make_app(cast(House, None), Settings()), web.Application)


@pytest.mark.parametrize("example", examples("docs/integrators.md", "webhook"))
def test_an_example_of_an_event_is_what_webhooks_send(example: str) -> None:
    said = json.loads(example)
    data, tested = said["data"], said["type"] == "channel.tested"
    about = {} if tested else {"alert": UUID(data["alert"]), "level": data["level"], "needs": data["needs"]}
    steps = {} if tested else {"rung": data["step"] - 1, "told": data["told"]}
    news = News(UUID(int=1), data["service"], "Valley Clinic", data["url"], **about, **steps)
    assert event_of(news, datetime.fromisoformat(said["timestamp"])) == said
