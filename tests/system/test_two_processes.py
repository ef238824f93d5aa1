"""Two web processes and a worker on one record and one bus: nobody notices which of them they talk to."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import aiohttp
import pytest
import pytest_asyncio
from several_processes import Frame, Line, Place, Together, host_does, member, several_processes

from bot.core.library import Library

pytestmark = pytest.mark.system

CRISIS = "I want to end my life"
CHANGED = b"event: changed\ndata: 1\n\n"
A_FEW_S = 5.0  # with the bus gone
AT_ONCE_S = 3.0  # with it: a busy machine's time; without hints it would be half a minute


@pytest_asyncio.fixture(scope="module")
async def together(
    tmp_path_factory: pytest.TempPathFactory, library: Library, begun: Callable[[Path], Path]
) -> AsyncIterator[Together]:
    async with several_processes(tmp_path_factory.mktemp("together"), library, begun) as together:
        yield together


async def peers(together: Together) -> tuple[str, str, str]:
    """Tokens of two members of one group, and the group's id. A host has let the first one's first post through."""
    writer, group = await member(together.clinic, f"Otter {letters()}")
    reader, _ = await member(together.clinic, f"Heron {letters()}")
    async with together.here.door.screen(writer.token) as screen:
        await posted(screen, group, f"hello from {writer.id}")
        held = await post_arrives(screen, group, f"hello from {writer.id}", A_FEW_S)
        await host_does(together.clinic, group, held["seq"], "release")
    return writer.token, reader.token, group


def letters() -> str:
    """Another name for each test, without the figures of which some look like somebody's number."""
    return uuid4().hex[:6].translate(str.maketrans("0123456789", "ghijklmnop"))


async def posted(line: Line, group: str, text: str) -> Frame:
    id = str(uuid4())
    await line.send({"type": "post", "id": id, "group": group, "text": text})
    return await line.answer_to(id)


async def post_arrives(line: Line, group: str, text: str, within_s: float) -> Frame:
    async with asyncio.timeout(within_s):
        return await line.until(lambda f: f.get("group") == group and f.get("text") == text)


@asynccontextmanager
async def alert_list(place: Place) -> AsyncIterator[aiohttp.StreamReader]:
    async with place.desk() as desk:
        seen = (await desk.opens("/desk")).html.partition('data-seen="')[2].partition('"')[0]
        async with desk.http.get(f"{desk.url}/desk/events?seen={seen}") as answer:
            yield answer.content


async def changes(stream: aiohttp.StreamReader, within_s: float) -> None:
    async with asyncio.timeout(within_s):
        while await stream.readuntil(b"\n\n") != CHANGED:
            pass


async def hops(together: Together, token: str, count: int) -> tuple[list[Frame], list[Frame], float]:
    """Say things here and there by turns, with a screen open at both; what both saw, and the slowest answer."""
    slowest = 0.0
    async with together.screens(token) as (here, there):
        for n in range(count):
            line = (here, there)[n % 2]
            began = asyncio.get_running_loop().time()
            ack = await line.answer_to(await line.say(f"message {n}"))
            slowest = max(slowest, asyncio.get_running_loop().time() - began)
            assert ack["type"] == "ack", ack
        async with asyncio.timeout(A_FEW_S):
            last = max(here.seq, there.seq, ack["seq"])
            await here.up_to(last)
            await there.up_to(last)
        shared = min(here.seq, there.seq)
        return *([m for m in line.messages if m["seq"] <= shared] for line in (here, there)), slowest


async def test_two_screens_of_one_patient_see_the_same_in_the_same_order(together: Together) -> None:
    token = (await together.clinic.join()).token
    here, there, _ = await hops(together, token, 12)
    assert here == there
    assert [m["seq"] for m in here] == list(range(1, len(here) + 1))
    assert [m["text"] for m in here if m["from"] == "patient"] == [f"message {n}" for n in range(12)]


async def test_what_is_said_here_is_seen_there_at_once(together: Together) -> None:
    token = (await together.clinic.join()).token
    seen_s = []
    async with together.screens(token) as (here, there):
        for n in range(20):
            began = asyncio.get_running_loop().time()
            await here.answer_to(await here.say(f"good morning {n}"))
            async with asyncio.timeout(AT_ONCE_S):
                await there.until(lambda f, said=f"good morning {n}": f.get("text") == said)
            seen_s.append(asyncio.get_running_loop().time() - began)
    print(
        f"said here, seen there after {sorted(seen_s)[10] * 1000:.1f} ms (p50), {max(seen_s) * 1000:.1f} ms at most"
    )


async def test_a_post_made_here_is_read_there_and_goes_when_a_host_hides_it(together: Together) -> None:
    writer, reader, group = await peers(together)
    async with together.here.door.screen(writer) as here, together.there.door.screen(reader) as there:
        await posted(here, group, "I walked to the gate today")
        post = await post_arrives(there, group, "I walked to the gate today", A_FEW_S)
        await posted(here, group, "And back again")
        await post_arrives(there, group, "And back again", A_FEW_S)

        await host_does(together.clinic, group, post["seq"], "hide")
        async with asyncio.timeout(AT_ONCE_S):
            hidden = await there.until(lambda f: f.get("seq") == post["seq"] and f.get("group") == group)
    assert hidden["text"] == ""


async def test_the_list_of_alerts_there_moves_when_words_ring_an_alarm_here(together: Together) -> None:
    token = (await together.clinic.join()).token
    async with alert_list(together.there) as stream:
        assert (await together.here.door.say(token, CRISIS)).status == 200
        await changes(stream, AT_ONCE_S)


async def test_signing_out_here_closes_the_screen_there(together: Together) -> None:
    token = (await together.clinic.join()).token
    async with together.there.door.screen(token) as there:
        assert (await together.here.door.post("/v1/sign-out", {}, token)).status == 200
        async with asyncio.timeout(A_FEW_S):
            await there.closed()
    assert (there.heard[-1]["type"], there.heard[-1]["code"]) == ("bye", "come_back")


@asynccontextmanager
async def silent_bus(together: Together) -> AsyncIterator[None]:
    """Black-holed: it takes connections and answers nothing."""
    together.bus.signal(signal.SIGSTOP)
    try:
        yield
    finally:
        together.bus.signal(signal.SIGCONT)


async def test_with_a_silent_bus_everything_still_arrives_and_no_answer_is_slow(together: Together) -> None:
    patient, (writer, reader, group) = await together.clinic.join(), await peers(together)
    async with (
        together.here.door.screen(writer) as here,
        together.there.door.screen(reader) as there,
        together.there.door.screen(patient.token) as leaving,
        alert_list(together.there) as stream,
        silent_bus(together),
    ):
        latest_s = 0.0
        for n in range(3):
            began = asyncio.get_running_loop().time()
            await posted(here, group, f"Is anybody there? {n}")
            await post_arrives(there, group, f"Is anybody there? {n}", A_FEW_S)
            latest_s = max(latest_s, asyncio.get_running_loop().time() - began)

        assert (await together.here.door.say(writer, CRISIS)).status == 200
        await changes(stream, A_FEW_S)

        one, other, slowest = await hops(together, patient.token, 6)
        assert one == other
        assert slowest < 1.0

        assert (await together.here.door.post("/v1/sign-out", {}, patient.token)).status == 200
        async with asyncio.timeout(A_FEW_S):
            await leaving.closed()
    print(f"bus silent: a post there after {latest_s:.2f} s, slowest answer {slowest * 1000:.0f} ms")


async def test_with_the_bus_killed_messages_arrive_and_when_it_is_back_they_are_quick_again(
    together: Together,
) -> None:
    token = (await together.clinic.join()).token
    async with together.screens(token) as (here, there):
        together.bus.kill()
        began = asyncio.get_running_loop().time()
        await here.answer_to(await here.say("without a bus"))
        acked_s = asyncio.get_running_loop().time() - began
        async with asyncio.timeout(A_FEW_S):
            await there.until(lambda f: f.get("text") == "without a bus")
        seen_s = asyncio.get_running_loop().time() - began

        await together.bus.start()
        async with asyncio.timeout(10):
            for n in range(100):
                began = asyncio.get_running_loop().time()
                await here.answer_to(await here.say(f"hello {n}"))
                await there.until(lambda f, said=f"hello {n}": f.get("text") == said)
                if (quick_s := asyncio.get_running_loop().time() - began) < 0.2:
                    break
    print(
        f"bus killed: answer {acked_s * 1000:.0f} ms, seen there after {seen_s:.2f} s; back: {quick_s:.3f} s"
    )
    assert acked_s < 1.0
