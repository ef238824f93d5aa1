"""The plain pages when something is wrong: the record, the session, the form. Whoever asks for help is answered."""

from __future__ import annotations

import time
from uuid import uuid4

import aiohttp
from clinic import Clinic
from doors import Fragile, OpenDoor
from plain_reader import COOKIE, forms_in, reader_at
from talker import Door
from test_outages import IN_TIME_S, Outage, every_outage

from bot.core.facts import MessageHeard
from bot.usecases.plain_sessions import IDLE
from bot.web.plain.forms import token_for

CRISIS = "i want to die"
TURN = 'href="tel:116123"'


def said(token: str, text: str, **more: str) -> dict[str, str]:
    return {"form": token_for(token), "id": str(uuid4()), "text": text, **more}


@every_outage
async def test_crisis_words_over_plain_pages_are_signposted_in_a_second(
    clinic: Clinic, fragile: Fragile, outage: Outage
) -> None:
    patient = await clinic.join("copd")
    async with reader_at(fragile.door.url) as reader:
        reader.remembers(patient.token)
        await outage(fragile)
        began = time.monotonic()
        await reader.sends("/plain/say", said(patient.token, CRISIS))
        took = time.monotonic() - began
        print(f"answered after {took:.3f} s with {reader.status}")
        assert took <= IN_TIME_S
        assert reader.status == 503
        assert TURN in reader.page.partition("<h1>")[0], "above everything else"
        box = next(c for f in forms_in(reader.page) for c in f.controls if c.name == "text")
        assert box.value == CRISIS


async def test_what_was_not_kept_is_sent_again_as_the_same_message(clinic: Clinic, fragile: Fragile) -> None:
    patient = await clinic.join("copd")
    async with reader_at(fragile.door.url, patient.token) as reader:
        await fragile.cutter.cut()
        await reader.says("are you there")
        assert reader.status == 503
        page = reader.page
        await fragile.cutter.restore()
        for _ in range(20):
            await reader.presses("Send it again")
            if reader.status == 200:
                break
        reader.page = page
        await reader.presses("Send it again")
        assert reader.words.count("are you there") == 1
    spoken = [m for m in await fragile.door.read(patient.token) if m["from"] == "patient"]
    assert [m["text"] for m in spoken] == ["are you there"]


async def test_with_the_record_down_the_pages_say_where_to_turn(clinic: Clinic, fragile: Fragile) -> None:
    patient = await clinic.join("copd")
    async with reader_at(fragile.door.url) as reader:
        reader.remembers(patient.token)
        fragile.cutter.silence()
        began = time.monotonic()
        await reader.opens("/plain/help")
        assert (reader.status, TURN in reader.page) == (200, True)
        assert time.monotonic() - began <= 2.0
        await fragile.cutter.cut()
        await reader.opens("/plain")
        assert reader.status == 503
        assert "Get help now" in reader.words


async def test_crisis_words_in_a_form_that_is_not_ours_or_of_nobody_are_signposted(
    clinic: Clinic, door: Door
) -> None:
    patient = await clinic.join("copd")
    async with reader_at(door.url) as reader:
        await reader.sends("/plain/say", said("", CRISIS))
        assert (reader.status, TURN in reader.page, CRISIS in reader.words) == (401, True, True)
        reader.remembers(patient.token)
        await reader.sends("/plain/say", said("another", CRISIS))
        assert (reader.status, TURN in reader.page) == (400, True)


async def test_crisis_words_that_are_too_long_raise_their_alert(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    async with reader_at(door.url, patient.token) as reader:
        await reader.says(f"{CRISIS} {'and on and on ' * 400}")
        assert (reader.status, TURN in reader.page) == (200, True)
    assert [a.concern for a in await patient.alerts()] == ["risk"]


# -- forms of somebody else ---------------------------------------------------------------------------


async def test_a_form_without_its_token_changes_nothing(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    other = await clinic.join("copd")
    before = len(await patient.facts())
    async with reader_at(door.url) as reader:
        reader.remembers(patient.token)
        for token in ("", "x", "ż" * 64, token_for(""), token_for(other.token)):
            fields = said(patient.token, "hello") | {"form": token}
            await reader.sends("/plain/say", fields)
            assert reader.status == 400
            await reader.sends("/plain/sign-out", {"form": token})
            assert reader.status == 400
    assert len(await patient.facts()) == before
    assert (await door.get("/v1/messages?after=0", patient.token)).status == 200


async def test_no_form_of_the_way_in_works_without_its_cookie(clinic: Clinic, door: Door) -> None:
    invitation = await clinic.invite("copd")
    async with reader_at(door.url) as reader:
        fields = {"invite": invitation.code, "adult": "yes", "consent": "care", "form": token_for("")}
        for path in ("/plain/join", "/plain/return", "/plain/return/confirm"):
            await reader.sends(path, fields)
            assert reader.status == 400
    async with reader_at(door.url) as reader:
        await reader.opens()
        await reader.presses("Start", invite=invitation.code, adult="yes", consent="care")
        assert reader.status == 200, "the invitation still holds"


async def test_only_forms_as_browsers_send_them_are_read(
    clinic: Clinic, door: Door, client: aiohttp.ClientSession
) -> None:
    patient = await clinic.join("copd")
    cookie = {"Cookie": f"{COOKIE}={patient.token}"}
    hostile = {
        "json": (b'{"text": "hello"}', "application/json", 400),
        "files": (
            b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\nhi\r\n--x--',
            "multipart/form-data; boundary=x",
            400,
        ),
        "not utf-8": (b"text=%ff%fe", "application/x-www-form-urlencoded", 400),
        "a thousand fields": (
            b"&".join(b"a=1" for _ in range(1000)),
            "application/x-www-form-urlencoded",
            400,
        ),
        "without end": (b"text=" + b"a" * 400_000, "application/x-www-form-urlencoded", 413),
        "nothing": (b"", "application/x-www-form-urlencoded", 400),
    }
    for name, (body, kind, status) in hostile.items():
        headers = {**cookie, "Content-Type": kind}
        async with client.post(f"{door.url}/plain/say", data=body, headers=headers) as answer:
            assert answer.status == status, name
            assert "text/html" in answer.headers["Content-Type"]
    assert not any(isinstance(fact, MessageHeard) for fact in await patient.facts())


async def test_odd_values_are_refused_and_never_an_error(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    await patient.presses("menu:check_in")
    odd = [
        {"kind": "options", "item": "phq9.1", "value": "99"},
        {"kind": "options", "item": "phq9.1", "value": "-1"},
        {"kind": "options", "item": "phq9.1", "value": "1e3"},
        {"kind": "options", "item": "x" * 5000, "value": "1"},
        {"kind": "pick_any", "item": "phq9.1", "value": "1"},
        {"kind": "nonsense", "item": "phq9.1", "value": "x"},
        {"kind": "number", "item": "phq9.1", "value": ""},
        {"choice": "x" * 5000},
        {"choice": "9.menu:check_in"},
        {"choice": "\x00"},
        {"text": "\x00"},
        {"re": "9" * 50, "kind": "date", "item": "a", "value": ""},
    ]
    async with reader_at(door.url, patient.token) as reader:
        for fields in odd:
            await reader.sends("/plain/say", said(patient.token, "") | fields)
            assert reader.status in (200, 400), fields
            if reader.status == 200:
                assert reader.at == "/plain?said=moved"
        for path in (
            "/plain?before=x",
            "/plain?before=999999999",
            "/plain?before=0",
            "/plain?said=<b>",
            "/plain/groups/x",
        ):
            await reader.opens(path)
            assert reader.status in (200, 404), path
    answered = [m for m in await patient.catches_up() if m.sender == "patient"]
    assert answered == []


async def test_no_words_stand_in_an_address_or_a_header(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    async with (
        reader_at(door.url, patient.token) as reader,
        reader.http.post(
            f"{door.url}/plain/say", data=said(patient.token, "quetzalcoatl"), allow_redirects=False
        ) as answer,
    ):
        assert (answer.status, answer.headers["Location"]) == (303, "/plain#now")
        assert "quetzalcoatl" not in str(answer.headers)
        assert answer.headers["Cache-Control"] == "no-store"


# -- sessions -----------------------------------------------------------------------------------------


async def test_a_session_that_nobody_uses_ends_and_one_that_is_kept_does_not(
    clinic: Clinic, door: Door
) -> None:
    patient = await clinic.join("copd")
    kept = await clinic.join("copd")
    async with (
        reader_at(door.url, patient.token) as reader,
        reader_at(door.url, f"{kept.token}~kept") as other,
    ):
        clinic.clock.advance(seconds=IDLE.total_seconds() - 60)
        await reader.opens("/plain?look=1")
        assert "<textarea" not in reader.page
        clinic.clock.advance(seconds=61)
        await reader.opens()
        assert "Your invitation code" in reader.words
        await other.opens()
        assert "Your conversation" in other.words
    assert (await door.get("/v1/messages?after=0", patient.token)).status == 401


async def test_words_sent_by_a_session_that_lay_idle_are_shown_to_be_copied(
    clinic: Clinic, door: Door
) -> None:
    patient = await clinic.join("copd")
    async with reader_at(door.url, patient.token) as reader:
        clinic.clock.advance(seconds=IDLE.total_seconds() + 1)
        await reader.says("what I wrote for an hour")
        assert reader.status == 401
        assert "what I wrote for an hour" in reader.words
    assert not any(isinstance(fact, MessageHeard) for fact in await patient.facts())


async def test_a_member_of_staff_is_no_patient_here(clinic: Clinic, door: Door) -> None:
    from bot.usecases.ways_in import begin_session

    token = await begin_session(clinic.house, clinic.service, "staff", clinic.therapist.id)
    async with reader_at(door.url, token) as reader:
        assert "Your invitation code" in reader.words
        for path in ("/plain/plan", "/plain/looks", "/plain/groups"):
            await reader.opens(path)
            assert reader.at == "/plain"


async def test_too_many_messages_at_once_are_refused_with_their_words(
    open_door: OpenDoor, clinic: Clinic
) -> None:
    door = await open_door(frames_per_s=0.001, frames_burst=2)
    patient = await clinic.join("copd")
    async with reader_at(door.url, patient.token) as reader:
        for n in range(3):
            await reader.sends("/plain/say", said(patient.token, f"hello {n}"))
        assert reader.status == 429
        assert "hello 2" in reader.words
