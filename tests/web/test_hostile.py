"""One hostile client cannot hurt the others: it is slowed or cut off, and a patient beside it is answered all the while."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from uuid import uuid4

import pytest
from clinic import Clinic, in_time
from doors import Opened, OpenSite
from raw_client import AGAIN, PING, Raw, frame, raw_client, upgrade
from talker import Door

from bot.core.facts import MessageHeard
from bot.web import app, calls, socket
from bot.web.outgoing import TAKEN_AT_ONCE
from bot.web.overdue import OVERDUE
from bot.web.screen import Screen
from bot.web.socket import BY_ADDRESS, OPEN

KIB = 1024


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server's patience in tenths of seconds, so that its end is seen."""
    monkeypatch.setattr(app, "HEADER_WITHIN_S", 0.5)
    monkeypatch.setattr(app, "LINGER_S", 0.1)
    monkeypatch.setattr(calls, "BODY_WITHIN_S", 0.3)
    monkeypatch.setattr(socket, "HELLO_WITHIN_S", 0.3)


@asynccontextmanager
async def beside(clinic: Clinic, door: Door) -> AsyncIterator[None]:
    """A patient talks all the while, and everything that they say is acknowledged."""
    patient = await clinic.join("copd")
    going_on = True
    async with door.screen(patient.token) as line:

        async def talk() -> int:
            acks = 0
            while going_on or not acks:
                answer = await line.answer_to(await line.say("hello"))
                assert answer["type"] == "ack", answer
                acks += 1
            return acks

        talking = asyncio.create_task(talk())
        yield
        going_on = False
        assert await in_time(talking) > 0


def hello(token: str, **more: object) -> bytes:
    return frame(json.dumps({"type": "hello", "token": token, **more}).encode())


def say(text: str = "hello") -> bytes:
    return frame(json.dumps({"type": "say", "id": str(uuid4()), "text": text}).encode())


# -- frames that no client of ours sends: closed at once ----------------------------------------------

FRAMES: dict[str, tuple[bytes, int]] = {
    "a frame that claims a terabyte": (frame(b"x" * KIB, claims=2**40), 1009),
    "a text of a megabyte": (frame(b"x" * KIB * KIB), 1009),
    "an opcode that is none": (frame(b"{}", opcode=5), 1002),
    "reserved bits": (frame(b"{}", reserved=4), 1002),
    "a continuation of nothing": (frame(b"x", opcode=AGAIN), 1002),
    "a ping that is too long": (frame(b"x" * 126, opcode=PING), 1002),
    "a fragmented ping": (frame(b"x", opcode=PING, fin=False), 1002),
    "bytes that are no text": (frame(b"\xff\xfe\xfd"), 1007),
}


@pytest.mark.parametrize(("bad", "code"), FRAMES.values(), ids=FRAMES)
async def test_a_frame_that_breaks_the_protocol_closes_its_socket(
    clinic: Clinic, opened: OpenSite, bad: bytes, code: int
) -> None:
    site, patient = await opened(), await clinic.join("copd")
    async with beside(clinic, site.door), raw_client(site.door.url) as raw:
        await raw.upgraded()
        await raw.send(hello(patient.token, after=99) + bad)
        assert await raw.closed_with() in (code, 1006)
    await in_time(seats_free(site))


async def test_fragments_without_end_are_closed_at_the_limit_of_a_frame(
    clinic: Clinic, opened: OpenSite
) -> None:
    site, patient = await opened(), await clinic.join("copd")
    async with beside(clinic, site.door), raw_client(site.door.url) as raw:
        await raw.upgraded()
        await raw.send(hello(patient.token) + frame(b"x", fin=False))
        sent = 0
        while await raw.send(frame(b"x" * KIB, opcode=AGAIN, fin=False)):
            sent += KIB
            await asyncio.sleep(0)
            assert sent < 64 * KIB * KIB
        await in_time(seats_free_but(site, 1))


# -- frames that say nothing: refused, and the socket goes on ------------------------------------------

NONSENSE = {
    "deep JSON": b"[" * 8000 + b"]" * 8000,
    "a number of 4,300 digits": b'{"type":"read","seq":' + b"9" * 4300 + b"}",
    "a number beyond every float": b'{"type":"read","seq":1e400}',
    "a thousand keys": json.dumps({f"k{n}": n for n in range(1000)}).encode(),
}


@pytest.mark.parametrize("bad", NONSENSE.values(), ids=NONSENSE)
async def test_nonsense_is_refused_and_the_next_message_is_heard(
    clinic: Clinic, opened: OpenSite, bad: bytes
) -> None:
    site, patient = await opened(), await clinic.join("copd")
    async with beside(clinic, site.door), site.door.screen(patient.token) as line:
        await line.ws.send_str(bad.decode())
        assert (await line.refusal())["code"] == "bad_frame"
        assert (await line.answer_to(await line.say("hello")))["type"] == "ack"


async def test_bytes_in_place_of_text_are_refused(clinic: Clinic, opened: OpenSite) -> None:
    site, patient = await opened(), await clinic.join("copd")
    async with beside(clinic, site.door), site.door.screen(patient.token) as line:
        await line.ws.send_bytes(b"\x00\x01")
        assert (await line.refusal())["code"] == "bad_frame"


# -- floods: slowed ------------------------------------------------------------------------------------


async def flood(raw: Raw, piece: Callable[[], bytes], seconds: float = 0.7) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while await raw.send(piece()):
                await asyncio.sleep(0)


async def test_a_flood_of_messages_is_taken_at_the_pace_of_one_socket(
    clinic: Clinic, opened: OpenSite
) -> None:
    site = await opened(frames_per_s=20, frames_burst=5)
    patient = await clinic.join("copd")
    async with beside(clinic, site.door), raw_client(site.door.url) as raw:
        await raw.upgraded()
        await raw.send(hello(patient.token))
        await flood(raw, lambda: say() * 20)
        assert len(site.runner.app[OVERDUE]) <= 2  # type: ignore[index]
    said = [f for f in await patient.facts() if isinstance(f, MessageHeard)]
    assert len(said) <= 5 + 20 * 3


async def test_a_flood_of_pings_that_nobody_reads_is_cut_off(clinic: Clinic, opened: OpenSite) -> None:
    site = await opened(frames_per_s=1e6, frames_burst=1e6, waiting_frames=64, drain_s=0.3)
    patient = await clinic.join("copd")
    async with beside(clinic, site.door), raw_client(site.door.url) as raw:
        await raw.upgraded()
        raw.writer.transport.pause_reading()  # type: ignore[attr-defined]
        await raw.send(hello(patient.token))
        pings = frame(b"x" * 125, opcode=PING) * 500
        async with asyncio.timeout(20):
            while await raw.send(pings):
                await asyncio.sleep(0)
    await in_time(seats_free(site))


async def test_who_talks_and_never_reads_is_cut_off_and_costs_a_bounded_buffer(
    clinic: Clinic, opened: OpenSite
) -> None:
    site = await opened(frames_per_s=1e6, frames_burst=1e6, waiting_frames=64, drain_s=0.3)
    patient = await clinic.join("copd")
    async with beside(clinic, site.door), raw_client(site.door.url) as raw:
        await raw.upgraded()
        raw.writer.transport.pause_reading()  # type: ignore[attr-defined]
        await raw.send(hello(patient.token))
        waiting = [0]
        async with asyncio.timeout(20):
            while await raw.send(frame(b"{" + b"x" * 1000) * 200):
                waiting += [unread(screen) for screen in site.runner.app[OPEN]]  # type: ignore[index]
                await asyncio.sleep(0)
    await in_time(seats_free(site))
    assert 0 < max(waiting) < 4 * TAKEN_AT_ONCE


def unread(screen: Screen) -> int:
    """Bytes that wait in this process for somebody to read them."""
    transport = screen._out._transport
    return 0 if transport is None else transport.get_write_buffer_size()


async def seats_free(site: Opened) -> None:
    while site.runner.app[BY_ADDRESS].taken:  # type: ignore[index]
        await asyncio.sleep(0.01)


async def test_a_flood_of_wrong_hellos_leaves_nothing_behind(clinic: Clinic, opened: OpenSite) -> None:
    site = await opened()
    slug = clinic.service.slug

    async def knock() -> int:
        async with raw_client(site.door.url) as raw:
            await raw.upgraded()
            await raw.send(hello(f"{slug}.{uuid4().hex}"))
            return await raw.closed_with()

    async with beside(clinic, site.door):
        codes = await asyncio.gather(*(knock() for _ in range(50)))
    assert set(codes) == {1008}
    await in_time(seats_free(site))


# -- slow and silent: reaped ---------------------------------------------------------------------------


async def say_nothing(raw: Raw) -> None:
    await raw.reader.read()


async def dribble_a_header(raw: Raw) -> None:
    for byte in b"GET /v1/ws HTTP/1.1\r\nHost: " + b"x" * 1000:
        if not await raw.send(bytes([byte])) or raw.reader.at_eof():
            return
        await asyncio.sleep(0.05)


async def dribble_a_body(raw: Raw) -> None:
    await raw.send(b"POST /v1/messages HTTP/1.1\r\nHost: x\r\nContent-Length: 60000\r\n\r\n")
    while await raw.send(b"x") and not raw.reader.at_eof():
        await asyncio.sleep(0.05)


async def dribble_a_form(raw: Raw) -> None:
    head = b"POST /desk/sign-in HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    await raw.send(head + b"Content-Length: 60000\r\n\r\n")
    while await raw.send(b"x") and not raw.reader.at_eof():
        await asyncio.sleep(0.05)


async def stay_after_an_answer(raw: Raw) -> None:
    await raw.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
    await raw.reader.read()


async def never_say_hello(raw: Raw) -> None:
    await raw.upgraded()
    await raw.reader.read()


SLOW = [
    say_nothing,
    dribble_a_header,
    dribble_a_body,
    dribble_a_form,
    stay_after_an_answer,
    never_say_hello,
]


@pytest.mark.parametrize("act", SLOW, ids=lambda act: act.__name__)
async def test_who_never_finishes_is_hung_up_on(
    clinic: Clinic, opened: OpenSite, act: Callable[[Raw], Awaitable[None]]
) -> None:
    site = await opened()
    async with beside(clinic, site.door):
        async with raw_client(site.door.url) as raw:
            await in_time(act(raw), 10)
        await in_time(seats_free_but(site, 1))


async def seats_free_but(site: Opened, kept: int) -> None:
    while site.runner.app[BY_ADDRESS].taken > kept:  # type: ignore[index]
        await asyncio.sleep(0.01)


async def test_who_talks_is_not_hung_up_on(clinic: Clinic, opened: OpenSite) -> None:
    site, patient = await opened(), await clinic.join("copd")
    async with site.door.screen(patient.token) as line:
        await asyncio.sleep(3 * app.HEADER_WITHIN_S)
        assert (await line.answer_to(await line.say("hello")))["type"] == "ack"


# -- too much at once ----------------------------------------------------------------------------------


async def test_a_huge_header_is_refused(clinic: Clinic, opened: OpenSite) -> None:
    site = await opened()
    async with beside(clinic, site.door), raw_client(site.door.url) as raw:
        await raw.send(b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 100_000 + b"\r\n\r\n")
        assert await raw.status() in (400, 431, 0)


async def test_more_headers_than_any_client_has_are_refused(clinic: Clinic, opened: OpenSite) -> None:
    site = await opened()
    async with beside(clinic, site.door), raw_client(site.door.url) as raw:
        await raw.send(b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: x\r\n" * 10_000 + b"\r\n")
        assert await raw.status() in (400, 431, 0)


async def test_a_huge_body_is_refused(clinic: Clinic, opened: OpenSite) -> None:
    site = await opened()
    async with beside(clinic, site.door):
        reply = await site.door.post("/v1/messages", token="x", data=b"x" * 200_000)
    assert reply.status == 413


async def test_one_address_has_so_many_sockets_and_no_more(
    clinic: Clinic, opened: OpenSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(socket, "HELLO_WITHIN_S", 20)
    site = await opened(sockets_per_address=5)
    async with beside(clinic, site.door), AsyncExitStack() as sockets:
        answers = []
        for _ in range(5):
            raw = await sockets.enter_async_context(raw_client(site.door.url))
            await raw.send(upgrade())
            answers.append(await raw.status())
    assert answers == [101] * 4 + [429]


async def test_an_unmasked_hello_of_nobody_is_closed(clinic: Clinic, opened: OpenSite) -> None:
    site = await opened()
    async with beside(clinic, site.door), raw_client(site.door.url) as raw:
        await raw.upgraded()
        await raw.send(frame(b'{"type":"hello","after":0}', masked=False))
        assert await raw.closed_with() == 1008


async def test_one_patient_has_so_many_sockets_and_no_more(clinic: Clinic, opened: OpenSite) -> None:
    site, patient = await opened(sockets_per_patient=1), await clinic.join("copd")
    async with beside(clinic, site.door), site.door.screen(patient.token), site.door.socket() as second:
        await second.send({"type": "hello", "token": patient.token})
        assert (await second.next())["code"] == "too_many_sockets"
        assert await second.closed() == 1008


async def test_a_page_of_somebody_else_opens_no_socket(clinic: Clinic, opened: OpenSite) -> None:
    site = await opened()
    async with beside(clinic, site.door), raw_client(site.door.url) as raw:
        await raw.send(upgrade().replace(b"\r\n\r\n", b"\r\nOrigin: https://evil.example\r\n\r\n"))
        assert await raw.status() == 403


async def test_compression_is_not_offered(clinic: Clinic, opened: OpenSite) -> None:
    site = await opened()
    async with beside(clinic, site.door), raw_client(site.door.url) as raw:
        await raw.send(
            upgrade().replace(b"\r\n\r\n", b"\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n")
        )
        head = await in_time(raw.reader.readuntil(b"\r\n\r\n"))
    assert b"permessage-deflate" not in head
