"""Who comes without a session that holds, or from somebody else's page."""

from __future__ import annotations

from aiohttp import WSServerHandshakeError
from clinic import Clinic, make_clinic
from doors import OpenDoor
from talker import Door, still_there

HUGE = 2**63
WORD = "xylophone"


async def test_nobody_speaks_without_a_token_that_holds(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    other = await make_clinic(clinic.house, clinic.clock, clinic.post_box, f"{clinic.service.slug}-2")
    slug, _, secret = patient.token.partition(".")
    tokens = {
        "none": None,
        "no token at all": "x",
        "a secret of nobody": f"{slug}.{'0' * 64}",
        "of another service": f"{other.service.slug}.{secret}",
        "of no service": f"nowhere.{secret}",
        "too long": f"{slug}.{'0' * 300}",
    }
    answers = {name: (await door.say(token, "hello")).status for name, token in tokens.items()}
    assert answers == dict.fromkeys(tokens, 401)


async def test_a_socket_with_a_token_that_does_not_hold_is_closed(clinic: Clinic, door: Door) -> None:
    async with door.socket() as line:
        await line.send({"type": "hello", "token": f"{clinic.service.slug}.{'0' * 64}"})
        assert (await line.next())["code"] == "signed_out"
        assert await line.closed() == 1008


async def test_a_ticket_is_no_token(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    ticket = (await door.post("/v1/ticket", {}, patient.token)).body["ticket"]
    assert (await door.say(ticket, "hello")).status == 401


async def test_the_first_frame_must_be_a_hello(clinic: Clinic, door: Door) -> None:
    async with door.socket() as line:
        await line.say("hello")
        assert (await line.next())["code"] == "bad_frame"
        assert await line.closed() == 1008


async def test_a_hello_with_nothing_to_show_is_signed_out(door: Door) -> None:
    async with door.socket() as line:
        await line.send({"type": "hello"})
        assert (await line.next())["code"] == "signed_out"


async def test_a_hello_that_knows_more_than_there_can_be_is_a_bad_frame(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    async with door.socket() as line:
        await line.send({"type": "hello", "token": patient.token, "after": HUGE})
        assert (await line.next())["code"] == "bad_frame"


async def test_a_ticket_opens_one_socket(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    ticket = (await door.post("/v1/ticket", {}, patient.token)).body["ticket"]
    async with door.socket() as line:
        assert (await line.hello(ticket=ticket))["type"] == "welcome"
    async with door.socket() as line:
        await line.send({"type": "hello", "ticket": ticket})
        assert (await line.next())["code"] == "signed_out"


async def test_a_ticket_ends_after_a_minute(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    ticket = (await door.post("/v1/ticket", {}, patient.token)).body["ticket"]
    clinic.clock.advance(seconds=61)
    async with door.socket() as line:
        await line.send({"type": "hello", "ticket": ticket})
        assert (await line.next())["code"] == "signed_out"


async def test_one_socket_too_many_is_refused_and_the_others_go_on(
    clinic: Clinic, open_door: OpenDoor
) -> None:
    door = await open_door(sockets_per_patient=1)
    patient = await clinic.join("copd")
    async with door.screen(patient.token) as first, door.socket() as second:
        await second.send({"type": "hello", "token": patient.token})
        assert (await second.next())["code"] == "too_many_sockets"
        assert await still_there(first)


async def test_one_socket_too_many_of_an_address_is_refused_at_the_handshake(
    clinic: Clinic, open_door: OpenDoor
) -> None:
    door = await open_door(sockets_per_address=1)
    async with door.socket():
        assert await handshake(door) == 429


async def handshake(door: Door, origin: str | None = None) -> int:
    """The status that a handshake is answered with."""
    try:
        async with door.socket(origin):
            return 101
    except WSServerHandshakeError as refused:
        return refused.status


async def test_a_page_of_somebody_else_opens_no_socket(door: Door) -> None:
    origins = ("https://evil.example", "null", "http://127.0.0.1:8000.evil.example", "https://127.0.0.1:8000")
    assert [await handshake(door, origin) for origin in origins] == [403] * 4


async def test_our_own_page_opens_a_socket(door: Door) -> None:
    assert await handshake(door, "http://127.0.0.1:8000") == 101


async def test_a_page_of_somebody_else_posts_nothing(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    paths = ("/v1/messages", "/v1/join", "/v1/return", "/v1/return/confirm", "/v1/ticket", "/v1/sign-out")
    replies = {
        path: (await door.post(path, {"text": "hello"}, patient.token, Origin="https://evil.example")).code
        for path in paths
    }
    assert replies == dict.fromkeys(paths, "foreign_origin")


async def test_a_foreign_page_is_not_told_what_an_answer_was(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    reply = await door.get("/v1/messages", patient.token, Origin="https://evil.example")
    assert "Access-Control-Allow-Origin" not in reply.headers


async def test_an_unknown_route_is_not_found_and_says_nothing(door: Door) -> None:
    reply = await door.get(f"/v1/{WORD}")
    assert reply.status == 404
    assert WORD not in reply.raw
