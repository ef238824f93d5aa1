"""The preview's doors: the widget's protocol, what the page asks for, and who is let in."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import pytest_asyncio
from previewed import KEY, Previewed, previewed
from talker import Door, Line, button, question

from bot.usecases.rehearsed import Pretended
from bot.web.frames import PROTOCOL
from bot.web.rehearsal import scores_in

STEP = "how-worry-and-breath-feed-each-other"


@pytest_asyncio.fixture
async def there(tmp_path: Path) -> AsyncIterator[Previewed]:
    async with previewed(tmp_path) as there:
        yield there


@pytest.fixture
def door(there: Previewed, client: aiohttp.ClientSession) -> Door:
    return Door(there.url, client)


@asynccontextmanager
async def seated(door: Door, seat: str = "one", module: str = KEY, **query: str) -> AsyncIterator[Line]:
    """A widget that has been welcomed and has read what there is."""
    params = {"seat": seat, "module": module, **query}
    async with door.client.ws_connect(f"{door.url}/rehearsal", params=params, protocols=(PROTOCOL,)) as ws:
        line = Line(ws)
        await line.hello(token="rehearsal")
        yield line


async def wish(door: Door, seat: str = "one", **wished: object) -> Any:
    return await door.post(f"/rehearsal/{seat}", wished)


async def module(door: Door, key: str = KEY) -> dict[str, Any]:
    found: dict[str, Any] = (await door.get(f"/module?key={key}")).body
    return found


# -- the widget ---------------------------------------------------------------------------------------


async def test_it_speaks_the_widgets_protocol(door: Door) -> None:
    async with seated(door) as line:
        assert line.ws.protocol == PROTOCOL
        assert not line.welcomed["resumed"]
        assert question(line.messages)["item"] == "emergency"
        said = await line.say(answer={"item": "emergency", "value": 0})
        assert (await line.answer_to(said))["type"] == "ack"
        mine = await line.until(lambda f: f.get("id") == said and f["type"] == "msg")
        assert (mine["from"], mine["text"]) == ("patient", "No")


async def test_the_same_message_is_heard_once(door: Door) -> None:
    async with seated(door) as line:
        said = await line.say("hello")
        first = await line.answer_to(said)
        await line.say("hello", id=said)
        assert await line.answer_to(said) == first


async def test_it_refuses_with_the_sentences_that_patients_read(door: Door) -> None:
    async with seated(door) as line:
        said = await line.say(choice="9.nothing")
        refused = await line.answer_to(said)
        assert (refused["type"], refused["code"]) == ("nack", "not_asked")
        assert refused["text"]
        await line.send({"type": "say", "id": "no"})
        assert (await line.refusal())["code"] == "bad_frame"


async def test_whoever_comes_back_begins_again_at_the_given_step(door: Door) -> None:
    async with seated(door, step=STEP, pretend="gad7:15:9") as line:
        first = [m["text"] for m in line.messages]
        assert first
        await line.say("hello")
    async with seated(door, step=STEP, pretend="gad7:15:9") as line:
        assert [m["text"] for m in line.messages] == first


async def test_a_module_that_is_not_there_is_refused(door: Door) -> None:
    async with door.client.ws_connect(f"{door.url}/rehearsal?module=nowhere", protocols=(PROTOCOL,)) as ws:
        line = Line(ws)
        await line.send({"type": "hello"})
        assert (await line.refusal())["code"] == "not_found"


async def test_words_of_crisis_bring_the_card_and_the_alert_to_the_page(door: Door) -> None:
    async with seated(door) as line, door.client.get(f"{door.url}/events") as stream:
        await line.say("i want to end my life")
        shown = await line.until(lambda f: "urgent" in f and f["urgent"]["kind"] == "crisis")
        assert shown["urgent"]["lines"]
        told = await seat_event(stream, lambda seat: bool(seat["told"]))
        assert told["told"][0]["who"] == "Your therapist would be told now"
        assert told["told"][0]["about"] == "Thoughts of suicide or self-harm"


# -- what the page asks for ---------------------------------------------------------------------------


async def test_a_jump_clears_the_screen_and_begins_at_the_step(door: Door) -> None:
    async with seated(door) as line:
        assert (await wish(door, do="jump", step="breathe-with-me")).body == {"done": True}
        again = await line.until(lambda f: f["type"] == "welcome")
        first = await line.next()
        assert (again["resumed"], first["seq"]) == (False, 1)
        assert first["text"].startswith("Sit down. Lean forward")
        assert (await wish(door, do="skip")).body == {"done": True}
        await line.until(lambda f: f["type"] == "msg" and f["text"] == "How was that?")
        assert (await wish(door, do="skip")).body == {"done": False}


async def test_pretended_scores_show_their_branch_and_its_alert(door: Door) -> None:
    async with seated(door) as line, door.client.get(f"{door.url}/events") as stream:
        await wish(door, do="jump", step="how-worried-have-you-been")
        await wish(door, do="pretend", scores={"gad7": {"now": 15, "last": 9}})
        await line.until(lambda f: f["type"] == "msg" and "shows many signs of worry" in f["text"])
        place = await seat_event(stream, lambda seat: len(seat["told"]) == 3)
        assert place["step"] == STEP
        assert "because GAD-7 rose by 4 or more (GAD-7 15)" in place["told"][2]["why"]


@pytest.mark.parametrize(
    "wished", [{"do": "fly"}, {"do": "jump", "step": 7}, {"do": "pretend", "scores": {"gad7": {"now": -1}}}]
)
async def test_a_wish_that_is_none_is_refused(door: Door, wished: dict[str, object]) -> None:
    async with seated(door):
        assert (await wish(door, **wished)).status == 400
        assert (await wish(door, do="jump", step="nowhere")).status == 404
        assert (await wish(door, "nobody", do="skip")).status == 404


def test_scores_in_an_address() -> None:
    assert scores_in(["gad7:15:9", "phq9::4", "x:-1:many", "y"]) == {
        "gad7": Pretended(15, 9),
        "phq9": Pretended(None, 4),
        "x": Pretended(),
        "y": Pretended(),
    }


# -- a save -------------------------------------------------------------------------------------------


async def test_a_save_brings_the_new_text_and_keeps_the_place(door: Door, there: Previewed) -> None:
    async with seated(door) as line:
        await line.say(answer={"item": "emergency", "value": 0})
        await line.until(
            lambda f: f["type"] == "msg" and f.get("choices", [{}])[0].get("label") == "Carry on"
        )
        await line.say(choice=button(line.messages, "Carry on"))
        await line.until(lambda f: f["type"] == "msg" and f.get("question", {}).get("item") == "worry")
        there.save("Being short of breath is frightening.", "Running out of breath is frightening.")
        again = await line.until(lambda f: f["type"] == "welcome")
        replayed = [await line.next() for _ in range(again["seq"])]
        assert [m["seq"] for m in replayed] == list(range(1, again["seq"] + 1))
        assert any(m["text"].startswith("Running out of breath") for m in replayed)
        assert replayed[-1]["question"]["item"] == "worry"
        assert [m["text"] for m in replayed if m["from"] == "patient"] == ["No", "Carry on"]


async def test_a_page_with_a_problem_is_shown_with_it_and_the_rest_is_played(
    door: Door, there: Previewed
) -> None:
    assert (await module(door))["playing"] == "draft"
    async with seated(door, step="getting-help") as line:
        there.save("(#a-safety-question-first)\n- [Finish for now]", "(#a-safe-question)\n- [Finish for now]")
        await there.edition(2)
        found = await module(door)
        (problem,) = [p for p in found["problems"] if p["level"] == "error"]
        assert problem["code"] == "C101"
        assert "#a-safe-question" in found["lines"][problem["line"] - 1]
        assert found["playing"] == "rest"
        assert next(s for s in found["steps"] if s["id"] == "getting-help")["problems"] == 1
        await line.until(lambda f: f["type"] == "welcome")
        last = await line.until(lambda f: bool(f.get("choices")))
        assert [c["label"] for c in last["choices"]] == ["Finish for now"]


async def test_a_file_that_cannot_be_read_leaves_the_chat_as_it_was(door: Door, there: Previewed) -> None:
    async with seated(door, step="getting-help") as line:
        there.page.write_bytes(b"\xff\xfe")
        await there.edition(2)
        said = await line.say(choice=button(line.messages, "Finish for now"))
        assert (await line.answer_to(said))["type"] == "ack"


async def test_the_page_names_what_the_module_uses_and_what_stands_beside_it(
    door: Door, there: Previewed
) -> None:
    easy = there.page.with_name("breathlessness-and-worry.easy.en.md")
    easy.write_text(there.page.read_text(encoding="utf-8"), encoding="utf-8")
    await there.edition(2)
    found = await module(door)
    assert [m["name"] for m in found["measures"]] == ["GAD-7"]
    assert found["variants"] == [
        {"key": f"{KEY}.easy", "label": "Easy words, English", "lang": "en"},
        {"key": f"{KEY}.pl", "label": "In Polish", "lang": "pl"},
    ]
    async with seated(door, "one") as line, seated(door, "two", f"{KEY}.easy") as beside:
        await line.say(answer={"item": "emergency", "value": 0})
        await line.until(lambda f: bool(f.get("choices")) and f["choices"][0]["label"] == "Carry on")
        await line.say(choice=button(line.messages, "Carry on"))
        await line.until(lambda f: f.get("question", {}).get("item") == "worry")
        await wish(door, "two", do="follow", like="one")
        await beside.until(lambda f: f.get("question", {}).get("item") == "worry")


# -- who is let in ------------------------------------------------------------------------------------


async def test_nobody_from_elsewhere_is_let_in(door: Door) -> None:
    for headers in ({"Host": "evil.example"}, {"Origin": "https://evil.example"}):
        for path in ("/", "/module", "/events", "/rehearsal", "/widget.js"):
            async with door.client.get(door.url + path, headers=headers) as response:
                assert response.status == 403, (path, headers)
        async with door.client.post(
            f"{door.url}/rehearsal/one", json={"do": "skip"}, headers=headers
        ) as response:
            assert response.status == 403
    assert (await door.post("/rehearsal/one", data=b'{"do":"skip"}', Content_Type="text/plain")).status == 400


@pytest.mark.parametrize(
    "path", ["/", "/player?seat=one", "/urgent", "/module", "/v1/availability", "/static/desk.css"]
)
async def test_every_answer_is_under_the_strict_policy(door: Door, path: str) -> None:
    reply = await door.get(path)
    assert reply.status == 200
    policy = reply.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert "unsafe" not in policy
    assert ("frame-ancestors 'self'" in policy) == path.startswith("/player")


async def seat_event(stream: aiohttp.ClientResponse, wanted: Any) -> dict[str, Any]:
    """The next that is wanted of what the page hears about its chats."""
    async with asyncio.timeout(20):
        kind = ""
        async for raw in stream.content:
            line = raw.decode().strip()
            if line.startswith("event: "):
                kind = line.removeprefix("event: ")
            elif line.startswith("data: ") and kind == "seat":
                found: dict[str, Any] = json.loads(line.removeprefix("data: "))
                if wanted(found):
                    return found
    raise AssertionError("the stream ended")
