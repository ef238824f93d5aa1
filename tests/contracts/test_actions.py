"""Actions: the same answers in this process and from the stock action server; anything odd is Unavailable."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from time import monotonic
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from action_server import action_server
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.adapters.actions import LocalActions, RemoteActions
from bot.core.errors import Misuse, Unavailable
from bot.core.proposals import AskGoal, OfferGroup, OfferModule, ShowProgress
from bot.ports import ActionAnswer, Actions

MODULES = [
    {"id": "everybody/calm", "suits": ["everybody"], "uses": [], "minutes": 5},
    {"id": "copd/breath", "suits": ["copd", "asthma"], "uses": ["gad7"], "minutes": 12},
    {"id": "copd/walk", "suits": ["copd"], "uses": [], "minutes": 10},
    {"id": "copd/mood", "suits": ["copd"], "uses": ["phq9"], "minutes": 10},
    {"id": "heart/after", "suits": ["heart"], "uses": ["phq9"], "minutes": 14},
]
GROUPS = [
    {"id": "everybody/tea", "suits": ["everybody"]},
    {"id": "copd", "suits": ["copd"]},
    {"id": "heart", "suits": ["heart"]},
]
PATIENT: dict[str, Any] = {
    "conditions": ["copd"],
    "language": "en",
    "scores": {},
    "case_at": {"phq9": 10, "gad7": 8},
    "done": [],
    "modules": MODULES,
    "groups": GROUPS,
    "measures": ["phq9", "gad7"],
    "joined": [],
    "goals": 0,
}
LOW_THEN_HIGH = {"phq9": [[4, "2026-03-01"], [15, "2026-04-01"]]}
HIGH_THEN_LOW = {"phq9": [[15, "2026-03-01"], [4, "2026-04-01"]]}


def offers(*modules: tuple[str, str]) -> ActionAnswer:
    return ActionAnswer(tuple(OfferModule(module=module, because=because) for module, because in modules))


ANSWERS = {
    "own conditions come first": (
        "action_suggest_module",
        {},
        offers(("copd/breath", "copd"), ("copd/walk", "copd"), ("copd/mood", "copd")),
    ),
    "a measure that is high leads": (
        "action_suggest_module",
        {"scores": LOW_THEN_HIGH},
        offers(("copd/mood", "phq9"), ("copd/breath", "copd"), ("copd/walk", "copd")),
    ),
    "a measure that was high does not": (
        "action_suggest_module",
        {"scores": HIGH_THEN_LOW},
        offers(("copd/breath", "copd"), ("copd/walk", "copd"), ("copd/mood", "copd")),
    ),
    "what was done waits, even when it would suit the score": (
        "action_suggest_module",
        {"scores": LOW_THEN_HIGH, "done": ["copd/mood", "copd/breath"]},
        offers(("copd/walk", "copd"), ("copd/mood", "phq9"), ("copd/breath", "copd")),
    ),
    "without a condition there is what suits everybody": (
        "action_suggest_module",
        {"conditions": []},
        offers(("everybody/calm", "everybody")),
    ),
    "nothing suits": (
        "action_suggest_module",
        {"modules": [], "conditions": []},
        ActionAnswer((), ("module_none",)),
    ),
    "progress has the measures with scores": (
        "action_show_progress",
        {"scores": LOW_THEN_HIGH | {"gad7": [], "other": [[3, "2026-04-01"]]}},
        ActionAnswer((ShowProgress(measures=("phq9",)),)),
    ),
    "no progress yet": ("action_show_progress", {}, ActionAnswer((), ("progress_none",))),
    "own groups come first": (
        "action_find_group",
        {},
        ActionAnswer((OfferGroup(group="copd"), OfferGroup(group="everybody/tea"))),
    ),
    "a group is offered once": (
        "action_find_group",
        {"joined": ["copd"]},
        ActionAnswer((OfferGroup(group="everybody/tea"),)),
    ),
    "no group fits": (
        "action_find_group",
        {"joined": ["copd", "everybody/tea"]},
        ActionAnswer((), ("group_none",)),
    ),
    "a goal is asked for": ("action_set_goal", {}, ActionAnswer((AskGoal(),))),
}
GARBAGE = {
    "words of its own": {"messages": [{"text": "Take two of these."}]},
    "a picture": {"messages": [{"image": "https://example.org/cat.png"}]},
    "buttons": {"messages": [{"buttons": [{"title": "Yes", "payload": "/affirm"}]}]},
    "an unknown proposal": {"messages": [{"json_message": {"proposals": [{"type": "raise_alert"}]}}]},
    "a proposal with more in it": {
        "messages": [{"json_message": {"proposals": [{"type": "ask_goal", "note": "x"}]}}]
    },
    "something beside the proposals": {"messages": [{"json_message": {"proposals": [], "score": 9}}]},
    "a field of its own": {"messages": [{"response": "module_none", "urgent": True}]},
    "a sentence for a text id": {"messages": [{"response": "Take two of these"}]},
    "another event than a slot": {"events": [{"event": "restart", "timestamp": None}]},
    "too many proposals": {"messages": [{"json_message": {"proposals": [{"type": "ask_goal"}] * 21}}]},
    "too much": {"events": [{"event": "slot", "name": "a", "value": "x" * 70_000, "timestamp": None}]},
}


class ActionsContract:
    @pytest.mark.parametrize("case", ANSWERS)
    async def test_the_shipped_actions_answer(self, actions: Actions, case: str) -> None:
        name, changed, expected = ANSWERS[case]
        assert await actions.run(name, PATIENT | changed) == expected

    async def test_an_unknown_action_is_unavailable(self, actions: Actions) -> None:
        with pytest.raises(Unavailable):
            await actions.run("action_nobody_wrote", PATIENT)

    async def test_slots_that_the_action_cannot_read_are_unavailable(self, actions: Actions) -> None:
        with pytest.raises(Unavailable):
            await actions.run("action_suggest_module", PATIENT | {"scores": "none"})

    async def test_slots_that_are_no_json_are_our_own_bug(self, actions: Actions) -> None:
        with pytest.raises(Misuse):
            await actions.run("action_set_goal", {"goals": object()})

    @pytest.mark.parametrize("lie", GARBAGE)
    async def test_a_lie_is_unavailable(self, bad_actions: Actions, lie: str) -> None:
        with pytest.raises(Unavailable):
            await bad_actions.run("action_garbage", GARBAGE[lie])

    async def test_a_raising_action_is_unavailable_and_keeps_its_words(self, bad_actions: Actions) -> None:
        with pytest.raises(Unavailable) as raised:
            await bad_actions.run("action_raises", PATIENT)
        assert "secret" not in str(raised.value)
        assert raised.value.__cause__ is None

    async def test_a_hanging_action_is_unavailable_in_two_seconds(self, bad_actions: Actions) -> None:
        began = monotonic()
        with pytest.raises(Unavailable):
            await bad_actions.run("action_hangs", PATIENT)
        assert 1.5 < monotonic() - began < 4

    async def test_an_action_sees_the_slots_and_nothing_else(self, bad_actions: Actions) -> None:
        answer = await bad_actions.run("action_pries", {"conditions": ["copd"]})
        assert answer == ActionAnswer((AskGoal(),))

    async def test_an_action_cannot_change_what_it_was_given(self, bad_actions: Actions) -> None:
        slots = {"conditions": ["copd"]}
        await bad_actions.run("action_meddles", slots)
        assert slots == {"conditions": ["copd"]}


class TestLocal(ActionsContract):
    @pytest.fixture
    def actions(self) -> Actions:
        return LocalActions("actions")

    @pytest.fixture
    def bad_actions(self) -> Actions:
        return LocalActions("bad_actions")

    async def test_a_blocking_action_does_not_hold_the_loop(self, bad_actions: Actions) -> None:
        call = asyncio.create_task(bad_actions.run("action_blocks", {}))
        longest, last = 0.0, monotonic()
        while not call.done():
            await asyncio.sleep(0.01)
            longest, last = max(longest, monotonic() - last), monotonic()
        assert longest < 1
        with pytest.raises(Unavailable):
            await call

    async def test_an_action_cannot_end_the_process(self, bad_actions: Actions) -> None:
        with pytest.raises(Unavailable):
            await bad_actions.run("action_leaves", {})

    async def test_more_calls_than_threads_are_all_answered(self, actions: Actions) -> None:
        answers = await asyncio.gather(*(actions.run("action_set_goal", PATIENT) for _ in range(40)))
        assert answers == [ActionAnswer((AskGoal(),))] * 40

    async def test_a_package_brings_its_own_actions_only(self, actions: Actions) -> None:
        with pytest.raises(Unavailable):
            await actions.run("action_pries", {"conditions": ["copd"]})

    @pytest.mark.parametrize("package", ["no_such_package", "bot.core"])
    def test_a_package_without_actions_is_refused_at_the_start(self, package: str) -> None:
        with pytest.raises(Misuse, match=package):
            LocalActions(package)


@pytest.fixture(scope="module")
def servers() -> Iterator[tuple[str, str]]:
    with contextlib.ExitStack() as both:
        yield both.enter_context(action_server("actions")), both.enter_context(action_server("bad_actions"))


@pytest_asyncio.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as opened:
        yield opened


class TestRemote(ActionsContract):
    @pytest.fixture
    def actions(self, servers: tuple[str, str], session: aiohttp.ClientSession) -> Actions:
        return RemoteActions(servers[0], session)

    @pytest.fixture
    def bad_actions(self, servers: tuple[str, str], session: aiohttp.ClientSession) -> Actions:
        return RemoteActions(servers[1], session)


# -- a server that is not a proper one ----------------------------------------------------------------

Answering = Callable[[web.Request], Awaitable[web.StreamResponse]]


@contextlib.asynccontextmanager
async def serving(answer: Answering) -> AsyncIterator[str]:
    app = web.Application()
    app.router.add_post("/webhook", answer)
    async with TestServer(app, host="127.0.0.1") as server:
        yield str(server.make_url("/webhook"))


async def test_a_call_on_the_wire_holds_the_slots_and_no_word_of_a_patient(
    session: aiohttp.ClientSession,
) -> None:
    seen: list[Any] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append((request.query_string, json.loads(await request.read())))
        return web.json_response({"events": [], "responses": []})

    async with serving(answer) as endpoint:
        await RemoteActions(endpoint, session).run("action_set_goal", {"goals": 1})
    [(query, call)] = seen
    tracker = call.pop("tracker")
    assert query == ""
    assert call == {
        "version": "3.21.0",
        "next_action": "action_set_goal",
        "sender_id": "bounceback",
        "domain": {},
    }
    assert {key: held for key, held in tracker.items() if held} == {
        "sender_id": "bounceback",
        "slots": {"goals": 1},
    }


async def _error(request: web.Request) -> web.Response:
    return web.json_response({"events": [], "responses": []}, status=500)


async def _elsewhere(request: web.Request) -> web.Response:
    raise web.HTTPTemporaryRedirect("/webhook")


async def _no_json(request: web.Request) -> web.Response:
    return web.Response(text="{'events': []")


async def _nothing(request: web.Request) -> web.Response:
    return web.json_response(None)


async def _deep(request: web.Request) -> web.Response:
    return web.Response(text="[" * 5000)


async def _hangs_up(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def _trickles(request: web.Request) -> web.StreamResponse:
    stream = web.StreamResponse()
    await stream.prepare(request)
    with contextlib.suppress(ConnectionError):
        for _ in range(100):
            await stream.write(b" ")
            await asyncio.sleep(0.1)
    return stream


@pytest.mark.parametrize("answer", [_error, _elsewhere, _no_json, _nothing, _deep, _hangs_up, _trickles])
async def test_a_server_out_of_order_is_unavailable(
    session: aiohttp.ClientSession, answer: Answering
) -> None:
    async with serving(answer) as endpoint:
        with pytest.raises(Unavailable):
            await RemoteActions(endpoint, session).run("action_set_goal", {})


async def test_a_server_that_is_not_there_is_unavailable(session: aiohttp.ClientSession) -> None:
    with pytest.raises(Unavailable):
        await RemoteActions("http://127.0.0.1:9/webhook", session).run("action_set_goal", {})
