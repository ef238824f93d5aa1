"""Words of a patient are sealed in the record and stand nowhere else (I8)."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

import pytest_asyncio
import structlog
from clinic import Clinic, Patient
from doors import Fragile
from peers import into_the_group
from sqlalchemy import text
from talker import Door, Frame

from bot import logs
from bot.adapters.postgres.engine import Database

CANARY = "quetzalcoatl"
NAME = "Zebedee"
LOUD = f"i want to die {CANARY}"
SAID: list[Frame] = [
    {"text": f"hello {CANARY}"},
    {"text": LOUD},
    {"text": CANARY * 1000},
    {"text": f"\x00{CANARY}"},
    {"text": CANARY, "choice": CANARY},
    {"choice": CANARY},
    {"answer": {"item": CANARY, "value": 1}},
    {"type": "post", "group": str(uuid4()), "text": CANARY},
    {"type": CANARY},
    {"text": "hello", CANARY: CANARY},
]


@contextmanager
def logs_caught() -> Iterator[io.StringIO]:
    """Everything that is logged, by us and by the libraries, at the finest level, before fields are dropped too."""
    caught = io.StringIO()

    def keep(_: object, __: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
        caught.write(repr(dict(event)) + "\n")
        return event

    handler = logging.StreamHandler(caught)
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    logs.set_up(pretty=False, level=logging.DEBUG)
    structlog.configure(
        processors=[keep, *structlog.get_config()["processors"]],
        logger_factory=structlog.PrintLoggerFactory(caught),
    )
    try:
        yield caught
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
        logs.set_up(pretty=False, level=logging.CRITICAL)


@dataclass
class Trail:
    """What a patient who wrote the canary everywhere has left outside the sealed words."""

    patient: Patient
    logs: str
    answers: list[str]
    door: Door


@pytest_asyncio.fixture
async def trail(clinic: Clinic, fragile: Fragile) -> Trail:
    """Both doors, every kind of refusal, a group, a return, and an outage."""
    address = f"{CANARY}@post.example"
    answers: list[str] = []
    with logs_caught() as caught:
        door = fragile.door
        invitation = await clinic.invite("copd")
        joining = {"adult": True, "consents": {"care": True}, "name": NAME, "contact": address, "pin": CANARY}
        token = (await door.post("/v1/join", {"invite": invitation.code, **joining})).body["token"]
        patient = Patient(clinic, invitation.patient, token)
        await patient.catches_up()
        for said in SAID:
            frame = {"id": str(uuid4()), **said}
            answers.append((await door.post("/v1/messages", frame, token)).raw)
            answers.append((await door.post("/v1/messages", frame)).raw)
            async with door.screen(token, after=10_000) as line:
                await line.send({"type": "say", **frame, "id": str(uuid4())})
                answers.append(json.dumps(await line.until(lambda f: f["type"] in ("ack", "nack"))))
        for body in ({"invite": CANARY, **joining}, {CANARY: CANARY}):
            answers.append((await door.post("/v1/join", body)).raw)
        answers.append((await door.post("/v1/return", {"contact": address})).raw)
        answers.append((await door.post("/v1/return/confirm", {"code": CANARY, "proof": CANARY})).raw)
        await fragile.cutter.cut()
        answers.append((await door.say(token, LOUD)).raw)
        await fragile.cutter.restore()
        await fragile.house.afterwards.settle()
        await clinic.settle()
    return Trail(patient, caught.getvalue(), answers, door)


TABLES = {
    "journal": "facts::text",
    "line": "state::text",
    "outbox": "payload::text || dedupe",
    "evidence": "rule || coalesce(numbers::text, '')",
    "timer": "key",
    "audit": "row(audit.*)::text",
    "screen_mark": "row(screen_mark.*)::text",
    "person": "row(person.*)::text",
}


async def rows_of(database: Database, clinic: Clinic) -> dict[str, str]:
    """What the record holds in the clear, table by table."""
    async with database.reading() as c:
        told = {}
        for table, column in TABLES.items():
            sql = f"SELECT {column} FROM {table} WHERE service_id = :s"
            told[table] = "\n".join(str(r[0]) for r in await c.execute(text(sql), {"s": clinic.service.id}))
    return told


async def test_a_patients_words_and_name_stand_nowhere_but_under_seal(
    clinic: Clinic, trail: Trail, database: Database
) -> None:
    places = await rows_of(database, clinic)
    places["logs"] = trail.logs
    places["answers"] = "\n".join(trail.answers)
    places["figures"] = (await trail.door.get("/metrics")).raw
    places["letters"] = "\n".join(letter.as_string() for letter in clinic.letters(clinic.therapist))
    assert [
        place for place in ("logs", "answers", "figures", "letters", "journal") if not places[place]
    ] == []
    assert [place for place, told in places.items() if CANARY in told.lower() or NAME in told] == []


async def test_a_pseudonym_and_a_post_are_sealed_too(clinic: Clinic, door: Door, database: Database) -> None:
    patient = await clinic.join("copd", name=NAME)
    room = await into_the_group(patient, CANARY.title())
    await door.post(
        "/v1/messages",
        {"type": "post", "id": str(uuid4()), "group": room, "text": f"hello {CANARY}"},
        patient.token,
    )
    await clinic.settle()
    places = await rows_of(database, clinic)
    assert [place for place, told in places.items() if CANARY in told.lower()] == []
