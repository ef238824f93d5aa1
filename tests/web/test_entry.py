"""Into the chat and back into it on another device."""

from __future__ import annotations

import asyncio
import re
from email.message import Message
from uuid import uuid4

import pytest
from clinic import Clinic, text_of
from doors import OpenDoor
from sqlalchemy import text
from talker import Door, Frame, Reply, button, question

from bot.adapters.postgres.engine import Database
from bot.core.errors import Refused
from bot.usecases import ways_in

CARE = {"care": True}
PIN = "4821"
CRISIS = "i want to die"


def joining(code: str, **more: object) -> Frame:
    return {"invite": code, "adult": True, "consents": CARE, **more}


async def refused(door: Door, code: str) -> tuple[int, str]:
    reply = await door.post("/v1/join", joining(code))
    return reply.status, reply.code


# -- joining ------------------------------------------------------------------------------------------


async def test_an_invitation_opens_the_chat(clinic: Clinic, door: Door) -> None:
    invitation = await clinic.invite("copd")
    reply = await door.post("/v1/join", joining(invitation.code, name="Sam"))
    assert (await door.read(reply.body["token"]))[0]["text"].startswith("Hello Sam.")


async def test_an_invitation_opens_it_once(clinic: Clinic, door: Door) -> None:
    invitation = await clinic.invite("copd")
    await door.post("/v1/join", joining(invitation.code))
    assert await refused(door, invitation.code) == (410, "expired_invite")


async def test_an_invitation_runs_out_after_two_weeks(clinic: Clinic, door: Door) -> None:
    invitation = await clinic.invite("copd")
    clinic.clock.advance(days=14, seconds=1)
    assert await refused(door, invitation.code) == (410, "expired_invite")


async def test_codes_that_never_were_look_like_those_that_ran_out(clinic: Clinic, door: Door) -> None:
    slug = clinic.service.slug
    codes = (f"{slug}.{'0' * 64}", f"nowhere.{'0' * 64}", f"{slug}.", "x", "../../etc", "x" * 256)
    assert {await refused(door, code) for code in codes} == {(410, "expired_invite")}


async def test_nobody_under_18_comes_in_and_nothing_of_them_is_kept(
    clinic: Clinic, door: Door, database: Database
) -> None:
    invitation = await clinic.invite("copd")
    asked = joining(invitation.code, adult=False, name="Robin", contact="robin@post.example", pin=PIN)
    reply = await door.post("/v1/join", asked)
    assert (reply.status, reply.code) == (403, "under_18")
    who = {"s": clinic.service.id, "l": invitation.patient}
    async with database.reading() as c:
        words = await c.execute(
            text("SELECT count(*) FROM word WHERE service_id = :s AND owner_id = :l"), who
        )
        person = await c.execute(
            text("SELECT status, contact_index FROM person WHERE service_id = :s AND line_id = :l"), who
        )
        assert (words.scalar(), tuple(person.one())) == (0, ("declined", None))


async def test_the_invitation_of_somebody_under_18_is_over(clinic: Clinic, door: Door) -> None:
    invitation = await clinic.invite("copd")
    await door.post("/v1/join", joining(invitation.code, adult=False))
    assert await refused(door, invitation.code) == (410, "expired_invite")


async def test_somebody_under_18_is_told_whom_to_call(clinic: Clinic, door: Door) -> None:
    invitation = await clinic.invite("copd")
    reply = await door.post("/v1/join", joining(invitation.code, adult=False))
    assert "0800 1111" in reply.body["text"]


async def test_without_consent_nothing_begins_and_the_invitation_still_holds(
    clinic: Clinic, door: Door
) -> None:
    invitation = await clinic.invite("copd")
    without = await door.post("/v1/join", joining(invitation.code, consents={"care": False, "groups": True}))
    after = await door.post("/v1/join", joining(invitation.code))
    assert (without.status, without.code, after.status) == (403, "consent_needed", 200)


async def test_a_joining_that_is_not_well_formed_is_refused_and_uses_nothing_up(
    clinic: Clinic, door: Door
) -> None:
    invitation = await clinic.invite("copd")
    bad: dict[str, dict[str, object]] = {
        "a word for adult": {"adult": "yes"},
        "one for adult": {"adult": 1},
        "one for a consent": {"consents": {"care": 1}},
        "a word for consents": {"consents": "care"},
        "no address": {"contact": "robin", "pin": PIN},
        "an address of two lines": {"contact": "robin@post.example\nBcc: all@post.example", "pin": PIN},
        "a name of two lines": {"name": "Robin\nWren"},
        "a name without end": {"name": "R" * 81},
        **{
            f"an address with {sign!a}": {"contact": f"ro{sign}bin@post.example", "pin": PIN}
            for sign in ("\x12", "\x85", "\x9f", "\ufeff")
        },
        "a PIN that is too short": {"contact": "robin@post.example", "pin": "1"},
        "an unknown field": {"nhs_number": "x"},
        "no invitation": {"invite": ""},
    }
    replies = {name: await door.post("/v1/join", joining(invitation.code, **m)) for name, m in bad.items()}
    assert {n: (r.status, r.code) for n, r in replies.items()} == dict.fromkeys(bad, (400, "bad_frame"))
    assert (await door.post("/v1/join", joining(invitation.code))).status == 200


async def test_an_address_without_a_pin_is_asked_for_one(clinic: Clinic, door: Door) -> None:
    invitation = await clinic.invite("copd")
    reply = await door.post("/v1/join", joining(invitation.code, contact="robin@post.example"))
    assert (reply.status, reply.code) == (400, "pin_needed")


async def test_an_address_that_tries_too_often_must_wait(clinic: Clinic, open_door: OpenDoor) -> None:
    door = await open_door(sign_ins_per_minute=2)
    answers = [(await refused(door, f"{clinic.service.slug}.{n}"))[0] for n in range(3)]
    assert answers == [410, 410, 429]


async def test_a_token_in_a_url_opens_nothing(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    assert (await door.get(f"/v1/messages?token={patient.token}")).status == 401


async def test_signed_out_is_signed_out(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    first = await door.post("/v1/sign-out", {}, patient.token)
    again = await door.post("/v1/sign-out", {}, patient.token)
    assert (first.status, again.status, again.code) == (200, 401, "signed_out")


async def test_a_session_ends_by_itself(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    clinic.clock.advance(days=31)
    assert (await door.say(patient.token, "hello")).code == "signed_out"


# -- coming back --------------------------------------------------------------------------------------


@pytest.fixture
def address(clinic: Clinic) -> str:
    return f"{clinic.service.slug}@post.example"


async def joined(clinic: Clinic, door: Door, address: str) -> str:
    """A patient with an address and a PIN; returns the token of their first device."""
    invitation = await clinic.invite("copd")
    reply = await door.post("/v1/join", joining(invitation.code, name="Sam", contact=address, pin=PIN))
    return str(reply.body["token"])


async def letters(clinic: Clinic, door: Door, address: str) -> list[Message]:
    """What arrived after asking for a link."""
    await door.post("/v1/return", {"contact": address})
    await clinic.settle()
    return clinic.post_box.to(address)


def link_in(letter: Message) -> str:
    found = re.search(r"#return=(\S+)", text_of(letter))
    assert found is not None
    return found[1]


async def confirm(door: Door, code: str, proof: str = PIN) -> Reply:
    return await door.post("/v1/return/confirm", {"code": code, "proof": proof})


async def begin_the_questions(door: Door, token: str) -> None:
    """As far as the third question of the check-in."""
    choice = button(await door.read(token), "Check how I am")
    await door.post("/v1/messages", {"id": str(uuid4()), "choice": choice}, token)
    for item in ("phq9.1", "phq9.2"):
        await door.post("/v1/messages", {"id": str(uuid4()), "answer": {"item": item, "value": 1}}, token)


async def test_the_question_that_was_open_waits_on_another_device(
    clinic: Clinic, door: Door, address: str
) -> None:
    first = await joined(clinic, door, address)
    await begin_the_questions(door, first)
    (letter,) = await letters(clinic, door, address)
    second = (await confirm(door, link_in(letter))).body["token"]
    async with door.screen(second) as line:
        assert line.messages == await door.read(first)
        assert question(line.messages)["item"] == "phq9.3"
        await line.answer_to(await line.say(answer={"item": "phq9.3", "value": 2}))
        await line.until(lambda f: f.get("question", {}).get("item") == "phq9.4")


async def test_a_link_works_once(clinic: Clinic, door: Door, address: str) -> None:
    await joined(clinic, door, address)
    code = link_in((await letters(clinic, door, address))[0])
    statuses = [(await confirm(door, code)).status for _ in range(2)]
    assert statuses == [200, 401]


async def test_a_link_ends_after_half_an_hour(clinic: Clinic, door: Door, address: str) -> None:
    await joined(clinic, door, address)
    code = link_in((await letters(clinic, door, address))[0])
    clinic.clock.advance(minutes=31)
    assert (await confirm(door, code)).code == "return_failed"


async def test_a_wrong_pin_is_no_way_in_and_the_right_one_still_is(
    clinic: Clinic, door: Door, address: str
) -> None:
    await joined(clinic, door, address)
    code = link_in((await letters(clinic, door, address))[0])
    wrong = [(await confirm(door, code, "0000")).status for _ in range(4)]
    assert (wrong, (await confirm(door, code)).status) == ([401] * 4, 200)


async def test_five_wrong_pins_end_a_link(clinic: Clinic, door: Door, address: str) -> None:
    await joined(clinic, door, address)
    code = link_in((await letters(clinic, door, address))[0])
    for _ in range(5):
        await confirm(door, code, "0000")
    assert (await confirm(door, code)).status == 401


async def test_wrong_pins_all_at_once_end_a_link_and_are_forgotten(
    clinic: Clinic, door: Door, address: str
) -> None:
    await joined(clinic, door, address)
    code = link_in((await letters(clinic, door, address))[0])
    tries = [ways_in.come_back(clinic.house, code, f"000{n}") for n in range(9)]
    found = await asyncio.gather(*tries, return_exceptions=True)
    assert [(type(each), str(each)) for each in found] == [(Refused, "return_failed")] * 9
    assert (await confirm(door, code)).status == 401
    assert clinic.house.wrong_proofs == {}


async def test_the_right_pin_is_none_while_a_link_is_being_ended(
    clinic: Clinic, door: Door, address: str
) -> None:
    await joined(clinic, door, address)
    code = link_in((await letters(clinic, door, address))[0])
    clinic.house.wrong_proofs[ways_in.secret_hash(code)] = ways_in.MOST_WRONG_PROOFS
    assert (await confirm(door, code)).status == 401


async def test_links_that_never_were_look_like_links_that_ended(clinic: Clinic, door: Door) -> None:
    invitation = await clinic.invite("copd")
    codes = (f"{clinic.service.slug}.{'0' * 64}", "nowhere.x", "x", invitation.code)
    replies = [await confirm(door, code) for code in codes]
    assert {(r.status, r.raw) for r in replies} == {(401, replies[0].raw)}


async def test_an_address_that_nobody_gave_gets_the_same_answer_and_no_mail(
    clinic: Clinic, door: Door, address: str
) -> None:
    await joined(clinic, door, address)
    known = await door.post("/v1/return", {"contact": address})
    unknown = await door.post("/v1/return", {"contact": f"not-{address}"})
    await clinic.settle()
    assert (unknown.status, unknown.raw) == (known.status, known.raw)
    assert clinic.post_box.to(f"not-{address}") == []


async def test_an_address_is_known_however_it_is_written(clinic: Clinic, door: Door, address: str) -> None:
    await joined(clinic, door, address)
    written = f" {address.upper()} "
    await door.post("/v1/return", {"contact": written})
    await clinic.settle()
    assert len(clinic.post_box.to(written.strip())) == 1


async def test_the_letter_says_nothing_but_the_link(clinic: Clinic, door: Door, address: str) -> None:
    token = await joined(clinic, door, address)
    await door.say(token, CRISIS)
    (letter,) = await letters(clinic, door, address)
    whole = letter.as_string()
    assert not [w for w in ("Sam", CRISIS, "mood", "copd", PIN) if w in whole]


async def test_mail_that_fails_is_not_shown_to_who_asks(clinic: Clinic, door: Door, address: str) -> None:
    await joined(clinic, door, address)
    clinic.post_box.refusing = True
    reply = await door.post("/v1/return", {"contact": address})
    await clinic.settle()
    assert reply.status == 202


async def test_two_people_with_one_address_get_a_link_each(clinic: Clinic, door: Door, address: str) -> None:
    tokens = [await joined(clinic, door, address) for _ in range(2)]
    await door.say(tokens[1], "hello")
    said = []
    for letter in await letters(clinic, door, address):
        token = (await confirm(door, link_in(letter))).body["token"]
        said.append(sum(m["from"] == "patient" for m in await door.read(token)))
    assert sorted(said) == [0, 1]
