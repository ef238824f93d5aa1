"""What a process asks the record when no hint told it: which Lines moved on, and which sessions ended."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from written import NOW, WrittenLine, heard, sealed

from bot.adapters.postgres.engine import Database
from bot.adapters.postgres.reading import PostgresReading
from bot.adapters.postgres.ways_in import PostgresSessions
from bot.core import facts as f
from bot.core.values import LineId, ServiceId, StaffId
from bot.ports import MovedOn, Session

LATER = NOW + timedelta(days=1)


@pytest.fixture
def reading(database: Database) -> PostgresReading:
    return PostgresReading(database)


@pytest.fixture
def sessions(database: Database) -> PostgresSessions:
    return PostgresSessions(database)


async def test_a_line_that_moved_on_is_told_and_one_that_stands_is_not(
    database: Database, service_id: ServiceId, reading: PostgresReading
) -> None:
    moved, stands = [await WrittenLine.patient(database, service_id) for _ in range(2)]
    version = moved.version
    said = sealed(moved.id)
    await moved.write(heard(1, said, uuid4()), words=(said,))

    found = await reading.moved_on(service_id, {moved.id: version, stands.id: stands.version})

    assert list(found) == [MovedOn(moved.id, moved.version, 1)]


async def test_of_a_line_whose_version_is_not_known_it_is_told_how_far_it_has_come(
    database: Database, service_id: ServiceId, reading: PostgresReading
) -> None:
    line = await WrittenLine.patient(database, service_id)

    (found,) = await reading.moved_on(service_id, {line.id: None})

    assert (found.line, found.version) == (line.id, line.version)


async def test_a_room_is_read_again_from_the_first_post_that_changed(
    database: Database, service_id: ServiceId, reading: PostgresReading
) -> None:
    room = await WrittenLine.group(database, service_id)
    words = [sealed(room.id, "post") for _ in range(3)]
    await room.write(
        *(
            f.PostPlaced(seq=seq, post=uuid4(), author=None, word=word.id, status="shown", at=NOW)
            for seq, word in enumerate(words, 1)
        ),
        words=tuple(words),
    )
    version = room.version
    await room.write(f.PostHidden(seq=2, by=StaffId(uuid4())))

    (found,) = await reading.moved_on(service_id, {room.id: version})

    assert found.first == 2


async def test_nothing_is_told_about_another_service(
    database: Database, service_id: ServiceId, reading: PostgresReading
) -> None:
    line = await WrittenLine.patient(database, service_id)

    assert list(await reading.moved_on(ServiceId(uuid4()), {line.id: None})) == []


async def test_ended_sessions_of_these_patients_are_told_and_nobody_elses(
    service_id: ServiceId, sessions: PostgresSessions
) -> None:
    patient, other = LineId(uuid4()), LineId(uuid4())
    for token, subject in ((b"ended", patient), (b"lasts", patient), (b"not asked for", other)):
        await sessions.begin(Session(service_id, "patient", subject), token, LATER, NOW)
    await sessions.begin(Session(service_id, "ticket", patient), b"ticket", LATER, NOW)
    await sessions.spend(service_id, b"ticket", NOW)

    assert await sessions.end(service_id, b"ended", NOW) == Session(service_id, "patient", patient)
    assert await sessions.end(service_id, b"ended", NOW) is None
    await sessions.end(service_id, b"not asked for", NOW)

    assert list(await sessions.ended(service_id, [patient], NOW - timedelta(seconds=1))) == [
        (b"ended", patient)
    ]
    assert list(await sessions.ended(service_id, [patient], NOW)) == []
