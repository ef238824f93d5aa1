"""For the operator's machines."""

from __future__ import annotations

import re

from clinic import Clinic
from talker import Door


async def test_the_process_says_that_it_is_alive(door: Door) -> None:
    reply = await door.get("/healthz")
    assert (reply.status, reply.body) == (200, {"status": "ok"})


async def test_readiness_names_its_parts(door: Door) -> None:
    parts = (await door.get("/readyz")).body["parts"]
    assert parts == {
        "record": "fsync is off: turn it on in postgresql.conf",
        "bus": "ok",
        "content": "ok",
        "schedule": "ok",
    }


async def test_a_record_that_could_forget_is_not_ready(door: Door) -> None:
    reply = await door.get("/readyz")
    assert (reply.status, reply.body["ready"]) == (503, False)


async def test_figures_count_messages_by_door_and_refusals_by_code(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    async with door.screen(patient.token) as line:
        await line.answer_to(await line.say("hello"))
        await line.answer_to(await line.say(""))
        await door.say(patient.token, "thank you")
        figures = (await door.get("/metrics")).raw
    for wanted in (
        'bounceback_turns_total{door="socket"} 1.0',
        'bounceback_turns_total{door="http"} 1.0',
        'bounceback_refusals_total{code="empty"} 1.0',
        "bounceback_sockets 1.0",
        "bounceback_turn_seconds_count 2.0",
    ):
        assert wanted in figures


async def test_figures_count_open_alerts(clinic: Clinic, door: Door) -> None:
    patient = await clinic.join("copd")
    await patient.says("i want to die")
    clinic.clock.advance(seconds=90)
    figures = (await door.get("/metrics")).raw
    count = re.search(r'^bounceback_open_alerts\{level="now",state="open"\} (\S+)', figures, re.M)
    assert count is not None
    assert float(count[1]) >= 1


async def test_every_answer_forbids_what_no_page_of_ours_needs(door: Door) -> None:
    for path in ("/", "/chat", "/urgent", "/healthz", "/v1/availability", "/v1/nothing"):
        headers = (await door.get(path)).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"


async def test_the_help_page_has_the_lines_of_the_nation(door: Door) -> None:
    page = (await door.get("/urgent")).raw
    assert [number for number in ("999", "116 123") if number not in page] == []
